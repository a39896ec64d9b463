#!/usr/bin/python3
"""A connector follows a table that pages, refuses, fails and dies, and is itself killed: every version of every ticket once."""

import contextlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

import yaml
from harness import SOURCE, Region

CONNECTORS = SOURCE / "plugins/connectors"
PAGE = 40
COMPANY = "31bea3d53790200044e0bfc8bcbe5dec"  # Göteborg in the mapping's example
BASE_MS = 1790000000


class Table:
    """What the instance holds, and how it misbehaves: `trouble` has what to do at which request, counted from 1."""

    def __init__(self):
        self.rows, self.trouble, self.requests = {}, {}, 0
        self.lock = threading.Lock()

    def put(self, number, state, second, change):
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(BASE_MS + second))
        self.rows[number] = {
            "sys_id": f"{number * 7919 % 1000003:032x}", "number": f"INC{number:07}", "state": state, "sys_updated_on": at,
            "sys_mod_count": str(change), "opened_at": "2026-09-21 10:00:00", "priority": "3", "company": COMPANY,
            "contact_type": "phone", "assignment_group": "second-line", "assigned_to": "", "hold_reason": "",
            "parent_incident": "", "problem_id": "", "close_code": "", "made_sla": "true", "reassignment_count": "0",
            "reopen_count": "0", "resolved_at": "", "short_description": "free text of the caller"}

    def fits(self, row, group):
        for condition in filter(None, group.split("^")):
            name, operator, value = re.fullmatch(r"(\w+)(>=|>|=)(.*)", condition).groups()
            if not {">=": row[name] >= value, ">": row[name] > value, "=": row[name] == value}[operator]:
                return False
        return True

    def page(self, query):
        groups, order = query["sysparm_query"].split("^ORDERBY", 1) if "^ORDERBY" in query["sysparm_query"] else ("", "")
        assert order == "sys_updated_on^ORDERBYsys_id", query
        rows = [row for row in self.rows.values() if any(self.fits(row, group) for group in groups.split("^NQ"))]
        rows.sort(key=lambda row: (row["sys_updated_on"], row["sys_id"]))
        rows = rows[:int(query["sysparm_limit"])]
        if rows and self.requests % 3 == 0:
            rows = rows[:-3] or rows  # some that the account may not read, said to be none
        wanted = query["sysparm_fields"].split(",")
        return [{name: row[name] for name in wanted} for row in rows]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, value, cut=None, **headers):
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # whoever asked has been killed
            self.wfile.write(data[:cut])

    def do_GET(self):
        table = self.server.table
        with table.lock:
            table.requests += 1
            trouble = table.trouble.pop(table.requests, None)
            if self.headers.get("Authorization") != "Bearer hemlig":
                self.answer(401, {})
                return
            rows = table.page(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
        if trouble == "cut":
            self.answer(200, {"result": rows}, cut=100)
        elif trouble == "asleep":
            self.answer(200, "the instance wakes up")
        elif callable(trouble):
            trouble()
            self.answer(200, {"result": rows})
        elif trouble is not None:
            self.answer(trouble, {}, Retry_After="0")
        else:
            self.answer(200, {"result": rows})


@contextlib.contextmanager
def serving(table):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.table = table
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Connector:
    def __init__(self, region, port):
        self.region = region
        self.state = region.dir / "cursor"
        (region.dir / "token").write_text("hemlig\n")
        self.settings = region.dir / "servicenow.ini"
        example = (CONNECTORS / "servicenow.ini.example").read_text()
        for key, value in (("url", f"http://127.0.0.1:{port}"), ("query", ""), ("token_file", region.dir / "token")):
            example = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}" if value else "", example)
        self.settings.write_text(example + f"page = {PAGE}\noverlap_s = 10\ntries = 3\n")

    def start(self, *options):
        return subprocess.Popen([CONNECTORS / "post", "--state", self.state, "--hook", "servicenow", "--socket", self.region.socket,
                                 *options, CONNECTORS / "servicenow", self.settings],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, want, *options):
        process = self.start(*options)
        _, said = process.communicate(timeout=300)
        assert process.returncode == want, (process.returncode, said)
        return said

    def cursor(self):
        return json.loads(self.state.read_text())["updated"] if self.state.exists() else ""


def tickets(region):
    found, cursor = {}, 0
    while cursor is not None:
        page = region.get(f"/api/v1/tickets?source=servicenow&limit=1000&cursor={cursor}")[1]
        for ticket in page["tickets"]:
            assert ticket["id"] not in found
            found[ticket["id"]] = ticket
        cursor = page["next"]
    return found


def fields_are_those_of_the_mapping():
    mapping = yaml.safe_load((SOURCE / "plugins/mappings/servicenow.yaml").read_text())
    named = {mapping["ref"], mapping["time"]["from"], mapping["order"], *mapping["event_id"]["key"]}
    for rule in mapping["fields"].values():
        source = rule if isinstance(rule, str) else rule.get("from")
        named |= {source} if source else set()
    example = (CONNECTORS / "servicenow.ini.example").read_text()
    fields = re.search(r"fields = ((?:.|\n\t)*)", example).group(1)
    assert named == set(re.split(r"[,\s]+", fields.strip())), named


