#!/usr/bin/python3
"""What vinga window plan and vinga outage record --plan foretell is what comes of it, and nothing is written before it is sent.
Windows come from a calendar file and go back into a feed; a second person approves."""

import datetime
import hashlib
import json
import sys

from harness import Region
from test_verify_raw import AGREEMENT, MONTH, feed

APPROVER = "second-person"
REGION = AGREEMENT.replace("municipalities: [", "municipalities: [" + "".join(
    f'{{ code: "{code}", name: Kommun {code}, size: small }}, ' for code in range(1401, 1409)))
NUMBERS = ("base_s", "excluded_s", "outside_s", "up_s", "degraded_s", "down_s", "unknown_s", "num", "den", "outages", "budget_month_s")
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//SV
BEGIN:VEVENT
UID:nattarbete@example.org
DTSTAMP:20260901T080000Z
SUMMARY:Nattarbete\\, steg 1
DTSTART;TZID=Europe/Stockholm:20270321T000000
DTEND;TZID=Europe/Stockholm:20270321T040000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=Europe/Stockholm:20270404T000000
CATEGORIES:journal
END:VEVENT
END:VCALENDAR
"""


def cells(region):
    reply = json.loads(region.vinga("availability", MONTH, "--json"))
    return {(c["service"], c.get("channel"), c.get("municipality")): c for c in reply["cells"]}


def planned(region, *command):
    region.settled()
    return json.loads(region.vinga(*command, "--json"))


def key(cell):
    return cell["service"], cell.get("channel"), cell.get("municipality")


def holds(region, plan, before):
    """Every cell that the plan named is as it said, every other as it was."""
    after = cells(region)
    wanted = {key(change["is"]): change for change in plan["availability"]}
    assert wanted, "nothing would change"
    for name, cell in after.items():
        change = wanted.get(name, {"was": cell, "is": cell})
        for number in NUMBERS:
            assert before[name][number] == change["was"].get(number, cell[number]), (name, number, before[name], change["was"])
            assert cell[number] == change["is"].get(number, cell[number]), (name, number, cell, change["is"])
        assert cell["verdict"] == change["is"]["verdict"], name
    return after


def means(region):
    """An hour down on each of three days: the lengths and distances of outages, and what they count."""
    cell = cells(region)["journal", None, "1489"]
    row, = [line for line in region.vinga("availability", MONTH, "--outages", "--municipality", "1489").splitlines() if "1489" in line]
    for seconds, count in ((cell["restore_s"], "ended"), (cell["base_s"] - cell["down_s"], "outages"), (cell["base_s"], "outages")):
        mean = seconds // cell[count]
        assert f"{mean // 3600}\u00a0h\u00a0{mean // 60 % 60:02}\u00a0min\u00a0{mean % 60:02}\u00a0s" in row, (row, mean)


def second(region):
    return "--url", f"http://127.0.0.1:{region.port}", "--token-file", region.dir / "second.token"


def record(region):
    """A person adds an outage where nothing was measured as down."""
    said = ("outage", "record", "--service", "journal", "--municipality", "1489", "--from", "2026-10-02T20:00",
            "--to", "2026-10-02T20:30", "--cause", "vgr", "--reason", "larm i tjänsten")
    before, seq = cells(region), region.status()["seq"]
    plan = planned(region, *said, "--plan")
    assert region.status()["seq"] == seq and cells(region) == before, "planning has written"
    region.vinga(*said)
    after = holds(region, plan, before)
    municipality = ("journal", None, "1489")
    assert after[municipality]["down_s"] == before[municipality]["down_s"] + 1800


def folded(region):
    """What changes in the same way is told once, with its scopes; a verdict that turns, by itself and first."""
    text = region.vinga("window", "plan", "--name", "Byte", "--service", "journal", "--from", "2026-10-01T12:00", "--to",
                        "2026-10-01T13:00", "--reason", "registreringen glömdes", "--agreed-by", "kommunen").splitlines()
    assert text.count("    fönster 0 -> 3\u00a0600 s") == 1 and "  journal, alla kanaler: 9 kommuner" in text, text
    text = region.vinga("outage", "record", "--service", "journal", "--from", "2026-09-01T02:00", "--to", "2026-09-01T03:00",
                        "--municipality", "1489", "--reason", "larm i tjänsten", "--plan").splitlines()
    assert text[:4] == ["Utfall som vänds:",
                        "  2026-09  journal, Alingsås (1489): ej tillämpligt -> otillräckligt mätunderlag (- -> 0,000 %)", "2026-09",
                        "  journal, alla kanaler: Alingsås (1489)"], text


def refute(region):
    """What was measured wrongly is not measured, and neither up nor down; withdrawn, it is down again."""
    key = json.loads(region.vinga("outage", "list", "--month", MONTH, "--json"))["outages"][-1]["key"]
    said = ("outage", "refute", key, "--month", MONTH, "--reason", "provets väg var bruten")
    before = cells(region)
    plan = planned(region, *said, "--plan")
    region.vinga(*said)
    after = holds(region, plan, before)
    municipality = ("journal", None, "1489")
    assert after[municipality]["unknown_s"] == before[municipality]["unknown_s"] + 3600
    assert after[municipality]["down_s"] == before[municipality]["down_s"] - 3600
    made = json.loads(region.vinga("outage", "list", "--month", MONTH, "--json"))["records"][-1]["id"]
    assert "felmätt" in region.vinga("outage", "show", made, "--month", MONTH)
    region.vinga("outage", "withdraw", made, "--reason", "vägen var hel")
    assert cells(region)[municipality]["down_s"] == before[municipality]["down_s"]


def window(region):
    """A forgotten window over the hour that was down, with the municipality's agreement: entered, it waits, and holds."""
    said = ("window", "plan", "--name", "Byte av front", "--service", "journal", "--from", "2026-10-01T12:00", "--to",
            "2026-10-01T13:00", "--reason", "registreringen glömdes", "--agreed-by", "kommunen")
    before, seq = cells(region), region.status()["seq"]
    plan = planned(region, *said)
    assert region.status()["seq"] == seq and cells(region) == before, "planning has written"
    assert json.loads(region.vinga(*said, "--submit", "--json").splitlines()[-1])["verdict"] == "taken"
    row, = json.loads(region.vinga("window", "list", "--month", MONTH, "--json"))["windows"]
    region.vinga("window", "approve", row["series"], ok=(1,))
    region.vinga("window", "approve", row["series"], *second(region))
    after = holds(region, plan, before)
    municipality = ("journal", None, "1489")
    assert after[municipality]["excluded_s"] == 3600
    assert after[municipality]["down_s"] == before[municipality]["down_s"] - 3600

    taken_back = planned(region, "window", "withdraw", row["series"], "--reason", "användes för att tysta larm", "--plan")
    region.vinga("window", "withdraw", row["series"], "--reason", "användes för att tysta larm")
    holds(region, taken_back, after)
    assert cells(region)[municipality]["excluded_s"] == 0, "a withdrawn window still leaves time out"


