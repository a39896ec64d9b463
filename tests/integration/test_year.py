#!/usr/bin/python3
"""A generated year: 49 municipalities, 10 services, a sample a minute, as a ledger whose raw rows are gone gives it. The daemon
starts from PostgreSQL alone, fills the read model, and an independent computation there comes to the same cells. A version of the
agreement that judges all of it again does not make the loop stand."""

import datetime
import hashlib
import json
import os
import random
import sys
import time

from harness import SOURCE, Region

YEAR, MUNICIPALITIES, SERVICES = 2025, 49, 10
DAYS = int(os.environ.get("VINGA_YEAR_DAYS", "365"))
MINUTE, DAY = 60_000, 86_400_000
FIRST = int(datetime.datetime(YEAR, 1, 1, tzinfo=datetime.timezone.utc).timestamp() * 1000)
CODES = [str(1400 + i) for i in range(MUNICIPALITIES)]
NAMES = [f"service{i}" for i in range(SERVICES)]

AGREEMENT = """
name: year-test
version: "1"
valid_from: 2024-01-01
zone: Europe/Stockholm
rules: { availability: "99,8 %", window_notice: 10 days }
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %, calendar: 24x7 }
municipalities_file: municipalities.csv
"""


def agreement(path):
    path.mkdir()
    services = "".join(f"  {name}: {{ name: {name}, hours: {'office' if i % 3 == 2 else '24x7'} }}\n" for i, name in enumerate(NAMES))
    probes = "".join(f"  - {{ agent: agent-{code}, probe: {name}, service: {name}, municipality: \"{code}\", vantage: local, "
                     "interval: 60s }\n" for code in CODES for name in NAMES)
    (path / "agreement.yaml").write_text(AGREEMENT + "services:\n" + services + "probes:\n" + probes)
    (path / "municipalities.csv").write_text("code,name,federation,size,go_live,end\n" +
                                             "".join(f"{code},Kommun {code},,small,2024-01-01,\n" for code in CODES))


