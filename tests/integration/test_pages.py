#!/usr/bin/python3
"""A municipality's page, an outage with what is known beside it, sources, and published files: the same figures as elsewhere, the same
bytes as on disk, and nothing of anybody else."""

import datetime
import hashlib
import http.client
import json

from pages_scene import DAY, HOUR, INTERVAL, MINUTE, PEOPLE, call, fetch, get, instant, iso, must, now_ms, pages, post, report, samples

TODAY = datetime.date.today()
MONTH = TODAY.strftime("%Y-%m")


def set_up(region):
    """The journal of 1489 was down for an hour yesterday, and is so since ten minutes."""
    now = now_ms()

    def state_of(probe, at):
        return "critical" if probe == "app-1489" and (now - DAY < at < now - DAY + HOUR or at > now - 20 * MINUTE) else "ok"
    samples(region, now - 3 * DAY, now, state_of)
    return now


def check_municipality(region):
    page = get(region, "/municipalities/1489", "kommun")
    cells = {c["service"]: c for c in get(region, "/matrix?municipality=1489")["cells"]}
    assert {s["id"]: s["state"] for s in page["services"]} == {k: c["state"] for k, c in cells.items() if k != "katalog"}, page["services"]
    assert (page["code"], page["name"], page["state"], page["users"]) == ("1489", "Alingsås", "down", 300), page
    assert page["live_from"].startswith("2024-12-31T23:00"), page["live_from"]
    journal = next(s for s in page["services"] if s["id"] == "journal")
    assert [c["id"] for c in journal["channels"]] == ["mobile", "published_app"] and journal["since"] == cells["journal"]["since"], journal
    for share, service in [(s["month"], s["id"]) for s in page["services"]] + [(page["month"], page["month"]["service"])]:
        cell, = [c for c in get(region, share["evidence"].removeprefix("/api/v1"))["cells"] if "channel" not in c]
        assert (share["service"], share["municipality"]) == (service, "1489") and share["target_ppm"] == cell["target_ppm"], share
        assert 0 <= cell["down_s"] - share["down_s"] <= 30, (share, cell)
    assert len(page["days"]) == 30 and page["days"][-1]["day"] == max(d["day"] for d in page["days"]), page["days"]
    for day in page["days"][:-1]:
        cells = [c for c in get(region, f"/availability?month={day['day'][:7]}&day={int(day['day'][8:])}&municipality=1489")["cells"]
                 if "channel" not in c]
        worst = max(cells, key=lambda c: (c["down_s"], c["degraded_s"], c["unknown_s"]))
        assert [day[k] for k in ("down_s", "degraded_s", "unknown_s", "maint_s", "agreed_s")] == \
            [worst[k] for k in ("down_s", "degraded_s", "unknown_s", "excluded_s")] + [worst["base_s"] + worst["excluded_s"]], (day, worst)
    assert sum(d["down_s"] for d in page["days"]) >= 3600
    assert [c["name"] for c in page["contacts"]] == ["Första linjen", "VGR andra linjen"] and page["contacts"][1]["level"] == 2, page["contacts"]
    assert page["tickets"]["open"] == len(get(region, "/tickets?open=true&municipality=1489")["tickets"]) == 1
    assert call(region, "kommun", "GET", "/api/v1/municipalities/1480")[0] == 403
    assert call(region, "anna", "GET", "/api/v1/municipalities/9999")[0] == 404
    assert get(region, "/municipalities/1480", "granne")["state"] == "ok"


