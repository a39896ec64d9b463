"""Every route with every role: rights hold, and no answer to a municipality holds anything of another.

Two municipalities have the same of everything, marked by their code. A route that is not in ROUTES below fails the test."""

import hashlib
import http.client
import json
import subprocess
import sys
import time

from harness import SOURCE, VINGAD, Region, reported

OWN, OTHER = "1489", "1480"
SERVICE = "journal_kommun"
ROLES = {  # with its rights; a municipality where it may have one
    "ingest": ({"ingest"}, True), "kommun_read": ({"read"}, True), "kommun_first_line": ({"ingest", "read", "work"}, True),
    "kommun_finance": ({"read", "object"}, True), "provider_read": ({"read"}, True), "federation_read": ({"read"}, True),
    "vastkom_read": ({"read"}, True), "vgr_second_line": ({"ingest", "read", "work"}, True),
    "vgr_duty_manager": ({"read", "work", "correct"}, True),
    "vgr_sla_manager": ({"read", "work", "correct", "agreement"}, True), "vgr_finance": ({"read", "finance"}, False),
    "auditor": ({"read", "audit"}, False), "admin": ({"ingest", "read", "work", "correct", "agreement", "audit"}, False)}
V1, TMF, STATUS = "/api/v1", "/tmf-api/troubleTicket/v4/troubleTicket", "/status"
MONTH = "month=2026-11"
# A read route with the queries that it is asked with; {m} is a municipality, and a name in braces is that one's of what was made.
READ = {
    V1 + "/tickets": ["", "?municipality={m}", "?open=true", "?ref=REF-{m}"], V1 + "/tickets/{ticket}": [""],
    V1 + "/tickets/{ticket}/explain": [""], V1 + "/kpi": [f"?{MONTH}", f"?{MONTH}&by=municipality", f"?{MONTH}&municipality={{m}}"],
    V1 + "/kpi/evidence": [f"?{MONTH}&kpi=created", f"?{MONTH}&kpi=created&municipality={{m}}"], V1 + "/imports": [""],
    V1 + "/quarantine": ["", "?all=true"], V1 + "/agreements": [""], V1 + "/agreements/current": [""],
    V1 + "/registers/{register}": ["", "?municipality={m}"], V1 + "/notifications": [""], V1 + "/reports": [""],
    V1 + "/reports/{month}/files": [""], V1 + "/reports/{month}/files/{file}": [""], V1 + "/status": [""], V1 + "/agents": [""],
    V1 + "/agents/self": [""], V1 + "/directory": [""], V1 + "/overview": ["", "?municipality={m}"],
    V1 + "/matrix": ["", "?municipality={m}"], V1 + "/municipalities/{m}": [""], V1 + "/sources": [""],
    V1 + "/state": ["", "?municipality={m}", f"?service={SERVICE}"],
    V1 + "/availability": [f"?{MONTH}", f"?{MONTH}&municipality={{m}}"],
    V1 + "/availability/timeline": [f"?{MONTH}&service={SERVICE}&municipality={{m}}"],
    V1 + "/outages": ["", "?municipality={m}", "?seen=true"], V1 + "/outages/{outage}": [""],
    V1 + "/windows": ["", "?municipality={m}"], V1 + "/windows.ics": ["", "?municipality={m}"],
    V1 + "/windows/effect": [f"?service={SERVICE}&municipality={{m}}&from=2026-12-01T10:00:00Z&to=2026-12-01T11:00:00Z"],
    V1 + "/alarms": ["", "?municipality={m}", "?all=true"], V1 + "/alarms/{alarm}": [""], V1 + "/alarms/changes": ["?after=0", ""],
    V1 + "/alarms/effect": ["", f"?{MONTH}"], V1 + "/alarms/sources": [""], V1 + "/resources": ["", "?municipality={m}"],
    V1 + "/resources/unmapped": [""], V1 + "/proposals": ["", "?state=all"], V1 + "/proposals/{proposal}": [""],
    V1 + "/acts": ["", "?state=all"], V1 + "/acts/{act}": [""], V1 + "/objections": ["", "?municipality={m}"],
    V1 + "/objections/{objection}": [""], V1 + "/statements": ["?month=2026-10", "?month=2026-10&municipality={m}"],
    V1 + "/statements/{month}/{m}": [""], V1 + "/comments": ["", "?municipality={m}"], V1 + "/disturbances": ["", "?state=draft"],
    V1 + "/disturbances/{disturbance}": [""], V1 + "/feedback": [""], V1 + "/me": [""], V1 + "/audit": [""],
    TMF: ["", "?municipality={m}"], TMF + "/{ticket}": [""]}
