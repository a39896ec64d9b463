#!/usr/bin/python3
"""A month of availability through the real daemon: agents' batches in any order, records and windows of two persons, sealing,
crashes, and PostgreSQL, where an independent computation must come to the same cells."""

import datetime
import hashlib
import http.client
import json
import random
import sys

from harness import SOURCE, Region

MONTH = "2026-10"
START = int(datetime.datetime(2026, 9, 30, 22, tzinfo=datetime.timezone.utc).timestamp() * 1000)
END = int(datetime.datetime(2026, 10, 31, 23, tzinfo=datetime.timezone.utc).timestamp() * 1000)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
INTERVAL = 5 * MINUTE
PEOPLE = {"agent-1489": "ingest", "agent-1480": "ingest", "central": "ingest", "anna": "vgr_sla_manager", "bo": "vgr_sla_manager",
          "kommun": "kommun_read"}
AGREEMENT = """
name: availability-test
version: "1"
valid_from: 2026-01-01
zone: Europe/Stockholm
rules: { slot: 60s, confirm_slots: 2, degraded_weight: 25 %, window_notice: 10 days, availability: "99,8 %" }
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %, calendar: 24x7 }
channels: { mobile: Mobil, published_app: Publicerad app }
services:
  journal: { name: Journal, channels: [mobile, published_app], depends: { katalog: soft } }
  kontor: { name: Kontor, hours: office, availability: 99 % }
  katalog: { name: Katalog, component: yes }
municipalities_file: municipalities.csv
probes:
  - { agent: agent-1489, probe: app, service: journal, channel: published_app, municipality: "1489", vantage: local, interval: 5min }
  - { agent: agent-1489, probe: mobile, service: journal, channel: mobile, municipality: "1489", vantage: local, interval: 5min }
  - { agent: agent-1489, probe: kontor, service: kontor, municipality: "1489", vantage: local, interval: 5min }
  - { agent: agent-1489, probe: gateway, reference: yes, interval: 5min }
  - { agent: agent-1480, probe: app, service: journal, municipality: "1480", vantage: local, interval: 5min }
  - { agent: central, probe: app, service: journal, municipality: all, vantage: central, interval: 5min }
  - { agent: central, probe: kontor, service: kontor, municipality: all, vantage: central, interval: 5min }
  - { agent: central, probe: katalog, service: katalog, municipality: all, vantage: central, interval: 5min }
duty:
  - { name: Jour, municipality: all, channel: webhook, address: "http://127.0.0.1:9/", on: [outage, window] }
"""
MUNICIPALITIES = """code,name,federation,size,go_live,end
1401,Härryda,GR,medium,2026-01-01,
1402,Partille,GR,medium,2026-10-15,
1480,Göteborg,GR,large,2026-01-01,2026-10-20
1489,Alingsås,GR,medium,2026-01-01,
"""
PROBES = {"agent-1489": ["app", "mobile", "kontor", "gateway"], "agent-1480": ["app"], "central": ["app", "kontor", "katalog"]}


