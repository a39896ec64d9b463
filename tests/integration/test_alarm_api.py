#!/usr/bin/python3
"""Alarms over HTTP: the list and its pages, groups, what people do, who sees what, changes by long poll, the register of resources."""

import contextlib
import hashlib
import http.client
import json
import signal
import sys
import threading
import time

from harness import SOURCE, Region

SEVERITIES = ["critical", "major", "minor", "warning", "indeterminate"]
PEOPLE = {"anna": "vgr_sla_manager", "larm": "ingest", "kommun": "kommun_first_line", "chef": "vgr_sla_manager"}
BOUND = ("kommun", "chef")
SERVICE, OTHER = "journal_kommun", "informationsutbyte"
CHANGES = "/api/v1/alarms/changes"


def now_ms():
    return int(time.time() * 1000)


def call(region, who, method, path, body=None, content_type="application/json"):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=120)
    conn.request(method, path, body=data, headers={"Authorization": "Bearer " + who, **({"Content-Type": content_type} if data is not None else {})})
    response = conn.getresponse()
    answer = response.status, json.loads(response.read())
    conn.close()
    return answer


def must(answer, status=200):
    assert answer[0] == status, answer
    return answer[1]


def notice(resource, type_, severity, **members):
    return dict({"at_ms": now_ms() - 1000, "resource": resource, "type": type_, "severity": severity}, **members)


def report(region, *notices, who="larm", status=201):
    return must(call(region, who, "POST", "/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now_ms(),
                                                             "body": {"notices": list(notices)}}), status)


def alarms(region, query="", who="anna"):
    return must(call(region, who, "GET", "/api/v1/alarms?limit=1000" + query))["alarms"]


def one(region, resource, who="anna", query="&state=all"):
    found = [a for a in alarms(region, query, who) if a["resource"] == resource]
    assert len(found) == 1, (resource, found)
    return found[0]


def act(region, alarm, verb, body=None, who="anna", status=201):
    return must(call(region, who, "POST", f"/api/v1/alarms/{alarm}/{verb}", body or {}), status)


def clear_all(region):
    """Ends what an earlier check left open."""
    rows = alarms(region, "&hidden=all")
    while rows:
        report(region, *[notice(a["resource"], a["type"], "cleared", qualifier=a["qualifier"]) for a in rows])
        rows = alarms(region, "&hidden=all")


def refused_notices(region):
    wrong = report(region, notice("h", "t", "major"), notice("h", "t2", "major", service="journal_komun"), status=422)
    assert wrong["field"] == "body.notices[1].service" and SERVICE in wrong["detail"], wrong
    wrong = report(region, notice("h", "t", "major", municipality="9999"), status=422)
    assert wrong["field"] == "body.notices[0].municipality", wrong
    wrong = report(region, notice("pc-19121212-1212", "t", "major"), status=422)
    assert "identity number" in wrong["detail"], wrong
    wrong = report(region, notice("h", "t", "major", at_ms=now_ms() + 3600000), status=422)
    assert "future" in wrong["detail"], wrong
    status, wrong = call(region, "larm", "POST", "/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now_ms(),
                                                                    "body": {"notices": [notice("h", "t", "major")], "repeats": True}})
    assert status == 422 and wrong["field"] == "body.repeats", wrong
    report(region, notice("h", "t", "major", municipality="1480"), who="kommun", status=403)
    assert alarms(region, "&hidden=all") == []


