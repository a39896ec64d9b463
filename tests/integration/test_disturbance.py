#!/usr/bin/python3
"""Disturbance information from draft to closing, by the API and the command line: who may see and say what, what the public page shows
and does not show, the Atom feed against RFC 4287, calendars, repeated requests, hostile texts; and feedback, whose words are nowhere
but in the side store."""

import datetime
import hashlib
import http.client
import json
import re
import sys
import time
import urllib.parse
import uuid
import xml.etree.ElementTree as tree
import zoneinfo

from pages_scene import DAY, HOUR, MINUTE, call, get, iso, now_ms, pages, post, samples

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & \"citat\" ]]> ' "
PUBLIC = ("/status", "/en/status", "/status/kommun", "/status/kommun/1489", "/tillganglighet", "/status/feed.atom",
          "/status/kommun/1489/feed.atom", "/status/windows.ics")


def page(region, path, method="GET", headers=None, body=None):
    """As anybody asks, by TCP and without credentials."""
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request(method, path, body=body, headers=headers or {})
    response = conn.getresponse()
    answer = response.status, response.headers, response.read().decode()
    conn.close()
    return answer


def text_of(region, path):
    status, _, text = page(region, path)
    assert status == 200, (path, status, text[:200])
    return text


def refused(region, path, body, who, status, part):
    got, problem = call(region, who, "POST", "/api/v1" + path, body)
    assert got == status and part in problem["detail"], (path, got, problem)


def told(region, **more):
    """A published disturbance of the journal in 1489; its id."""
    content = dict({"title": "Journalen svarar inte", "text": "Vi söker felet.", "services": ["journal"], "municipalities": ["1489"]}, **more)
    name = post(region, "/disturbances", content)["disturbance"]
    post(region, f"/disturbances/{name}/publish", {"next_update": iso(now_ms() + HOUR)})
    return name


def life(region):
    """A draft is nobody's but the publishers'; then everybody reads it; what ended is ended."""
    content = {"title": "Journalen " + HOSTILE, "text": "Rad ett\n\nRad två " + HOSTILE, "advice": "Ring inte.", "services": ["journal"],
               "municipalities": ["1489"], "text_en": "We are looking."}
    name = post(region, "/disturbances", content)["disturbance"]
    assert get(region, f"/disturbances/{name}")["state"] == "draft"
    for who in ("kommun", "granne"):
        assert call(region, who, "GET", f"/api/v1/disturbances/{name}")[0] == 404
        assert get(region, "/disturbances", who)["disturbances"] == []
    for path in PUBLIC:
        assert "Journalen" not in text_of(region, path) and name not in text_of(region, path), path
    assert page(region, f"/status/{name}")[0] == 404
    post(region, f"/disturbances/{name}/draft", {"title": "Journalen nere " + HOSTILE})

    refused(region, f"/disturbances/{name}/publish", {}, "anna", 409, "a next update is needed")
    refused(region, f"/disturbances/{name}/publish", {"next_update": iso(now_ms() + 25 * HOUR)}, "anna", 409, "within 24 hours")
    refused(region, f"/disturbances/{name}/publish", {"next_update": "i kväll"}, "anna", 422, "expected a time")
    refused(region, f"/disturbances/{name}/publish", {"title": "x" * 121, "next_update": iso(now_ms() + HOUR)}, "anna", 422, "body.title")
    refused(region, f"/disturbances/{name}/publish", {"text": "å" * 1001, "next_update": iso(now_ms() + HOUR)}, "anna", 422, "body.text")
    refused(region, f"/disturbances/{name}/publish", {"services": ["telefoni"], "next_update": iso(now_ms() + HOUR)}, "anna", 409,
            "has no service telefoni")
    refused(region, "/disturbances", {"title": "x"}, "kommun", 403, "may not")
    refused(region, "/disturbances", {"title": "x"}, "lokal", 403, "speaks for 1489 only")
    forged = {"v": 1, "kind": "feedback.received", "occurred_ms": now_ms(), "body": {}}
    assert region.post("/api/v1/events", forged)[0] == 422

    post(region, f"/disturbances/{name}/publish", {"next_update": iso(now_ms() + HOUR)})
    post(region, f"/disturbances/{name}/publish", {"text": "Felet är hittat.", "next_update": iso(now_ms() + 2 * HOUR)})
    it = get(region, f"/disturbances/{name}")
    assert it["state"] == "published" and it["title"] == "Journalen nere " + HOSTILE and not it["overdue"]
    assert [m["text"] for m in it["messages"]] == [content["text"], "Felet är hittat."]
    assert call(region, "granne", "GET", f"/api/v1/disturbances/{name}")[0] == 404
    assert get(region, f"/disturbances/{name}", "kommun")["id"] == name
    for path in ("/status", "/status/kommun/1489", f"/status/{name}"):
        text = text_of(region, path)
        assert "Journalen nere &lt;script&gt;" in text and "<script" not in text and "anna" not in text, path
    assert "We are looking" in text_of(region, f"/en/status/{name}")
    assert name not in text_of(region, "/status/kommun/1480")
    story = text_of(region, f"/status/{name}")
    assert story.index("Felet är hittat.") < story.index("Rad ett</p><p>Rad två")

    refused(region, f"/disturbances/{name}/close", {"text": ""}, "anna", 409, "how it ended")
    post(region, f"/disturbances/{name}/close", {"text": "Felet är rättat."})
    refused(region, f"/disturbances/{name}/publish", {"next_update": iso(now_ms() + HOUR)}, "anna", 409, "is closed")
    assert "Felet är rättat." in text_of(region, f"/status/{name}") and "Avslutat" in text_of(region, "/status")
    return name


