#!/usr/bin/python3
"""The Grafana dashboards without Grafana: their form, every query as the role that Grafana has, and the same numbers as the API's.

Grafana fails in silence: a misspelt member, a uid that nobody provisioned or an undeclared variable is an empty panel. So the form is
checked against a schema of our own, and each query runs with its variables and macros put in, as Grafana would put them in."""

import csv
import datetime
import io
import json
import re
import subprocess
import sys
import time

import yaml

from harness import SOURCE, Region, reported

ROOT = SOURCE / "dashboards/grafana"
SCHEMA = json.loads((ROOT / "schema.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
GRAPHS = ("timeseries", "barchart", "state-timeline")
MACROS = ("timeFilter", "timeFrom", "timeTo")
NUMERIC = {"smallint", "integer", "bigint", "numeric"}
LIMIT = "2s"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

AGREEMENT = """
name: grafana-test
version: "1"
valid_from: 2020-01-01
zone: Europe/Stockholm
rules: { slot: 60s, confirm_slots: 2, window_notice: 10 days }
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %, calendar: 24x7 }
services:
  journal: { name: Journal, availability: "99,8 %" }
  katalog: { name: Katalog, availability: 99 % }
municipalities_file: municipalities.csv
probes:
  - { agent: operator, probe: journal, service: journal, municipality: all, vantage: central, interval: 30min }
  - { agent: operator, probe: katalog, service: katalog, municipality: all, vantage: central, interval: 30min }
"""
MUNICIPALITIES = """code,name,federation,size,go_live,end
1401,Härryda,GR,medium,2020-01-01,
1480,Göteborg,GR,large,2020-01-01,
1489,Alingsås,GR,medium,2020-01-01,
"""
CODES = ("1401", "1480", "1489")


# Form.

def misfit(value, schema, where):
    """What of a value does not follow its schema, in words; None = all does."""
    if "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"]]
    kind = TYPES[schema.get("type", "object")]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return f"{where} is {value!r:.60}, not {schema['type']}"
    if value not in schema.get("enum", [value]):
        return f"{where} is {value!r}, not one of {schema['enum']}"
    if kind is str and (len(value) < schema.get("minLength", 0) or not re.search(schema.get("pattern", ""), value)):
        return f"{where} is {value!r}, expected {schema.get('pattern', 'a text')}"
    if kind is list:
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{where} has {len(value)} items"
        return next(filter(None, (misfit(v, schema["items"], f"{where}[{i}]") for i, v in enumerate(value))), None)
    if kind is dict:
        properties = schema.get("properties", {})
        if set(schema.get("required", ())) - value.keys():
            return f"{where} lacks {sorted(set(schema['required']) - value.keys())}"
        if not schema.get("additionalProperties", True) and value.keys() - properties.keys():
            return f"{where} has {sorted(value.keys() - properties.keys())}, which nobody knows"
        return next(filter(None, (misfit(v, properties[k], f"{where}.{k}") for k, v in value.items() if k in properties)), None)
    return None


def overlap(a, b):
    return a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def check_panels(name, panels):
    ids = [panel["id"] for panel in panels]
    assert len(ids) == len(set(ids)), f"{name}: ids of panels are not unique"
    titles = [panel["title"] for panel in panels]
    assert len(titles) == len(set(titles)), f"{name}: titles are not unique"
    for index, panel in enumerate(panels):
        grid = panel["gridPos"]
        assert grid["x"] >= 0 and grid["x"] + grid["w"] <= 24 and grid["w"] > 0 and grid["h"] > 0, f"{name}: {panel['title']}: outside"
        for other in panels[index + 1:]:
            assert not overlap(grid, other["gridPos"]), f"{name}: {panel['title']} overlaps {other['title']}"
        if panel["type"] in GRAPHS:
            same = [other for other in panels if other["type"] == "table" and sql_of(other) == sql_of(panel)]
            assert len(same) == 1, f"{name}: {panel['title']}: expected one table with the same query"
            assert overlap(grid, dict(same[0]["gridPos"], x=grid["x"])), f"{name}: {panel['title']}: its table stands elsewhere"


def sql_of(panel):
    return panel["targets"][0]["rawSql"]


def queries(board):
    """(where, panel or None, SQL) of everything that asks the database."""
    for variable in board["templating"]["list"]:
        yield f"variable {variable['name']}", None, variable["query"]
    for annotation in board["annotations"]["list"]:
        yield f"annotation {annotation['name']}", None, annotation["target"]["rawSql"]
    for panel in board["panels"]:
        yield panel["title"], panel, sql_of(panel)


