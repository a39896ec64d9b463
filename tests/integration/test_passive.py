#!/usr/bin/python3
"""Samples without our agent: each product's script in the environment that its product gives, and the shell example."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from harness import SOURCE, Region

PASSIVE = SOURCE / "plugins/passive"
TOKEN = "hemlig"


def run(region, script, *arguments, want=0, **environment):
    env = {"PATH": os.environ["PATH"], "VINGA_URL": f"http://127.0.0.1:{region.port}", "VINGA_TOKEN_FILE": str(region.dir / "token"),
           **{name: str(value) for name, value in environment.items()}}
    done = subprocess.run([script, *map(str, arguments)], capture_output=True, text=True, env=env)
    assert done.returncode == want, (script, done)
    return done.stdout + done.stderr


def newest(region, probe):
    """The newest sample of a probe, as the ledger has it: name, ms, state, latency, text."""
    found = region.sql("select sample from ledger.raw, jsonb_array_elements(bytes::jsonb #> '{body,samples}') sample"
                       f" where source = 'monitoring-1489' and sample ->> 0 = '{probe}' order by seq desc limit 1")
    return json.loads(found) + [None, ""] if found else None


def heard(region, probe, state, text, at_s):
    region.settled()
    _, at_ms, said, _, seen = newest(region, probe)[:5]
    assert (said, seen) == (state, text), (said, seen)
    assert at_s is None or at_ms == at_s * 1000, (at_ms, at_s)


def icinga2(region, now):
    script = PASSIVE / "icinga2"
    run(region, script, ICINGA_HOST="proxy-1", ICINGA_SERVICE="https", ICINGA_STATE="CRITICAL", ICINGA_LASTCHECK=f"{now}.482105",
        ICINGA_OUTPUT='HTTP CRITICAL: "503" from C:\\web, väntade 200')
    heard(region, "proxy-1.https", "critical", 'HTTP CRITICAL: "503" from C:\\web, väntade 200', now)
    run(region, script, ICINGA_HOST="proxy-1", ICINGA_STATE="UP", ICINGA_OUTPUT="PING OK", ICINGA_LASTCHECK=f"{now}.5")
    heard(region, "proxy-1", "ok", "PING OK", now)


def nagios(region, now):
    script = PASSIVE / "nagios"
    service = {"NAGIOS_HOSTNAME": "proxy 2", "NAGIOS_SERVICEDESC": "Webb (yttre)", "NAGIOS_HOSTSTATE": "UP"}
    for state, ours in (("OK", "ok"), ("WARNING", "warning"), ("UNKNOWN", "unknown"), ("CRITICAL", "critical")):
        now += 1
        run(region, script, NAGIOS_SERVICESTATE=state, NAGIOS_SERVICEOUTPUT=f"{state}\tand more", NAGIOS_LASTSERVICECHECK=now, **service)
        heard(region, "proxy-2.Webb-yttre-", ours, f"{state} and more", now)
    run(region, script, NAGIOS_HOSTNAME="proxy 2", NAGIOS_HOSTSTATE="UNREACHABLE", NAGIOS_HOSTOUTPUT="", NAGIOS_LASTHOSTCHECK=now)
    heard(region, "proxy-2", "unknown", "", now)


def checkmk(region, now):
    script = PASSIVE / "checkmk"
    run(region, script, NOTIFY_WHAT="SERVICE", NOTIFY_HOSTNAME="gw", NOTIFY_SERVICEDESC="TLS", NOTIFY_SERVICESTATE="WARNING",
        NOTIFY_SERVICEOUTPUT="å" * 150, NOTIFY_MICROTIME=f"{now}123456", NOTIFY_NOTIFICATIONTYPE="PROBLEM")
    heard(region, "gw.TLS", "warning", "å" * 100, now)
    run(region, script, NOTIFY_WHAT="HOST", NOTIFY_HOSTNAME="gw", NOTIFY_HOSTSTATE="DOWN", NOTIFY_HOSTOUTPUT="lost",
        NOTIFY_MICROTIME=f"{now}000000", NOTIFY_NOTIFICATIONTYPE="PROBLEM")
    heard(region, "gw", "critical", "lost", now)


def zabbix(region, _):
    script = PASSIVE / "zabbix"
    for subject, state in (("problem 5", "critical"), ("problem 2", "warning"), ("ok", "ok")):
        run(region, script, "portal.web", subject, "7.2 s")
        heard(region, "portal.web", state, "7.2 s", None)
    assert "expected ok, or problem" in run(region, script, "portal.web", "resolved", "", want=2)


def each_result(region, _):
    plugin = region.dir / "check_it"
    for code, state in enumerate(("ok", "warning", "critical", "unknown")):
        plugin.write_text(f"#!/bin/sh\necho \"IT is $1 {code} | time=1s\"\nexit {code}\n")
        plugin.chmod(0o755)
        said = run(region, PASSIVE / "vinga-each", "it", plugin, "so", want=code)
        assert said == f"IT is so {code} | time=1s\n", said
        region.until(lambda: newest(region, "it") and newest(region, "it")[2] == state, "the sample of " + state)
        heard(region, "it", state, f"IT is so {code} ", None)


def shell_probe(region, _):
    live = f"http://127.0.0.1:{region.port}/health/live"
    run(region, SOURCE / "examples/probe.sh", live, "shell")
    heard(region, "shell", "ok", "HTTP 200", None)
    assert newest(region, "shell")[3] >= 0
    run(region, SOURCE / "examples/probe.sh", "http://127.0.0.1:1/", "shell")
    heard(region, "shell", "critical", "HTTP 000", None)


def troubles(region, now):
    script = PASSIVE / "vinga-sample"
    before = region.status()["seq"]
    assert "expected PROBE STATE" in run(region, script, "web", want=2)
    assert "expected ok, warning" in run(region, script, "web", "up", want=2)
    assert "seconds since 1970" in run(region, script, "web", "ok", "", "yesterday", want=2)
    assert "cannot be read" in run(region, script, "web", "ok", want=2, VINGA_TOKEN_FILE="/nowhere")
    (region.dir / "wrong").write_text("annan\n")
    assert "HTTP 401" in run(region, script, "web", "ok", want=2, VINGA_TOKEN_FILE=region.dir / "wrong")
    assert "curl ended" in run(region, script, "web", "ok", want=1, VINGA_URL="http://127.0.0.1:1")
    assert region.status()["seq"] == before
    assert newest(region, "web") is None


def main():
    if shutil.which("curl") is None:
        print("curl is not installed")
        return 77
    with Region(start=False) as region:
        (region.dir / "token").write_text(TOKEN + "\n")
        people = region.dir / "principals.yaml"
        people.write_text("principals:\n  - {name: monitoring, roles: [ingest], source: monitoring-1489,"
                          f" token_sha256: {hashlib.sha256(TOKEN.encode()).hexdigest()}}}\n")
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {people}\n")
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        ways = (icinga2, nagios, checkmk, zabbix, each_result, shell_probe, troubles)
        for way in ways:
            way(region, int(time.time()) - 60)
        region.stop()
    print(f"{len(ways)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