# What changes something of a municipality, with a body that would do it.
CHANGE = {
    V1 + "/tickets/{ticket}/escalate": {}, V1 + "/tickets/{ticket}/acknowledge": {},
    V1 + "/tickets/{ticket}/correct": {"reason": "test", "priority": "P1"},
    V1 + "/quarantine/{seq}/retake": {}, V1 + "/quarantine/{seq}/retaken": {},
    V1 + "/registers/users": {"municipality": "{m}", "day": "2026-11-02", "users": 5, "rule": "licensed"},
    V1 + "/registers/contacts": {"key": "x", "municipality": "{m}", "valid_from_ms": 0, "value": {"name": "x"}},
    V1 + "/registers/aliases": {"key": "x", "municipality": "{m}", "valid_from_ms": 0, "value": {"name": "x"}},
    V1 + "/outages": {"effect": "down", "service": SERVICE, "municipalities": ["{m}"], "cause": "vgr", "from_ms": 1793600000000,
                      "reason": "test"},
    V1 + "/outages/{outage}/correct": {"cause": "supplier", "reason": "test"}, V1 + "/outages/{outage}/approve": {},
    V1 + "/outages/{outage}/withdraw": {"reason": "test"},
    V1 + "/windows": {"name": "test", "category": "planned", "services": [SERVICE], "municipalities": ["{m}"],
                      "from": 1796000000000, "to": 1796003600000},
    V1 + "/windows/{window}/approve": {}, V1 + "/windows/{window}/start": {}, V1 + "/windows/{window}/end": {},
    V1 + "/windows/{window}/withdraw": {"reason": "test"}, V1 + "/alarms/{alarm}/acknowledge": {},
    V1 + "/alarms/{alarm}/shelve": {"reason": "test", "until": "2027-01-01T00:00:00Z"}, V1 + "/alarms/{alarm}/unshelve": {},
    V1 + "/alarms/{alarm}/close": {"reason": "test"}, V1 + "/alarms/{alarm}/ticket": {},
    V1 + "/proposals/{proposal}/accept": {"reason": "test", "cause": "vgr"}, V1 + "/proposals/{proposal}/refuse": {"reason": "test"},
    V1 + "/objections": {"month": "2026-10", "municipality": "{m}", "ticket": "{ticket}", "reason": "test"},
    V1 + "/comments": {"month": "2026-10", "municipality": "{m}", "kpi": "availability", "cause": "a", "action": "b", "owner": "c"},
    V1 + "/disturbances": {"kind": "disturbance", "services": [SERVICE], "municipalities": ["{m}"], "title": "x", "text": "x",
                           "started": "2026-11-20T08:00:00Z"},
    V1 + "/disturbances/{disturbance}/draft": {"title": "x"}, V1 + "/disturbances/{disturbance}/publish": {"title": "x"},
    V1 + "/disturbances/{disturbance}/close": {"text": "x"}, TMF + "/{ticket}": {"status": "inProgress"}}