def datasources(node):
    if isinstance(node, dict):
        if "datasource" in node:
            yield node["datasource"]
        node = list(node.values())
    for value in node if isinstance(node, list) else []:
        yield from datasources(value)


def check_sql(name, where, sql, declared):
    used = set(re.findall(r"\$\{(\w+)(?::\w+)?\}|\$(?!_)(\w+)", sql))
    for braced, bare in used:
        assert braced, f"{name}: {where}: ${bare}: expected ${{{bare}:sqlstring}}"
        assert braced in declared, f"{name}: {where}: ${{{braced}}} is not declared"
    assert len(re.findall(r"\$\{", sql)) == len(re.findall(r"\$\{\w+:sqlstring\}", sql)), f"{name}: {where}: a variable is not quoted"
    for macro in re.findall(r"\$__(\w+)", sql):
        assert macro in MACROS, f"{name}: {where}: $__{macro} is unknown"
    for schema, _ in re.findall(r"\b(?:from|join)\s+(\w+)\.(\w+)", sql):
        assert schema == "report", f"{name}: {where}: reads schema {schema}"
    assert "fee" not in sql, f"{name}: {where}: fee figures stay where their evidence is"


def check_form(path, provisioned):
    text = path.read_text()
    board = json.loads(text)
    assert text == json.dumps(board, ensure_ascii=False, indent=2, sort_keys=True) + "\n", f"{path.name}: keys are not in order"
    wrong = misfit(board, SCHEMA, path.name)
    assert wrong is None, wrong
    for source in datasources(board):
        assert source == provisioned, f"{path.name}: datasource {source}, provisioned is {provisioned}"
    declared = {variable["name"] for variable in board["templating"]["list"]}
    for variable in board["templating"]["list"]:
        assert variable["definition"] == variable["query"], f"{path.name}: {variable['name']}: two queries"
    check_panels(path.name, board["panels"])
    for where, _, sql in queries(board):
        check_sql(path.name, where, sql, declared)
    return board


def check_refusals(board):
    """The schema finds what Grafana would be silent about."""
    for change in (lambda b: b["panels"][0]["targets"][0].update(query="select 1"), lambda b: b["panels"][0].pop("description"),
                   lambda b: b["panels"][0]["targets"][0].pop("rawSql"), lambda b: b.update(uid="x" * 41),
                   lambda b: b["panels"][0]["fieldConfig"]["defaults"].pop("unit")):
        copy = json.loads(json.dumps(board))
        change(copy)
        assert misfit(copy, SCHEMA, "copy") is not None


def provisioned_source():
    source = yaml.safe_load((ROOT / "provisioning/datasources/vinga.yaml").read_text())["datasources"]
    provider = yaml.safe_load((ROOT / "provisioning/dashboards/vinga.yaml").read_text())["providers"]
    assert len(source) == len(provider) == 1 and source[0]["user"] == "vinga_report" and not provider[0]["allowUiUpdates"]
    return {"type": source[0]["type"], "uid": source[0]["uid"]}


# The database.

def iso(at_ms):
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def must(answer, *statuses):
    assert answer[0] in (statuses or (201,)), answer
    return answer[1]


def fill_samples(region, first_ms, now_ms):
    """Half-hours in which all is well, but for two hours on every fifth day, and the last ones before now in one service."""
    rows = []
    for number, at in enumerate(range(first_ms, now_ms - MINUTE, 30 * MINUTE)):
        late = now_ms - at < 3 * HOUR
        for probe in ("journal", "katalog"):
            bad = number % 240 in (96, 97, 98, 99) or (late and probe == "journal")
            rows.append({"probe": probe, "at": iso(at), "state": "critical" if bad else "ok", "municipality": "all", "vantage": "central"})
    for first in range(0, len(rows), 500):
        must(region.post("/api/v1/samples", rows[first:first + 500]), 200)


