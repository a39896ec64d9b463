#!/usr/bin/python3
"""Attacks on the fee over HTTP: input that is wrong in every member, what belongs to others, two approvals at once, a daemon that is
killed and a database that is gone in the middle of a closing, names that are markup or formulas. A statement is closed whole or not at
all, nobody sees another's, and text stays text in every file."""

import concurrent.futures
import csv
import hashlib
import html.parser
import json
import re
import shutil
import socket
import subprocess
import sys
import zipfile

from harness import SOURCE, VINGAD, Region, reported
from test_fee_api import DAY_MS, HASH, HOUR_MS, MONTH, OCTOBER_MS, RATE, call, get, post, principals

MONTHS = ("2026-07", "2026-08", "2026-09", MONTH)
MEMBERS = ("1401", "1480", "1489")
MARK = "HEMLIG"  # stands in what is 1489's alone
MANY = 5000
MARKUP = "\"'><script>alert(1)</script>\u202e\U0001f600&lt;"
FORMULA = "=cmd|'/C calc'!A0"
PEOPLE = principals() + ("  - {name: both, roles: [kommun_finance, kommun_first_line], municipality: \"1480\", "
                         f"token_sha256: {hashlib.sha256(b'both').hexdigest()}}}\n")
WRONG = (None, True, -1, 2.5, 2**63 - 1, "", "\u0000", "x" * 70000, [], {}, [[]], ["1489"] * MANY, {"a": {"b": 1}})


def agreement(region):
    directory = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", directory)
    rows = list(csv.DictReader((directory / "municipalities.csv").open(encoding="utf-8")))
    for row in rows:
        row["fee_from"] = MONTHS[0] if row["code"] in MEMBERS else ""
        row["customer"] = FORMULA
    next(row for row in rows if row["code"] == "1401")["name"] = MARKUP
    next(row for row in rows if row["code"] == "1480")["name"] = FORMULA
    with (directory / "municipalities.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    region.vinga("agreement", "apply", directory, "--reason", "test")
    for code in MEMBERS:
        reading = {"municipality": code, "day": "2026-07-01", "users": 130, "rule": "licensed"}
        assert region.post("/api/v1/registers/users", reading)[0] == 201


def ticket(region, ref, month, municipality):
    """Resolved in second line on the tenth of a month; returns its name."""
    at_ms = OCTOBER_MS + 9 * DAY_MS - (len(MONTHS) - 1 - MONTHS.index(month)) * 30 * DAY_MS
    course = ({"status": "new", "support_line": 1, "type": "incident"}, {"support_line": 2}, {"status": "resolved"})
    for number, facts in enumerate(course, 1):
        status, answer = region.post("/api/v1/events", reported(ref, number, at_ms + number * HOUR_MS, municipality=municipality, **facts))
        assert status == 201, answer
    return answer["ticket"]


def one_person_has_one_name(region):
    """Two tokens of one name would be two persons to a reader, and one to the rules: such a file does not start."""
    path = region.dir / "twice.yaml"
    path.write_text(PEOPLE + f"  - {{name: pris, roles: [vgr_finance], token_sha256: {'cd' * 32}}}\n")
    (region.dir / "twice-vingad.yaml").write_text((region.dir / "vingad.yaml").read_text().replace("principals.yaml", path.name))
    done = subprocess.run([VINGAD, "--config", region.dir / "twice-vingad.yaml", "--check"], capture_output=True, text=True)
    assert done.returncode != 0 and "stands twice" in done.stdout + done.stderr, done


def wrong_in_every_member(region, names):
    row = {"source": "itsm", "ref": "R", "month": "2026-06", "price_ore": 25000}
    bodies = {
        "/rates": dict(RATE, rate_ppb=0),
        "/costs": {"year": 2026, "cost_ore": 1, "decided": "2026-11-20", "document": "RS", "reason": "r"},
        "/overrides": {"ticket": names["1489"], "outcome": "not_counted", "reason": "r"},
        "/openings": {"municipality": "1489", "month": MONTHS[0], "support_ore": 0, "operation_ore": 0, "tickets": [row], "reason": "r"},
        "/closings": {"month": MONTHS[0], "municipalities": ["1489"], "reason": "r"},
        f"/statements/{MONTHS[0]}/1489/published": {"model_sha256": HASH, "files": [{"name": "a", "sha256": HASH, "bytes": 7}]},
        f"/statements/{MONTHS[0]}/1489/invoice": {"invoice": "F-1", "day": "2026-11-12"},
        "/acts/P-1/approve": {},
        "/objections/D-1/decide": {"accepted": True, "reason": "r"},
    }
    meant = (("rate_ppb", -1), ("tickets", []), ("municipalities", []))  # a falling price, nothing billed before, all members
    for path, body in bodies.items():
        attempts = [{key: value for key, value in body.items() if key != member} for member in body if member != "municipalities"]
        attempts += [dict(body, **{member: value}) for member in body for value in WRONG if (member, value) not in meant]
        attempts += [dict(body, unknown=1), dict(body, actor="attest"), dict(body, kind="tick"), dict(body, body=body), [body], "x", 7]
        for attempt in attempts:
            status, problem = call(region, "pris", "POST", path, attempt)
            assert status in (400, 404, 409, 413, 422) and problem["title"], (path, str(attempt)[:200], status, problem)
    assert get(region, "pris", "/acts?state=all")["acts"] == []


def closing(region, month):
    return post(region, "pris", "/closings", {"month": month, "municipalities": MEMBERS, "reason": "Femte arbetsdagen"})["act"]


def state_of(region, month):
    """Each member's statement of the month that is closed, whole, but for when it was asked for."""
    rows = get(region, "pris", f"/statements?month={month}")["statements"]
    whole = {s["municipality"]: get(region, "pris", f"/statements/{month}/{s['municipality']}") for s in rows if s["number"] is not None}
    for statement in whole.values():
        del statement["seq"], statement["asof"]
    return whole


def two_at_once(region):
    """Eight approvals of each of two closings of the same month: one of each is taken, and each statement is closed once."""
    acts = [closing(region, MONTHS[0]) for _ in range(2)]
    assert call(region, "pris", "POST", f"/acts/{acts[0]}/approve", {})[0] == 409
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda i: call(region, "attest", "POST", f"/acts/{acts[i % 2]}/approve", {}), range(16)))
    taken = sorted(answer["detail"][:16] for status, answer in answers if status == 201)
    assert [status for status, _ in answers].count(409) == 14 and taken == ["closed 0, held 3", "closed 3, held 0"], answers
    assert set(state_of(region, MONTHS[0])) == set(MEMBERS)


