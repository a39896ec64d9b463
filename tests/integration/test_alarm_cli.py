#!/usr/bin/python3
"""The commands about alarms, resources and proposals: what a person reads, what a script gets, and how mistakes are answered."""

import json
import subprocess
import sys
import time

from harness import SOURCE, VINGA, Region

SERVICE, OTHER = "journal_kommun", "informationsutbyte"


def notice(resource, type_, severity, **members):
    return dict({"at_ms": int(time.time() * 1000) - 1000, "resource": resource, "type": type_, "severity": severity}, **members)


def report(region, *notices):
    status, answer = region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": int(time.time() * 1000),
                                                    "body": {"notices": list(notices)}})
    assert status == 201, answer


def fails(region, code, words, *arguments):
    done = region.vinga_status(*arguments)
    assert done.returncode == code and words in done.stderr and done.stdout == "", (arguments, done)


def ident(region, resource):
    rows = json.loads(region.vinga("alarm", "list", "--all", "--resource", resource, "--json"))["alarms"]
    return rows[0]["id"]


def nothing_yet(region):
    assert "ingen källa har skickat något än" in region.vinga("alarm", "list")
    assert json.loads(region.vinga("alarm", "list", "--json"))["alarms"] == []
    assert "Inga förslag väntar" in region.vinga("proposal", "list")
    assert "Inga: " in region.vinga("resource", "unmapped")
    assert region.vinga("resource", "list") == "inga\n" and region.vinga("alarm", "sources") == "inga\n"
    fails(region, 1, "inget avtal omfattar den här månaden", "alarm", "effect")
    assert "larm  " not in region.vinga("status")


def looking(region):
    assert "ej tillämpligt" in region.vinga("alarm", "effect")
    report(region, notice("sw1/ge0", "link-down", "major", text="länk nere", service=SERVICE, municipality="1489"),
           notice("ups-3", "power-on-battery", "critical", text="batteri"), notice("db1", "disk-full", "warning", qualifier="/var"))
    lines = region.vinga("alarm", "list").splitlines()
    assert lines[0].split()[:3] == ["larm", "allvar", "uppstod"], lines
    assert [line.split()[1] for line in lines[1:]] == ["kritiskt", "allvarligt", "varning"], lines
    assert "power-on-battery" in lines[1] and "aktivt" in lines[1] and "disk-full /var" in lines[3], lines
    assert "1489" in lines[2] and "länk nere" in lines[2], lines
    page = region.vinga("alarm", "list", "--limit", 2).splitlines()
    cursor = page[-1].split()[-1]
    assert page[-1].startswith("Fler finns: --cursor"), page
    assert "disk-full" in region.vinga("alarm", "list", "--cursor", cursor).splitlines()[1]
    assert len(region.vinga("alarm", "list", "--severity", "major").splitlines()) == 3
    assert len(region.vinga("alarm", "list", "--type", "link-down").splitlines()) == 2
    assert "Inga aktiva larm som passar" in region.vinga("alarm", "list", "--text", "finns inte")
    groups = region.vinga("alarm", "list", "--by", "service")
    assert groups.splitlines()[1].startswith("okänd") and SERVICE in groups, groups
    assert "tyst" in region.vinga("alarm", "sources").splitlines()[0]
    assert "kritiska 1, allvarliga 1" in region.vinga("status")


def mistakes(region):
    fails(region, 2, 'did you mean "critical"', "alarm", "list", "--severity", "critcal")
    fails(region, 2, "expected one of resource, service, municipality", "alarm", "list", "--by", "xyzzy")
    fails(region, 2, 'did you mean "alarm list"', "alarm", "lst")
    fails(region, 2, "--reason", "alarm", "shelve", "A-1")
    fails(region, 2, "--reason", "proposal", "refuse", "F-1")
    fails(region, 4, "nearest is journal_kommun", "alarm", "list", "--service", "journal_komun")
    fails(region, 1, "larmet A-1 finns inte", "alarm", "show", "A-1")
    fails(region, 1, "larmet x finns inte", "alarm", "ack", "x")
    fails(region, 1, "förslaget F-1 finns inte", "proposal", "show", "F-1")
    fails(region, 2, "expected a number", "alarm", "tail", "--max", "x")
    fails(region, 2, "--service", "resource", "set", "sw1")


def acting(region):
    ups, switch, disk = (ident(region, name) for name in ("ups-3", "sw1", "db1"))
    out = region.vinga("alarm", "ack", ups, switch, "--reason", "vi tittar")
    assert [line.split(":")[0] for line in out.splitlines()] == [ups, switch] and "taget" in out, out
    fails(region, 1, f"{ups} är redan kvitterat, av operator", "alarm", "ack", ups)
    fails(region, 1, "till en tid som har varit", "alarm", "shelve", disk, "--reason", "x", "--until", "2020-01-01T00:00")
    region.vinga("alarm", "shelve", disk, "--reason", "töms i natt", "--until", "2040-01-01T10:00")
    assert "disk-full" not in region.vinga("alarm", "list")
    assert "dolt: parkerat till 2040-01-01 10:00:00" in region.vinga("alarm", "list", "--hidden", "shelved")
    assert "kvitterat av operator" in region.vinga("alarm", "list")
    shown = region.vinga("alarm", "show", disk)
    for words in ("läge ", "dolt: parkerat", "skäl", "töms i natt", "Historik", "parkerat"):
        assert words in shown, shown
    region.vinga("alarm", "unshelve", disk)
    region.vinga("alarm", "close", disk, "--reason", "provlarm", "--false-alarm")
    fails(region, 1, "är stängt, av operator", "alarm", "close", disk, "--reason", "igen")
    history = json.loads(region.vinga("alarm", "history", disk, "--json"))
    assert [h["operator"] for h in history] == ["closed", "un-shelved", "shelved", None], history
    assert "stängt" in region.vinga("alarm", "history", disk)
    report(region, notice("sw1/ge0", "link-down", "cleared", service=SERVICE, municipality="1489"))
    assert "upphört 20" in region.vinga("alarm", "list", "--ended")
    effect = region.vinga("alarm", "effect")
    assert "1 av 1 (100,0 %)" in effect and "tid till kvittering, median" in effect, effect


