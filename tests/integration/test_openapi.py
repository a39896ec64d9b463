#!/usr/bin/python3
"""docs/openapi.yaml against the server: the same routes, and answers of the status, type and shape that it names."""

import hashlib
import http.client
import json
import subprocess
import sys
import time

import yaml

from harness import SOURCE, VINGAD, Region, reported

METHODS = {"get", "post", "patch", "put", "delete"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
SERVICE = "journal_kommun"
PRINCIPALS = {"finance": "roles: [vgr_finance]", "object": "roles: [kommun_finance], municipality: \"1489\"",
              "second": "roles: [vgr_finance]"}
SPEC = yaml.safe_load((SOURCE / "docs/openapi.yaml").read_text())


def resolve(node):
    while "$ref" in node:
        path = node["$ref"].split("/")[1:]
        node = SPEC
        for part in path:
            node = node[part]
    return node


def documented():
    return {(method.upper(), path) for path, item in SPEC["paths"].items() for method in item if method in METHODS}


def served():
    """What right each route wants."""
    lines = subprocess.run([VINGAD, "--routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {tuple(line.split()[:2]): line.split()[2] for line in lines}


def misfit(value, schema, where):
    """What of a value does not follow its schema, in words; None = all does."""
    schema = resolve(schema)
    if value is None:
        return None if schema.get("nullable") or "type" not in schema else f"{where} is null"
    kind = TYPES.get(schema.get("type"), object)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return f"{where} is {value!r:.60}, not {schema['type']}"
    if value not in schema.get("enum", [value]):
        return f"{where} is {value!r}, not one of {schema['enum']}"
    if kind is list:
        return next(filter(None, (misfit(v, schema["items"], f"{where}[{i}]") for i, v in enumerate(value))), None)
    if kind is dict:
        missing = set(schema.get("required", ())) - value.keys()
        if missing:
            return f"{where} lacks {missing}"
        properties = schema.get("properties", {})
        return next(filter(None, (misfit(v, properties[k], f"{where}.{k}") for k, v in value.items() if k in properties)), None)
    return None


def check_answer(operation, name, status, content_type, text):
    """The status is named, or covered by `default`; the type and shape are those that it names."""
    responses = operation["responses"]
    assert str(status) in responses or ("default" in responses and status >= 400), f"{name}: {status} is not documented: {text[:300]}"
    content = resolve(responses.get(str(status), responses.get("default")))["content"]
    kind = content_type.split(";")[0]
    assert kind in content, f"{name}: {status} as {kind}, documented as {list(content)}"
    if "json" in kind:
        wrong = misfit(json.loads(text), content[kind]["schema"], "answer")
        assert wrong is None, f"{name}: {status}: {wrong}"


def call(region, method, address, right, body=None, content_type=None):
    """As the operator, or as somebody with a right that the operator has not."""
    headers = {"Content-Type": content_type} if content_type else {}
    if right in PRINCIPALS:
        conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
        headers["Authorization"] = "Bearer " + right
    else:
        conn = region.connection()
    conn.request(method, address, body=body, headers=headers)
    response = conn.getresponse()
    answer = response.status, response.getheader("Content-Type", ""), response.read()
    conn.close()
    return answer


def write_principals(region):
    (region.dir / "published/2026-10").mkdir(parents=True)
    (region.dir / "published/2026-10/vinga-2026-10.html").write_text("<!doctype html>")
    path = region.dir / "principals.yaml"
    path.write_text("principals:\n" + "".join(f"  - {{name: {name}, {scope}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()}}}\n"
                                             for name, scope in PRINCIPALS.items()))
    region.extra = f"principals: {path}\nreports: {region.dir}/published\n"
    region.write_config()


def post_as(region, who, address, body):
    status, _, text = call(region, "POST", "/api/v1" + address, who, json.dumps(body).encode(), "application/json")
    assert status == 201, (address, status, text)
    return json.loads(text)


def fill_fee(region, ticket):
    """A closed month with a line, an objection to it, and a comment."""
    opening = {"municipality": "1489", "month": "2026-10", "support_ore": 0, "operation_ore": 0, "tickets": [], "reason": "test"}
    act = post_as(region, "finance", "/openings", opening)["act"]
    post_as(region, "second", f"/acts/{act}/approve", {})
    reading = {"municipality": "1489", "day": "2026-10-01", "users": 130, "rule": "licensed"}
    assert region.post("/api/v1/registers/users", reading)[0] == 201
    act = post_as(region, "finance", "/closings", {"month": "2026-10", "municipalities": ["1489"], "reason": "test"})["act"]
    post_as(region, "second", f"/acts/{act}/approve", {})
    post_as(region, "finance", "/statements/2026-10/1489/published", {"model_sha256": "0" * 64,
                                                                     "files": [{"name": "a", "sha256": "0" * 64, "bytes": 1}]})
    objection = post_as(region, "object", "/objections", {"month": "2026-10", "ticket": ticket, "reason": "test"})["objection"]
    comment = {"month": "2026-10", "kpi": "availability", "cause": "a", "action": "b", "owner": "c"}
    assert region.post("/api/v1/comments", comment)[0] == 201
    return {"act": act, "objection": objection, "month": "2026-10", "municipality": "1489"}


def fill(region):
    """One of everything that a list can hold; returns what stands for a path's parameters."""
    now = int(time.time() * 1000) - 60000
    region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
    status, answer = region.post("/api/v1/events", reported("A/1", 1, now, status="new", support_line=1, impact=3, urgency=2))
    assert status == 201, answer
    assert region.post(f"/api/v1/tickets/{answer['ticket']}/escalate", {})[0] == 201
    status, waiting = region.post("/api/v1/quarantine", {"mapping": "zammad", "reason": "unknown value", "field": "state",
                                                         "value": "x", "payload": {"state": "x"}})
    assert status == 201, waiting
    status, text = region.post("/api/v1/imports", {"id": "i1", "source": "zammad", "file": "f.csv", "file_sha256": "0" * 64,
                                                   "mapping_sha256": "0" * 64})
    assert status == 201, text
    status, outage = region.post("/api/v1/outages", {"effect": "down", "service": SERVICE, "municipalities": ["1489"], "cause": "vgr",
                                                     "from_ms": now, "reason": "test"})
    assert status == 201, outage
    status, window = region.post("/api/v1/windows", {"name": "test", "category": "planned", "services": [SERVICE],
                                                     "from": now + 3600000, "to": now + 7200000,
                                                     "rrule": "FREQ=WEEKLY;COUNT=2"})
    assert status == 201, window
    status, batch = region.post("/api/v1/samples", {"probe": "web", "state": "ok"})
    assert status == 200, batch
    notices = [{"at_ms": now, "resource": f"host{code}", "type": "host-down", "severity": "critical", "category": "availability",
                "service": SERVICE, "municipality": code} for code in ("1489", "1480", "1401")]
    status, text = region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now, "body": {"notices": notices}})
    assert status == 201, text
    status, disturbance = region.post("/api/v1/disturbances", {"title": "test", "text": "test"})
    assert status == 201, disturbance
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    assert region.post(f"/api/v1/disturbances/{disturbance['disturbance']}/publish", {"next_update": soon})[0] == 201
    assert region.post("/tillganglighet", "text=test", content_type="application/x-www-form-urlencoded")[0] == 201
    feedback = region.get("/api/v1/feedback")[1]["feedback"][0]["id"]
    alarm = region.get("/api/v1/alarms")[1]["alarms"][0]["id"]
    proposal = region.get("/api/v1/proposals")[1]["proposals"][0]["id"]
    assert region.post("/api/v1/resources", {"resources": [{"name": "host1489", "service": SERVICE}]})[0] == 201
    for number, facts in enumerate(({"status": "new"}, {"support_line": 2}, {"status": "resolved"}), 1):
        status, text = region.post("/api/v1/events", reported("B", number, 1791200000000 + number * 3600000, **facts))
        assert status == 201, text
    return {**fill_fee(region, text["ticket"]), "alarm": alarm, "proposal": proposal,
            "disturbance": disturbance["disturbance"], "feedback": feedback, "code": "1489", "outage": outage["outage"],
            "window": window["window"], "id": answer["ticket"], "seq": str(waiting["seq"]), "source": "zammad", "name": "contacts"}


def address_of(path, item, operation, values):
    ids = {"/api/v1/imports/": "i1", "/api/v1/outages/": values["outage"], "/api/v1/windows/": values["window"],
           "/api/v1/alarms/": values["alarm"], "/api/v1/proposals/": values["proposal"], "/api/v1/acts/": values["act"],
           "/api/v1/objections/": values["objection"], "/api/v1/disturbances/": values["disturbance"],
           "/api/v1/feedback/": values["feedback"], "/status/": values["disturbance"], "/en/status/": values["disturbance"]}
    if path.startswith("/api/v1/reports/"):
        values = dict(values, name="vinga-2026-10.html")
    values = dict(values, id=next((own for start, own in ids.items() if path.startswith(start)), values["id"]))
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, path
    required = [resolve(p) for p in item.get("parameters", []) + operation.get("parameters", [])]
    month = values["month"] if path == "/api/v1/statements" else "2026-11"
    query = [f"{p['name']}=" + {"month": month, "kpi": "created", "service": SERVICE, "municipality": "1489",
                                  "from": "2026-12-01T00:00:00Z", "to": "2026-12-01T01:00:00Z"}[p["name"]]
             for p in required if p["in"] == "query" and p.get("required")]
    return path + ("?" + "&".join(query) if query else "")


def main():
    rights = served()
    routes = rights.keys()
    assert documented() == routes, f"only in openapi.yaml: {documented() - routes}; only served: {routes - documented()}"
    calls = 0
    with Region(start=False) as region:
        write_principals(region)
        region.start()
        values = fill(region)
        for path, item in SPEC["paths"].items():
            for method in METHODS & item.keys():
                operation, name, right = item[method], f"{method.upper()} {path}", rights[method.upper(), path]
                address = address_of(path, item, operation, values)
                endless = "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
                if method == "get":
                    status, kind, text = call(region, "HEAD" if endless else "GET", address, right)
                    assert status == 200, f"{name}: {status} {text[:300]}"
                    check_answer(operation, name, status, kind, text)
                else:
                    for content_type in operation["requestBody"]["content"] if "requestBody" in operation else ["application/json"]:
                        status, kind, text = call(region, method.upper(), address, right, b"\xff{", content_type)
                        if content_type != "application/x-ndjson":  # a batch tells of each line
                            assert status in (400, 422), f"{name}: {status} {text[:300]}"
                        check_answer(operation, name, status, kind, text)
                    status, kind, text = call(region, method.upper(), address, right, b"<x/>", "text/xml")
                    assert status == 415, f"{name}: {status} {text[:300]}"
                    check_answer(operation, name, status, kind, text)
                calls += 1
    print(f"{calls} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
