#!/usr/bin/python3
"""The fee over HTTP: who may decide, two persons for every decision, a month from draft to invoice, objections, comments, and what
each municipality sees."""

import hashlib
import http.client
import json
import subprocess
import sys

from harness import SOURCE, VINGAD, Region, reported

MONTH, NEXT = "2026-10", "2026-11"
OCTOBER_MS = 1790805600000  # 2026-10-01, Swedish time
HOUR_MS, DAY_MS = 3600000, 86400000
PEOPLE = {"pris": ("vgr_finance", None), "attest": ("vgr_finance", None), "sla": ("vgr_sla_manager", None), "admin": ("admin", None),
          "alingsas": ("kommun_finance", "1489"), "goteborg": ("kommun_finance", "1480"), "lerum": ("vgr_duty_manager", "1489"),
          "tmf": ("kommun_first_line", "1489")}
RATE = {"index": "vgr", "year": 2027, "rate_ppb": 25000000, "decided": "2026-11-20", "document": "RS 2026-01234", "reason": "Beslutad"}
HASH = "ab" * 32


def principals():
    text = "principals:\n"
    for name, (role, municipality) in PEOPLE.items():
        text += f"  - {{name: {name}, roles: [{role}], token_sha256: {hashlib.sha256(name.encode()).hexdigest()}"
        text += f", municipality: \"{municipality}\"}}\n" if municipality else "}\n"
    return text


def call(region, who, method, path, body=None):
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=120)
    headers = {"Authorization": "Bearer " + who}
    if body is not None:
        headers["Content-Type"] = "application/json"
    conn.request(method, "/api/v1" + path, body=None if body is None else json.dumps(body), headers=headers)
    response = conn.getresponse()
    answer = response.status, json.loads(response.read())
    conn.close()
    return answer


def get(region, who, path, status=200):
    answer = call(region, who, "GET", path)
    assert answer[0] == status, (path, answer)
    return answer[1]


def post(region, who, path, body=None, status=201):
    answer = call(region, who, "POST", path, body if body is not None else {})
    assert answer[0] == status, (path, answer)
    return answer[1]


def refused(region, who, path, body, status, detail, field=None):
    problem = post(region, who, path, body, status)
    assert problem["detail"] == detail, problem
    assert problem.get("field") == field, problem


def decided(region, path, body, author="pris", second="attest"):
    """Proposed by one and approved by another; returns the act's name and the answer to the approval."""
    act = post(region, author, path, body)["act"]
    return act, post(region, second, f"/acts/{act}/approve")


def ticket(region, ref, day, municipality="1489", **fields):
    """To second line and resolved there on a day of October; returns its name."""
    at_ms = OCTOBER_MS + (day - 1) * DAY_MS + 9 * HOUR_MS
    course = ({"status": "new", "support_line": 1, "type": "incident", "requester_class": "user"}, {"support_line": 2},
              dict(status="resolved", **fields))
    for number, facts in enumerate(course, 1):
        status, answer = region.post("/api/v1/events", reported(ref, number, at_ms + number * HOUR_MS, municipality=municipality, **facts))
        assert status == 201, answer
    return answer["ticket"]


def scopes(region):
    """Finance is for all municipalities, and each objects for itself: anything else does not start."""
    path = region.dir / "wrong.yaml"
    region.extra = f"principals: {path}\n"
    region.write_config()
    for role, scope, said in (("vgr_finance", ", municipality: \"1489\"", "vgr_finance decides for all municipalities; expected none"),
                              ("kommun_finance", "", "kommun_finance objects for one; expected its SCB code")):
        path.write_text(f"principals:\n  - {{name: x, roles: [{role}], token_sha256: {'ab' * 32}{scope}}}\n")
        done = subprocess.run([VINGAD, "--config", region.dir / "vingad.yaml", "--check"], capture_output=True, text=True)
        assert done.returncode != 0 and "municipality: " + said in done.stdout + done.stderr, done