# What the municipality itself has none of: no files are served, and no agent is its own.
EMPTY = {(V1 + "/reports/{month}/files", 404), (V1 + "/reports/{month}/files/{file}", 404), (V1 + "/proposals/{proposal}", 404)}
# Of everybody, or of nobody in particular: the right is looked at, and nothing of a municipality is named.
GENERAL = {("POST", V1 + path) for path in (
    "/events", "/tickets", "/imports", "/imports/{id}/events", "/imports/{id}/finish", "/imports/{id}/revoke", "/quarantine",
    "/agreements", "/reports", "/session/end", "/samples", "/agents/batches", "/resources", "/rates", "/costs", "/overrides",
    "/openings", "/closings", "/acts/{id}/approve", "/acts/{id}/reject", "/objections/{id}/decide",
    "/statements/{month}/{municipality}/published", "/statements/{month}/{municipality}/invoice", "/feedback/{id}/answer",
    "/hooks/{source}")} | {("POST", TMF)}
OPEN = {("GET", path) for path in ("/health/live", "/health/ready", "/metrics")}
PUBLIC = {("POST", V1 + "/session"), ("POST", "/tillganglighet"), ("POST", "/en/tillganglighet")} | {
    ("GET", language + path) for language in ("", "/en") for path in (
        STATUS, STATUS + "/{id}", STATUS + "/kommun", STATUS + "/kommun/{code}", "/tillganglighet")} | {
    ("GET", STATUS + path) for path in ("/feed.atom", "/kommun/{code}/feed.atom", "/windows.ics", "/kommun/{code}/windows.ics",
                                        "/style.css", "/icon.svg")}
STREAM = ("GET", V1 + "/events")


def patterns(routes):
    """The route of each address of the tables: the one that has the same fixed parts."""
    def fits(address, path):
        a, b = address.split("/"), path.split("/")
        return len(a) == len(b) and all(y.startswith("{") or x == y for x, y in zip(a, b))

    def find(method, address):
        fitting = sorted((path for m, path in routes if m == method and fits(address, path)), key=lambda p: p.count("{"))
        assert fitting, f"no route {method} {address}"
        return method, fitting[0]

    return ({find("GET", a): a for a in READ}, {find("PATCH" if a.startswith(TMF) else "POST", a): a for a in CHANGE})


def ask(region, method, address, who=None, body=None):
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    headers = {"Authorization": "Bearer " + who} if who else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    conn.request(method, address, body=None if body is None else json.dumps(body).encode(), headers=headers)
    response = conn.getresponse()
    text = response.read().decode(errors="replace")
    conn.close()
    return response.status, text


def must(answer):
    status, text = answer
    assert status in (200, 201), (status, text)
    return json.loads(text)


