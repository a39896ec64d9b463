#!/usr/bin/python3
"""What happened in the golden ledger: four months of three invented municipalities, one command a line for make_golden.

A command is {"r": received, "event": {...}}, {"r": received, "agreement": reason}, or {"r": received, "publish": month, "municipality":
code}, which makes the statement available that was closed; {"r": received, "raw": true} is a row of samples that has been dropped by its
age. Each takes one sequence, so that rows can be named before they are. The same every time: changing a line here means another ledger,
and is never needed to make a test pass."""

import datetime
import json
import random
import zoneinfo

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
CODES = ["1441", "1480", "1489"]
NO_HEAD = "0" * 64
rng = random.Random(1489)
rows = []


def at(text):
    """"2026-02-03 10:00", local, in milliseconds."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def add(when, order, row):
    rows.append((at(when), order, len(rows), row))


def event(when, kind, body, municipality=None, actor="", source="vinga", happened=None, order=1):
    envelope = {"v": 1, "kind": kind, "occurred_ms": at(happened or when), "source": source, "event_id": f"e{len(rows)}", "actor": actor,
                "body": body}
    if municipality is not None:
        envelope["municipality"] = municipality
    add(when, order, {"event": envelope})
    return envelope


def ticket(ref, when, stated, municipality=None, happened=None):
    event(when, "ticket.reported", {"ref": ref, **stated}, municipality, source="itsm", happened=happened)


def users(code, day, count, private=0, when=None):
    event(when or f"{day} 07:00", "users.read", {"day": day, "users": count, "private_users": private, "rule": "licensed",
                                                 "approver": "Systemförvaltare"}, code, actor=f"kommun-{code}")


def tickets(month, code, count):
    """A month's tickets: opened in first line, taken by second line, resolved."""
    for n in range(count):
        ref = f"{code}-{month[5:]}-{n:02}"
        day, hour = rng.randint(1 if code != "1441" or month != "2026-02" else 17, 24), rng.randint(8, 15)
        stated = {"status": "new", "support_line": 1, "opened_ms": at(f"{month}-{day:02} {hour:02}:05"),
                  "type": rng.choice(["incident", "incident", "incident", "service_request", "problem", "complaint"]),
                  "priority": rng.choice(["P1", "P2", "P3"]), "service": rng.choice(["journal", "utbyte"]),
                  "municipality_ref": f"K{code}{n:03}", "administration": rng.choice(["vard", "skola"])}
        if n in (2, 5, 6, 12, 13):  # these count, unless something else happens to them
            stated["type"] = "incident"
        if n == 0:
            stated["test"] = True
        if n == 1:
            stated["requester_class"] = "vgr"
        if n == 2 and code == "1489":
            ticket(ref, f"{month}-{day:02} {hour:02}:05", {**stated, "provider": "hemvard"})
        else:
            ticket(ref, f"{month}-{day:02} {hour:02}:05", stated, code)
        if n == 3:
            ticket(ref, f"{month}-{day:02} {hour:02}:20", {"status": "cancelled"})
            continue
        if n == 4:
            ticket(ref, f"{month}-{day:02} {hour:02}:40", {"status": "resolved"})
            continue
        ticket(ref, f"{month}-{day:02} {hour:02}:30", {"status": "in_progress", "support_line": 2, "assigned": True, "by_person": True})
        end = {"status": "resolved"}
        if n % 3 == 0:
            end["cause_party"] = rng.choice(["vgr", "supplier", "municipality", "third_party"])
        if n == 7:
            end["duplicate_of"] = f"{code}-{month[5:]}-05"
        if n == 8:
            end["reopen_of"] = f"{code}-{month[5:]}-05"
        if n == 10:
            end["outage"] = "O-{outage}"
        if n == 11:
            end["window"] = "W-{window}.1"
        ticket(ref, f"{month}-{day + rng.randint(0, 3):02} {hour + 1:02}:30", end)


def seals():
    """A day of hourly samples is one run, or three when the journal was away."""
    for agent, code in (("agent-1480", "1480"), ("agent-1489", "1489")):
        for n in range(120):
            day = datetime.date(2026, 1, 1) + datetime.timedelta(n)
            start = int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp()) * 1000
            hour = 3600000
            if n % 40 == 12:
                runs = [[start, start + 9 * hour, "ok", 10], [start + 10 * hour, start + 12 * hour, "critical", 3],
                        [start + 13 * hour, start + 23 * hour, "ok", 11]]
            else:
                runs = [[start, start + 23 * hour, "ok", 24]]
            probes = {"web": runs}
            if code == "1489":
                probes["gateway"] = [[start, start + 23 * hour, "ok", 24]]
            sealed, batch = (day + datetime.timedelta(2)).isoformat(), f"raw-{code}-{n}"
            add(f"{day} 23:59", 1, {"raw": True, "mark": batch})
            event(f"{sealed} 03:00", "raw.sealed", {"lane": f"probe:{agent}", "day": day.isoformat(), "first_seq": f"{{{batch}}}",
                                                    "last_seq": f"{{{batch}}}", "rows": 1, "head": NO_HEAD, "probes": probes},
                  source="vingad")


def act(when, kind, body, name, municipality=None):
    """Proposed by one, and approved by another an hour later."""
    later = when[:11] + f"{int(when[11:13]) + 1:02}" + when[13:]
    event(when, kind, {**body, "reason": name}, municipality, actor="ekonomi-a")["mark"] = name
    event(later, "act.approved", {"act": "P-{" + name + "}"}, actor="ekonomi-b")