def lists(region):
    rows = [notice(f"host{i % 50}/port{i}", f"type-{i % 3}", SEVERITIES[i % 5], text=f"nummer {i}",
                   **({"service": SERVICE, "municipality": "1489"} if i % 2 else {})) for i in range(250)]
    report(region, *rows)
    whole = alarms(region)
    assert len(whole) == 250
    order = [(SEVERITIES.index(a["severity"]), -int(a["id"][2:])) for a in whole]
    assert order == sorted(order)
    for state in ("active", "all"):
        expected, paged, cursor = [a["id"] for a in alarms(region, "&state=" + state)], [], 0
        while cursor is not None:
            page = must(call(region, "anna", "GET", f"/api/v1/alarms?limit=37&state={state}&cursor={cursor}"))
            paged += [a["id"] for a in page["alarms"]]
            cursor = page["next"]
        assert paged == expected, state
    assert [int(a["id"][2:]) for a in alarms(region, "&state=all")] == sorted((int(a["id"][2:]) for a in whole), reverse=True)

    def count(query, keep):
        found = {a["id"] for a in alarms(region, query)}
        assert found == {a["id"] for a in whole if keep(a)}, query

    count("&severity=major", lambda a: a["severity"] in ("critical", "major"))
    count("&service=" + SERVICE, lambda a: a["service"] == SERVICE)
    count("&municipality=1489", lambda a: a["municipalities"] == ["1489"])
    count("&resource=HOST7", lambda a: a["resource"].startswith("host7/"))
    count("&resource=host7/port7", lambda a: a["resource"] == "host7/port7")
    count("&text=NUMMER%2012", lambda a: a["text"].startswith("nummer 12"))
    count("&type=type-1", lambda a: a["type"] == "type-1")
    count("&source=larm", lambda a: True)
    count("&source=annan", lambda a: False)
    count("&category=other&hidden=shown", lambda a: True)
    for query in ("severity=svår", "state=open", "hidden=ja", "category=x", "service=journal_komun", "municipality=9999", "limit=0",
                  "cursor=-1", "group=kommun", "group=resource&state=all", "group=resource&minutes=0"):
        status, wrong = call(region, "anna", "GET", "/api/v1/alarms?" + query.replace("å", "%C3%A5"))
        assert status == 400 and wrong["field"] == query.split("&")[-1].split("=")[0], (query, wrong)
    return whole


def groups(region, whole):
    for by, key in (("resource", lambda a: [a["resource"].split("/")[0]]), ("service", lambda a: [a["service"] or ""]),
                    ("municipality", lambda a: a["municipalities"] or [""])):
        answer = must(call(region, "anna", "GET", f"/api/v1/alarms?group={by}&minutes=60"))
        expected = {}
        for alarm in whole:
            for name in key(alarm):
                expected.setdefault(name, []).append(alarm)
        assert {g["group"] for g in answer["groups"]} == set(expected) and answer["left_out"] == 0, by
        for g in answer["groups"]:
            members = expected[g["group"]]
            assert g["alarms"] == len(members) and g["notices"] == sum(a["count"] for a in members), g
            assert SEVERITIES.index(g["worst"]) == min(SEVERITIES.index(a["severity"]) for a in members), g
            assert sum(g["severities"].values()) == len(members), g
            ids = sorted(int(a["id"][2:]) for a in members)
            assert (g["first"]["id"], g["newest"]["id"]) == (f"A-{ids[0]}", f"A-{ids[-1]}"), g
        weight = [(SEVERITIES.index(g["worst"]), -g["alarms"]) for g in answer["groups"]]
        assert weight == sorted(weight), weight


def acts(region):
    report(region, notice("ups-1", "power-on-battery", "critical", text="batteri", detail="upsOutputSource = 5"))
    ident = one(region, "ups-1")["id"]
    assert act(region, ident, "acknowledge", {"reason": "tittar"})["verdict"] == "taken"
    assert act(region, ident, "acknowledge", status=409)["detail"].startswith(ident)
    assert (one(region, "ups-1")["operator"], one(region, "ups-1")["actor"]) == ("ack", "anna")
    assert act(region, ident, "shelve", status=409)["detail"]
    act(region, ident, "shelve", {"reason": "byts", "until": "2020-01-01T00:00:00Z"}, status=409)
    wrong = act(region, ident, "shelve", {"reason": "byts", "until": "i morgon"}, status=422)
    assert wrong["field"] == "until", wrong
    act(region, ident, "shelve", {"reason": "byts", "until": None})
    shelved = one(region, "ups-1")
    assert shelved["hidden"] == "shelved" and shelved["active"] and shelved["until"] is None, shelved
    assert ident not in [a["id"] for a in alarms(region)]
    assert ident in [a["id"] for a in alarms(region, "&hidden=shelved")]
    act(region, ident, "unshelve", {"reason": "bytt"})
    act(region, ident, "unshelve", status=409)
    act(region, ident, "close", {"reason": "provlarm", "false_alarm": True})
    act(region, ident, "close", {"reason": "igen"}, status=409)
    assert one(region, "ups-1", query="&hidden=closed")["false_alarm"]
    shown = must(call(region, "anna", "GET", f"/api/v1/alarms/{ident}"))
    assert [h["operator"] or h["severity"] for h in shown["history"]] == ["closed", "un-shelved", "shelved", "ack", "critical"], shown
    assert shown["raised_seq"] == shown["history"][-1]["seq"] and shown["ticket"] is None
    for ident in ("A-1", "A-x", "nonsense", "A-" + "9" * 18):
        wrong = act(region, ident, "acknowledge", status=404)
        assert wrong["detail"].startswith("no alarm"), wrong
    # ended and raised again it is a new one, and shown
    report(region, notice("ups-1", "power-on-battery", "cleared"))
    report(region, notice("ups-1", "power-on-battery", "major"))
    again = [a for a in alarms(region) if a["resource"] == "ups-1"]
    assert len(again) == 1 and again[0]["previous"] == shown["id"] and again[0]["operator"] == "none", again


