#!/usr/bin/python3
"""The agent's clock held against the Date of the real daemon: one that agrees, and one that is an hour ahead."""

import re
import subprocess
import sys

from agent import TOKEN, Agent, plugin, principals
from harness import Region

AHEAD = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *out)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, out);

	if (rc == 0 && clock == CLOCK_REALTIME)
		out->tv_sec += 3600;
	return rc;
}
"""


def an_hour_ahead(directory):
    """What to put before a program for its clock to be so."""
    library = directory / "ahead.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], input=AHEAD, text=True, check=True)
    return ["env", f"LD_PRELOAD={library}", "ASAN_OPTIONS=verify_asan_link_order=0"]


def doctor(agent, words):
    agent.region.until(lambda: words in agent.command("doctor").stdout, f'doctor to say "{words}"')


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals(TOKEN))
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        ahead = an_hour_ahead(region.dir)
        with Agent(region, {"fine": plugin(["/bin/echo", "fine"])}) as agent:
            agent.until_seen(2, "fine")
            doctor(agent, "ok     clock    agrees with the daemon's to the second")
            assert "event=clock.off" not in agent.said(), agent.said()
            assert agent.stop() == 0
            agent.prefix = ahead
            agent.start()
            region.until(lambda: "event=clock.off" in agent.said(), "the agent to complain of its clock")
            assert re.search("this clock is 3(600|599) s ahead of the daemon's", agent.said()), agent.said()
            done = agent.command("doctor")
            assert re.search(r"wrong  clock    3(600|599) s ahead of the daemon's; is NTP running on both\?", done.stdout), done
            assert done.returncode == 1
            assert agent.stop() == 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