def publish(region, month):
    region.settled()
    token = region.dir / "pris.token"
    token.write_text("pris")
    where = ("--url", f"http://127.0.0.1:{region.port}", "--token-file", token)
    region.vinga("publish", month, "--no-pdf", "--out", region.dir / "out", *where)


def secrets_of_one(region, names):
    """What 1489 alone may see: an override, an opening that waits, two objections, a comment, an invoice. Returns their names."""
    secret = {names["1489"]}
    secret.add(post(region, "pris", "/overrides", {"ticket": names["1489"], "outcome": "as_rules", "reason": MARK})["act"])
    cost = {"year": 2026, "cost_ore": 99, "decided": "2026-11-20", "document": MARK, "reason": MARK}
    secret.add(post(region, "pris", "/costs", cost)["act"])
    objection = post(region, "alingsas", "/objections", {"month": MONTHS[0], "ticket": names["1489"], "reason": MARK})["objection"]
    users = post(region, "alingsas", "/objections", {"month": MONTHS[0], "reason": MARK})["objection"]
    answer = post(region, "pris", f"/objections/{objection}/decide", {"accepted": True, "reason": MARK})
    comment = {"month": MONTHS[0], "municipality": "1489", "kpi": "availability", "cause": MARK, "action": MARK, "owner": MARK}
    secret |= {objection, users, f"P-{answer['seq']}", post(region, "sla", "/comments", comment)["comment"]}
    post(region, "pris", f"/statements/{MONTHS[0]}/1489/invoice", {"invoice": MARK, "day": "2026-11-12"})
    for act in get(region, "pris", "/acts")["acts"]:
        post(region, "attest", f"/acts/{act['id']}/reject", {"reason": MARK})
    return secret