def rights(region):
    for who in ("sla", "admin", "alingsas", "lerum"):
        refused(region, who, "/rates", RATE, 403, f"{who} may not do this")
        event = {"v": 1, "kind": "rate.proposed", "occurred_ms": OCTOBER_MS, "body": RATE}
        assert call(region, who, "POST", "/events", event)[0] == 403, who
    status, problem = region.post("/api/v1/rates", RATE)
    assert (status, problem["detail"]) == (403, "operator may not do this"), problem
    objection = {"month": MONTH, "reason": "r"}
    for who in ("pris", "sla", "admin"):
        refused(region, who, "/objections", objection, 403, f"{who} may not do this")
    refused(region, "pris", "/comments", {}, 403, "pris may not do this")


def wrong_input(region):
    for member, value, said in (("rate_ppb", 2.5, "expected an integer from -999999999 to 1000000000"),
                                ("decided", "20.11.2026", "expected a date as 2026-01-31"),
                                ("document", "", "expected text that is not empty"),
                                ("cost_ore", 1, "no such member is known here")):
        refused(region, "pris", "/rates", dict(RATE, **{member: value}), 422, f"body.{member}: {said}", f"body.{member}")
    opening = {"month": MONTH, "support_ore": 0, "operation_ore": 0, "tickets": [], "reason": "r"}
    refused(region, "pris", "/openings", opening, 422, "municipality: expected the SCB code of the one that opening.proposed is of",
            "municipality")
    row = {"source": "itsm", "ref": "810101-2394", "month": "2026-09", "price_ore": 25000}
    problem = post(region, "pris", "/openings", dict(opening, municipality="1489", tickets=[row]), 422)
    assert problem["field"] == "body.tickets[0].ref", problem
    problem = post(region, "pris", "/closings", {"month": MONTH, "municipalities": ["9998"], "reason": "r"}, 422)
    assert problem["field"] == "body.municipalities" and "9998" in problem["detail"], problem
    refused(region, "pris", "/acts/P-999/approve", {}, 404, "no act P-999; expected P-<number>")
    refused(region, "pris", "/objections/D-9/decide", {}, 404, "no objection D-9; expected D-<number>")
    problem = get(region, "pris", "/statements", 400)
    assert problem["detail"] == "month: expected a month as 2016-04", problem
    problem = get(region, "pris", "/statements/oktober/1489", 404)
    assert problem["detail"] == "no month oktober; expected a month as 2016-04", problem
    problem = get(region, "pris", "/acts?state=ny", 400)
    assert problem["detail"] == "state: expected waiting, approved, rejected, or all", problem
    assert get(region, "pris", "/acts?state=all")["acts"] == []


def two_persons(region):
    first = post(region, "pris", "/rates", dict(RATE, event_id="rate-2027", occurred_ms=OCTOBER_MS))
    again = post(region, "pris", "/rates", dict(RATE, event_id="rate-2027", occurred_ms=OCTOBER_MS), 200)
    assert again["act"] == first["act"] == f"P-{first['seq']}" and again["verdict"] == "repeat", (first, again)
    post(region, "pris", "/rates", dict(RATE, rate_ppb=1, event_id="rate-2027", occurred_ms=OCTOBER_MS), 409)
    name = first["act"]
    waiting = get(region, "alingsas", "/acts")["acts"]
    assert [(a["id"], a["kind"], a["rate_ppb"], a["author"], a["decided_by"]) for a in waiting] == [(name, "rate", 25000000, "pris", None)]
    refused(region, "pris", f"/acts/{name}/approve", {}, 409, f"{name} was proposed by pris: a second principal must approve it")
    post(region, "attest", f"/acts/{name}/approve", {"reason": "Kontrollerad"})
    refused(region, "attest", f"/acts/{name}/approve", {}, 409, f"{name} is approved already, by attest")
    act = get(region, "alingsas", f"/acts/{name}")
    assert (act["state"], act["decided_by"], act["decided_reason"]) == ("approved", "attest", "Kontrollerad"), act
    assert act["decided_day"] == "2026-11-20", act

    cost = post(region, "pris", "/costs", {"year": 2026, "cost_ore": 2950000000, "decided": "2026-11-20", "document": "RS 2026-1",
                                           "reason": "ring 810101-2394"})["act"]
    assert get(region, "alingsas", "/acts")["acts"] == [] and get(region, "alingsas", f"/acts/{cost}", 404)
    assert get(region, "pris", f"/acts/{cost}")["reason"] == "ring [PNR]"
    problem = post(region, "attest", f"/acts/{cost}/reject", {}, 422)
    assert problem["field"] == "body.reason", problem
    post(region, "attest", f"/acts/{cost}/reject", {"reason": "Fel belopp"})
    assert [a["state"] for a in get(region, "pris", "/acts?state=rejected")["acts"]] == ["rejected"]
    page = get(region, "pris", "/acts?state=all&limit=1")
    assert [a["id"] for a in page["acts"]] == [cost] and page["next"] == int(cost[2:]), page
    assert [a["id"] for a in get(region, "pris", f"/acts?state=all&cursor={page['next']}")["acts"]] == [name]