def calendar(region):
    path = region.dir / "windows.ics"
    path.write_text(CALENDAR.replace("\n", "\r\n"))
    seq = region.status()["seq"]
    told = region.vinga("window", "import", path)
    assert "Nattarbete, steg 1, 2 tillfällen" in told and region.status()["seq"] == seq, told
    region.vinga("window", "import", path, "--submit")
    rows = json.loads(region.vinga("window", "list", "--service", "journal", "--json"))["windows"]
    assert [(r["from"], r["to"]) for r in rows] == [("2027-03-20T23:00:00Z", "2027-03-21T03:00:00Z"),
                                                    ("2027-03-27T23:00:00Z", "2027-03-28T02:00:00Z")], rows
    feed_text = region.vinga("window", "export")
    assert feed_text.count("BEGIN:VEVENT") == feed_text.count("STATUS:TENTATIVE") == 2, feed_text
    path.write_text(feed_text)
    assert "Nattarbete, steg 1, 1 tillfällen" in region.vinga("window", "import", path)
    path.write_text(CALENDAR.replace("20270321T040000", "20270320T040000"))
    region.vinga("window", "import", path, ok=(4,))
    region.vinga("window", "plan", "--name", "x", "--from", "2027-03-21T00:00", "--to", "2027-03-21T04:00", "--rrule", "FREQ=HOURLY",
                 ok=(4,))


def refusals(region):
    """What the core refuses is said in Swedish, of a plan as of an act."""
    said = {
        ("window", "approve", "W-99", "--plan"): "skulle nekas: fönstret W-99 finns inte",
        ("window", "approve", "W-99"): "fönstret W-99 finns inte",
        ("outage", "approve", "O-99"): "bedömningen O-99 finns inte",
        ("outage", "record", "--service", "post", "--from", "2026-10-01T12:00", "--reason", "x", "--plan"):
            "avtalet test 1 har ingen tjänst post",
        ("outage", "record", "--service", "journal", "--from", "2099-10-01T12:00", "--reason", "x"):
            "avbrottet börjar i framtiden: planera ett servicefönster",
        ("window", "plan", "--name", "x", "--from", "2026-10-02T12:00", "--to", "2026-10-02T13:00"):
            "ett fönster som skrivs in efter sin början behöver ett skäl",
        ("window", "plan", "--name", "x", "--from", "2026-10-02T12:00", "--to", "2026-10-02T13:00", "--reason", "x", "--announced",
         "2026-10-01T12:00"): "behöver ha aviserats minst 10 dagar före (--announced)",
    }
    for command, words in said.items():
        done = region.vinga_status(*command)
        assert done.returncode != 0 and words in done.stderr, (command, done.stderr)
    soon = datetime.datetime.now() + datetime.timedelta(days=2)
    remark = region.vinga("window", "plan", "--name", "x", "--from", soon.strftime("%Y-%m-%dT%H:00"), "--to",
                          (soon + datetime.timedelta(hours=3)).strftime("%Y-%m-%dT%H:00"))
    assert "är aviserat mindre än 10 dagar före" in remark, remark


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(
            f"principals:\n  - {{name: {APPROVER}, roles: [vgr_sla_manager], "
            f"token_sha256: {hashlib.sha256(APPROVER.encode()).hexdigest()}}}\n")
        (region.dir / "second.token").write_text(APPROVER)
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        (region.dir / "agreement.yaml").write_text(REGION)
        region.vinga("agreement", "apply", region.dir, "--reason", "test")
        feed(region)
        means(region)
        folded(region)
        record(region)
        refute(region)
        window(region)
        calendar(region)
        refusals(region)
    print("7 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