def nobody_sees_anothers(region, secret):
    """Every list of Göteborg, page by page and with every filter, and every object of Alingsås by its name."""
    acts, objections, comment, tickets = ([name for name in secret if name[0] == letter] for letter in "PDCV")
    paths = [f"/{what}?{query}" for what in ("acts", "objections", "comments") for query in (
        "state=all", "limit=1", "state=all&limit=1000", "cursor=999999", f"month={MONTHS[0]}", "municipality=1480&municipality=1489",
        "state=rejected", "state=approved", "state=accepted", "state=open", f"cursor={int(acts[0][2:]) + 1}&limit=1&state=all")]
    paths += [f"/statements?month={MONTHS[0]}", f"/statements?month={MONTHS[0]}&municipality=1480&municipality=1489",
              f"/statements/{MONTHS[0]}/1480", "/tickets", "/tickets?ref=" + MARK, "/quarantine", "/reports", "/notifications",
              "/registers/users", f"/kpi?month={MONTHS[0]}", "/imports", "/state"]
    for path in paths:
        status, answer = call(region, "goteborg", "GET", path)
        text = json.dumps(answer)
        assert status in (200, 400, 404) and not [name for name in secret if f'"{name}"' in text] and MARK not in text, (path, answer)
    for path in [f"/acts/{name}" for name in acts] + [f"/objections/{name}" for name in objections] + [
            f"/tickets/{tickets[0]}", f"/tickets/{tickets[0]}/explain",
            f"/statements?month={MONTHS[0]}&municipality=1489", f"/statements/{MONTHS[0]}/1489", f"/statements/{MONTHS[0]}/%31489",
            f"/statements/{MONTHS[0]}/1489?municipality=1480", "/objections?municipality=1489", "/comments?municipality=1489"]:
        status, answer = call(region, "goteborg", "GET", path)
        assert status in (403, 404) and MARK not in json.dumps(answer), (path, status, answer)
    assert len(comment) == 1 and get(region, "alingsas", "/comments")["comments"][0]["id"] == comment[0]


def nobody_touches_anothers(region, names, secret):
    seq = region.status()["seq"]
    act = next(name for name in secret if name.startswith("P-"))
    objection = next(name for name in secret if name.startswith("D-"))
    theirs = f"/statements/{MONTHS[0]}/1489"
    own = f"/statements/{MONTHS[0]}/1480"
    invoice = {"invoice": "F", "day": "2026-11-12"}
    for path, body in ((f"/acts/{act}/approve", {}), (f"/acts/{act}/reject", {"reason": "r"}), ("/rates", RATE), ("/comments", {}),
                       (f"/objections/{objection}/decide", {"accepted": True, "reason": "r"}), (own + "/invoice", invoice),
                       (theirs + "/published", {"model_sha256": HASH, "files": []}), (theirs + "/invoice", invoice),
                       ("/overrides", {"ticket": names["1480"], "outcome": "not_counted", "reason": "r"}),
                       ("/objections", {"month": MONTHS[0], "municipality": "1489", "reason": "r"})):
        status, answer = call(region, "goteborg", "POST", path, body)
        assert status in (403, 404), (path, status, answer)
    kinds = {"act.approved": {"act": act}, "act.rejected": {"act": act, "reason": "r"},
             "objection.decided": {"objection": objection, "accepted": True, "reason": "r"},
             "statement.published": {"month": MONTHS[0], "model_sha256": HASH, "files": [{"name": "a", "sha256": HASH, "bytes": 7}]},
             "invoice.recorded": dict(invoice, month=MONTHS[0]), "close.proposed": {"month": MONTHS[1], "reason": "r"},
             "objection.raised": {"month": MONTHS[0], "ticket": names["1489"], "reason": "r"}}
    for kind, body in kinds.items():
        for municipality in ("1489", "", "1480"):
            event = {"v": 1, "kind": kind, "occurred_ms": OCTOBER_MS, "event_id": f"{kind}/{municipality}", "municipality": municipality,
                     "body": body}
            status, answer = call(region, "both", "POST", "/events", event)
            assert status == (409 if kind == "objection.raised" and municipality == "1480" else 403), (event, status, answer)
    assert region.status()["seq"] - seq == 1, "something was written but the objection that was refused"


