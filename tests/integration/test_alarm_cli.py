#!/usr/bin/python3
"""The commands about alarms, resources and proposals: what a person reads, what a script gets, and how mistakes are answered."""

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
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
    groups = region.vinga("alarm", "list", "--group", "service", "--within", "15min")
    assert groups.splitlines()[1].startswith("okänd") and SERVICE in groups, groups
    assert "tyst" in region.vinga("alarm", "sources").splitlines()[0]
    assert "kritiska 1, allvarliga 1" in region.vinga("status")


def mistakes(region):
    fails(region, 2, 'did you mean "critical"', "alarm", "list", "--severity", "critcal")
    fails(region, 2, "expected one of resource, service, municipality", "alarm", "list", "--group", "xyzzy")
    fails(region, 2, "expected whole minutes up to a day", "alarm", "list", "--group", "service", "--within", "90s")
    fails(region, 2, "--group says which", "alarm", "list", "--within", "15min")
    fails(region, 2, "--limit is for --evidence", "alarm", "show", "A-1", "--limit", "3")
    fails(region, 2, "expected either ID... or --resource or --service", "alarm", "ack")
    fails(region, 2, "expected either ID... or --resource or --service", "alarm", "ack", "A-1", "--resource", "sw1")
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
    raised = region.vinga("alarm", "list", "--group", "resource")
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


