#!/usr/bin/python3
"""The journal is lost, PostgreSQL is not: a new journal goes on with the ledger, and knows what was taken before."""

import sys
import time

from harness import SOURCE, Region, reported

EVENTS = 40


def lose_journal(region):
    for path in region.state.glob("journal.db*"):
        path.unlink()


def post_all(region, events):
    return [region.post("/api/v1/events", event) for event in events]


def main():
    now = int(time.time() * 1000) - 3600000
    events = [reported(f"L{i}", 1, now + i, status="new", title=f"Ärende {i}", impact=3, urgency=2) for i in range(EVENTS)]
    events.append(reported("L0", 2, now + 1000, status="in_progress", group="x" * 100, note="ring mig"))
    events[-1]["event_id"] = "y" * 150  # longer than what is kept as it is
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        first = post_all(region, events)
        assert all(status == 201 for status, _ in first), first
        hook = {"ticket": {"number": "77001", "state": "a state that nobody knows", "updated_at": "2026-11-01T10:00:00Z"}}
        assert region.post("/api/v1/hooks/zammad", hook)[0] == 202
        region.settled()
        region.stop()
        before = region.sql("select count(*) from ledger.row")

        lose_journal(region)
        region.pg_crash()
        failed = False
        try:
            region.start()
        except AssertionError:
            failed = True
        assert failed, "a new journal must not begin while PostgreSQL cannot say where the ledger ends"
        region.pg_restart()
        region.start()

        again = post_all(region, events)
        for (_, old), (status, answer) in zip(first, again):
            assert (status, answer["seq"], answer["verdict"]) == (200, old["seq"], "repeat"), (status, answer, old)
        assert region.post("/api/v1/hooks/zammad", hook)[0] == 200
        changed = dict(events[0], body=dict(events[0]["body"], impact=1))
        status, answer = region.post("/api/v1/events", changed)
        assert (status, answer["seq"]) == (409, first[0][1]["seq"]), answer
        fresh = region.post("/api/v1/events", reported("L-new", 1, now, status="new"))
        assert fresh[0] == 201 and fresh[1]["seq"] == int(before) + 2, fresh
        region.settled()
        assert region.sql("select count(*) from ledger.row") == str(int(before) + 2)
        assert region.sql("select kind from ledger.row order by seq desc limit 2").split() == ["ticket.reported", "journal.restarted"]
        assert region.sql("select count(*) from (select 1 from ledger.row where event_id <> '' group by source, event_id"
                          " having count(*) > 1) as twice") == "0"
        region.vinga("verify", "2026-11")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