def scope(region):
    report(region, notice("own", "t", "major", service=SERVICE, municipality="1489"),
           notice("foreign", "t", "major", service=SERVICE, municipality="1480"),
           notice("shared", "t", "major", service=SERVICE), notice("stray", "t", "major"))
    seen = {a["resource"]: a["id"] for a in alarms(region, "&type=t", "kommun")}
    assert {"own", "shared"} <= set(seen) and not {"foreign", "stray"} & set(seen), seen
    assert {g["group"] for g in must(call(region, "kommun", "GET", "/api/v1/alarms?group=municipality"))["groups"]} == {"1489"}
    stray, foreign = one(region, "stray")["id"], one(region, "foreign")["id"]
    for ident in (stray, foreign):
        assert call(region, "kommun", "GET", f"/api/v1/alarms/{ident}")[0] == 404
        assert call(region, "kommun", "POST", f"/api/v1/alarms/{ident}/acknowledge", {})[0] == 404
    # around the address, too
    for kind, ident in (("alarm.acknowledged", stray), ("alarm.closed", seen["shared"])):
        event = {"v": 1, "kind": kind, "occurred_ms": now_ms(), "body": {"alarm": ident, "reason": "x"}}
        assert call(region, "kommun", "POST", "/api/v1/events", event)[0] == 403
    act(region, seen["shared"], "acknowledge", who="kommun")
    act(region, seen["shared"], "shelve", {"reason": "x"}, who="kommun", status=403)
    act(region, seen["own"], "shelve", {"reason": "x"}, who="kommun")
    assert call(region, "kommun", "GET", "/api/v1/alarms?municipality=1480")[0] == 403
    assert call(region, "kommun", "GET", "/api/v1/resources/unmapped")[0] == 403
    assert call(region, "chef", "POST", "/api/v1/resources", {"resources": [{"name": "own", "service": SERVICE}]})[0] == 403
    must(call(region, "chef", "POST", "/api/v1/resources", {"resources": [{"name": "own", "service": SERVICE, "municipalities": ["1489"]}]}), 201)
    assert [r["name"] for r in must(call(region, "kommun", "GET", "/api/v1/resources"))["resources"]] == ["own"]
    assert must(call(region, "kommun", "GET", "/api/v1/alarms/sources"))["sources"] == []
    assert call(region, "larm", "GET", "/api/v1/alarms")[0] == 403, "who only sends reads nothing"


@contextlib.contextmanager
def waiting(region, query, who="anna"):
    """A question that waits; what it was answered, and how long that took, are in the list afterwards."""
    answers = []

    def ask():
        begin = time.monotonic()
        answers.append((call(region, who, "GET", CHANGES + query), time.monotonic() - begin))

    before = metric(region, "vinga_alarm_waiters")
    thread = threading.Thread(target=ask)
    thread.start()
    region.until(lambda: metric(region, "vinga_alarm_waiters") == before + 1, "the question to wait")
    yield answers
    thread.join()


def metric(region, name):
    text = region.get("/metrics")[1].decode()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))