def fill_tickets(region, first_ms, now_ms):
    lines = []
    for n in range(90):
        opened = first_ms + n * ((now_ms - first_ms) // 90)
        more = {"priority": "P1", "service": "journal"} if n % 7 else {}
        fields = [dict(more, status="new", type="incident", support_line=1 + n % 2)]
        if n % 3:
            fields.append({"status": "resolved"})
        for step, field in enumerate(fields):
            lines.append(reported(f"T/{n}", step + 1, opened + step * (n % 9) * HOUR, municipality=CODES[n % 3], **field))
    must(region.post("/api/v1/events", "\n".join(map(json.dumps, lines)), content_type="application/x-ndjson"), 200)


def fill(region, first_ms, now_ms):
    directory = region.dir / "agreement"
    directory.mkdir()
    (directory / "agreement.yaml").write_text(AGREEMENT)
    (directory / "municipalities.csv").write_text(MUNICIPALITIES)
    region.vinga("agreement", "apply", directory, "--reason", "test")
    for code in CODES:
        must(region.post("/api/v1/registers/users", {"municipality": code, "day": "2020-01-01", "users": int(code), "rule": "licensed"}))
    fill_samples(region, first_ms, now_ms)
    fill_tickets(region, first_ms, now_ms)
    notices = [{"at_ms": now_ms - HOUR, "resource": f"srv{code}", "type": "disk-full", "severity": "critical", "service": "journal",
                "municipality": code} for code in CODES]
    must(region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now_ms - HOUR, "body": {"notices": notices}}))
    must(region.post("/api/v1/outages", {"effect": "down", "service": "katalog", "municipalities": ["1480"], "cause": "vgr", "reason": "test",
                                         "from": iso(now_ms - 3 * DAY), "to": iso(now_ms - 3 * DAY + HOUR)}))
    must(region.post("/api/v1/windows", {"name": "Uppgradering", "category": "planned", "services": ["katalog"], "rrule": "FREQ=DAILY;COUNT=3",
                                         "reason": "test", "announced": iso(now_ms - 30 * DAY), "from": now_ms - DAY, "to": now_ms - DAY + 2 * HOUR}))
    region.settled()


def ask(region, sql):
    """Column types and rows, as the role and within the limits that Grafana has."""
    command = ["psql", "-Xq", "--csv", "-v", "ON_ERROR_STOP=1", "-h", region.pghost, "-d", "vinga", "-U", "vinga_report"]
    settings = f"set default_transaction_read_only = on; set statement_timeout = '{LIMIT}'; set timezone = 'UTC';\n"
    done = []
    for end in ("\\gdesc", ";"):
        answer = subprocess.run(command, input=settings + sql + "\n" + end + "\n", capture_output=True, text=True)
        if answer.returncode != 0:
            raise AssertionError(f"{answer.stderr}\n{sql}")
        done.append(list(csv.reader(io.StringIO(answer.stdout))))
    types = {column: kind for column, kind in done[0][1:]}
    return types, [dict(zip(types, row)) for row in done[1][1:]]


def quoted(values):
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def expand(sql, values, span):
    """As Grafana does before it asks."""
    start, end = map(quoted, ([iso(span[0])], [iso(span[1])]))
    sql = re.sub(r"\$__timeFilter\(([^)]*)\)", lambda m: f"{m[1]} between {start} and {end}", sql)
    sql = sql.replace("$__timeFrom()", start).replace("$__timeTo()", end)
    return re.sub(r"\$\{(\w+):sqlstring\}", lambda m: quoted(values[m[1]]), sql)


def choose(region, board, month):
    """A value for every variable; all where all may be chosen."""
    values = {}
    for variable in board["templating"]["list"]:
        types, rows = ask(region, variable["query"])
        found = [row.get("__value", next(iter(row.values()))) for row in rows]
        assert found, variable["name"]
        values[variable["name"]] = found if variable["includeAll"] else [month] if variable["name"] == "month" else found[:1]
        assert "__value" not in types or "__text" in types, variable["name"]
    assert values.get("month", [month]) == [month], values
    return values


def check_types(where, panel, types):
    if panel is None:
        return
    if panel["targets"][0]["format"] == "time_series":
        assert types.get("time") == "timestamp with time zone", f"{where}: {types}"
        rest = {column: kind for column, kind in types.items() if column != "time"}
        assert all(kind in NUMERIC or (column == "metric" and kind == "text") for column, kind in rest.items()), f"{where}: {types}"
        assert any(kind in NUMERIC for kind in rest.values()), f"{where}: {types}"
    elif panel["type"] == "barchart":
        assert list(types.values())[0] == "text" and set(list(types.values())[1:]) <= NUMERIC, f"{where}: {types}"
    elif panel["type"] == "stat":
        assert len(types) == 1 and (set(types.values()) <= NUMERIC or panel["title"] == "Utfall"), f"{where}: {types}"


def check_queries(region, board, month, span):
    values = choose(region, board, month)
    for where, panel, sql in queries(board):
        types, rows = ask(region, expand(sql, values, span))
        assert rows, f"{board['title']}: {where}: no rows"
        check_types(f"{board['title']}: {where}", panel, types)
        if where.startswith("annotation"):
            assert types["time"] == types["timeend"] == "timestamp with time zone" and types["text"] == "text", types
    return values


