#!/usr/bin/python3
"""A month's report can be recomputed from its evidence, and one changed byte anywhere in the ledger is found and named."""

import gzip
import itertools
import json
import random
import sys

from harness import SOURCE, Region

MONTH = "2016-04"
SEED = 7
ROWS = 12000


def part_of_log(region):
    """The log's first rows: each verify replays them all."""
    path = region.dir / "part.csv"
    with gzip.open(SOURCE / "tests/data/uci-incident/incident_event_log.shared.csv.gz", "rt") as log:
        path.write_text("".join(itertools.islice(log, ROWS)))
    return path


def tamper(region, seq, change):
    """As somebody with full rights on the server would: past the trigger, in place."""
    table = region.sql(f"select tableoid::regclass from ledger.row where seq = {seq}")
    region.sql(f"alter table {table} disable trigger all; {change.format(table=table, seq=seq)}")


def main():
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        region.vinga("import", part_of_log(region), "--mapping", SOURCE / "plugins/mappings/uci-incident.yaml")
        region.settled()
        out = region.dir / "reports"
        out.mkdir()
        region.vinga("report", MONTH, "--out", out, "--no-pdf")
        files = {path.suffix: path.read_bytes() for path in out.iterdir()}
        assert set(files) == {".html", ".xlsx", ".csv", ".json"}, files.keys()
        model = json.loads(files[".json"])
        assert model["month"] == MONTH and model["cells"], model.keys()
        region.settled()
        region.vinga("verify", MONTH)
        region.vinga("rebuild")

        # what-was is not what-is: a copy of one row, changed in every column that evidence rests on
        last = region.status()["seq"]
        rng = random.Random(SEED)
        found = 0
        for _ in range(6):
            seq = rng.randrange(2, last)
            for column, change in (("bytes", "overlay(bytes placing (case when substr(bytes, 300, 1) = 'x' then 'y' else 'x' end) from 300)"),
                                   ("received_ms", "received_ms + 1"), ("event_id", "event_id || 'x'"), ("kind", "'tick'"),
                                   ("d", "set_byte(d, 5, (get_byte(d, 5) + 1) % 256)"),
                                   ("h", "set_byte(h, 31, (get_byte(h, 31) + 1) % 256)")):
                if column == "bytes" and int(region.sql(f"select length(bytes) from ledger.row where seq = {seq}")) < 300:
                    continue
                region.sql(f"drop table if exists public.kept; create table public.kept as select * from ledger.row where seq = {seq}")
                tamper(region, seq, f"update {{table}} set {column} = {change} where seq = {{seq}}")
                answer = region.vinga("verify", MONTH, ok=(1,))
                assert str(seq) in answer, f"{column} of row {seq} was changed, verify said: {answer}"
                tamper(region, seq, f"update {{table}} set {column} = (select {column} from public.kept) where seq = {{seq}}")
                found += 1
        tamper(region, 1000, "delete from {table} where seq = {seq}")
        assert "1000" in region.vinga("verify", MONTH, ok=(1,))
        print(f"{found} changes and a deletion found and named")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