def changes(region):
    begin = must(call(region, "anna", "GET", CHANGES))
    assert begin["alarms"] == [] and begin["left_out"] == 0
    after = begin["seq"]
    with waiting(region, f"?after={after}&wait=60") as answers:
        report(region, notice("sw-9", "link-down", "major"))
    (status, answer), took = answers[0]
    assert status == 200 and [a["resource"] for a in answer["alarms"]] == ["sw-9"] and answer["alarms"][0]["raised_now"], answer
    assert took < 30 and answer["kinds"] == [{"type": "link-down", "worst": "major", "changed": 1, "raised": 1, "ended": 0}], answer
    # what concerns others wakes nobody, and what is only said again wakes after a moment
    with waiting(region, f"?after={answer['seq']}&wait=2", "kommun") as own, waiting(region, f"?after={answer['seq']}&wait=60") as all_:
        report(region, notice("sw-9", "link-down", "major"))
    assert own[0][0][1]["alarms"] == [] and 1.5 < own[0][1] < 30, own
    assert [a["count"] for a in all_[0][0][1]["alarms"]] == [2] and all_[0][1] < 30, all_
    after = all_[0][0][1]["seq"]
    with waiting(region, f"?after={after}&wait=60&severity=major") as answers:
        report(region, notice("sw-8", "link-down", "minor"))
        act(region, one(region, "sw-9")["id"], "acknowledge")
    assert [(a["resource"], a["operator"], a["raised_now"]) for a in answers[0][0][1]["alarms"]] == [("sw-9", "ack", False)], answers
    # a ledger row that is not there yet: begin anew from where we are
    assert must(call(region, "anna", "GET", CHANGES + "?after=999999999&wait=60"))["seq"] == must(call(region, "anna", "GET", CHANGES))["seq"]
    for query in ("?after=-1", "?wait=61", "?limit=501", "?severity=x"):
        assert call(region, "anna", "GET", CHANGES + query)[0] == 400, query


def storm(region):
    """3,000 alarms of one type and one of another: it stands in the first answer, and the counts are exact."""
    after = must(call(region, "anna", "GET", CHANGES))["seq"]
    for part in range(3):
        report(region, *[notice(f"storm{i}", "link-down", "critical") for i in range(part * 1000, part * 1000 + 1000)])
    report(region, notice("lonely", "fan-failure", "minor"))
    answer = must(call(region, "anna", "GET", CHANGES + f"?after={after}&limit=5"))
    assert len(answer["alarms"]) == 5 and answer["left_out"] == 2996, answer["left_out"]
    assert "lonely" in [a["resource"] for a in answer["alarms"][:2]], answer["alarms"]
    kinds = {k["type"]: (k["changed"], k["raised"]) for k in answer["kinds"]}
    assert kinds == {"link-down": (3000, 3000), "fan-failure": (1, 1)}, kinds
    assert must(call(region, "anna", "GET", CHANGES + f"?after={answer['seq']}&wait=0"))["alarms"] == []
    worst = must(call(region, "anna", "GET", "/api/v1/alarms?group=resource&limit=1"))
    assert len(worst["groups"]) >= 3001


def crowd(region):
    """200 may wait; the next one is told so, and a reload does not disturb those who wait."""
    after = must(call(region, "anna", "GET", CHANGES))["seq"]
    conns = []
    for _ in range(200):
        conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
        conn.request("GET", CHANGES + f"?after={after}&wait=60", headers={"Authorization": "Bearer anna"})
        conns.append(conn)
    region.until(lambda: metric(region, "vinga_alarm_waiters") == 200, "200 to wait")
    status, text = call(region, "anna", "GET", CHANGES + f"?after={after}")
    assert status == 503 and "200" in text["detail"], text
    region.daemon.send_signal(signal.SIGHUP)
    report(region, notice("crowd", "t", "major"))
    for conn in conns:
        answer = json.loads(conn.getresponse().read())
        assert [a["resource"] for a in answer["alarms"]] == ["crowd"], answer
        conn.close()
    assert metric(region, "vinga_alarm_waiters") == 0


def table(region, text, status):
    return must(call(region, "anna", "POST", "/api/v1/resources", text.encode(), "text/csv"), status)