def fill(region):
    """The same of both municipalities; returns what of each has which name."""
    now = int(time.time() * 1000) - 60000
    region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
    made = {}
    for m in (OWN, OTHER):
        mark = f"HEMLIG-{m}"
        own = made[m] = {"m": m, "month": "2026-10", "register": "contacts", "file": f"statement-2026-10-{m}.html"}

        def post(path, body, who="admin"):
            return must(ask(region, "POST", V1 + path, who, body))

        event = reported(f"REF-{m}", 1, now, status="new", support_line=1, impact=3, urgency=2, municipality=m)
        event["body"]["title"] = mark
        own["ticket"] = post("/events", event, "sender")["ticket"]
        post(f"/tickets/{own['ticket']}/escalate", {})
        own["seq"] = str(post("/quarantine", {"mapping": "zammad", "reason": "unknown value", "field": "state", "value": mark,
                                              "payload": {"state": mark}}, f"ingest-{m}")["seq"])
        own["outage"] = post("/outages", {"effect": "down", "service": SERVICE, "municipalities": [m], "cause": "vgr",
                                          "from_ms": now, "reason": mark})["outage"]
        own["window"] = post("/windows", {"name": mark, "category": "planned", "services": [SERVICE], "municipalities": [m],
                                          "from": now + 3600000, "to": now + 7200000, "reason": mark})["window"]
        notice = {"at_ms": now, "resource": f"host-{m}", "type": "host-down", "severity": "critical", "category": "availability",
                  "service": SERVICE, "municipality": m, "text": mark}
        post("/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now, "body": {"notices": [notice]}}, "sender")
        post("/resources", {"resources": [{"name": f"host-{m}", "service": SERVICE, "municipalities": [m]}]})
        post("/registers/contacts", {"key": f"k-{m}", "municipality": m, "valid_from_ms": 0, "value": {"name": mark}})
        post("/registers/users", {"municipality": m, "day": "2026-10-01", "users": 130, "rule": "licensed", "approver": mark})
        body = {"kind": "disturbance", "services": [SERVICE], "municipalities": [m], "title": mark, "text": mark,
                "started": "2026-11-20T08:00:00Z"}
        own["disturbance"] = post("/disturbances", body)["disturbance"]
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        post(f"/disturbances/{own['disturbance']}/publish", {"next_update": later, "advice": mark})
        for number, facts in enumerate(({"status": "new"}, {"support_line": 2}, {"status": "resolved"}), 1):
            own["billed"] = post("/events", reported(f"REF-{m}-B", number, 1791200000000 + number * 3600000, municipality=m, **facts),
                                 "sender")["ticket"]
        act = post("/openings", {"municipality": m, "month": "2026-10", "support_ore": 0, "operation_ore": 0, "tickets": [],
                                 "reason": mark}, "vgr_finance")["act"]
        post(f"/acts/{act}/approve", {}, "second")
        own["act"] = act
        close = post("/closings", {"month": "2026-10", "municipalities": [m], "reason": mark}, "vgr_finance")["act"]
        post(f"/acts/{close}/approve", {}, "second")
        post(f"/statements/2026-10/{m}/published", {"model_sha256": "0" * 64, "files": [{"name": "a", "sha256": "0" * 64, "bytes": 1}]},
             "vgr_finance")
        own["objection"] = post("/objections", {"month": "2026-10", "ticket": own["billed"], "reason": mark}, f"finance-{m}")["objection"]
        own["comment"] = post("/comments", {"month": "2026-10", "municipality": m, "kpi": "availability", "cause": mark,
                                            "action": "b", "owner": "c"})["comment"]
    for alarm in region.get("/api/v1/alarms")[1]["alarms"]:
        for m in made:
            if f"host-{m}" in json.dumps(alarm):
                made[m]["alarm"] = alarm["id"]
    for m in made:  # a proposal is about one alarm or outage; where there is none of it, its address leads nowhere
        made[m]["proposal"] = next((p["id"] for p in region.get("/api/v1/proposals")[1]["proposals"] if m in json.dumps(p)), "F-999999")
    return made


def write_principals(region):
    lines = ["principals:"]

    def add(name, role, municipality=None):
        scope = f', municipality: "{municipality}"' if municipality else ""
        lines.append(f"  - {{ name: {name}, roles: [{role}]{scope}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()} }}")

    for role, (_, scoped) in ROLES.items():
        if scoped:
            add(f"{role}-{OWN}", role, OWN)
        if role != "kommun_finance":
            add(role, role)
    add("second", "vgr_finance")
    add("sender", "ingest")
    add(f"finance-{OWN}", "kommun_finance", OWN)
    add(f"finance-{OTHER}", "kommun_finance", OTHER)
    add(f"ingest-{OTHER}", "ingest", OTHER)
    (region.dir / "principals.yaml").write_text("\n".join(lines) + "\n")
    region.extra = f"principals: {region.dir}/principals.yaml\n"
    region.write_config()


def named(template, values):
    text = json.dumps(template) if not isinstance(template, str) else template
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text if isinstance(template, str) else json.loads(text)


def rights_hold(region, routes, read, change, made):
    """Nobody without credentials, and nobody without the right."""
    for (method, path), right in routes.items():
        if right in ("public", "open") or (method, path) == STREAM:
            continue
        template = read.get((method, path)) or change.get((method, path)) or path
        address = named(template, made[OWN]).replace("{", "").replace("}", "")
        body = None if method == "GET" else {}
        status, text = ask(region, method, address, None, body)
        assert status == 401, (method, path, status, text)
        for role, (rights, scoped) in ROLES.items():
            if right != "signed" and right not in rights:
                who = f"{role}-{OWN}" if scoped else role
                status, text = ask(region, method, address, who, body)
                assert status == 403, (who, method, path, status, text)


def leaks(text, other):
    """What of another municipality stands in a text."""
    secrets = [f"HEMLIG-{OTHER}", f"REF-{OTHER}", f"host-{OTHER}"]
    ids = [other[name] for name in ("ticket", "billed", "outage", "window", "alarm", "objection", "disturbance", "comment")]
    return [s for s in secrets if s in text] + [i for i in ids if f'"{i}"' in text or f'"{i}.' in text]


def reading_is_bounded(region, made):
    """As the municipality's principals: all lists, own things and the other's."""
    found, calls = [], 0
    for role, (rights, scoped) in ROLES.items():
        for template, queries in READ.items() if scoped and "read" in rights else ():
            for values in made.values():
                for query in queries:
                    address = named(template + query, values)
                    status, text = ask(region, "GET", address, f"{role}-{OWN}")
                    calls += 1
                    assert status < 500, (address, status, text)
                    if values is made[OWN] and status not in (200, 403) and (template, status) not in EMPTY:
                        found.append((role, address, status, text[:100]))
                    asked = [made[OTHER][n] for n in made[OTHER] if made[OTHER][n] in address]  # echoed in "no such ..."
                    left = [leak for leak in leaks(text, made[OTHER]) if status < 400 or leak not in asked]
                    if left:
                        found.append((role, address, status, left))
    assert not found, "\n".join(map(str, found))
    return calls


def changing_is_bounded(region, routes, change, made):
    """As the municipality's principals: nothing of the other is changed by any name."""
    found, calls = [], 0
    for role, (rights, scoped) in ROLES.items():
        for (method, path), template in change.items() if scoped else ():
            if routes[method, path] not in rights:
                continue
            address, body = named(template, made[OTHER]), named(CHANGE[template], made[OTHER])
            status, text = ask(region, method, address, f"{role}-{OWN}", body)
            calls += 1
            if status not in (403, 404):
                found.append((role, method, address, status, text[:200]))
    assert not found, "\n".join(map(str, found))
    return calls


def all_see_all(region, made):
    """The markers would be seen: who sees everything finds both."""
    for m in made:
        for path in ("/tickets", "/outages", "/windows", "/alarms", "/objections", "/comments", "/quarantine", "/registers/contacts"):
            _, text = ask(region, "GET", V1 + path, "auditor")
            assert leaks(text, made[OTHER]), path


def main():
    lines = subprocess.run([VINGAD, "--routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    routes = {tuple(line.split()[:2]): line.split()[2] for line in lines}
    read, change = patterns(routes)
    unknown = routes.keys() - read.keys() - change.keys() - GENERAL - OPEN - PUBLIC - {STREAM}
    assert not unknown, f"not known to this test: {sorted(unknown)}"
    assert all(routes[route] in ("public", "open") for route in OPEN | PUBLIC)
    with Region(start=False) as region:
        write_principals(region)
        region.start()
        made = fill(region)
        all_see_all(region, made)
        rights_hold(region, routes, read, change, made)
        calls = reading_is_bounded(region, made)
        calls += changing_is_bounded(region, routes, change, made)
        for (method, path) in sorted(PUBLIC):
            if method == "GET":
                status, text = ask(region, "GET", named(path.replace("{code}", OWN).replace("{id}", made[OTHER]["disturbance"]), {}))
                # what is published is everybody's; references, hosts and people are nobody's
                assert status < 500 and "REF-" not in text and "host-" not in text, (path, status)
        print(f"{len(routes)} routes, {calls} answers passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