def ticket(region):
    """Asked for twice, there is one."""
    alarm = ident(region, "ups-3")
    first = region.vinga("alarm", "ticket", alarm)
    number = first.split("ärende ")[1].split()[0]
    again = region.vinga("alarm", "ticket", alarm)
    assert number.startswith("V-") and number in again, (first, again)
    assert number in region.vinga("alarm", "list") and number in region.vinga("ticket", "list", "--ref", alarm)


def register(region):
    file = region.dir / "resurser.csv"
    file.write_text("name;service;municipalities\nUPS-3;journal_komun;1489\ndb1;;1489 9999\n")
    done = region.vinga_status("resource", "import", file)
    assert done.returncode == 4 and f"{file}:2:2: service" in done.stderr and f"{file}:3:3: municipalities" in done.stderr, done
    assert "2 errors; nothing was taken" in done.stderr, done
    file.write_text(f"name;service;municipalities\nUPS-3;{SERVICE};1489 1480\ndb1;{SERVICE};\n")
    assert "2 nya eller ändrade, 0 som förut" in region.vinga("resource", "import", file)
    assert "0 nya eller ändrade, 2 som förut" in region.vinga("resource", "import", file)
    unmapped = region.vinga("resource", "unmapped")
    assert "sw1" in unmapped and "ups-3" not in unmapped, unmapped
    region.vinga("resource", "set", "sw1", "--service", SERVICE, "--municipality", "1489", "--municipality", "1480", "--parent", "ups-3")
    listed = region.vinga("resource", "list")
    assert "1480 1489" in listed and "alla" in listed and listed.splitlines()[0].split()[0] == "namn", listed
    assert "1480 1489" in region.vinga("alarm", "list", "--resource", "ups-3")
    region.vinga("resource", "remove", "db1")
    assert "db1" not in region.vinga("resource", "list")
    fails(region, 1, "resursen aldrig finns inte i registret", "resource", "remove", "aldrig")
    fails(region, 4, "No such file", "resource", "import", region.dir / "finns-inte.csv")


def deciding(region):
    report(region, *[notice(f"app{code}", "host-down", "critical", category="availability", service=OTHER, municipality=code)
                     for code in ("1489", "1480", "1401")])
    rows = {p["kind"]: p["id"] for p in json.loads(region.vinga("proposal", "list", "--json"))["proposals"] if p["service"] == OTHER}
    listed = region.vinga("proposal", "list")
    assert "avbrott" in listed and "allvarlig incident" in listed and "1401 1480 1489" in listed, listed
    shown = region.vinga("proposal", "show", rows["outage"])
    assert "host-down" in shown and "app1401" in shown, shown
    accepted = region.vinga("proposal", "accept", rows["outage"], "--cause", "vgr", "--reason", "servern är nere")
    assert accepted.startswith("O-"), accepted
    assert accepted.split(":")[0] in region.vinga("outage", "list")
    fails(region, 1, "är redan godtaget, av operator", "proposal", "accept", rows["outage"], "--reason", "igen")
    region.vinga("proposal", "refuse", rows["major_incident"], "--reason", "samma fel")
    every = region.vinga("proposal", "list", "--all")
    assert "godtaget" in every and "avvisat" in every, every


def demonstration(region):
    assert "vinga alarm list" in region.vinga("demo", "alarm")
    raised = region.vinga("alarm", "list", "--by", "resource")
    assert all(name in raised for name in ("demo-app-1", "demo-sw-1", "demo-ups-1")), raised
    region.vinga("demo", "alarm", "--end")
    assert "demo-" not in region.vinga("alarm", "list") and "demo-ups-1" in region.vinga("alarm", "list", "--ended")


def following(region):
    """What changes is printed as it changes; a storm of one type is a few lines and an exact count."""
    follower = subprocess.Popen([VINGA, "alarm", "tail", "--socket", region.socket, "--json", "--max", "1"], stdout=subprocess.PIPE, text=True)
    waits = "vinga_alarm_waiters 1"
    region.until(lambda: waits in region.get("/metrics")[1].decode(), "the follower to wait")
    report(region, notice("sw-live", "link-down", "major"))
    line = json.loads(follower.stdout.readline())
    assert line["resource"] == "sw-live" and line["raised_now"] and follower.wait(timeout=60) == 0, line

    after = region.status()["seq"]
    report(region, *[notice(f"storm{i}", "link-down", "minor") for i in range(500)], notice("fan", "fan-failure", "warning"))
    out = region.vinga("alarm", "tail", "--after", after, "--max", 11)
    lines = out.splitlines()
    assert len(lines) == 11 and sum("link-down" in line for line in lines) == 10 and sum("fan-failure" in line for line in lines) == 1, out
    rest = subprocess.Popen([VINGA, "alarm", "tail", "--socket", region.socket, "--after", str(after)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
    lines = [rest.stdout.readline() for _ in range(12)]
    rest.terminate()
    assert rest.wait() != 0 and "Ctrl-C" in rest.stderr.read()
    assert "490 larm till av slaget link-down (av alla 500: 500 nya, 0 upphörda)" in lines[-1], lines


def main():
    with Region() as region:
        nothing_yet(region)
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        for check in (looking, mistakes, acting, ticket, register, deciding, demonstration, following):
            check(region)
    print("9 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
