#!/usr/bin/python3
"""How deep vinga verify looks at samples: down to raw rows while they are there, and by the seals when they have been dropped. A raw
row that was changed, and one that is gone without having been dropped by its age, are both found."""

import datetime
import json
import re
import sys

from harness import Region

MONTH, DAYS = "2026-10", 3
AGREEMENT = """
name: test
version: "1"
valid_from: 2026-01-01
zone: Europe/Stockholm
rules: {}
calendars: { dag: { hours: { mon-fri: 07:00-19:00 } } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { resolution: 4h, share: 90 %, calendar: 24x7 }
  request: { resolution: 4h, share: 90 %, calendar: 24x7 }
municipalities: [{ code: "1489", name: Alingsås, size: medium }]
services: { journal: { name: Journal, hours: 24x7 } }
probes: [{ agent: operator, probe: web, service: journal, municipality: all, vantage: central, interval: 10min }]
"""
TOLD = re.compile(r"samples: checked down to raw bytes: (\d+) rows, (\d+) sealed days; from sealed runs: (\d+) days"
                  r"(?: \((\d+) raw rows dropped by their age\))?")


def feed(region):
    """A sample each ten minutes of the first days of the month, down in one hour of each; returns when the days are sealed."""
    for day in range(DAYS):
        start = datetime.datetime(2026, 10, 1 + day, tzinfo=datetime.timezone.utc)
        samples = [{"probe": "web", "state": "critical" if n // 6 == 10 else "ok",
                    "at": (start + datetime.timedelta(minutes=10 * n)).strftime("%Y-%m-%dT%H:%M:%SZ")} for n in range(144)]
        for half in (samples[:72], samples[72:]):
            assert region.post("/api/v1/samples", half)[0] == 200
    region.until(lambda: region.sql("select count(*) from read.probe_day where sealed") == str(DAYS), "the days to be sealed", 120)


def verify(region, ok=0):
    """The counts that verify tells, or what it says when it must not hold."""
    region.settled()
    out = region.vinga("verify", MONTH, ok=(ok,))
    if ok:
        return out
    assert out.rstrip().endswith(f"{MONTH}: holds"), out
    return tuple(int(n or 0) for n in TOLD.search(out).groups())


def as_superuser(region, table, statement):
    """What no role of Vinga's may do."""
    parts = region.sql("select relname from pg_class c join pg_inherits i on i.inhrelid = c.oid "
                       f"where i.inhparent = 'ledger.{table}'::regclass and c.relkind = 'r'").split()
    region.sql("set session_replication_role = replica;"
               + "".join(f"alter table ledger.{part} disable trigger user;" for part in [table, *parts]) + statement)


def main():
    with Region() as region:
        (region.dir / "agreement.yaml").write_text(AGREEMENT)
        region.vinga("agreement", "apply", region.dir, "--reason", "test")
        feed(region)
        raw, days, sealed_days, dropped = verify(region)
        assert raw == 2 * DAYS and days >= DAYS and (sealed_days, dropped) == (0, 0), (raw, days, sealed_days, dropped)
        before = json.loads(region.vinga("availability", MONTH, "--as-of", str(region.status()["seq"]), "--json"))["cells"]

        seq = region.sql("select min(seq) from ledger.raw")
        as_superuser(region, "raw", f"update ledger.raw set bytes = replace(bytes, '\"critical\"', '\"ok\"') where seq = {seq}")
        assert f"ledger row {seq} (partition" in verify(region, ok=1)
        as_superuser(region, "raw", f"delete from ledger.raw where seq = {seq}")
        assert f"ledger row {seq} (partition" in verify(region, ok=1)

        gone = region.sql("select count(*) + 1, min(seq) - 1, max(seq) from ledger.raw").split("|")
        as_superuser(region, "raw", "delete from ledger.raw")
        region.sql("insert into ledger.raw_dropped (month, rows, first_seq, last_seq, lanes) "
                   f"values ('2026-01-01', {gone[0]}, {gone[1]}, {gone[2]}, '{{}}')")
        assert verify(region) == (0, 0, days, 2 * DAYS)
        after = json.loads(region.vinga("availability", MONTH, "--as-of", str(region.status()["seq"]), "--json"))["cells"]
        assert after == before and any(c["down_s"] > 0 for c in after), "dropping raw rows changed a figure"

        assert region.post("/api/v1/samples", {"probe": "web", "state": "ok"})[0] == 200
        assert verify(region)[0] == 1
        as_superuser(region, "raw", "delete from ledger.raw")
        assert "missing" in verify(region, ok=1)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