def check_outage(region, now):
    stated = {"effect": "cause", "service": "journal", "municipalities": ["1489"], "cause": "supplier", "reason": "Leverantörens växel",
              "from": iso(now - DAY - HOUR), "to": iso(now - DAY + 2 * HOUR)}
    outage = post(region, "/outages", stated)["outage"]
    assert get(region, "/outages/" + outage)["why"] == "waits_for_second_person"
    post(region, f"/outages/{outage}/approve", {}, "bo")
    ticket = report(region, "R-1", 1, now - DAY, status="in_progress", service="journal", outage=outage, opened_ms=now - DAY)
    report(region, "R-2", 1, now - DAY, "1480", status="in_progress", service="journal", outage=outage, opened_ms=now - DAY)
    post(region, "/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now_ms(), "body": {"notices": [
        {"at_ms": now - DAY + MINUTE, "resource": "journal.example", "type": "down", "severity": "critical", "service": "journal"}]}}, "desk")
    record = get(region, "/outages/" + outage)
    month = get(region, f"/outages?month={record['from'][:7]}")
    listed = next(r for r in month["records"] if r["id"] == outage)
    assert {k: record[k] for k in listed} == listed
    seen, = [s for s in record["seen"] if not s["running"]]
    assert seen["record"] == outage and seen["cause"] == "supplier" and abs(seen["length_s"] - 3600) <= 600, seen
    assert record["why"] == "counts" and record["counted_s"] == seen["counted_s"] > 0 and record["cut"] is False, record
    assert {(p["source"], p["probe"]) for p in record["probes"]} == {("agent", "app-1489")}, record["probes"]
    assert [p["state"] for p in record["probes"]] == ["ok", "critical", "ok"], record["probes"]
    assert {t["id"] for t in record["tickets"]} >= {ticket} and len(record["tickets"]) == 2, record["tickets"]
    assert [a["resource"] for a in record["alarms"]] == ["journal.example"], record["alarms"]
    own = get(region, "/outages/" + outage, "kommun")
    assert [t["id"] for t in own["tickets"]] == [ticket], own["tickets"]
    assert call(region, "granne", "GET", "/api/v1/outages/" + outage)[0] == 404
    for wrong in ("O-999999", "O-x", "W-1", f"{outage}.1", "O-"):
        assert call(region, "anna", "GET", "/api/v1/outages/" + wrong)[0] == 404, wrong


def check_sources(region):
    rows = {(s["kind"], s["name"]): s for s in get(region, "/sources")["sources"]}
    assert {("agent", "agent"), ("tickets", "desk"), ("journal", "journal"), ("database", "postgresql")} <= rows.keys(), rows.keys()
    assert rows["agent", "agent"]["state"] == "ok" and rows["journal", "journal"]["state"] == "ok", rows
    assert rows["tickets", "desk"]["lag_s"] > 0 and rows["tickets", "desk"]["last"], rows
    region.settled()
    assert {s["name"]: s["state"] for s in get(region, "/sources")["sources"]}["postgresql"] == "ok"
    assert get(region, "/sources", "kommun")["sources"] == []


FILES = {"vinga-2026-10.html": b"<!doctype html><p>Rapport", "vinga-2026-10-en.html": b"<!doctype html><p>Report",
         "vinga-2026-10-GR.csv": b"a;b\r\n", "1489/vinga-2026-10-1489.xlsx": bytes(range(256)) * 900,
         "1489/avgiftsunderlag-2026-10-1489.json": b"{}\n", "1480/vinga-2026-10-1480.html": b"granne",
         "preliminary/vinga-2026-10.html": b"not this", ".hidden.html": b"nor this", "notes.txt": b"nor this"}


def publish(region):
    month = region.dir / "published/2026-10"
    for name, data in FILES.items():
        path = month / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (region.dir / "secret.html").write_bytes(b"secret")
    (month / "link.html").symlink_to(region.dir / "secret.html")
    (month / "1401").symlink_to(month / "1489")
    (month / "large.html").touch()
    with open(month / "large.html", "r+b") as large:
        large.truncate(64 * 1024 * 1024 + 1)


def raw(region, who, target):
    """The status of a target that no client would send."""
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.putrequest("GET", target, skip_host=False)
    conn.putheader("Authorization", "Bearer " + who)
    conn.endheaders()
    response = conn.getresponse()
    data = response.read()
    conn.close()
    return response.status, data


