#!/usr/bin/python3
"""Alarms on their way into PostgreSQL and back: what is no news lies in its own table, nothing that names a person is stored, the
read model is what the ledger gives, a lost journal is followed by one that knows all of it, and a row that was changed is found."""

import json
import pathlib
import shutil
import socket
import sys
import time

from harness import SOURCE, Region, free_port

NUMBER = "19121212-1212"  # an identity number that nobody has
REPEATS = 41
RULES = """rules:
  port:
    when: { syslog: { app: switchd, msg: { matches: "port ([A-Za-z0-9]+) (down|up)" } } }
    set:
      resource: "{host}/{m1}"
      type: link-down
      severity: { from: m2, map: { down: major, up: cleared } }
      category: availability
      text: "Port {m1} på {host}: {msg}"
"""


def apply_agreement(region):
    """The sample, with a rule of its own."""
    copy = pathlib.Path(shutil.copytree(SOURCE / "agreements/sample", region.dir / "agreement"))
    (copy / "larm.yaml").write_text(RULES)
    region.vinga("agreement", "apply", copy, "--reason", "test")


def say(region, count, host="switch-one"):
    """As many lines of syslog, all the same."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(count):
            sender.sendto(f"<131>1 - {host} switchd - - - ring {NUMBER}: port Gi1 down".encode(), ("127.0.0.1", region.syslog_port))


def notice(at_ms, resource, severity, **more):
    return dict({"at_ms": at_ms, "resource": resource, "type": "link-down", "severity": severity}, **more)


def event(kind, name, at_ms, body):
    return {"v": 1, "kind": kind, "occurred_ms": at_ms, "event_id": name, "body": body}


def post(region, kind, name, at_ms, body, want=(201,)):
    status, answer = region.post("/api/v1/events", event(kind, name, at_ms, body))
    assert status in want, (status, answer)
    return answer


def alarms(region):
    status, answer = region.get("/api/v1/alarms?state=all&hidden=all&limit=1000")
    assert status == 200, answer
    return {row["resource"]: (row["id"], row["severity"], row["count"]) for row in answer["alarms"]}


def count_of(region, resource):
    row = alarms(region).get(resource)
    return row[2] if row else 0


def feed(region, now):
    """Two faults, repetitions of one under another name, what a person does with it, and its end; returns the alarm's name."""
    post(region, "resources.mapped", "r1", now, {"resources": [
        {"name": "sw1", "service": "journal_kommun", "municipalities": ["1489"]},
        {"name": "switch-one", "resource": "sw1"}]})
    post(region, "alarms.reported", "n1", now, {"notices": [
        notice(now, "sw1/Gi1", "major", category="availability", text=f"Ring {NUMBER}", detail=f"a = 1\nb = {NUMBER}",
               id=f"x/{NUMBER}"),
        notice(now, "pc-7", "warning", transient=True)]})
    say(region, 1)  # a second source is news
    region.until(lambda: count_of(region, "sw1/Gi1") == 2, "the first line to be counted")
    say(region, REPEATS)
    region.until(lambda: count_of(region, "sw1/Gi1") == 2 + REPEATS, "every line to be counted")
    name = alarms(region)["sw1/Gi1"][0]
    post(region, "alarm.acknowledged", "a1", now + 10000, {"alarm": name, "reason": f"{NUMBER} ringde"})
    post(region, "alarm.shelved", "a2", now + 11000, {"alarm": name, "reason": "känt fel"})
    return name


def expect(region, query, wanted):
    found = region.sql(query)
    assert found == wanted, f"{query}\n{found}\nwanted:\n{wanted}"


def raw(region):
    """What lane alarm has: rows, and the notices in them."""
    return [int(n) for n in region.sql(
        "select count(distinct seq), coalesce(sum(coalesce((n ->> 'count')::bigint, 1)), 0) from ledger.alarm"
        " cross join lateral jsonb_array_elements(bytes::jsonb #> '{body,notices}') n"
        " where lane = 'alarm' and kind = 'alarms.reported' and source = 'syslog' and bytes::jsonb #> '{body,repeats}' = 'true'"
    ).split("|")]