def dropped(region):
    name = post(region, "/disturbances", {"title": "Blev inget"})["disturbance"]
    post(region, f"/disturbances/{name}/close", {"text": "Fel av mig."})
    assert page(region, f"/status/{name}")[0] == 404 and call(region, "kommun", "GET", f"/api/v1/disturbances/{name}")[0] == 404
    assert "Blev inget" not in text_of(region, "/status") + text_of(region, "/status/feed.atom")


def instant(text):
    assert text.endswith("Z") and len(text) == 20, text
    return time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def check_atom(text):
    """What RFC 4287 demands of a feed (4.1.1, 4.1.2, 4.2) and of ours; returns the entries by title."""
    feed = tree.fromstring(text)
    assert feed.tag == ATOM + "feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + name)) == 1, name
    assert feed.find(ATOM + "author").find(ATOM + "name").text
    links = feed.findall(ATOM + "link")
    assert all(link.get("href") for link in links) and {"self", "alternate"} == {link.get("rel") for link in links}
    entries = feed.findall(ATOM + "entry")
    assert len(entries) <= 50
    ids = [e.find(ATOM + "id").text for e in entries] + [feed.find(ATOM + "id").text]
    assert len(set(ids)) == len(ids) and all(uuid.UUID(name.removeprefix("urn:uuid:")).version == 8 for name in ids)
    for entry in entries:
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(ATOM + name)) == 1, name
        assert entry.find(ATOM + "content").get("type") == "text"
        assert len([x for x in entry.findall(ATOM + "link") if x.get("rel") == "alternate"]) == 1
        assert instant(entry.find(ATOM + "published").text) <= instant(entry.find(ATOM + "updated").text)
    updated = [e.find(ATOM + "updated").text for e in entries]
    assert updated == sorted(updated, reverse=True)
    if entries:
        assert feed.find(ATOM + "updated").text == updated[0]
    return {e.find(ATOM + "title").text: e for e in entries}


def feeds(region, ended):
    open_one = told(region, title="Utskriften " + HOSTILE)
    whole = check_atom(text_of(region, "/status/feed.atom"))
    entry = whole["Störning: Utskriften " + HOSTILE]
    assert entry.find(ATOM + "link").get("href") == f"/status/{open_one}"
    assert "Avslutat: Journalen nere " + HOSTILE in whole and ended
    identity = entry.find(ATOM + "id").text
    post(region, f"/disturbances/{open_one}/close", {"text": "Klart."})
    entry = check_atom(text_of(region, "/status/feed.atom"))["Avslutat: Utskriften " + HOSTILE]
    assert entry.find(ATOM + "id").text == identity and entry.find(ATOM + "content").text.startswith("Klart.")
    assert check_atom(text_of(region, "/status/kommun/1480/feed.atom")) == {}
    for _ in range(51):
        told(region)
    assert len(tree.fromstring(text_of(region, "/status/feed.atom")).findall(ATOM + "entry")) == 50


