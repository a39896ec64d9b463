#!/usr/bin/python3
"""A state trace of another product, imported: whole, once, and again when it has been revoked."""

import gzip
import json
import sys

from harness import SHARED, SOURCE, Region

MAPPING = SOURCE / "plugins/mappings/upptime.yaml"
ROWS = 2500


def trace(path):
    """A made-up trace: 25 sites, a row each hour, in no order of time."""
    with gzip.open(path, "wt") as out:
        out.write("checked_at,site,status,response_ms\n")
        for n in (number * 7919 % ROWS for number in range(ROWS)):
            site, hour, down = n % 25, n // 25, n % 10 == 0
            out.write(f"2026-10-{1 + hour // 24:02}T{hour % 24:02}:00:00.{site:03}Z,site-{site:02},"
                      f"{'down' if down else 'up'},{0 if down else n}\n")
        out.write("2026-10-01T00:00:00.000Z,google,up,1\n")
    return path


def imported(region, path, *options, ok=(0,)):
    return json.loads(region.vinga("import", path, "--mapping", MAPPING, "--json", *options, ok=ok))


def dry_run(region, path):
    told = imported(region, path, "--dry-run")
    assert told == {"rows": ROWS + 1, "samples": ROWS, "malformed": 0, "ignored": 1, "redacted": 0,
                    "shares": {"state": {"ok": ROWS * 9 // 10, "critical": ROWS // 10}}}, told
    assert "2501 rows give 2500 samples" in region.vinga("import", path, "--mapping", MAPPING, "--dry-run")


def batches(region):
    """Raw rows in the ledger, their samples, and how many of those differ."""
    region.settled()
    return region.sql("select count(distinct seq), count(*), count(distinct sample)"
                      " from ledger.raw, jsonb_array_elements(bytes::jsonb #> '{body,samples}') sample")


def whole_and_once(region, path):
    told = imported(region, path)
    assert (told["rows"], told["samples"], told["taken"], told["malformed"]) == (ROWS + 1, ROWS, 3, 0), told
    assert batches(region) == f"3|{ROWS}|{ROWS}"
    assert imported(region, path)["already"] is True
    assert batches(region) == f"3|{ROWS}|{ROWS}"
    return told["id"]


def under_a_new_id_after_revocation(region, path, first):
    region.vinga("import", "revoke", first, "--reason", "test")
    told = imported(region, path)
    assert (told["id"], told["taken"]) == (first[:-1] + "2", 3), told
    assert told["repeats"] == 0, "its batches are others than those that were revoked"


def what_is_wrong_is_told(region):
    path = region.dir / "wrong.csv"
    path.write_text("checked_at,site,status,response_ms\n2026-10-01T00:00:00Z,a,sideways,1\n2026-10-01T00:00:00Z,b,up,1\n")
    told = imported(region, path, ok=(4,))
    assert (told["rows"], told["samples"], told["taken"], told["malformed"], told["quarantined"]) == (2, 1, 1, 1, 0), told


def long_texts_make_small_batches(region):
    """Names and texts as long as they may be, of what JSON must escape: an event has its limit in bytes too."""
    mapping, path = region.dir / "long.yaml", region.dir / "long.csv"
    mapping.write_text("source: long\ntarget: samples\nref: site\ntime: {from: at, pattern: epoch_s}\n"
                       "fields: {state: state, text: text}\n")
    rows = [f"{1790000000 + n},{'n' * 200},ok,{chr(92) * 200}" for n in range(1500)]
    path.write_text("at,site,state,text\n" + "\n".join(rows) + "\n")
    told = json.loads(region.vinga("import", path, "--mapping", mapping, "--json"))
    assert (told["samples"], told["refused"], told["malformed"]) == (1500, 0, 0) and told["taken"] > 2, told


def real_traces(region):
    for name, rows in (("dhbern", 10535), ("manticore", 336)):
        path = SHARED / f"data/uptime-traces/{name}.csv.gz"
        if not path.exists():
            print(f"{path} is not here: skipped")
            continue
        told = imported(region, path)
        assert (told["rows"], told["malformed"], told["refused"]) == (rows, 0, 0), told
        assert told["taken"] == -(-told["samples"] // 1000), told


def main():
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        path = trace(region.dir / "trace.csv.gz")
        dry_run(region, path)
        first = whole_and_once(region, path)
        under_a_new_id_after_revocation(region, path, first)
        what_is_wrong_is_told(region)
        long_texts_make_small_batches(region)
        real_traces(region)
        region.stop()
    print("6 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
