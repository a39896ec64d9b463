#!/usr/bin/python3
"""What the daemon logs: its start, a wrong setting, and PostgreSQL's absence, once and not each second."""

import json
import os
import subprocess
import sys

os.environ["VINGA_LOG"] = "json"

from harness import VINGAD, Region  # noqa: E402: the daemon's environment comes first


def entries(region, event):
    lines = (region.dir / "vingad.log").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["event"] == event]


def main():
    with Region() as region:
        assert [e["seq"] for e in entries(region, "started")] == [0]
        region.pg_crash()
        region.until(lambda: entries(region, "database.trouble"), "the complaint")
        region.until(lambda: region.status()["sink"]["status"] == "connecting", "the sink to try again")
        region.pg_restart()
        region.until(lambda: len(entries(region, "database.trouble")) == 2, "its end")
        away, over = entries(region, "database.trouble")
        assert away["level"] == "warning" and "pg:" in away["why"], away
        assert over["level"] == "info" and over["state"] == "over" and over["lasted_s"] >= 0, over

        wrong = region.dir / "wrong.yaml"
        wrong.write_text("listen: 127.0.0.1:1\nlisten_too: x\n")
        done = subprocess.run([VINGAD, "--check", "--config", wrong], capture_output=True, text=True)
        told = [json.loads(line) for line in done.stderr.splitlines()]
        assert done.returncode == 1 and told[0]["event"] == "setting.wrong", told
        assert told[0]["why"].startswith(f"{wrong}:2:"), told
        done = subprocess.run([VINGAD, "--check"], capture_output=True, text=True, env={"VINGA_LOG": "loud"})
        assert done.returncode == 1 and "VINGA_LOG" in done.stderr, done
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