def calendars(region):
    now = now_ms()
    for name, codes in (("Byte av lagring", []), ("Lokalt arbete", ["1480"]), ("Väntar", [])):
        window = post(region, "/windows", {"name": name, "category": "planned", "services": ["kontor"], "municipalities": codes,
                                           "announced": iso(now), "reason": "hemlig orsak", "from": iso(now + DAY), "to": iso(now + DAY + HOUR)})
        if name != "Väntar":
            post(region, f"/windows/{window['window']}/approve", {}, "bo")
    status, headers, text = page(region, "/status/windows.ics")
    assert status == 200 and headers["Content-Type"].startswith("text/calendar")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""] and lines.count("BEGIN:VEVENT") == 2
    assert "hemlig" not in text and "anna" not in text and "Väntar" not in text
    assert page(region, "/status/kommun/1489/windows.ics")[2].count("BEGIN:VEVENT") == 1
    assert "Byte av lagring" in text_of(region, "/status/kommun/1489") and "Lokalt" not in text_of(region, "/status/kommun/1489")
    assert "Väntar" not in text_of(region, "/status")


def answers(region):
    """Heads, digests, policy, what is not there."""
    for path in PUBLIC + ("/status/style.css", "/status/icon.svg"):
        status, headers, text = page(region, path)
        assert status == 200 and headers["ETag"] and headers["X-Content-Type-Options"] == "nosniff", path
        assert "Set-Cookie" not in headers and "style=" not in text
        head = page(region, path, "HEAD")
        assert head[0] == 200 and head[2] == "" and head[1]["Content-Length"] == str(len(text.encode()))
        same = page(region, path, headers={"If-None-Match": headers["ETag"]})
        assert same[0] in (200, 304) and (same[0] == 200 or same[2] == ""), path
    style = page(region, "/status/style.css")[1]["ETag"]
    assert page(region, "/status/style.css", headers={"If-None-Match": style})[0] == 304
    headers = page(region, "/status")[1]
    assert headers["Cache-Control"] == "max-age=30"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'")
    for path in ("/status/kommun/9999", "/status/S-4711", "/status/%3Cscript%3E", "/en/status/kommun/9999"):
        status, headers, text = page(region, path)
        assert status == 404 and headers["Content-Type"].startswith("text/html") and "<script" not in text, path
        assert headers["Cache-Control"] == "no-store"
    assert "lang=en" in text_of(region, "/en/status")[:60] and "Alla tjänster" not in text_of(region, "/en/status")
    for path in PUBLIC[:5]:
        assert "Europe/Stockholm" in text_of(region, path)
    assert page(region, "/api/v1/disturbances")[0] == 401


def length(text):
    """"2 h 55 min 00 s" in seconds."""
    return sum(int(n) * {"h": 3600, "min": 60, "s": 1}[unit] for n, unit in re.findall(r"(\d+)\s*(h|min|s)\b", text))


def shown_days(region):
    """Local day to seconds down and degraded of the journal in 1489, as its page has it."""
    text = text_of(region, "/status/kommun/1489")
    table = text[text.index("<h3>Journal</h3>"):text.index("<h3>Kontor</h3>")]
    rows = re.findall(r"<th scope=row><time datetime=\"(\S+)\">[^<]*</time></th><td>.*?</td><td class=n [^>]*>(.*?)</td><td class=n [^>]*>(.*?)</td>", table)
    return {day: (length(down), length(degraded)) for day, down, degraded in rows}