def wrong_settings_are_told(connector):
    whole = connector.settings.read_text()
    for line, instead, expected in ((r"\[table\]", "[tabel]", "expected a section [table]"),
                                    ("table = incident", "tabel = incident", "tabel: unknown; expected one of"),
                                    ("page = .*", "page = 0", "page 0: expected a whole number from 1 to 10000"),
                                    ("tries = .*", "query = ORDERBYnumber", "query: holds ^NQ or ^ORDERBY"),
                                    ("since = .*", "since = yesterday", "does not match format"),
                                    ("token_file = .*", "", "user: must be there")):
        connector.settings.write_text(re.sub(rf"(?m)^{line}$", instead, whole))
        said = connector.run(2)
        assert expected in said, said
    connector.settings.write_text(whole)


def survives_troubles_and_kills(table, connector, region):
    versions = set()

    def put(number, state, second, change):
        table.put(number, state, second, change)
        versions.add((number, change))

    for number in range(1, 301):
        put(number, "1", number // 3 * 2, 0)  # several of the same second
    table.trouble = {2: 429, 3: 500, 5: "cut", 6: "asleep", 8: lambda: os.killpg(process.pid, signal.SIGKILL)}
    process = connector.start()  # a group: the connector and what runs it
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    stopped_at = connector.cursor()
    assert stopped_at, "pages were finished before"
    assert 0 < len(tickets(region)) < 300

    for number in range(1, 40):  # changed while nobody followed: these leave their old place
        put(number, "2", 400 + number, 1)
    table.trouble = {table.requests + 3: lambda: table.put(301, "1", 600, 0)}  # new while it reads
    versions.add((301, 0))
    said = connector.run(0)
    assert "0 refused" in said and "0 quarantined" in said, said
    assert connector.cursor() > stopped_at

    said = connector.run(0)
    assert said.startswith("post: 0 taken, "), "nothing new is nothing twice: " + said
    return versions


def stops_where_nothing_is_lost(table, connector, region):
    before, at = region.status()["seq"], connector.cursor()
    table.trouble = {table.requests + n: 503 for n in range(1, 4)}
    said = connector.run(3)
    assert "HTTP 503, 3 times; run again later" in said, said
    table.put(302, "1", 700, 0)
    table.rows[302]["opened_at"] = "some day"
    said = connector.run(1)
    assert "opened_at" in said and "the cursor stays" in said, said
    assert connector.cursor() == at
    said = connector.run(1, "--skip-refused")
    assert "1 refused" in said and connector.cursor() > at, said
    table.put(302, "99", 800, 1)
    assert "1 quarantined" in connector.run(0)
    assert region.status()["seq"] == before + 1, "the quarantined row alone"
    (region.dir / "token").write_text("annan\n")
    assert "may not read" in connector.run(2)


def native_events(region):
    """The same protocol without a mapping: events of a script of three lines."""
    script, state = region.dir / "native", region.dir / "native.cursor"
    event = {"v": 1, "kind": "ticket.reported", "occurred_ms": BASE_MS * 1000, "municipality": "1489"}
    lines = [{"event": {**event, "event_id": f"N{n}/1", "body": {"ref": f"N{n}", "status": "new", "priority": "P3"}}} for n in range(1200)]
    script.write_text("#!/bin/sh\ncat <<'LINES'\n" + "\n".join(map(json.dumps, lines)) + '\n{"cursor": 7}\nLINES\ncat >&2\n')
    script.chmod(0o755)

    def post(want, program):
        done = subprocess.run([CONNECTORS / "post", "--state", state, "--socket", region.socket, program], capture_output=True, text=True)
        assert done.returncode == want, done
        return done.stderr

    assert "1200 taken" in post(0, script)
    assert state.read_text() == "7\n"
    said = post(0, script)
    assert said.startswith("7\n") and "0 taken, 1200 repeat" in said, said
    for line, expected in (("[]", "expected one member"), ("{", "expected one JSON object"), ('{"event": {}}', "event_id"),
                           ('{"note": 1}', "note: expected"), ('{"record": {}}', "--hook")):
        script.write_text(f"#!/bin/sh\necho '{line}'\n")
        code = 2 if "hook" in expected else 4
        assert expected in post(code, script)
    script.write_text("#!/bin/sh\nexit 3\n")
    post(3, script)
    assert state.read_text() == "7\n"


def main():
    fields_are_those_of_the_mapping()
    table = Table()
    with serving(table) as port, Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        connector = Connector(region, port)
        wrong_settings_are_told(connector)
        before = region.status()["seq"]
        versions = survives_troubles_and_kills(table, connector, region)
        found = tickets(region)
        assert len(found) == 301, len(found)
        assert region.status()["seq"] - before <= len(versions), "nothing is there twice"
        changed = [ticket for ticket in found.values() if ticket["status"] == "in_progress"]
        assert len(changed) == 39, len(changed)
        stops_where_nothing_is_lost(table, connector, region)
        native_events(region)
        region.stop()
    print("5 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