def check_tables(region, name):
    region.settled()
    rows, notices = raw(region)
    assert 0 < rows <= REPEATS and notices == REPEATS, (rows, notices)
    assert region.sql("select count(*) from ledger.row where lane <> 'main'") == "0"
    for table in ("ledger.row", "ledger.alarm", "read.alarm", "read.alarm_change"):
        assert region.sql(f"select count(*) from {table} t where t::text like '%{NUMBER}%'") == "0", table
    text = region.sql("select bytes from ledger.row where event_id = 'n1'")
    assert "Ring [PNR]" in text and "b = [PNR]" in text and "x/[PNR]" not in text, text
    expect(region, "select resource, stated, sources, service, municipalities, severity, notices, changes, operator, until_at"
           f" from read.alarm where 'A-' || alarm_id = '{name}'",
           f"sw1/Gi1|sw1/Gi1|{{operator,syslog}}|journal_kommun|{{1489}}|major|{2 + REPEATS}|1|shelved|infinity")
    expect(region, "select c.severity, c.operator, c.text from read.alarm_change c join read.alarm a using (alarm_id)"
           f" where 'A-' || a.alarm_id = '{name}' order by change_id",
           "major||Ring [PNR]\n|ack|[PNR] ringde\n|shelved|känt fel")
    expect(region, "select alarms, major, warning, notices from report.alarm_effect order by service nulls last",
           f"1|1|0|{2 + REPEATS}\n1|0|1|1")
    expect(region, "select notices from read.alarm_source where source = 'syslog'", str(1 + REPEATS))
    expect(region, "set role vinga_m_1489; select alarm from report.alarm", name)
    region.vinga("rebuild")
    region.vinga("verify", time.strftime("%Y-%m"))
    kept = [row for row in json.loads(region.vinga("retention", "--database", region.conninfo("vinga_reader"), "--json"))
            if row["raw"] == "alarms"]
    assert [(row["rows"], row["may"]) for row in kept] == [(rows, "no")], kept


def a_lost_journal_is_followed(region, now):
    before, (rows, _) = alarms(region), raw(region)
    region.stop()
    for path in region.state.glob("journal.db*"):
        path.unlink()
    region.start()
    assert alarms(region) == before
    again = post(region, "alarm.acknowledged", "a1", now + 10000,
                 {"alarm": before["sw1/Gi1"][0], "reason": f"{NUMBER} ringde"}, want=(200,))
    assert again["verdict"] == "repeat", again
    say(region, 7)
    region.until(lambda: count_of(region, "sw1/Gi1") == 2 + REPEATS + 7, "lines after the restart")
    region.settled()
    more, notices = raw(region)
    assert rows < more <= rows + 7 and notices == REPEATS + 7, (rows, more, notices)
    region.vinga("rebuild")
    region.vinga("verify", time.strftime("%Y-%m"))


def a_killed_daemon_knows_the_same(region, now):
    post(region, "alarms.reported", "n5", now + 30000, {"notices": [notice(now + 30000, "sw1/Gi1", "cleared")]})
    before = alarms(region)
    region.kill()
    region.start()
    assert alarms(region) == before
    region.settled()
    region.vinga("rebuild")


def a_changed_row_is_found(region):
    seq = region.sql("select min(seq) from ledger.alarm")
    parts = region.sql("select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid"
                       " where i.inhparent = 'ledger.alarm'::regclass and c.relkind = 'r'").split()
    region.sql("set session_replication_role = replica;"
               + "".join(f"alter table ledger.{part} disable trigger user;" for part in ["alarm", *parts])
               + f"update ledger.alarm set bytes = replace(bytes, '\"major\"', '\"minor\"') where seq = {seq}")
    assert f"ledger row {seq} (partition" in region.vinga("verify", time.strftime("%Y-%m"), ok=(1,))


def main():
    now = int(time.time() * 1000) - 600000
    with Region(start=False) as region:
        region.syslog_port = free_port()
        region.extra = f"syslog_listen: udp:127.0.0.1:{region.syslog_port}\nalarm_rules: {SOURCE}/plugins/alarms\n"
        region.write_config()
        region.start()
        region.sql("select access.add_municipality('1489', 'test')")
        apply_agreement(region)
        check_tables(region, feed(region, now))
        a_lost_journal_is_followed(region, now)
        a_killed_daemon_knows_the_same(region, now)
        a_changed_row_is_found(region)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
