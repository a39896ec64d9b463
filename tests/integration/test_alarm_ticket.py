#!/usr/bin/python3
"""Alarms become tickets, by a person's word or by themselves, and never twice; a major incident that was accepted becomes one."""

import sys
import time

from harness import Region

AGREEMENT = """
name: ticket-test
version: "%s"
valid_from: 2020-01-01
zone: Europe/Stockholm
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1, P2]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P2, P2, P2, P2]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %%, calendar: 24x7 }
  P2: { response: 30min, resolution: 8h, share: 90 %%, calendar: 24x7 }
services:
  journal: { name: Journal, availability: 99 %% }
  arkiv: { name: Arkiv, availability: 99 %% }
municipalities_file: municipalities.csv
alarms: { tickets: %s, major_incident: { municipalities: 2, within: 15min } }
"""
MUNICIPALITIES = "code,name,federation,size,go_live,end\n1480,Göteborg,GR,large,2020-01-01,\n1489,Alingsås,GR,medium,2020-01-01,\n"
number = 0


def notices(region, *rows):
    """Reports alarms; a row is (resource, severity, more)."""
    global number
    number += 1
    now = int(time.time() * 1000)
    list_ = [{"at_ms": now, "resource": resource, "type": "host-down", "severity": severity, "category": "availability",
              "text": "svarar inte", **more} for resource, severity, more in rows]
    status, answer = region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "event_id": f"n{number}", "occurred_ms": now,
                                                    "body": {"notices": list_}})
    assert status == 201, answer


def apply(region, version, tickets):
    agreement = region.dir / f"agreement{version}"
    agreement.mkdir()
    (agreement / "agreement.yaml").write_text(AGREEMENT % (version, tickets))
    (agreement / "municipalities.csv").write_text(MUNICIPALITIES)
    region.vinga("agreement", "apply", agreement, "--reason", "test")


def alarm(region, resource):
    return region.get(f"/api/v1/alarms?hidden=all&resource={resource}")[1]["alarms"][0]["id"]


def tickets(region):
    return {row["id"]: row for row in region.get("/api/v1/tickets")[1]["tickets"]}


def in_database(region):
    return int(region.sql("select count(*) from read.ticket"))


def by_a_person(region):
    notices(region, ("srv1", "major", {"service": "journal", "municipality": "1489"}))
    path = f"/api/v1/alarms/{alarm(region, 'srv1')}/ticket"
    status, answer = region.post(path, {"note": "x"})
    assert status == 422 and "note" in answer["detail"], answer
    status, answer = region.post(path, {})
    assert status == 201 and answer["ticket"].startswith("V-"), (status, answer)
    ticket = region.get("/api/v1/tickets/" + answer["ticket"])[1]
    assert ticket["priority"] == "P2" and ticket["service"] == "journal" and ticket["municipality"] == "1489", ticket
    status, again = region.post(path, {})
    assert status == 200 and again["ticket"] == answer["ticket"] and again["verdict"] == "repeat", again
    assert region.post("/api/v1/alarms/A-1/ticket", {})[0] == 404
    assert len(tickets(region)) == 1


def by_itself(region):
    notices(region, ("old", "critical", {"service": "arkiv"}))
    apply(region, "2", "critical")
    region.until(lambda: in_database(region) == 2, "a ticket of what was active already")
    notices(region, *[(f"db{i}", "critical", {"service": "arkiv"}) for i in range(250)], ("srv2", "major", {"service": "arkiv"}))
    region.until(lambda: in_database(region) == 252, "250 tickets more")
    region.kill()
    region.start()
    notices(region, ("db0", "critical", {"service": "arkiv"}), ("db250", "critical", {"service": "arkiv"}))
    region.until(lambda: in_database(region) == 253, "one ticket more after a restart")


def of_a_hidden_one(region):
    notices(region, ("srv4", "major", {"service": "journal", "municipality": "1489"}))
    shelved = alarm(region, "srv4")
    assert region.post(f"/api/v1/alarms/{shelved}/shelve", {"reason": "test"})[0] == 201
    notices(region, ("srv4", "critical", {"service": "journal", "municipality": "1489"}))
    notices(region, ("srv3", "critical", {"service": "journal", "municipality": "1480"}))
    region.until(lambda: in_database(region) == 254, "a ticket of what is shown")
    assert region.get(f"/api/v1/alarms/{shelved}")[1]["ticket"] is None
    assert region.post(f"/api/v1/alarms/{shelved}/unshelve", {})[0] == 201
    region.until(lambda: in_database(region) == 255, "a ticket of what is shown again")


def of_a_major_incident(region):
    rows = region.get("/api/v1/proposals")[1]["proposals"]
    major = next(row["id"] for row in rows if row["kind"] == "major_incident" and row["service"] == "arkiv")
    before = in_database(region)
    status, answer = region.post(f"/api/v1/proposals/{major}/accept", {"reason": "flera kommuner"})
    assert status == 201, answer
    region.until(lambda: in_database(region) == before + 1, "the ticket of the major incident")
    newest = max(tickets(region).values(), key=lambda row: int(row["id"][2:]))
    assert newest["priority"] == "P1" and newest["service"] == "arkiv" and newest["municipality"] is None, newest


def main():
    with Region() as region:
        apply(region, "1", "none")
        by_a_person(region)
        by_itself(region)
        of_a_hidden_one(region)
        of_a_major_incident(region)
    print("4 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