def resources(region):
    unmapped = must(call(region, "anna", "GET", "/api/v1/resources/unmapped?limit=5"))["unmapped"]
    assert len(unmapped) == 5 and all(u["newest"]["id"].startswith("A-") for u in unmapped), unmapped
    wrong = table(region, "name;service;municipalities\nA;journal_komun;1489\nb;;1489 9999\nA;;\n;;\nc;x\n", 422)
    places = [(e["line"], e["column"]) for e in wrong["errors"]]
    assert places == [(2, 2), (3, 3), (4, 1), (5, 1), (6, 2)] and (wrong["line"], wrong["column"]) == (2, 2), wrong
    assert "nothing was taken" in wrong["detail"] and "journal_kommun" in wrong["errors"][0]["detail"], wrong
    for text, place in (("nam;service\nx;y\n", "line 1, column 1"), ("", "line 1"), ("service\nx\n", "line 1"),
                        ("name\npc-19121212-1212\n", "line 2, column 1"), ("name;name\nx;y\n", "line 1, column 2"),
                        ("name;parent\nx;X\n", "line 2, column 1"), ("name\n" + "x" * 201 + "\n", "line 2, column 1")):
        assert table(region, text, 422)["detail"].startswith(place), text
    rows = "".join(f"srv{i};;{SERVICE};1489,1480;sw-{i % 7}\r\n" for i in range(2500))
    header = "\ufeffname;resource;service;municipalities;parent\r\n"
    taken = table(region, header + rows, 201)
    assert (taken["rows"], taken["taken"], taken["unchanged"], taken["events"]) == (2500, 2500, 0, 3), taken
    again = table(region, header + rows, 200)
    assert (again["taken"], again["unchanged"], again["events"]) == (0, 2500, 0), again
    changed = table(region, header + rows.replace("srv7;;", "srv7;server-7;"), 201)
    assert (changed["taken"], changed["unchanged"]) == (1, 2499), changed
    listed = must(call(region, "anna", "GET", "/api/v1/resources?limit=5000"))
    assert [r["name"] for r in listed["resources"]] == sorted(r["name"] for r in listed["resources"]) and listed["next"] is None
    assert next(r for r in listed["resources"] if r["name"] == "srv7")["resource"] == "server-7"
    paged, offset = [], 0
    while offset is not None:
        page = must(call(region, "anna", "GET", f"/api/v1/resources?limit=700&offset={offset}"))
        paged += page["resources"]
        offset = page["next"]
    assert paged == listed["resources"]
    # an alarm of one of its names is the resource's, and knows its service
    report(region, notice("SRV7/disk1", "disk-failure", "major"))
    alarm = one(region, "server-7/disk1")
    assert (alarm["service"], alarm["municipalities"], alarm["stated"].lower()) == (SERVICE, ["1480", "1489"], "srv7/disk1"), alarm
    assert [a["id"] for a in alarms(region, "&resource=srv7")] == [alarm["id"]]
    must(call(region, "anna", "POST", "/api/v1/resources", {"resources": [{"name": "srv8", "removed": True}]}), 201)
    assert "srv8" not in [r["name"] for r in must(call(region, "anna", "GET", "/api/v1/resources?limit=5000"))["resources"]]
    assert call(region, "anna", "POST", "/api/v1/resources", {"resources": [{"name": "never", "removed": True}]})[0] == 409
    assert call(region, "anna", "POST", "/api/v1/resources", {"resources": [{"name": "x", "service": "y"}]})[0] == 422
    assert call(region, "anna", "POST", "/api/v1/resources", b"<x/>", "text/xml")[0] == 415


