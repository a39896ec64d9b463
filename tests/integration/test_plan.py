#!/usr/bin/python3
"""What can be tried without doing it: a changed agreement planned on a real month, and the read model in another schema."""

import json
import re
import shutil
import sys

from harness import SOURCE, Region

LINE = re.compile(r"  (?P<month>\d{4}-\d\d) (?P<kpi>\w+)(?: kommun (?P<municipality>\d{4}))?(?: (?P<priority>P\d))?:"
                  r" num (?P<num_was>\d+) -> (?P<num>\d+) den (?P<den_was>\d+) -> (?P<den>\d+)"
                  r"(?: verdict (?P<verdict_was>\w+) -> (?P<verdict>\w+))?$")
MONTH = "2016-04"


def changed_agreement(region):
    """The sample with a longer resolution target for P3, valid from April."""
    copy = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", copy)
    file = copy / "agreement.yaml"
    text, versions = re.subn(r'(?m)^version: .*$', 'version: "2"', file.read_text())
    text, starts = re.subn(r"(?m)^valid_from: .*$", f"valid_from: {MONTH}-01", text)
    text, targets = re.subn(r"(?m)^(  P3: .*resolution: )24h", r"\g<1>60h", text)
    assert (versions, starts, targets) == (1, 1, 1)
    file.write_text(text)
    return copy


def cells(region):
    reply = json.loads(region.vinga("kpi", MONTH, "--by", "municipality,priority", "--json"))
    return {(c["kpi"], c.get("municipality"), c.get("priority")): c for c in reply["cells"]}


def plan_says_what_apply_does(region):
    agreement = changed_agreement(region)
    before, seq = cells(region), region.status()["seq"]
    text = region.vinga("agreement", "plan", agreement)
    assert "targets.P3.resolution_ms: 86400000 -> 216000000" in text, text[:500]
    lines = [LINE.match(line) for line in text.splitlines() if line.startswith("  20")]
    assert all(lines), "a line of another shape"
    assert all(line["month"] >= MONTH for line in lines), "a month before the new version changes"
    assert region.status()["seq"] == seq and cells(region) == before, "planning has written"

    wanted = {(m["kpi"], m["municipality"], m["priority"]): m for m in lines
              if m["month"] == MONTH and m["municipality"] and m["priority"]}
    turned = [m for m in wanted.values() if m["verdict"]]
    assert len(wanted) > 50 and turned, f"{len(wanted)} cells, {len(turned)} verdicts"
    assert all((m["verdict_was"], m["verdict"]) == ("missed", "met") for m in turned), "a longer target made worse"

    region.vinga("agreement", "apply", agreement, "--reason", "test")
    after = cells(region)
    for key, line in wanted.items():
        was, now = before[key], after[key]
        assert (was["num"], was["den"]) == (int(line["num_was"]), int(line["den_was"])), (key, was)
        assert (now["num"], now["den"]) == (int(line["num"]), int(line["den"])), (key, now)
        if line["verdict"]:
            assert (was["verdict"], now["verdict"]) == (line["verdict_was"], line["verdict"]), (key, now)
    for key in after.keys() - wanted.keys():
        was, now = before[key], after[key]
        assert (was["num"], was["den"], was.get("verdict")) == (now["num"], now["den"], now.get("verdict")), key
    print(f"plan: {len(wanted)} cells of {MONTH} as applied, {len(turned)} verdicts turned", flush=True)


def shadow_is_the_read_model(region):
    region.settled()
    denied = region.vinga("rebuild", "--shadow", "skugga", ok=(3,))
    assert denied == "", denied
    region.vinga("rebuild", "--shadow", "skugga", "--database", region.conninfo("postgres"))
    tables = [line.split("|") for line in region.sql(
        "select s.table_name, t.table_schema from information_schema.tables s join information_schema.tables t using (table_name) "
        "where s.table_schema = 'skugga' and t.table_schema in ('read', 'fee')").split()]
    assert ["ticket", "read"] in tables and ["kpi_cell", "read"] in tables and ["line", "fee"] in tables, tables
    rows = 0
    for table, home in tables:
        # Cells of the running month move with the clock, and each cell says by which row it was written last.
        where = "where month < date_trunc('month', now())" if table == "kpi_cell" else ""
        shadow, read = (f"(select to_jsonb(t) - 'as_of_seq' from {schema}.{table} t {where})" for schema in ("skugga", home))
        differ = region.sql(f"select count(*) from (({shadow} except {read}) union all ({read} except {shadow})) d")
        assert differ == "0", f"{table}: {differ} rows differ"
        rows += int(region.sql(f"select count(*) from skugga.{table}"))
    region.vinga("rebuild", "--shadow", "skugga", "--database", region.conninfo("postgres"), ok=(4,))
    region.vinga("rebuild", "--shadow", "Skugga;", ok=(2,))
    print(f"shadow: {len(tables)} tables, {rows} rows equal", flush=True)


def main():
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        region.vinga("import", SOURCE / "tests/data/uci-incident/incident_event_log.shared.csv.gz",
                     "--mapping", SOURCE / "plugins/mappings/uci-incident.yaml")
        region.settled()
        plan_says_what_apply_does(region)
        shadow_is_the_read_model(region)
    print("2 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