def days(region):
    """The days are the timeline's seconds by local day, planned windows left out."""
    now = now_ms()
    down = (now - 3 * DAY, now - 3 * DAY + 20 * HOUR)  # over a midnight
    samples(region, now - 5 * DAY, now, lambda probe, at: "critical" if probe == "app-1489" and down[0] < at < down[1] else "ok")
    window = post(region, "/windows", {"name": "Byte", "category": "planned", "services": ["journal"], "municipalities": ["1489"], "reason": "test",
                                       "announced": iso(now - 60 * DAY), "from": iso(down[0] + 2 * HOUR), "to": iso(down[0] + 5 * HOUR)})
    post(region, f"/windows/{window['window']}/approve", {}, "bo")
    covered = (instant_ms(iso(down[0] + 2 * HOUR)), instant_ms(iso(down[0] + 5 * HOUR)))
    want = {}
    for month in sorted({local(at)[:7] for at in down}):
        reply = get(region, f"/availability/timeline?month={month}&service=journal&municipality=1489")
        for piece in reply["pieces"]:
            if piece["state"] != "down":
                continue
            for at in range(instant_ms(piece["from"]), instant_ms(piece["to"]), 1000):
                if not covered[0] <= at < covered[1]:
                    want[local(at)] = want.get(local(at), 0) + 1
    assert len(want) in (1, 2) and sum(want.values()) > 15 * 3600, want
    region.until(lambda: {day: seconds[0] for day, seconds in shown_days(region).items() if seconds[0] > 0} == want, f"the page to show {want}")
    assert "<svg class=strip" in text_of(region, "/en/status") and "Days that were not normal" in text_of(region, "/en/status")


