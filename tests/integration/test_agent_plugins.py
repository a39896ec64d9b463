#!/usr/bin/python3
"""Monitoring plugins under the agent, from the process to the daemon's journal: Debian's own, and ill-behaved ones. The agent is
reloaded, ended, killed, and given a wrong token; the daemon is killed; nothing is lost or doubled."""

import pathlib
import signal
import sys

from agent import TOKEN, Agent, plugin, principals
from harness import Region, free_port

PLUGINS = pathlib.Path("/usr/lib/nagios/plugins")


def probes(region):
    local = ["-H", "127.0.0.1"]
    return {
        "fine": plugin([f"{PLUGINS}/check_dummy", "0", "all is well"]),
        "so-so": plugin([f"{PLUGINS}/check_dummy", "1", "grön blir gul"]),
        "bad": plugin([f"{PLUGINS}/check_dummy", "2"]),
        "unsure": plugin([f"{PLUGINS}/check_dummy", "3"]),
        "http": plugin([f"{PLUGINS}/check_http", *local, "-p", str(region.port), "-u", "/health/live"]),
        "tcp": plugin([f"{PLUGINS}/check_tcp", *local, "-p", str(region.port)]),
        "closed": plugin([f"{PLUGINS}/check_tcp", *local, "-p", str(free_port())]),
        "hang": plugin(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"], "2s", "500ms"),
        "hang-critical": plugin(["/bin/sleep", "1000"], "2s", "500ms", timeout_state="critical"),
        "flood": plugin(["/usr/bin/yes"], "2s", "500ms"),
        "killed": plugin(["/bin/sh", "-c", "echo gone >&2; kill -9 $$"]),
        "missing": plugin(["/no/such/plugin"]),
        "built-in": {"type": "tcp", "host": "127.0.0.1", "port": region.port, "interval": "1s", "timeout": "900ms"},
    }


def say_what_was_seen(agent):
    agent.until_seen(2, *probes(agent.region))
    seen = {probe: rows[-1] for probe, rows in agent.samples().items()}
    want = {"fine": ("ok", "OK: all is well"), "so-so": ("warning", "WARNING: grön blir gul"), "bad": ("critical", "CRITICAL"),
            "unsure": ("unknown", "UNKNOWN"), "hang": ("unknown", "timed out after 0.5 s"),
            "hang-critical": ("critical", "timed out after 0.5 s"), "flood": ("unknown", "timed out after 0.5 s"),
            "killed": ("unknown", "ended by signal 9: gone"),
            "missing": ("unknown", "cannot run /no/such/plugin: No such file or directory")}
    for probe, (state, text) in want.items():
        assert (seen[probe][1], seen[probe][3]) == (state, text), (probe, seen[probe])
    for probe in ("http", "tcp", "built-in"):
        assert seen[probe][1] == "ok" and 0 <= seen[probe][2] < 900, (probe, seen[probe])
    assert "HTTP OK" in seen["http"][3] and seen["closed"][1] == "critical", (seen["http"], seen["closed"])


def flagged(agent):
    """No agreement names these probes yet: that is said, once, and they are kept."""
    agent.region.until(lambda: "event=batch.flagged" in agent.said(), "the daemon's remark")
    assert agent.said().count("event=batch.flagged") == 1, agent.said()


def shown_by_check(agent):
    for probe, code, word in (("fine", 0, "ok"), ("so-so", 1, "warning"), ("bad", 2, "critical"), ("missing", 3, "unknown")):
        done = agent.command("check", probe)
        assert done.returncode == code and done.stdout.startswith(f"{probe}: {word}\n"), done
        assert f'["{probe}",' in done.stdout.splitlines()[-1], done.stdout
    done = agent.command("check", "htpp")
    assert done.returncode == 3 and 'did you mean "http"' in done.stderr, done


def told_by_doctor(agent):
    done = agent.command("doctor")
    assert done.returncode == 1, done
    assert "probe missing: /no/such/plugin is no program" in done.stdout, done.stdout
    assert "in use by a running agent" in done.stdout, done.stdout
    assert f"ok     daemon   http://127.0.0.1:{agent.region.port} answers" in done.stdout, done.stdout
    assert 'the agreement knows no "built-in" of this agent' in done.stdout, done.stdout


def reloaded(agent):
    agent.set_probes({**probes(agent.region), "late": plugin([f"{PLUGINS}/check_dummy", "0"])})
    agent.process.send_signal(signal.SIGHUP)
    agent.until_seen(1, "late")
    agent.set_probes({"late": {"type": "plugin", "comand": ["/bin/true"]}})
    agent.process.send_signal(signal.SIGHUP)
    agent.region.until(lambda: "event=reload.failed" in agent.said(), "the reload to be refused")
    assert 'agent.yaml:1:' in agent.said() and 'did you mean \\"command\\"' in agent.said(), agent.said()[-600:]
    before = len(agent.samples()["fine"])
    agent.until_seen(before + 1, "fine")
    agent.set_probes(probes(agent.region))


def ended_and_killed(agent):
    assert agent.stop() == 0
    agent.start()
    agent.until_seen(len(agent.samples()["fine"]) + 1, "fine")
    agent.stop(signal.SIGKILL)
    agent.start()
    agent.until_seen(len(agent.samples()["fine"]) + 1, "fine")


def daemon_away(agent):
    region = agent.region
    region.kill()
    region.daemon = None
    region.until(lambda: "event=batch.waits" in agent.said(), "the agent to complain")
    agent.stop()
    before = agent.waiting()
    assert before > 0
    agent.start()  # it measures on, with nobody to tell
    region.until(lambda: agent.said().count("event=started") == 4, "the agent to start")
    agent.stop()
    assert agent.waiting() >= before
    region.start()
    agent.start()
    agent.until_seen(len(agent.samples()["fine"]) + 3, "fine")


def wrong_token(agent):
    agent.set_token("not-this-one")
    agent.region.until(lambda: "the daemon answers 401" in agent.said(), "the token to be refused")
    done = agent.command("doctor")
    assert done.returncode == 1
    agent.set_token(TOKEN)
    count = len(agent.samples()["fine"])
    agent.until_seen(count + 1, "fine")


def main():
    if not (PLUGINS / "check_dummy").exists():
        print("skipped: Debian's monitoring-plugins-basic is not installed")
        return 77
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals(TOKEN))
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        with Agent(region, probes(region)) as agent:
            say_what_was_seen(agent)
            flagged(agent)
            shown_by_check(agent)
            told_by_doctor(agent)
            reloaded(agent)
            ended_and_killed(agent)
            daemon_away(agent)
            wrong_token(agent)
            assert agent.stop() == 0
            batches = agent.check_whole()
            assert not any("dropped" in body for body in batches)
            print(f"{len(batches)} batches, {sum(len(b['samples']) for b in batches)} samples of {len(agent.samples())} probes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