def runs(rng, day):
    """A probe's day: mostly one run; at times an outage, a degradation or a gap in it."""
    start, end = FIRST + day * DAY + rng.randrange(MINUTE), FIRST + (day + 1) * DAY
    last = end - MINUTE + (start - FIRST) % MINUTE
    if rng.random() < 0.97:
        return [[start, last, "ok", (last - start) // MINUTE + 1]]
    cut, length = start + rng.randrange(1, 1000) * MINUTE, rng.randrange(1, 300) * MINUTE
    state = rng.choice(["critical", "warning", None])
    rows = [[start, cut, "ok", (cut - start) // MINUTE + 1]]
    if state:
        rows.append([cut + MINUTE, cut + MINUTE + length, state, length // MINUTE + 1])
    rows.append([cut + 2 * MINUTE + length, last, "ok", (last - cut - length) // MINUTE - 1])
    return [row for row in rows if row[1] >= row[0]]


def date(day):
    return (datetime.date(YEAR, 1, 1) + datetime.timedelta(days=day)).isoformat()


def event(kind, at, body, number, source="vinga", actor=""):
    return {"v": 1, "kind": kind, "occurred_ms": at, "source": source, "source_order": 0, "event_id": "", "actor": actor,
            "salt": f"{number:032x}", "body": body}


def history(rng):
    """(received_ms, event) through the year: each source's day sealed two days later, windows each week, records now and then."""
    number = 0
    for day in range(DAYS):
        at = FIRST + (day + 2) * DAY
        if day % 7 == 0:
            begin = FIRST + (day + 20) * DAY + 20 * 60 * MINUTE
            yield at, event("window.planned", at, {"name": "week", "category": "planned", "services": [rng.choice(NAMES)],
                                                   "times": [[begin, begin + 3 * 60 * MINUTE]], "announced_ms": at, "reason": "x"},
                            number, actor="anna"), True
        if day % 11 == 0:
            begin = FIRST + day * DAY + 9 * 60 * MINUTE
            yield at, event("outage.recorded", at, {"effect": rng.choice(["down", "degraded", "refute"]), "service": rng.choice(NAMES),
                                                    "municipalities": sorted(rng.sample(CODES, 5)), "from_ms": begin + 500,
                                                    "to_ms": begin + rng.randrange(1, 200) * MINUTE + 700, "reason": "test",
                                                    "cause": rng.choice(["vgr", "supplier", "municipality"])}, number, actor="anna"), False
        for code in CODES:
            number += 1
            yield at, event("raw.sealed", at, {"lane": f"probe:agent-{code}", "day": date(day), "first_seq": 0, "last_seq": 0,
                                               "rows": 0, "head": "00" * 32, "probes": {name: runs(rng, day) for name in NAMES}}, number), False


class Ledger:
    """Rows after PostgreSQL's last one, chained as the journal would have."""

    def __init__(self, seq, head, after_ms):
        self.seq, self.head, self.after_ms, self.lines = seq, head, after_ms, []

    def add(self, at, entry):
        self.seq += 1
        at = max(at, self.after_ms)
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        d = hashlib.sha256(self.seq.to_bytes(8, "big") + at.to_bytes(8, "big") + text.encode()).digest()
        self.head = hashlib.sha256(self.head + d).digest()
        month = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).strftime("%Y-%m-01")
        self.lines.append("\t".join([month, str(self.seq), "main", entry["kind"], entry["source"], "", "\\N", str(entry["occurred_ms"]),
                                     str(at), text.replace("\\", "\\\\"), "\\\\x" + d.hex(), "\\\\x" + self.head.hex()]))
        return self.seq


def append(region, rng):
    """The year behind the agreement's row; returns how many rows."""
    seq, head = region.sql("select seq, encode(hash, 'hex') from ledger.position").split("|")
    after = int(region.sql("select max(received_ms) from ledger.row"))
    ledger = Ledger(int(seq), bytes.fromhex(head), after)
    for at, entry, approve in history(rng):
        made = ledger.add(at, entry)
        if approve:
            ledger.add(at, event("window.approved", at, {"window": f"W-{made}"}, made, actor="bo"))
    path = region.dir / "rows"
    path.write_text("\n".join(ledger.lines) + "\n")
    path.chmod(0o644)
    region.sql(f"copy ledger.row (month, seq, lane, kind, source, event_id, municipality, occurred_ms, received_ms, bytes, d, h) from "
               f"'{path}'; update ledger.position set seq = {ledger.seq}, hash = '\\x{ledger.head.hex()}'")
    return len(ledger.lines)


def judge_again(region):
    """A version from the year's beginning on; returns how late the loop came, in ms."""
    path = region.dir / "agreement" / "agreement.yaml"
    path.write_text(path.read_text().replace('version: "1"', 'version: "2"').replace("2024-01-01", f"{YEAR}-01-01"))
    region.vinga("agreement", "apply", path.parent, "--reason", "test")
    region.settled(600)
    lag = region.status()["loop_lag_ms"]
    assert lag < 1000, lag
    return lag


def main():
    rng = random.Random(YEAR)
    with Region() as region:
        agreement(region.dir / "agreement")
        region.vinga("agreement", "apply", region.dir / "agreement", "--reason", "test")
        region.settled()
        region.stop()
        for path in [*region.state.glob("journal.db*"), *region.state.glob("checkpoint*")]:
            path.unlink()
        rows = append(region, rng)
        begun = time.monotonic()
        region.start()
        started = time.monotonic()
        slowest = 0
        for month in range(1, DAYS // 31 + 1):
            asked = time.monotonic()
            status, answer = region.get(f"/api/v1/availability?month={YEAR}-{month:02d}")
            slowest = max(slowest, time.monotonic() - asked)
            assert status == 200 and len(answer["cells"]) == SERVICES * (MUNICIPALITIES + 1), (status, len(answer["cells"]))
        region.settled(600)
        filled = time.monotonic()
        lag = max(region.status()["loop_lag_ms"], judge_again(region))
        judged = time.monotonic()
        region.sql("create schema tap; create extension pgtap schema tap")
        out = region.sql("set search_path = tap; set work_mem = '64MB';" + (SOURCE / "sql/t/availability.sql").read_text())
        assert "not ok" not in out and out.count("ok ") >= 6, out
        cells, days = region.sql("select (select count(*) from read.availability), (select count(*) from read.probe_day)").split("|")
        assert int(days) == DAYS * MUNICIPALITIES * SERVICES, days
        print(f"{rows} rows replayed in {started - begun:.1f} s; a month's cells in at most {slowest:.2f} s; read model of {cells} cells and "
              f"{days} probe-days in {filled - started:.1f} s, judged again in {judged - filled:.1f} s, the loop late by at most {lag} ms; "
              f"computed again in {time.monotonic() - judged:.1f} s")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