def cut_over(region):
    """1489 is billed from October on: what was billed before is its opening."""
    row = {"source": "operator", "ref": "GAMMAL", "month": "2026-09", "price_ore": 25000}
    opening, _ = decided(region, "/openings", {"municipality": "1489", "month": MONTH, "support_ore": 25000, "operation_ore": 0,
                                               "tickets": [row], "reason": "Övertag"})
    act = get(region, "alingsas", f"/acts/{opening}")
    assert (act["municipality"], act["month"], act["support_ore"]) == ("1489", MONTH, 25000), act
    get(region, "goteborg", f"/acts/{opening}", 404)
    users = {"municipality": "1489", "day": "2026-10-01", "users": 130, "private_users": 3, "rule": "licensed", "approver": "Objektledare"}
    assert region.post("/api/v1/registers/users", users)[0] == 201
    reading = get(region, "alingsas", "/registers/users")["users"][-1]
    assert (reading["users"], reading["private_users"], reading["approver"]) == (130, 3, "Objektledare"), reading


def drafts(region, names):
    whole = get(region, "pris", f"/statements?month={MONTH}")
    assert len(whole["statements"]) == 49 and {s["state"] for s in whole["statements"]} == {"draft"}
    own = get(region, "alingsas", f"/statements?month={MONTH}")["statements"]
    assert [s["municipality"] for s in own] == ["1489"], own
    assert (own[0]["number"], own[0]["held"], own[0]["gross_ore"]) == (None, False, 50000), own
    assert (own[0]["counted"], own[0]["not_counted"]) == (2, 1), own
    assert own[0]["not_counted_by"] == {"vgr_cause": 1} and own[0]["net_ore"]["per_ticket_uncapped"] == 50000, own
    assert own == [s for s in whole["statements"] if s["municipality"] == "1489"]
    assert get(region, "alingsas", f"/statements?month={MONTH}&municipality=1480", 403)["detail"] == \
        "municipality: alingsas may see 1489 only"
    get(region, "alingsas", f"/statements/{MONTH}/1480", 403)
    one = get(region, "alingsas", f"/statements/{MONTH}/1489")
    lines = {line["ticket"]: line for line in one["lines"]}
    assert set(lines) == set(names.values()) - {names["G1"]}, lines
    assert lines[names["A1"]]["refs"] == [{"source": "operator", "ref": "A1"}], lines
    assert [lines[names[n]]["reason"] for n in ("A1", "A2", "A3")] == ["countable", "vgr_cause", "countable"], lines
    assert one["years"][0]["year"] == 2026 and one["next"] is None, one
    page = get(region, "alingsas", f"/statements/{MONTH}/1489?offset=1")
    assert page["lines"] == one["lines"][1:]
    assert get(region, "pris", "/statements/2026-10/9999", 404)["status"] == 404


def overridden(region, names):
    act, _ = decided(region, "/overrides", {"ticket": names["A3"], "outcome": "not_counted", "reason": "Följdfel"})
    assert get(region, "alingsas", f"/acts/{act}")["ticket"] == names["A3"]
    get(region, "goteborg", f"/acts/{act}", 404)
    line = next(x for x in get(region, "pris", f"/statements/{MONTH}/1489")["lines"] if x["ticket"] == names["A3"])
    assert (line["kind"], line["reason"], line["act"]) == ("not_counted", "override", act), line
    decided(region, "/overrides", {"ticket": names["A3"], "outcome": "as_rules", "reason": "Ändå inte"})