def call(region, who, method, path, body=None):
    """A body of bytes is sent as it is, any other as JSON."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=120)
    conn.request(method, path, body=body,
                 headers={"Authorization": "Bearer " + who, **({"Content-Type": "application/json"} if body is not None else {})})
    response = conn.getresponse()
    answer = response.status, json.loads(response.read())
    conn.close()
    return answer


def iso(at_ms):
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def must(answer, status=201):
    assert answer[0] == status, answer
    return answer[1]


def life(rng):
    """States of one probe through the month: long stretches, short ones, and gaps without samples."""
    samples, at = [], START - HOUR + rng.randrange(INTERVAL)
    while at < END + HOUR:
        state = rng.choices(["ok", "warning", "critical", "unknown", None], [70, 6, 12, 4, 8])[0]
        for _ in range(rng.choice([1, 2, 3, 12, 200] if state == "ok" else [1, 2, 5, 20])):
            if state is not None:
                samples.append([at, state])
            at += INTERVAL
    return samples


def batches(rng):
    """(agent, body) for all of it, shuffled."""
    out = []
    for agent, names in PROBES.items():
        rows = [[name, at, state, rng.randrange(5, 900)] for name in names for at, state in life(rng)]
        rng.shuffle(rows)
        for number, first in enumerate(range(0, len(rows), 1000)):
            out.append((agent, {"boot_id": agent + "-spool", "batch": number, "sent_ms": END, "samples": rows[first:first + 1000]}))
    rng.shuffle(out)
    return out


def feed(region, rng):
    sent = batches(rng)
    for agent, body in sent:
        answer = must(call(region, agent, "POST", "/api/v1/agents/batches", body), 200)
        assert answer["batch"] == body["batch"] and answer["verdict"] in ("taken", "flagged"), answer
    agent, body = sent[0]
    first = must(call(region, agent, "POST", "/api/v1/agents/batches", body), 200)
    assert first["verdict"] == "repeat" and first["seq"] > 0, first
    status, text = call(region, agent, "POST", "/api/v1/agents/batches", dict(body, samples=body["samples"][1:]))
    assert status == 409, text
    whole = json.dumps(dict(body, batch=1000000)).encode()
    for more in (b',"import":"x"', b',"source_order":7', b',"municipality":"1489","x":{}', b"}", b" {}", b'\0,"salt":""'):
        status, text = call(region, agent, "POST", "/api/v1/agents/batches", whole + more)
        assert status == 400, (more, status, text)
    return sum(len(body["samples"]) for _, body in sent)


def record(region, who, **members):
    return must(call(region, who, "POST", "/api/v1/outages", dict({"reason": "test"}, **members)))["outage"]


def approve(region, path, author):
    """By the author it is refused, by another it holds."""
    status, text = call(region, author, "POST", path + "/approve", {})
    assert status == 409, text
    must(call(region, "bo" if author == "anna" else "anna", "POST", path + "/approve", {}))


def judge(region):
    """Records of every effect, one corrected, one withdrawn, one that waits."""
    day = START + 3 * DAY
    down = record(region, "anna", effect="down", service="journal", channel="mobile", municipalities=["1489"], cause="supplier",
                  **{"from": iso(day + 500), "to": iso(day + 2 * HOUR + 999)})
    approve(region, f"/api/v1/outages/{down}", "anna")
    wrong = record(region, "anna", effect="down", service="kontor", cause="vgr", **{"from": iso(day), "to": iso(day + DAY)})
    must(call(region, "anna", "POST", f"/api/v1/outages/{wrong}/correct", {"reason": "another day", "municipalities": ["1401", "1489"],
                                                                           "from": iso(day + DAY), "to": iso(day + DAY + HOUR)}))
    record(region, "bo", effect="degraded", service="journal", cause="vgr", **{"from": iso(day + 2 * DAY), "to": iso(day + 2 * DAY + HOUR)})
    record(region, "bo", effect="cause", service="journal", cause="municipality", municipalities=["1480"],
           **{"from": iso(day + 4 * DAY), "to": iso(day + 9 * DAY)})
    record(region, "bo", effect="refute", service="kontor", source="central", probe="kontor",
           **{"from": iso(day + 6 * DAY), "to": iso(day + 7 * DAY)})
    gone = record(region, "bo", effect="down", service="journal", cause="vgr", **{"from": iso(day + 9 * DAY), "to": iso(day + 10 * DAY)})
    must(call(region, "bo", "POST", f"/api/v1/outages/{gone}/withdraw", {"reason": "mistaken"}))
    status, text = call(region, "bo", "POST", f"/api/v1/outages/{gone}/correct", {"reason": "x", "cause": "supplier"})
    assert status == 409, text
    status, text = call(region, "bo", "POST", "/api/v1/outages", {"effect": "down", "service": "journl", "cause": "vgr", "reason": "x",
                                                                   "from": iso(day)})
    assert status in (409, 422), text
    status, text = call(region, "bo", "POST", "/api/v1/outages/O-1/approve", {})
    assert status == 404, text


def plan(region):
    """Windows after the fact: approved, waiting, withdrawn; without notice; of one channel; recurring through the clock change."""
    day = START + 12 * DAY
    told = iso(START - 30 * DAY)

    def window(who, status=201, **members):
        return must(call(region, who, "POST", "/api/v1/windows", dict({"name": "test", "category": "planned", "announced": told, "reason": "x"},
                                                                      **members)), status)

    first = window("anna", services=["journal"], **{"from": iso(day), "to": iso(day + 3 * HOUR)})["window"]
    approve(region, f"/api/v1/windows/{first}", "anna")
    window("anna", services=["journal"], channels=["mobile"], **{"from": iso(day + DAY), "to": iso(day + DAY + HOUR)})
    window("anna", services=["kontor"], municipalities=["1401"], announced=iso(day + 2 * DAY - HOUR), agreed_by="Härryda",
           **{"from": iso(day + 2 * DAY + 6 * HOUR), "to": iso(day + 2 * DAY + 8 * HOUR)})
    window("anna", 409, services=["kontor"], announced=iso(day), **{"from": iso(day + 2 * DAY), "to": iso(day + 3 * DAY)})
    window("anna", category="emergency", **{"from": iso(day + 3 * DAY), "to": iso(day + 3 * DAY + 9 * HOUR)})
    gone = window("anna", **{"from": iso(day + 5 * DAY), "to": iso(day + 6 * DAY)})["window"]
    must(call(region, "bo", "POST", f"/api/v1/windows/{gone}/withdraw", {"reason": "never needed"}))
    weekly = window("anna", services=["journal"], rrule="FREQ=WEEKLY;COUNT=4", **{"from": iso(START + 3 * DAY), "to": iso(START + 3 * DAY + 4 * HOUR)})
    rows = must(call(region, "anna", "GET", f"/api/v1/windows?month={MONTH}"), 200)["windows"]
    assert sum(row["series"] == weekly["window"] for row in rows) == 4, rows
    for begin in (-1, "1960-01-01T00:00:00Z", 2 ** 63 - 2):
        status, text = call(region, "anna", "POST", "/api/v1/windows", {"name": "x", "category": "planned", "rrule": "FREQ=DAILY",
                                                                        "from": begin, "to": 2 ** 63 - 1})
        assert status == 422 and "1970" in text["detail"], (begin, text)
    status, text = call(region, "anna", "POST", "/api/v1/windows", {"name": "x", "category": "planned", "rrule": "FREQ=SECONDLY",
                                                                    "from": iso(day), "to": iso(day + HOUR)})
    assert status == 422 and text["field"] == "rrule", text


def cells(region, who="anna", query=""):
    answer = must(call(region, who, "GET", f"/api/v1/availability?month={MONTH}{query}"), 200)
    return {(c["service"], c.get("channel"), c["municipality"]): c for c in answer["cells"]}


def check_cells(region):
    found = cells(region)
    assert len(found) == (4 + 1) * (3 + 1), sorted(found, key=str)
    for key, c in found.items():
        assert c["period_s"] == c["outside_s"] + c["excluded_s"] + c["base_s"], (key, c)
        assert c["base_s"] == c["up_s"] + c["external_s"] + c["degraded_s"] + c["down_s"] + c["unknown_s"], (key, c)
    days = [cells(region, query=f"&service=journal&municipality=1489&day={day}") for day in range(1, 32)]
    for key in [("journal", "mobile", "1489"), ("journal", None, "1489")]:
        for member in ("period_s", "excluded_s", "base_s", "down_s", "degraded_s", "unknown_s"):
            assert sum(day[key][member] for day in days) == found[key][member], (key, member)
        assert found[key]["degraded_s"] > 0 and found[key]["excluded_s"] > 0, found[key]
    query = f"/api/v1/availability/timeline?month={MONTH}&service=journal&municipality=1489"
    line = must(call(region, "anna", "GET", query + "&channel=mobile"), 200)
    assert sum(p["seconds"] for p in line["pieces"]) == (END - START) // 1000, line["pieces"][-1]
    assert {p["state"] for p in line["pieces"]} == {"up", "down", "degraded", "no_data"}
    assert sum(e["seconds"] for e in line["excluded"]) == found["journal", "mobile", "1489"]["excluded_s"], line["excluded"]
    outages = must(call(region, "anna", "GET", f"/api/v1/outages?month={MONTH}"), 200)
    assert len(outages["records"]) == 6 and outages["outages"], outages
    waiting = must(call(region, "anna", "GET", "/api/v1/outages?state=waiting"), 200)
    assert waiting["outages"] == [] and waiting["records"] == [r for r in outages["records"] if r["waits"]] != [], waiting
    assert call(region, "anna", "GET", "/api/v1/outages?state=all")[0] == 400
    return found


def check_scope(region):
    """Who is bound to a municipality sees and judges its own alone."""
    assert {key[2] for key in cells(region, "kommun")} == {"1489"}
    assert call(region, "kommun", "GET", f"/api/v1/availability?month={MONTH}&municipality=1401")[0] == 403
    assert call(region, "kommun", "POST", "/api/v1/outages", {})[0] == 403
    state = must(call(region, "kommun", "GET", "/api/v1/state"), 200)
    assert all({m["municipality"] for m in s["municipalities"]} <= {"1489"} for s in state["services"]), state
    agents = must(call(region, "anna", "GET", "/api/v1/agents"), 200)["agents"]
    assert {a["source"] for a in agents} == set(PROBES) and all(p["agreed"] for a in agents for p in a["probes"]), agents
    assert all(p["service"] or p["probe"] == "gateway" for a in agents for p in a["probes"]), agents
    own = must(call(region, "central", "GET", "/api/v1/agents/self?probes=app,unheard"), 200)
    assert own["unknown"] == ["unheard"] and own["agent"]["source"] == "central", own
    status, text = call(region, "central", "POST", "/api/v1/samples", {"probe": "app", "state": "ok", "municipality": "1401"})
    assert status == 422 and "as the agreement says" in text["detail"], text
    must(call(region, "central", "POST", "/api/v1/samples", {"probe": "app", "state": "ok", "municipality": "all", "vantage": "central"}), 200)


def computed_again(region):
    """sql/t/availability.sql over what the daemon wrote."""
    region.settled()
    region.sql("create schema if not exists tap; create extension if not exists pgtap schema tap; grant usage on schema tap to public")
    text = (SOURCE / "sql/t/availability.sql").read_text()
    out = region.sql("set search_path = tap;" + text)
    assert "not ok" not in out and out.count("ok ") >= 6, out
    rows = region.sql("select count(*), count(*) filter (where municipality is null) from read.availability where month = '2026-10-01'")
    return rows


def sealed(region):
    """Every day of the month is sealed, and the seals tile each lane."""
    region.until(lambda: int(region.sql("select count(*) from read.probe_day where not sealed and day < '2026-11-02'")) == 0
                 and int(region.sql("select count(*) from read.probe_day")) > 200, "all days to be sealed", 300)
    seals = json.loads(region.sql(
        "select json_agg(bytes::json->'body' order by seq) from ledger.row where kind = 'raw.sealed'"))
    for lane in {s["lane"] for s in seals}:
        next_seq = 1
        for s in (s for s in seals if s["lane"] == lane and s["rows"] > 0):
            assert s["first_seq"] == next_seq, s
            n, head = region.sql(f"select count(*), (array_agg(encode(h, 'hex') order by seq desc))[1] from ledger.raw "
                                 f"where lane = '{lane}' and seq between {s['first_seq']} and {s['last_seq']}").split("|")
            assert int(n) == s["rows"] and head == s["head"], (s, n, head)
            next_seq = s["last_seq"] + 1
    return len(seals)


def forget(region, *names):
    for name in names:
        for path in region.state.glob(name + "*"):
            path.unlink()


def main():
    rng = random.Random(20261001)
    with Region(start=False) as region:
        people = "principals:\n" + "".join(
            f"  - {{name: {name}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()}, roles: [{role}]"
            + (', municipality: "1489"' if name == "kommun" else "") + "}\n" for name, role in PEOPLE.items())
        (region.dir / "principals.yaml").write_text(people)
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        agreement = region.dir / "agreement"
        agreement.mkdir()
        (agreement / "agreement.yaml").write_text(AGREEMENT)
        (agreement / "municipalities.csv").write_text(MUNICIPALITIES)
        region.start()
        region.vinga("agreement", "apply", agreement, "--reason", "test")
        samples = feed(region, rng)
        judge(region)
        plan(region)
        before = check_cells(region)
        check_scope(region)
        rows = computed_again(region)
        seals = sealed(region)
        assert check_cells(region) == before, "sealing changed a figure"
        computed_again(region)

        region.kill()
        region.start()
        assert check_cells(region) == before, "a crash changed a figure"
        region.stop()
        forget(region, "checkpoint")
        region.start()
        assert check_cells(region) == before, "a replay changed a figure"
        region.settled()
        region.vinga("rebuild")

        # the journal is lost, and raw rows are gone by their age: the seals carry the figures
        region.stop()
        forget(region, "checkpoint", "journal.db")
        dropped = region.sql("select count(*), min(seq), max(seq) from ledger.raw where seq < (select min(seq) from ledger.row "
                             "where kind = 'outage.recorded')").split("|")
        region.sql("alter table ledger.raw disable trigger user; alter table ledger.raw_dropped disable trigger user;"
                   "set session_replication_role = replica;"
                   + "".join(f"alter table ledger.{name} disable trigger user; delete from ledger.{name} where seq <= {dropped[2]};"
                             for name in region.sql("select relname from pg_class c join pg_inherits i on i.inhrelid = c.oid where "
                                                    "i.inhparent = 'ledger.raw'::regclass and c.relkind = 'r'").split())
                   + f"insert into ledger.raw_dropped (month, rows, first_seq, last_seq, lanes) values "
                     f"('2026-01-01', {dropped[0]}, {dropped[1]}, {dropped[2]}, '{{}}')")
        region.start()
        assert check_cells(region) == before, "dropping sealed raw rows changed a figure"
        must(call(region, "central", "POST", "/api/v1/samples", {"probe": "app", "state": "ok"}), 200)
        region.settled()
        region.stop()
        region.sql("insert into ledger.raw_dropped (month, rows, first_seq, last_seq, lanes) values ('2026-02-01', 1, 1, 1, '{}')")
        forget(region, "checkpoint", "journal.db")
        region.daemon = None
        try:
            region.start()
        except AssertionError:
            pass
        else:
            raise AssertionError("started from a ledger that lacks rows")
        region.daemon = None
    print(f"{samples} samples, {len(before)} cells, {rows} in PostgreSQL, {seals} seals; 1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