def check_files(region):
    publish(region)
    path = "/reports/2026-10/files"
    listed = get(region, path)
    expected = {(name.split("/")[-1], name.split("/")[0] if "/" in name else None): data for name, data in FILES.items()
                if name not in ("preliminary/vinga-2026-10.html", ".hidden.html", "notes.txt")}
    assert {(f["name"], f["municipality"]) for f in listed["files"]} == expected.keys(), listed
    for file in listed["files"]:
        data = expected[file["name"], file["municipality"]]
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest()), file
        assert file["language"] == ("en" if "-en." in file["name"] else "sv"), file
        query = f"?municipality={file['municipality']}" if file["municipality"] else ""
        status, headers, body = fetch(region, "anna", "GET", f"/api/v1{path}/{file['name']}{query}")
        assert status == 200 and body == data and headers["Content-Type"] == file["type"], (file, status)
        assert headers["Content-Security-Policy"].startswith("sandbox") and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"].startswith("inline" if file["type"].startswith("text/html") else "attachment"), file
    assert {f["municipality"] for f in get(region, path + "?municipality=1489")["files"]} == {None, "1489"}
    assert {f["municipality"] for f in get(region, path, "kommun")["files"]} == {None, "1489"}
    assert get(region, "/reports/2026-09/files")["files"] == []
    own = f"/api/v1{path}/vinga-2026-10-1489.xlsx?municipality=1489"
    assert fetch(region, "kommun", "GET", own)[2] == FILES["1489/vinga-2026-10-1489.xlsx"]
    assert fetch(region, "granne", "GET", own)[0] == 403
    assert fetch(region, "granne", "GET", f"/api/v1{path}/vinga-2026-10-1489.xlsx")[0] == 404
    assert fetch(region, "anna", "GET", f"/api/v1{path}/large.html")[0] == 413
    for name in ("..%2Fsecret.html", "..%2f..%2fsecret.html", "%2e%2e%2fsecret.html", "....//secret.html", "1489%2Fvinga-2026-10-1489.xlsx",
                 "link.html", ".hidden.html", "notes.txt", "preliminary", "%00.html", "a%5c..%5csecret.html", 300 * "a" + ".html", "-", "..", "."):
        status, data = raw(region, "anna", f"/api/v1{path}/{name}")
        assert status in (400, 404) and b"secret" not in data.split(b"detail")[0], (name, status)
    for query in ("?municipality=..", "?municipality=14890", "?municipality=%2e%2e%2f1"):
        assert raw(region, "anna", f"/api/v1{path}/vinga-2026-10.html{query}")[0] == 400, query
    assert raw(region, "anna", f"/api/v1{path}/vinga-2026-10-1489.xlsx?municipality=1401")[0] == 404, "a link was followed"
    for month in ("..", "2026-13", "2026-1", "%2e%2e", "published"):
        assert raw(region, "anna", f"/api/v1/reports/{month}/files")[0] in (400, 404), month


def main():
    with pages("reports: {dir}/published\n") as region:
        (region.dir / "contacts.csv").write_text("key;municipality;valid_from;level;name;phone;mail;hours\n"
                                                 "a-first;1489;2025-01-01;1;Första linjen;010-000 00 01;linje@example.invalid;07.30-16.30\n"
                                                 "b-second;;2025-01-01;2;VGR andra linjen;010-000 00 02;;dygnet runt\n"
                                                 "c-other;1480;2025-01-01;1;Grannens linje;;;\n", encoding="utf-8")
        region.vinga("register", "contacts", region.dir / "contacts.csv")
        now = set_up(region)
        report(region, "R-0", 1, now - HOUR, status="in_progress", service="journal", opened_ms=now - HOUR)
        check_municipality(region)
        check_outage(region, now)
        check_sources(region)
        check_files(region)
    print(f"{len(FILES)} files; 1 passed, 0 failed")


main()