def instant_ms(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def local(at):
    return datetime.datetime.fromtimestamp(at / 1000, ZONE).strftime("%Y-%m-%d")


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrasts(region):
    """As the accessibility statement says of all colours."""
    light, dark = (dict(re.findall(r"--([a-z-]+):(#[0-9a-f]+)", part)) for part in
                   text_of(region, "/status/style.css").split("@media(prefers-color-scheme:dark)")[:2])
    states = ("down", "degraded", "maint", "unknown", "ok")
    grounds = ("page", "card")
    pairs = [(state + "-ink", state, 4.5) for state in states] + [(ink, g, 4.5) for ink in ("ink", "muted", "link") for g in grounds] \
        + [(edge, g, 3) for edge in [state + "-edge" for state in states] + ["edge"] for g in grounds]
    for tokens in (light, {**light, **dark}):
        for front, back, least in pairs:
            low, high = sorted(luminance(tokens[name]) for name in (front, back))
            assert (high + 0.05) / (low + 0.05) >= least, (front, back, tokens[front], tokens[back])


def write(region, text, contact="", address="192.0.2.1", trap=""):
    body = urllib.parse.urlencode({"text": text, "kontakt": contact, "webb": trap})
    return page(region, "/tillganglighet", "POST", {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}, body)


def feedback(region):
    secret, contact = "Knappen går inte att nå åäö " + HOSTILE, "kim@example.org"
    status, headers, text = write(region, secret + " 811218-9876", contact)
    assert status == 201 and "Tack!" in text and "Knappen" not in text and headers["Cache-Control"] == "no-store"
    row = get(region, "/feedback?state=open")["feedback"][0]
    assert row["text"] == secret + " [PNR]" and row["contact"] == contact and row["with_contact"] and row["answered"] is None
    assert row["id"] in text_of(region, "/tillganglighet") and "inte än" in text_of(region, "/tillganglighet")
    region.settled()
    seq = row["id"][2:]
    line = region.sql(f"select bytes from ledger.row where seq = {seq}")
    body = json.loads(line)["body"]
    assert body.keys() == {"contact", "text_digest"} and len(body["text_digest"]) == 64
    everything = region.sql("select string_agg(bytes, ' ') from ledger.row") + region.sql("select * from read.feedback")
    assert "Knappen" not in everything and contact not in everything
    assert region.sql(f"select title from side.title where seq = {seq}") == contact + "\n" + secret + " [PNR]"

    assert write(region, "", address="192.0.2.2")[0] == 422
    assert write(region, "x" * 2001, address="192.0.2.2")[0] == 422
    assert write(region, "x", "y" * 201, address="192.0.2.2")[0] == 422
    assert write(region, "x\0", address="192.0.2.2")[0] == 422
    assert page(region, "/tillganglighet", "POST", {"Content-Type": "application/json"}, "{}")[0] == 415
    before = len(get(region, "/feedback")["feedback"])
    status, _, text = write(region, "köp nu", address="192.0.2.3", trap="http://example.org")
    assert status == 201 and "Tack!" in text and len(get(region, "/feedback")["feedback"]) == before
    assert [write(region, f"rad {n}", address="192.0.2.4")[0] for n in range(6)] == [201] * 5 + [429]
    assert write(region, "en annan", address="192.0.2.5")[0] == 201

    assert call(region, "kommun", "GET", "/api/v1/feedback")[0] == 403 and call(region, "lokal", "GET", "/api/v1/feedback")[0] == 403
    refused(region, "/feedback/T-4711/answer", {"answer": "x"}, "anna", 409, "no feedback T-4711")
    post(region, f"/feedback/{row['id']}/answer", {"answer": "Knappen är rättad."})
    refused(region, f"/feedback/{row['id']}/answer", {"answer": "x"}, "anna", 409, "is answered")
    assert row["id"] not in [r["id"] for r in get(region, "/feedback?state=open")["feedback"]]
    assert "rättad" not in text_of(region, "/tillganglighet")


def command_line(region):
    out = region.vinga("disturbance", "draft", "--title", "Långsam utskrift", "--text", "Tar tid.", "--service", "kontor", "--municipality", "1489")
    name = out.split(":")[0]
    assert out.startswith("S-") and "taget" in out
    assert region.vinga("disturbance", "list", "--state", "draft").count(name) == 1
    denied = region.vinga_status("disturbance", "publish", name)
    assert denied.returncode == 1 and "ange när nästa besked kommer" in denied.stdout + denied.stderr, denied
    region.vinga("disturbance", "publish", name, "--next-update", iso(now_ms() + 30 * MINUTE))
    shown = region.vinga("disturbance", "show", name)
    assert "Tar tid." in shown and "publicerad" in shown and "Nästa besked senast" in shown, shown
    region.vinga("disturbance", "close", name, "--text", "Klart nu.")
    assert json.loads(region.vinga("disturbance", "show", name, "--json"))["messages"][1]["text"] == "Klart nu."
    region.settled()
    waiting = region.vinga("feedback", "list")
    assert "en annan" in waiting
    first = waiting.split()[0]
    region.vinga("feedback", "answer", first, "--text", "Tack, det är rättat.")
    assert first in region.vinga("feedback", "list", "--all") and first not in region.vinga("feedback", "list")


def restart(region):
    """Everything is there again; words that were in memory are read from the side store."""
    before = get(region, "/disturbances?limit=5")["disturbances"], text_of(region, "/status/feed.atom")
    region.stop()
    region.start()
    after = get(region, "/disturbances?limit=5")["disturbances"], text_of(region, "/status/feed.atom")
    assert before == after
    assert get(region, "/feedback?state=open")["feedback"][0]["text"] is None
    assert "rad 4" in region.vinga("feedback", "list")
    count = region.sql("select count(*) || ' ' || sum(messages) from read.disturbance")
    region.vinga("rebuild")
    assert region.sql("select count(*) || ' ' || sum(messages) from read.disturbance") == count
    assert region.sql("select count(*) from read.disturbance_message") == count.split()[1]


def main():
    digest = hashlib.sha256(b"lokal").hexdigest()
    with pages() as region:
        with open(region.dir / "principals.yaml", "a") as principals:
            principals.write(f"  - {{name: lokal, roles: [vgr_duty_manager], municipality: \"1489\", token_sha256: {digest}}}\n")
        region.stop()
        region.start()
        ended = life(region)
        dropped(region)
        feeds(region, ended)
        calendars(region)
        answers(region)
        contrasts(region)
        days(region)
        feedback(region)
        command_line(region)
        restart(region)
    print("10 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
