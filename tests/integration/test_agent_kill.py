#!/usr/bin/python3
"""An agent that sends every ten minutes is killed while it gathers: all but the last second's runs reach the daemon when it is back."""

import contextlib
import signal
import sqlite3
import sys

from agent import TOKEN, Agent, plugin, principals
from harness import Region


def kept(agent):
    """Samples on disk that no batch holds yet, of an agent that is not running."""
    with contextlib.closing(sqlite3.connect(agent.dir / "spool.db")) as spool:
        return spool.execute("SELECT coalesce(max(samples), 0) FROM kept").fetchone()[0]


def killed(agent, runs):
    """What changed is sent at once: the first run. What comes after it is gathered."""
    agent.until_seen(1, "counted")
    before = runs()
    agent.region.until(lambda: runs() >= before + 5, "five more runs")
    agent.stop(signal.SIGKILL)
    done, there = runs(), kept(agent)
    sent = len(agent.samples()["counted"])
    assert done - 2 <= sent + there <= done, (done, sent, there)
    assert there >= 3, there
    agent.start()
    agent.until_seen(sent + there, "counted")
    assert len(agent.batches()[-1]["samples"]) >= there


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals(TOKEN))
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        truth = region.dir / "runs"
        probes = {"counted": plugin(["/bin/sh", "-c", f"echo run >> {truth}; echo counted"])}
        with Agent(region, probes, send_every="600s") as agent:
            killed(agent, lambda: len(truth.read_text().splitlines()))
            assert agent.stop() == 0
            batches = agent.check_whole()
            assert not any("dropped" in body for body in batches)
            print(f"{len(truth.read_text().splitlines())} runs, {len(agent.samples()['counted'])} told in {len(batches)} batches")
    return 0


if __name__ == "__main__":
    sys.exit(main())