def proposals(region):
    """An outage is proposed, accepted by one person and then an outage record that waits for another; the other one is refused."""
    report(region, *[notice(f"prop{code}", "host-down", "critical", category="availability", service=OTHER, municipality=code)
                     for code in ("1489", "1480", "1401")])
    waiting_ = must(call(region, "anna", "GET", "/api/v1/proposals"))["proposals"]
    by_kind = {p["kind"]: p for p in waiting_ if p["service"] == OTHER}
    assert set(by_kind) == {"outage", "major_incident"}, waiting_
    outage, major = by_kind["outage"], by_kind["major_incident"]
    assert outage["municipalities"] == ["1401", "1480", "1489"] and outage["alarm_count"] == 3, outage
    shown = must(call(region, "anna", "GET", f"/api/v1/proposals/{outage['id']}"))
    assert {m["resource"] for m in shown["members"]} == {"prop1489", "prop1480", "prop1401"}, shown
    assert outage["id"] in must(call(region, "anna", "GET", f"/api/v1/alarms/{shown['members'][0]['id']}"))["proposals"]
    assert call(region, "chef", "POST", f"/api/v1/proposals/{outage['id']}/accept", {"cause": "vgr", "reason": "x"})[0] in (403, 404)
    assert call(region, "anna", "POST", f"/api/v1/proposals/{major['id']}/refuse", {})[0] in (409, 422)
    accepted = must(call(region, "anna", "POST", f"/api/v1/proposals/{outage['id']}/accept", {"cause": "vgr", "reason": "ser ut så"}), 201)
    records = must(call(region, "anna", "GET", "/api/v1/outages"))["records"]
    assert [(r["service"], r["author"], r["waits"]) for r in records if r["id"] == accepted["outage"]] == [(OTHER, "anna", True)], records
    must(call(region, "anna", "POST", f"/api/v1/proposals/{major['id']}/refuse", {"reason": "samma sak"}), 201)
    assert call(region, "anna", "POST", f"/api/v1/proposals/{major['id']}/refuse", {"reason": "igen"})[0] == 409
    states = {p["id"]: (p["state"], p["made"]) for p in must(call(region, "anna", "GET", "/api/v1/proposals?state=all"))["proposals"]}
    assert states[outage["id"]] == ("accepted", accepted["outage"]) and states[major["id"]][0] == "refused", states
    assert call(region, "anna", "GET", "/api/v1/proposals/F-1")[0] == 404
    assert call(region, "anna", "GET", "/api/v1/proposals?state=x")[0] == 400


def effect(region):
    """As much as stands in the lists themselves; what it means is tested in the core."""
    month = time.strftime("%Y-%m", time.localtime())
    answer = must(call(region, "anna", "GET", "/api/v1/alarms/effect?month=" + month))
    assert answer["alarms"] == sum(answer["by_severity"].values()) >= 3000, answer
    assert answer["false_alarms"] >= 1 and answer["acknowledged"] >= 2 and answer["ack_max_s"] is not None, answer
    own = must(call(region, "kommun", "GET", "/api/v1/alarms/effect?month=" + month))
    assert own["municipality"] == "1489" and own["alarms"] < answer["alarms"], own
    for query in ("from=2026-11-20T00:00:00Z", "month=2026-13", "from=2026-11-20T00:00:00Z&to=2026-11-20T00:00:00Z"):
        assert call(region, "anna", "GET", "/api/v1/alarms/effect?" + query)[0] in (400, 404), query
    sources = must(call(region, "anna", "GET", "/api/v1/alarms/sources"))["sources"]
    assert [s["source"] for s in sources if s["source"] != "vinga"] == ["larm"], sources
    status = region.status()["alarms"]
    assert status["active"] == len(alarms(region, "&hidden=all")) or status["active"] > 1000, status
    assert status["critical"] >= 3000 and status["hidden"]["shelved"] == 1, status


def stop_with_waiters(region):
    after = must(call(region, "anna", "GET", CHANGES))["seq"]
    begin = time.monotonic()
    with waiting(region, f"?after={after}&wait=60") as answers:
        region.stop()
    assert answers[0][0][0] == 200 and time.monotonic() - begin < 30, answers


def set_up(region):
    people = "principals:\n" + "".join(
        f"  - {{name: {name}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()}, roles: [{role}]"
        + (', municipality: "1489"' if name in BOUND else "") + "}\n" for name, role in PEOPLE.items())
    (region.dir / "principals.yaml").write_text(people)
    with open(region.dir / "vingad.yaml", "a") as settings:
        settings.write(f"principals: {region.dir}/principals.yaml\n")
    region.start()
    region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")


def main():
    with Region(start=False) as region:
        set_up(region)
        refused_notices(region)
        groups(region, lists(region))
        clear_all(region)
        acts(region)
        scope(region)
        changes(region)
        storm(region)
        crowd(region)
        resources(region)
        proposals(region)
        effect(region)
        stop_with_waiters(region)
    print("12 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
