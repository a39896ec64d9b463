#!/usr/bin/python3
"""scripts/trace-agreement: a service and a trace probe for each site of a trace, in an agreement that loads."""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ["VINGA_BUILD"])
SOURCE = pathlib.Path(os.environ["VINGA_SOURCE"])
TRACE = """checked_at,site,status
2026-03-01T10:00:00.000Z,b,up
2026-03-01T11:00:00.000Z,b,down
2025-12-31T23:30:00.000Z,a.example,up
2026-03-02T10:00:00.000Z,a.example,down
2026-03-02T10:00:00.000Z,once,up
2026-03-02T10:00:00.000Z,demo,up
2026-03-02T11:00:00.000Z,demo,up
"""


def made(directory, *args, ok=True):
    done = subprocess.run([SOURCE / "scripts/trace-agreement", *args, directory / "made"], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == ok, done.stderr
    return done.stdout if ok else done.stderr


def agreement_of(path):
    return json.loads(subprocess.check_output([BUILD / "cli/vinga", "agreement", "check", path, "--json"], text=True))


def sites_become_services(directory):
    trace = directory / "t.csv.gz"
    trace.write_bytes(gzip.compress(TRACE.encode()))
    told = made(directory, trace, "--skip", "demo,absent", "--min-rows", "2", "--agent", "probe-owner")
    assert "2 sites, 2 left out" in told, told
    assert "2 left out (1 asked for, 1 with few rows)" in (directory / "made/agreement.yaml").read_text()
    agreement = agreement_of(directory / "made")
    assert [s["id"] for s in agreement["services"]] == ["a.example", "b"], agreement["services"]
    assert all(s["target_ppm"] == -1 for s in agreement["services"])
    assert [(p["agent"], p["name"], p["service"], p["trace"], p["municipality"]) for p in agreement["probes"]] == [
        ("probe-owner", name, name, True, "*") for name in ("a.example", "b")]
    assert agreement["rules"]["availability"] == {"confirm_slots": 1, "join_gap_s": 0}
    assert "File exists" in made(directory, trace, ok=False), "an agreement that is there was overwritten"


def what_is_wrong_is_told(directory):
    trace = directory / "wrong.csv"
    for text, want in (("site,status\na,up\n", "wrong.csv:1: expected the column checked_at"),
                       ("checked_at,site\n2026-01-01T00:00:00Z,a b\n", "wrong.csv:2: site: expected letters"),
                       ("checked_at,site\nyesterday,a\n", "wrong.csv:2: checked_at: expected a time"),
                       ("checked_at,site\n", "expected rows after the header")):
        trace.write_text(text)
        assert want in made(directory, trace, ok=False), text
    trace.write_text(TRACE)
    assert "expected 1 to 2000 sites, found 0" in made(directory, trace, "--min-rows", "99", ok=False)
    assert "--agent a b: expected letters" in made(directory, trace, "--agent", "a b", ok=False)


def main():
    with tempfile.TemporaryDirectory() as directory:
        sites_become_services(pathlib.Path(directory))
        what_is_wrong_is_told(pathlib.Path(directory))
    print("trace-agreement: in order")


if __name__ == "__main__":
    sys.exit(main())