def restarting(region):
    """A follower outlives the daemon: it says so once and goes on where it was."""
    follower = subprocess.Popen([VINGA, "alarm", "tail", "--socket", region.socket, "--max", "2"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
    waits = "vinga_alarm_waiters 1"
    region.until(lambda: waits in region.get("/metrics")[1].decode(), "the follower to wait")
    report(region, notice("sw-before", "link-down", "major"))
    assert "sw-before" in follower.stdout.readline()
    region.until(lambda: waits in region.get("/metrics")[1].decode(), "the follower to wait again")
    assert "Ctrl-C" in follower.stderr.readline()
    region.kill()
    assert "svarar inte" in follower.stderr.readline()
    region.start()
    report(region, notice("sw-after", "link-down", "major"))
    assert "sw-after" in follower.stdout.readline() and follower.wait(timeout=60) == 0
    assert "svarar igen; fortsätter efter rad" in follower.stderr.read()


def evidence(region):
    """What was received, as it stands in the ledger: under every name, counted in full and shown in part."""
    region.vinga("resource", "set", "Lagret-7", "--resource", "san7", "--service", SERVICE)
    for count in range(5):
        report(region, notice("lagret-7/disk1" if count % 2 else "san7/disk1", "disk-failure", "major", rule="std/disk", peer="192.0.2.7",
                              detail=f"slot = {count}\nserial = X1"), notice("san7/disk2", "disk-failure", "major", detail="another"))
    report(region, notice("san7/disk1", "disk-failure", "major", count=40))
    region.settled()
    alarm = ident(region, "san7/disk1")
    shown = region.vinga("alarm", "show", alarm, "--evidence", "--limit", "3")
    assert "meddelanden 45, uppgifter 6" in shown and "… 3 uppgifter visas inte" in shown, shown
    assert "slot = 0" in shown and "slot = 4" in shown and "slot = 1" not in shown and "another" not in shown, shown
    assert "40 gånger" in shown and "std/disk" in shown and "192.0.2.7" in shown, shown
    found = json.loads(region.vinga("alarm", "show", alarm, "--evidence", "--json"))["evidence"]
    assert (found["count"], found["times"], len(found["notices"])) == (6, 45, 6), found
    assert [n["seq"] for n in found["notices"]] == sorted(n["seq"] for n in found["notices"]) and found["notices"][5]["count"] == 40, found
    assert found["notices"][1]["resource"] == "lagret-7/disk1", found
    alert = {"version": "4", "status": "firing", "alerts": [{"status": "firing", "startsAt": "2026-01-02T03:04:05Z", "labels":
             {"alertname": "DiskSlow", "instance": "san7:9100", "severity": "warning"}, "annotations": {"summary": "långsam disk"}}]}
    for _ in range(2):
        assert region.post("/api/v1/hooks/alertmanager", alert)[0] in (200, 201)
    region.settled()
    told = json.loads(region.vinga("alarm", "list", "--text", "långsam", "--json"))["alarms"][0]
    repeated = json.loads(region.vinga("alarm", "show", told["id"], "--evidence", "--json"))["evidence"]["notices"]
    assert [n["lane"] for n in repeated] == ["main", "alarm"], repeated
    for n in found["notices"] + repeated:
        table = "alarm" if n["lane"] == "alarm" else "row"
        assert region.sql(f"select encode(d, 'hex') from ledger.{table} where seq = {n['seq']}") == n["d"], n
    newest = json.loads(region.vinga("alarm", "show", alarm, "--evidence", "--limit", "1", "--json"))["evidence"]["notices"]
    assert [n["number"] for n in newest] == [6], newest
    fails(region, 2, "expected a number from 1 to 1000", "alarm", "show", alarm, "--evidence", "--limit", "0")
    fails(region, 3, "Utan --evidence visas larmet ändå", "alarm", "show", alarm, "--evidence", "--database", "host=/nowhere dbname=x")


def acting_on_all(region):
    """Any number at once: by name, of a host, of a service; who was before is counted, not fought."""
    report(region, *[notice(f"rack9/p{i}", "power-loss", "minor") for i in range(12)], notice("other9", "power-loss", "minor", service=SERVICE))
    names = [row["id"] for row in json.loads(region.vinga("alarm", "list", "--resource", "rack9", "--json"))["alarms"]]
    out = region.vinga("alarm", "ack", *names[:6])
    assert len(out.splitlines()) == 6, out
    done = region.vinga_status("alarm", "ack", names[0], names[6])
    assert done.returncode == 1 and "redan kvitterat" in done.stderr and done.stdout.startswith(names[6]), done
    assert region.vinga("alarm", "ack", "--resource", "rack9", "--reason", "ett fel").strip() == "5 larm kvitterade, 7 var det redan"
    rows = json.loads(region.vinga("alarm", "list", "--text", "power-loss", "--json"))["alarms"]
    assert [row["operator"] for row in rows if row["resource"] == "other9"] == ["none"] and sum(r["operator"] == "ack" for r in rows) == 12
    said = json.loads(region.vinga("alarm", "ack", "--service", SERVICE, "--json"))
    again = json.loads(region.vinga("alarm", "ack", "--service", SERVICE, "--json"))
    assert said["acknowledged"] > 0 and again == {"acknowledged": 0, "before": said["acknowledged"] + said["before"], "refused": 0}, (said, again)


def on_terminal(region, columns, *arguments):
    """What a command prints on a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    child = subprocess.Popen([VINGA, *arguments, "--socket", region.socket], stdout=slave, stderr=subprocess.DEVNULL)
    os.close(slave)
    out = b""
    with contextlib.suppress(OSError):
        while part := os.read(master, 65536):
            out += part
    os.close(master)
    assert child.wait() == 0, arguments
    return out.decode().replace("\r\n", "\n")


def narrow(region):
    """No line is wider than the terminal; what is piped is whole."""
    long = "strömmatningen till skåp nio har fallit bort och batterierna räcker i tio minuter"
    report(region, notice("vaxjo-dc2-rack09-pdu-b.example.net/outlet-17", "power-on-battery", "critical", text=long, service=SERVICE,
                          municipality="1489"))
    after = region.status()["seq"] - 1
    for columns in (72, 80, 100, 140):
        listed = on_terminal(region, columns, "alarm", "list")
        for printed in (listed, on_terminal(region, columns, "alarm", "list", "--group", "resource"),
                        on_terminal(region, columns, "alarm", "tail", "--after", str(after), "--max", "1"),
                        on_terminal(region, columns, "ticket", "list")):
            assert max(map(len, printed.splitlines())) <= columns, (columns, printed[:2000])
        assert "…" in listed and "Får inte plats: meddelanden" in listed or columns == 140, listed
        assert "vaxjo-" in listed and "let-17" in listed or columns < 100, listed  # a port is known by its end
    piped = region.vinga("alarm", "list")
    assert long in piped and "…" not in piped and "Får inte plats" not in piped, piped
    assert on_terminal(region, 1000, "alarm", "list") == piped


def main():
    with Region() as region:
        nothing_yet(region)
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        for check in (looking, mistakes, acting, ticket, register, deciding, demonstration, following, restarting, evidence,
                      acting_on_all, narrow):
            check(region)
    print("13 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