def check_read_only(region):
    """What the role of the datasource cannot do."""
    for sql in ("create table x ()", "delete from read.ticket", "select title from side.title", "select * from ledger.row"):
        try:
            ask(region, sql)
        except AssertionError as error:
            assert re.search("read-only|permission denied", str(error)), error
        else:
            raise AssertionError(f"{sql} is allowed")


# The same numbers.

def shown(region, board, title, values):
    """The one number of a stat panel."""
    panel = next(p for p in board["panels"] if p["title"] == title)
    rows = ask(region, expand(sql_of(panel), values, (0, 1)))[1]
    assert len(rows) == 1, (title, rows)
    return next(iter(rows[0].values()))


def percent(num, den):
    return f"{num * 100_000 // den / 1000:.3f}"


def compare_availability(region, board, month):
    cells = must(region.get(f"/api/v1/availability?month={month}"), 200)["cells"]
    compared = 0
    for cell in cells:
        values = {"month": [month], "service": [cell["service"]], "municipality": [cell["municipality"] or ""]}
        if cell.get("channel") is None and cell["den"] > 0:
            assert shown(region, board, "Tillgänglighet", values) == percent(cell["num"], cell["den"]), cell
            assert shown(region, board, "Mål", values) == percent(cell["target_ppm"], 1_000_000), cell
            assert shown(region, board, "Avbrott", values) == str(cell["outages"]), cell
            assert shown(region, board, "Utfall", values) == cell["verdict"], cell
            compared += 1
    assert compared == 2 * (len(CODES) + 1), compared


def compare_support(region, board, month, values):
    kpi = {c["kpi"]: c for c in must(region.get(f"/api/v1/kpi?month={month}"), 200)["cells"]
           if all(c[key] is None for key in ("municipality", "service", "priority", "line"))}
    assert shown(region, board, "Inkomna i månaden, regionen", values) == str(kpi["inflow"]["num"]), kpi["inflow"]
    met = kpi["resolution_met"]
    assert met["den"] > 0 and shown(region, board, "Åtgärdstid inom mål, regionen", values) == percent(met["num"], met["den"]), met
    tickets = must(region.get("/api/v1/tickets?open=true&limit=1000"), 200)["tickets"]
    assert shown(region, board, "Öppna ärenden", values) == str(len(tickets)) != "0", tickets
    over = [t for t in tickets if t["resolution"]["state"] == "overdue"]
    assert shown(region, board, "Över tiden", values) == str(len(over)), over
    panel = next(p for p in board["panels"] if p["title"] == "Öppna vid dygnets slut")
    rows = ask(region, expand(sql_of(panel), values, (0, int(time.time() * 1000))))[1]
    assert rows[-1]["Öppna"] == str(len(tickets)), rows[-1]


def compare_operations(region, board, month, values):
    running = [o for o in must(region.get(f"/api/v1/outages?month={month}"), 200)["outages"] if "channel" not in o and o["running"]]
    assert shown(region, board, "Pågående avbrott", values) == str(len(running)) == str(len(CODES)), running
    alarms = must(region.get("/api/v1/alarms"), 200)["alarms"]
    assert shown(region, board, "Kritiska larm", values) == str(len(alarms)) == str(len(CODES)), alarms
    assert shown(region, board, "Signaler", values) == str(len(must(region.get("/api/v1/state"), 200)["signals"]))


def main():
    provisioned = provisioned_source()
    boards = {path.stem: check_form(path, provisioned) for path in sorted(ROOT.glob("*.json")) if path.name != "schema.json"}
    assert set(boards) == {"operations", "availability", "support"}, boards.keys()
    assert len({board["uid"] for board in boards.values()}) == len(boards), "uids are not unique"
    check_refusals(boards["support"])
    now_ms = int(time.time() * 1000)
    now = datetime.datetime.now(datetime.timezone.utc)
    first = (now.replace(day=1) - datetime.timedelta(days=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first_ms = int(first.timestamp() * 1000) - 2 * HOUR
    with Region() as region:
        fill(region, first_ms, now_ms)
        month = first.strftime("%Y-%m")
        values = {name: check_queries(region, board, month, (first_ms, now_ms)) for name, board in boards.items()}
        check_read_only(region)
        compare_availability(region, boards["availability"], month)
        compare_support(region, boards["support"], month, values["support"])
        compare_operations(region, boards["operations"], now.strftime("%Y-%m"), values["operations"])
        region.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