def approved_and_killed(region, act, answered):
    """The daemon is killed as soon as the approval is sent, or its answer begins."""
    request = (f"POST /api/v1/acts/{act}/approve HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer attest\r\n"
               "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    with socket.create_connection(("127.0.0.1", region.port)) as conn:
        conn.sendall(request.encode())
        if answered:
            conn.recv(1)
        region.kill()
    region.start()


def killed_anywhere(region):
    """Between proposal, approval and publication, and within an approval: what was answered stands, and no closing is half done."""
    for month, answered in ((MONTHS[1], False), (MONTHS[2], True)):
        act = closing(region, month)
        region.kill()
        region.start()
        assert get(region, "pris", f"/acts/{act}")["state"] == "waiting"
        approved_and_killed(region, act, answered)
        closed = state_of(region, month)
        assert set(closed) == set(MEMBERS) or not (closed or answered), closed
        if not closed:
            post(region, "attest", f"/acts/{act}/approve")
            closed = state_of(region, month)
        publish(region, month)
        published = state_of(region, month)
        assert {code: s["lines"] for code, s in published.items()} == {code: s["lines"] for code, s in closed.items()}
        region.kill()
        region.start()
        assert state_of(region, month) == published


def closed_without_a_database(region):
    """The journal takes both persons' words; PostgreSQL gets them when it is back, after a crash of both."""
    month = MONTHS[3]
    region.pg_crash()
    act = closing(region, month)
    post(region, "attest", f"/acts/{act}/approve")
    before = state_of(region, month)
    assert set(before) == set(MEMBERS)
    region.kill()
    region.pg_restart()
    region.start()
    region.settled()
    assert state_of(region, month) == before
    publish(region, month)


def what_the_ledger_gives(region):
    """Restarted from its checkpoint, from PostgreSQL's ledger and by verify: the same statements."""
    region.settled()
    before = {month: state_of(region, month) for month in MONTHS}
    region.stop()
    region.start()
    assert {month: state_of(region, month) for month in MONTHS} == before
    out = region.vinga("verify", "--closed")
    assert f"closed statements: {len(MONTHS) * len(MEMBERS)} the same bytes again, 0 not published yet" in out, out


class Page(html.parser.HTMLParser):
    """The elements and attributes of a page that no page of ours has."""

    def __init__(self, text):
        super().__init__()
        self.foreign = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "iframe", "object", "embed") or any(name.startswith("on") for name, _ in attrs):
            self.foreign.append((tag, attrs))


def text_stays_text(region):
    """In pages, tables for Excel and workbooks, of statements and of the report."""
    out = region.dir / "out"
    region.vinga("report", MONTHS[0], "--no-pdf", "--out", out)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".html", ".csv", ".xlsx", ".json"}, files
    for path in files:
        data = path.read_bytes()
        if path.suffix == ".html":
            assert not Page(data.decode()).foreign, path
        if path.suffix == ".csv" and data.startswith(b"\xef\xbb\xbf"):
            cells = [cell for row in csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=";") for cell in row]
            assert not [cell for cell in cells if re.match("[=+@\t\r]|-[^0-9]", cell)], path
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
            assert sheets and not [f for sheet in sheets for f in re.findall("<f>.*?</f>", sheet) if "cmd" in f], path


def long_names_are_whole(region):
    """A finance system gets a text as it was filled in, however often the layout says the name."""
    layout = region.dir / "long.yaml"
    layout.write_text("name: long\nrows: { support: { text: \"" + "{name}" * 33 + "\" }, operation: none, vat: none, rounding: none }\n"
                      "columns: [{ name: text, value: text }]\n")
    text = region.vinga("finance", "export", MONTHS[0], "--layout", layout, "--municipality", "1401")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert rows == [["text"], [MARKUP * 33]], rows


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(PEOPLE)
        region.extra = f"principals: {region.dir}/principals.yaml\n"
        region.write_config()
        one_person_has_one_name(region)
        region.start()
        agreement(region)
        names = {code: ticket(region, MARK if code == "1489" else code, MONTHS[0], code) for code in MEMBERS}
        wrong_in_every_member(region, names)
        two_at_once(region)
        publish(region, MONTHS[0])
        secret = secrets_of_one(region, names)
        nobody_sees_anothers(region, secret)
        nobody_touches_anothers(region, names, secret)
        killed_anywhere(region)
        closed_without_a_database(region)
        what_the_ledger_gives(region)
        text_stays_text(region)
        long_names_are_whole(region)
    print("the fee under attack: wrong input, others' data, two at once, killed anywhere, no database, hostile names")


if __name__ == "__main__":
    sys.exit(main())
