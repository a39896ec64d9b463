#!/usr/bin/python3
"""The real logs: every figure of expected.json, and every ticket of expected-tickets.csv.gz, from an import."""

import csv
import gzip
import io
import json
import sys

from harness import SHARED, SOURCE, Region


def same_figures(want, got, path=""):
    """Every member of `want` must stand in `got` with the same value; returns how many were compared."""
    if isinstance(want, dict):
        assert isinstance(got, dict), f"{path}: {got!r} instead of an object"
        return sum(same_figures(v, got.get(k), f"{path}/{k}") for k, v in want.items())
    assert want == got, f"{path}: expected {want!r}, got {got!r}"
    return 1


def same_tickets(expected_path, text):
    with gzip.open(expected_path, "rt", newline="") as file:
        want = {row["case"]: row for row in csv.DictReader(file)}
    got = {row["case"]: row for row in csv.DictReader(io.StringIO(text))}
    assert want.keys() == got.keys(), f"{len(want)} tickets expected, {len(got)} found"
    for case, row in want.items():
        for column, value in row.items():
            assert got[case][column] == value, f"{case} {column}: expected {value!r}, got {got[case][column]!r}"
    return len(want)


def one_log(name, folder, log, mapping, month):
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/uci", "--reason", "reference rules")
        region.vinga("import", folder / log, "--mapping", SOURCE / "plugins/mappings" / mapping)
        region.settled()
        expected = json.loads((folder / "expected.json").read_text())
        ignored = {k: expected.pop(k) for k in ("log", "part", "municipality_rule", "demo_targets") if k in expected}
        figures = same_figures(expected, json.loads(region.vinga("profile", "--json")))
        tickets = same_tickets(folder / "expected-tickets.csv.gz", region.vinga("profile", "--tickets"))
        before = region.status()["seq"]
        region.vinga("import", folder / log, "--mapping", SOURCE / "plugins/mappings" / mapping)
        assert region.status()["seq"] - before <= 1, "a second import added rows"
        region.vinga("rebuild")
        region.vinga("verify", month)
        print(f"{name}: {figures} figures and {tickets} tickets equal (not compared: {', '.join(ignored)})", flush=True)


def main():
    one_log("UCI", SOURCE / "tests/data/uci-incident", "incident_event_log.shared.csv.gz", "uci-incident.yaml", "2016-04")
    volvo = SHARED / "data/bpic2013-volvo"
    skipped = 0
    if volvo.is_dir():
        one_log("Volvo", volvo, "incidents.shared.csv.gz", "volvo-bpic2013.yaml", "2012-04")
    else:
        skipped = 1
        print("Volvo: skipped, the log is not here", flush=True)
    print(f"{2 - skipped} passed, 0 failed, {skipped} skipped")


if __name__ == "__main__":
    sys.exit(main())
