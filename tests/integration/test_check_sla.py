#!/usr/bin/python3
"""check_vinga_sla against a daemon that has measured: a month that is met, then missed, and one that nobody measured."""

import datetime
import hashlib
import shutil
import subprocess
import sys

from harness import BUILD, SOURCE, Region

OK, WARNING, CRITICAL, UNKNOWN = range(4)
TOKEN = "hemlig"
PROBE = ('  - { agent: monitoring, probe: portal, service: informationsutbyte, municipality: "1489", vantage: local,'
         " trace: yes }\n")


def last_month():
    """Its first day, well inside by UTC and by local time."""
    return (datetime.date.today().replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


def apply_agreement(region):
    copy = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", copy)
    file = copy / "agreement.yaml"
    text = file.read_text()
    assert "\nprobes:\n" in text
    file.write_text(text.replace("\nprobes:\n", "\nprobes:\n" + PROBE))
    region.vinga("agreement", "apply", copy, "--reason", "test")


def measured(region, *samples):
    body = [{"probe": "portal", "state": state, "at": at, "municipality": "1489"} for at, state in samples]
    assert region.over_tcp("POST", "/api/v1/samples", body, {"Authorization": f"Bearer {TOKEN}",
                                                             "Content-Type": "application/json"}) == 200


def check(region, state, words, *arguments):
    month = f"{last_month():%Y-%m}"
    done = subprocess.run([BUILD / "plugins/checks/check_vinga_sla", "--socket", region.socket, "--service", "informationsutbyte",
                           "--municipality", "1489", "--month", month, *arguments], capture_output=True, text=True)
    assert done.returncode == state and words in done.stdout and month in done.stdout, done


def main():
    with Region(start=False) as region:
        people = region.dir / "principals.yaml"
        people.write_text("principals:\n  - {name: monitoring, roles: [ingest], source: monitoring,"
                          f" token_sha256: {hashlib.sha256(TOKEN.encode()).hexdigest()}}}\n")
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {people}\n")
        region.start()
        apply_agreement(region)
        first = last_month()
        check(region, UNKNOWN, "ej tillämpligt", "--metric", "availability")
        now = f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"  # a trace tells nothing after its last row
        measured(region, (f"{first - datetime.timedelta(days=2)}T12:00:00Z", "ok"), (now, "ok"))
        check(region, OK, "1489: 100,000 %, mål 99,800 % | availability=100.0000%;;;0;100")
        check(region, OK, "1489: 100,000 % mätt", "--metric", "coverage")
        check(region, OK, " min kvar av månadens avbrottsutrymme", "--metric", "budget")
        measured(region, (f"{first}T12:00:00Z", "critical"), (f"{first}T12:30:00Z", "ok"))
        check(region, OK, "1489: 99,9", "--warning", "99.8:")
        check(region, WARNING, "1489: 99,9", "--warning", "99.99:")
        measured(region, (f"{first}T14:00:00Z", "critical"), (f"{first}T16:00:00Z", "ok"))
        check(region, CRITICAL, "1489: 99,6")
        check(region, CRITICAL, "1489: -", "--metric", "budget")
        region.stop()
    print("3 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
