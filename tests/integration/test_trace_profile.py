#!/usr/bin/python3
"""vinga profile over state traces: a made-up one whose figures are counted here, and the real ones against their reference figures."""

import json
import os
import subprocess
import sys
import tempfile

from harness import SHARED, SOURCE, VINGA

MAPPING = SOURCE / "plugins/mappings/upptime.yaml"
COUNTS = ("rows", "first_ms", "last_ms", "observed_ms", "downtime_ms", "outages", "open_at_end", "longest_outage_ms", "availability",
          "up_response_p50_ms", "up_response_p95_ms")


def profile(path):
    done = subprocess.run([VINGA, "profile", path, "--mapping", MAPPING, "--json"], capture_output=True, text=True, check=True,
                          env=dict(os.environ, VINGA_SOCKET="/nowhere"))
    return json.loads(done.stdout)


def made_up():
    """Two outages of 10 and 30 minutes, the latter of several rows, and one that is open at the end; rows out of order; a gap of
    days; a site with too few rows, and one of the template's."""
    rows = [("web", f"2026-10-01T{hour:02}:00:00.000Z", "up", 100 + hour) for hour in range(8)]
    rows += [("web", "2026-10-01T02:10:00.500Z", "down", 0), ("web", "2026-10-01T02:20:00.500Z", "up", 110)]
    rows += [("web", f"2026-10-01T05:{minute:02}:00Z", "down", 0) for minute in (10, 20, 30)]
    rows += [("web", "2026-10-01T05:40:00Z", "up", 200), ("web", "2026-10-09T00:00:00Z", "down", 0),
             ("web", "2026-10-09T01:00:00Z", "down", 0)]
    rows += [("few", "2026-10-01T00:00:00Z", "up", 1), ("google", "2026-10-01T00:00:00Z", "down", 0)]
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as out:
        out.write("checked_at,site,status,response_ms\n")
        out.writelines(f"{at},{site},{status},{latency}\n" for site, at, status, latency in reversed(rows))
        out.flush()
        told = profile(out.name)
    web = told["sites"]["web"]
    minute = 60000
    assert (web["rows"], web["outages"], web["open_at_end"]) == (16, 3, 1), web
    assert (web["downtime_ms"], web["longest_outage_ms"]) == (100 * minute, 60 * minute), web
    assert web["observed_ms"] == (8 * 24 + 1) * 60 * minute, web
    assert (web["up_response_p50_ms"], web["up_response_p95_ms"]) == (104.5, 159.5), web
    assert (told["rows"], told["sites_counted"], told["sites_left_out"], told["outages"]) == (16, 1, ["few"], 3), told


def real():
    """0 when the traces are not here."""
    path = SHARED / "data/uptime-traces/expected.json"
    if not path.exists():
        return 0
    expected = json.loads(path.read_text())
    for name, want in expected.items():
        told = profile(path.with_name(f"{name}.csv.gz"))
        for member in ("sites_counted", "rows", "outages", "downtime_h", "observed_h", "availability_pooled"):
            assert told[member] == want[member], (name, member, told[member], want[member])
        assert set(told["sites"]) == set(want["sites"])
        for site, figures in want["sites"].items():
            assert {m: told["sites"][site][m] for m in COUNTS} == {m: figures[m] for m in COUNTS}, (name, site)
    return len(expected)


if __name__ == "__main__":
    made_up()
    print(f"{1 + real()} passed, 0 failed")
    sys.exit(0)
