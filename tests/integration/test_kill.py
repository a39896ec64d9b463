#!/usr/bin/python3
"""kill -9 at random moments under load, and PostgreSQL away: what was acknowledged is in PostgreSQL exactly once."""

import gzip
import http.client
import itertools
import json
import os
import random
import sys
import threading

from harness import SOURCE, Region, reported

KILLS = int(os.environ.get("VINGA_KILLS", "50"))
SEED = int(os.environ.get("VINGA_SEED", "20261122"))
BASE_MS = 1790000000000
ROWS = 12000  # of the real log


ready = threading.Event()  # set while a daemon answers


class Load(threading.Thread):
    """Posts single events and batches until told to stop; remembers what was acknowledged, and repeats what was not."""

    def __init__(self, region, name):
        super().__init__()
        self.region, self.name_ = region, name
        self.running = True
        self.acknowledged = {}
        self.count = 0
        self.wrong = None

    def run(self):
        conn = None
        while self.running:
            first = self.count
            size = 1 if first % 3 else 20
            events = [reported(f"{self.name_}-{(first + i) // 4}", first + i, BASE_MS + (first + i) * 1000, status="in_progress",
                               support_line=1 + (first + i) % 2, priority="P3") for i in range(size)]
            try:
                if conn is None:
                    conn = self.region.connection(timeout=20)
                self.send(conn, events)
                self.count += size
            except (OSError, http.client.HTTPException):
                conn = None  # sent again with the same ids: a repeat gets the first answer
                ready.wait(20)

    def send(self, conn, events):
        if len(events) == 1:
            status, answer = self.region.post("/api/v1/events", events[0], connection=conn)
            if status not in (200, 201):
                self.wrong = (status, answer)
                self.running = False
                return
            self.acknowledged[events[0]["event_id"]] = answer["seq"]
            return
        body = "\n".join(json.dumps(e) for e in events)
        status, answer = self.region.post("/api/v1/events", body, content_type="application/x-ndjson", connection=conn)
        if status != 200:
            self.wrong = (status, answer)
            self.running = False
            return
        rows = json.loads(answer)["results"] if isinstance(answer, (bytes, str)) else answer["results"]
        for event, row in zip(events, rows, strict=True):
            if row["status"] not in (200, 201):
                self.wrong = row
                self.running = False
                return
            self.acknowledged[event["event_id"]] = row["seq"]


class Import(threading.Thread):
    """Imports a file and begins again each time the daemon dies under it, as a person would."""

    def __init__(self, region, file):
        super().__init__()
        self.region, self.file = region, file
        self.tries = 0
        self.wrong = None

    def run(self):
        mapping = SOURCE / "plugins/mappings/uci-incident.yaml"
        try:
            while ready.wait(120):
                self.tries += 1
                done = self.region.vinga_status("import", self.file, "--mapping", mapping)
                if done.returncode == 0:
                    return
                assert done.returncode == 3, done.stderr  # 3: the daemon was out of reach
            raise AssertionError("no daemon to import into")
        except AssertionError as error:
            self.wrong = error


def check(region, loads, imported):
    region.settled()
    assert imported.wrong is None, imported.wrong
    taken = int(region.sql("select count(*) from ledger.row where source = 'demo.uci-servicenow'"))
    assert taken == ROWS, f"{taken} rows of the import are in the ledger, expected {ROWS}"
    print(f"{taken} imported rows, each once, in {imported.tries} tries", flush=True)
    rows = region.sql("select event_id || ' ' || seq from ledger.row where source = 'operator' and kind = 'ticket.reported'").splitlines()
    held = {}
    for row in rows:
        event_id, seq = row.rsplit(" ", 1)
        assert event_id not in held, f"{event_id} is in the ledger twice: {held[event_id]} and {seq}"
        held[event_id] = int(seq)
    acknowledged = 0
    for load in loads:
        assert load.wrong is None, load.wrong
        for event_id, seq in load.acknowledged.items():
            assert held.get(event_id) == seq, f"{event_id} was acknowledged as {seq}, PostgreSQL has {held.get(event_id)}"
            acknowledged += 1
    print(f"{acknowledged} acknowledged events, {len(held)} in the ledger, each once", flush=True)
    assert acknowledged > 0
    region.vinga("verify", "2026-09")
    region.vinga("rebuild")


def main():
    rng = random.Random(SEED)
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        ready.set()
        loads = [Load(region, f"T{i}") for i in range(3)]
        file = region.dir / "part.csv"
        with gzip.open(SOURCE / "tests/data/uci-incident/incident_event_log.shared.csv.gz", "rt") as log:
            file.write_text("".join(itertools.islice(log, ROWS + 1)))
        imported = Import(region, file)
        for load in [*loads, imported]:
            load.start()
        for round_ in range(KILLS):
            goal = region.status()["seq"] + rng.randrange(1, 400)
            region.until(lambda goal=goal: region.status()["seq"] >= goal, f"sequence {goal}")
            ready.clear()
            region.kill()
            if round_ % 10 == 9:
                region.pg_crash()
                region.start()
                ready.set()
                before = region.status()["seq"]
                region.until(lambda before=before: region.status()["seq"] > before + 100, "intake without PostgreSQL")
                assert region.get("/health/ready")[1]["status"] == "degraded"
                region.pg_restart()
            else:
                region.start()
                ready.set()
        for load in loads:
            load.running = False
        for load in [*loads, imported]:
            load.join()
        check(region, loads, imported)
    print(f"1 passed, 0 failed  (seed {SEED}, {KILLS} kills)")


if __name__ == "__main__":
    sys.exit(main())