def close(month, when, codes):
    act(when, "close.proposed", {"month": month}, f"close-{month}")
    for code in codes:
        add(when[:11] + "15:00", 2, {"publish": month, "municipality": code})


def story():
    add("2026-01-01 00:00", 0, {"agreement": "Avtalet börjar gälla"})
    act("2026-01-02 09:00", "rate.proposed", {"index": "vgr", "year": 2026, "rate_ppb": 23000000, "decided": "2025-12-10",
                                              "document": "RS 2025-0001"}, "rate-2026")
    act("2026-01-02 10:00", "opening.proposed", {"month": "2026-02", "support_ore": 50000, "operation_ore": 29312500,
                                                 "tickets": [{"source": "itsm", "ref": "1480-01-05", "month": "2026-01",
                                                              "price_ore": 25000},
                                                             {"source": "itsm", "ref": "1480-01-06", "month": "2026-01",
                                                              "price_ore": 25000}]}, "opening", "1480")
    act("2026-01-05 09:00", "cost.proposed", {"year": 2025, "cost_ore": 2950000000, "decided": "2026-01-04", "document": "RS 2026-0002"},
        "cost-2025")
    for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
        users("1480", f"{month}-01", 2000 + 10 * int(month[5:]))
        if month != "2026-03":  # late: carried forward, then put right
            users("1489", f"{month}-01", 130 + int(month[5:]), 3)
        if month > "2026-02":
            users("1441", f"{month}-01", 60)
        tickets(month, "1480", 14)
        tickets(month, "1489", 12)
        if month > "2026-01":
            tickets(month, "1441", 9)
    users("1441", "2026-02-16", 55)
    users("1489", "2026-03-01", 160, 3, when="2026-04-20 10:00")
    seals()
    event("2026-01-14 10:00", "outage.recorded", {"effect": "down", "service": "journal", "municipalities": ["1480", "1489"],
                                                  "from_ms": at("2026-01-13 11:00"), "to_ms": at("2026-01-13 14:00"), "cause": "vgr",
                                                  "reason": "Bortfall i växel"}, actor="drift-a")["mark"] = "outage"
    event("2026-01-14 11:00", "outage.approved", {"outage": "O-{outage}"}, actor="drift-b")
    event("2026-01-15 09:00", "window.planned", {"name": "Byte av lagring", "category": "planned", "services": ["journal"],
                                                 "times": [[at("2026-02-21 22:00"), at("2026-02-22 02:00")]]},
          actor="drift-a")["mark"] = "window"
    event("2026-01-15 10:00", "window.approved", {"window": "W-{window}"}, actor="drift-b")
    event("2026-02-10 09:00", "intake.quarantined", {"mapping": "itsm", "reason": "unknown_value", "field": "status", "value": "?",
                                                     "payload": {}}, "1489", source="itsm")
    close("2026-01", "2026-02-06 09:00", ["1480", "1489"])
    event("2026-02-20 09:00", "comment.made", {"month": "2026-02", "kpi": "availability", "service": "journal", "cause": "Fel i växel",
                                               "action": "Växeln byts", "owner": "Drift", "due": "2026-03-15"}, "1489",
          actor="forvaltning")
    close("2026-02", "2026-03-06 09:00", CODES)
    # what comes late: a cause, a ticket that moves, a ticket nobody had told of, a decision, an objection
    ticket("1480-02-06", "2026-03-20 09:00", {"cause_party": "vgr"}, happened="2026-02-26 16:00")
    ticket("1480-02-12", "2026-03-20 10:00", {"priority": "P2"}, "1489", happened="2026-02-26 16:00")
    ticket("1441-SEN", "2026-03-23 08:00", {"status": "in_progress", "support_line": 2, "type": "incident", "priority": "P3",
                                            "opened_ms": at("2026-02-18 09:00")}, "1441", happened="2026-02-18 09:10")
    ticket("1441-SEN", "2026-03-23 08:01", {"status": "resolved"}, happened="2026-02-19 12:00")
    act("2026-03-24 09:00", "override.proposed", {"ticket": "itsm/1489-02-05", "outcome": "not_counted"}, "override")
    event("2026-03-25 09:00", "objection.raised", {"month": "2026-02", "ticket": "V-{1480-02-13}", "reason": "Orsaken låg hos VGR"},
          "1480", actor="kommun-1480")["mark"] = "objection"
    event("2026-03-26 09:00", "objection.decided", {"objection": "D-{objection}", "accepted": True, "reason": "Stämmer"},
          actor="ekonomi-a")
    event("2026-03-27 09:00", "invoice.recorded", {"month": "2026-02", "invoice": "F-1001", "day": "2026-03-27"}, "1480",
          actor="ekonomi-a")
    close("2026-03", "2026-04-09 09:00", CODES)
    close("2026-04", "2026-05-08 09:00", CODES)


def number(rows):
    """Rows in order, with what they name put in: the number of the row of a mark, or of a ticket's first one."""
    rows.sort()
    marks = {}
    for seq, (_, _, _, row) in enumerate(rows, 1):
        envelope = row.get("event", row)
        mark = envelope.pop("mark", None)
        if mark is not None:
            marks[mark] = seq
        if envelope.get("kind") == "ticket.reported":
            marks.setdefault(envelope["body"]["ref"], seq)
    for received, _, _, row in rows:
        text = json.dumps({"r": received, **row}, ensure_ascii=False, sort_keys=True)
        for mark, seq in marks.items():
            text = text.replace('"{' + mark + '}"', str(seq)).replace("{" + mark + "}", str(seq)).replace(f'"itsm/{mark}"', f'"V-{seq}"')
        print(text)


story()
number(rows)