def closed(region):
    act, answer = decided(region, "/closings", {"month": MONTH, "municipalities": ["1480", "1489"], "reason": "Femte arbetsdagen"})
    assert answer["verdict"] == "taken" and "1480" in answer["detail"], answer
    month = {s["municipality"]: s for s in get(region, "pris", f"/statements?month={MONTH}")["statements"]}
    own, held = month["1489"], month["1480"]
    assert (own["state"], own["number"], own["author"], own["approved_by"]) == ("closed", f"{MONTH}/1489/1", "pris", "attest"), own
    assert (own["counted"], own["gross_ore"], own["published"], own["invoice"]) == (2, 50000, None, None), own
    assert (held["state"], held["held"], held["number"]) == ("held", True, None), held
    assert "previous_open" in [h["name"] for h in held["holds"]], held
    assert get(region, "goteborg", f"/acts/{act}")["state"] == "approved"
    return own


def published(region):
    path, body = f"/statements/{MONTH}/1489/published", {"model_sha256": HASH, "files": [{"name": "a.json", "sha256": HASH, "bytes": 7}]}
    get(region, "alingsas", f"/statements/{MONTH}/1489")
    status, problem = call(region, "alingsas", "POST", path, body)
    assert status == 403, problem
    post(region, "pris", f"/statements/{MONTH}/1480/published", body, 409)
    post(region, "pris", path, body)
    post(region, "pris", path, dict(body, model_sha256="cd" * 32), 409)
    own = get(region, "alingsas", f"/statements/{MONTH}/1489")
    assert own["model_sha256"] == HASH and own["published"] is not None, own


def objections(region, names):
    first = post(region, "alingsas", "/objections", {"month": MONTH, "ticket": names["A1"], "reason": "Orsaken låg hos VGR"})
    name = first["objection"]
    assert name == f"D-{first['seq']}", first
    post(region, "alingsas", "/objections", {"month": MONTH, "ticket": names["A1"], "reason": "Igen"}, 409)
    post(region, "alingsas", "/objections", {"month": MONTH, "ticket": names["G1"], "reason": "Annans"}, 409)
    refused(region, "alingsas", "/objections", {"month": MONTH, "municipality": "1480", "reason": "Annans"}, 403,
            "municipality: alingsas speaks for 1489 only", "municipality")
    lines = {line["ticket"]: line["disputed"] for line in get(region, "pris", f"/statements/{MONTH}/1489")["lines"]}
    assert {t for t, disputed in lines.items() if disputed} == {names["A1"]}, lines
    assert [o["id"] for o in get(region, "pris", "/objections?state=open")["objections"]] == [name]
    assert get(region, "goteborg", "/objections")["objections"] == []
    get(region, "goteborg", f"/objections/{name}", 404)
    problem = post(region, "pris", f"/objections/{name}/decide", {"accepted": True}, 422)
    assert problem["field"] == "body.reason", problem
    answer = post(region, "pris", f"/objections/{name}/decide", {"accepted": True, "reason": "Stämmer"})
    post(region, "pris", f"/objections/{name}/decide", {"accepted": False, "reason": "Nej"}, 409)
    own = get(region, "alingsas", f"/objections/{name}")
    assert (own["state"], own["answer"], own["decided_by"], own["ticket"]) == ("accepted", "Stämmer", "pris", names["A1"]), own
    assert own["act"] == f"P-{answer['seq']}", own
    act = get(region, "alingsas", f"/acts/{own['act']}")
    assert (act["kind"], act["state"], act["objection"], act["amount_ore"]) == ("objection", "approved", name, 25000), act
    following = get(region, "alingsas", f"/statements/{NEXT}/1489")
    credit = next(line for line in following["lines"] if line["kind"] == "credit")
    was = next(x for x in get(region, "pris", f"/statements/{MONTH}/1489")["lines"] if x["ticket"] == names["A1"])
    assert (credit["ticket"], credit["amount_ore"], credit["act"]) == (names["A1"], -25000, name), credit
    assert credit["reason_before"] == "countable", credit
    assert credit["corrects"] == {"number": f"{MONTH}/1489/1", "no": was["no"]}, credit


def invoiced(region, before):
    path = f"/statements/{MONTH}/1489/invoice"
    problem = post(region, "pris", path, {"invoice": "810101-2394", "day": "2026-11-12"}, 422)
    assert problem["field"] == "body.invoice", problem
    post(region, "pris", path, {"invoice": "F-118", "day": "2026-11-12"})
    own = get(region, "alingsas", f"/statements?month={MONTH}")["statements"][0]
    assert (own["invoice"], own["invoice_day"], own["total_ore"]) == ("F-118", "2026-11-12", before["total_ore"]), own


def comments(region):
    comment = {"month": MONTH, "kpi": "availability", "cause": "Byte, ring 810101-2394", "action": "Ny rutin", "owner": "Drift nät",
               "due": "2026-12-15"}
    name = post(region, "sla", "/comments", dict(comment, municipality="1489", service="journal_kommun"))["comment"]
    everybody = post(region, "sla", "/comments", comment)["comment"]
    post(region, "sla", "/comments", dict(comment, municipality="1480"))
    bound = post(region, "lerum", "/comments", comment)["comment"]
    problem = post(region, "sla", "/comments", dict(comment, service="journal_komun"), 422)
    assert problem["field"] == "body.service", problem
    seen = get(region, "alingsas", f"/comments?month={MONTH}")["comments"]
    assert [c["id"] for c in seen] == [bound, everybody, name], seen
    assert seen[0]["municipality"] == "1489" and seen[1]["municipality"] is None, seen
    assert (seen[2]["cause"], seen[2]["due"]) == ("Byte, ring [PNR]", "2026-12-15"), seen
    assert (seen[2]["service"], seen[2]["author"]) == ("journal_kommun", "sla"), seen
    assert get(region, "alingsas", f"/comments?month={NEXT}")["comments"] == []


def quarantine(region):
    """What waits is of the municipality that the document names, or that its sender is bound to."""
    mapping, rows = region.dir / "liten.yaml", region.dir / "rader.csv"
    mapping.write_text("source: liten\nformat: csv\nref: id\ntime: { from: at, pattern: iso, zone: utc }\nfields:\n"
                       "  status: { from: state, map: { Ny: new } }\n  municipality: place\n")
    rows.write_text("id,at,state,place\n1,2026-10-30T08:00:00,Gammal,1480\n2,2026-10-30T09:00:00,Ny,9999\n")
    region.vinga("import", rows, "--mapping", mapping)
    document = {"externalId": "x", "description": "x", "severity": "3", "ticketType": "incident", "name": "x",
                "relatedEntity": [{"role": "affectedService", "id": "okänd", "@referredType": "Service"}]}
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request("POST", "/tmf-api/troubleTicket/v4/troubleTicket", json.dumps(document),
                 {"Authorization": "Bearer tmf", "Content-Type": "application/json"})
    assert conn.getresponse().status == 202
    conn.close()
    waiting = get(region, "sla", "/quarantine")["quarantine"]
    assert [(w["municipality"], w["occurred"][:10]) for w in waiting[:2]] == [("1480", "2026-10-30"), ("", "2026-10-30")], waiting
    assert waiting[2]["municipality"] == "1489", waiting


def main():
    with Region(start=False) as region:
        scopes(region)
        (region.dir / "principals.yaml").write_text(principals())
        region.extra = f"principals: {region.dir}/principals.yaml\n"
        region.write_config()
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        rights(region)
        wrong_input(region)
        two_persons(region)
        cut_over(region)
        names = {"A1": ticket(region, "A1", 5, cause_party="municipality"), "A2": ticket(region, "A2", 6, cause_party="vgr"),
                 "A3": ticket(region, "A3", 7), "G1": ticket(region, "G1", 8, municipality="1480")}
        drafts(region, names)
        overridden(region, names)
        post(region, "alingsas", "/objections", {"month": MONTH, "ticket": names["A1"], "reason": "För tidigt"}, 409)
        own = closed(region)
        published(region)
        objections(region, names)
        invoiced(region, own)
        comments(region)
        quarantine(region)
        region.settled()
    print("the fee over HTTP: rights, two persons, a month to its invoice, objections, comments")


if __name__ == "__main__":
    sys.exit(main())
