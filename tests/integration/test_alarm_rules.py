#!/usr/bin/python3
"""vinga alarm rules: what the rules that ship make of kept traps, and that an imported catalogue is followed to the letter.

The traps of other systems' test suites and the imported table lie beside the repository where they may be used but not passed on;
without them those checks are left out, and the rest runs."""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["VINGA_SOURCE"])
VINGA = pathlib.Path(os.environ["VINGA_BUILD"]) / "cli/vinga"
SHIPPED = SOURCE / "plugins/alarms"
DATA = SOURCE / "tests/data/traps"
SHARED = SOURCE.parent / "shared/data"
NAMELESS = {"SNMPv2-MIB::someOid"}          # made up by their authors
SEVERITIES = ["cleared", "indeterminate", "warning", "minor", "major", "critical"]


def run(*args, code=0):
    done = subprocess.run([VINGA, "alarm", "rules", *map(str, args)], capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout[-500:]}\n{done.stderr}"
    return done


def judge(path, *args, code=0):
    return {row["message"]: row for row in json.loads(run("test", "--json", path, *args, code=code).stdout)}


def key_of(oid):
    """As traps are looked up by: without the 0 before the last number."""
    parts = oid.split(".")
    return ".".join(parts[:-2] + parts[-1:] if parts[-2] == "0" else parts)


def read_catalogue(path):
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    return {key_of(row[0]): dict(zip(["oid", "name", "severity", "type", "qualifier", "life"], row)) for row in rows}


def test_made_up_traps_become_what_they_say():
    got = judge(DATA / "made-up.jsonl")
    wanted = [json.loads(line) for line in (DATA / "made-up.jsonl").read_text().splitlines()]
    assert len(got) == len(wanted)
    for row in wanted:
        made = {member: got[row["id"]].get(member) for member in row["expect"]}
        assert made == row["expect"], f"{row['id']}: {made}, expected {row['expect']}"


def test_lines_are_judged_and_told_in_swedish():
    out = run("test", DATA / "made-up.log").stdout
    assert "1: allvarligt, link-down på srv-1/eno1\n  Länken eno1 på srv-1 är nere\n" in out, out
    assert "2: upphört, link-down på srv-1/eno1\n  Upphört: " in out, out
    assert out.endswith("3: ingen regel passar\n3 meddelanden: 2 känner reglerna, 1 inte, 0 är ingenting\n"), out
    run("test", DATA / "made-up.log", "--strict", code=1)


def test_every_rule_is_listed():
    rules = run("list").stdout.splitlines()
    assert len(rules) == len(set(rules)) > 150
    assert "standard/link-down" in rules


def test_a_wrong_rule_says_where(folder):
    (folder / "own.yaml").write_text("rules:\n  r: { when: { trap: 1.3.6 }, set: { type: t, severity: bad } }\n")
    done = run("list", "--rules", folder, code=4)
    assert "own.yaml:2:57: " in done.stderr, done.stderr


def test_what_is_no_trap_is_told(folder):
    (folder / "bad.jsonl").write_text('{"id": "a", "text": "x"}\nnonsense\n')
    done = run("test", folder / "bad.jsonl", code=1)
    assert "a: expected the sender's address" in done.stderr and "2: expected a JSON object" in done.stderr, done.stderr


def test_traps_of_others_get_their_number(rows):
    got = judge(SHARED / "snmp-traps/librenms-traps.jsonl", code=1)      # one text has no snmpTrapOID
    nameless = {row["trap"] for row in got.values() if not row["trap"][0].isdigit()}
    assert nameless <= NAMELESS, nameless
    assert len(got) == len(rows) - 1
    return got


def test_datagrams_and_texts_agree(rows, texts, folder):
    wires = [row for row in rows if row["wire_hex"]]
    (folder / "wire.hex").write_text("".join(row["wire_hex"] + "\n" for row in wires))
    got = list(judge(folder / "wire.hex").values())
    assert len(got) == len(wires) and all(row["judged"] == "notice" for row in got)
    for row, wire in zip(wires, got):
        text = texts[row["id"]]
        assert (wire["trap"], wire["rule"], wire["type"]) == (text["trap"], text["rule"], text["type"]), (row["id"], wire, text)


def test_an_imported_catalogue_is_followed(rows, folder):
    """Each trap that the table names gets its severity, and what ends an alarm gets the type of what raised it."""
    rules = folder / "imported"
    rules.mkdir()
    for name in ("names.tsv", "catalogue.tsv", "more.tsv"):
        shutil.copy(SHIPPED / name, rules)
    with open(rules / "opennms.tsv", "w", encoding="utf-8") as out:
        subprocess.run([SOURCE / "scripts/catalogue-import", SHARED / "trap-catalogue/opennms-event-severity.tsv.gz"], stdout=out,
                       check=True)
    imported = read_catalogue(rules / "opennms.tsv")
    followed = 0
    for row in judge(SHARED / "snmp-traps/librenms-traps.jsonl", "--rules", rules, code=1).values():
        known = imported.get(key_of(row["trap"])) if row["trap"][0].isdigit() else None
        if known is not None:
            assert (row["severity"], row["type"]) == (known["severity"], known["type"]), (row, known)
            followed += 1
    print(f"imported catalogue: {followed} of {len(rows)} traps named, each with its severity and what it ends")
    return imported


def test_the_tables_are_what_the_programs_make(folder):
    grade = SOURCE / "scripts/catalogue-grade"
    notifications = SHARED / "trap-catalogue/notifications.tsv.gz"
    catalogue = subprocess.run([grade, notifications], capture_output=True, text=True, check=True).stdout
    assert catalogue == (SHIPPED / "catalogue.tsv").read_text(), "catalogue.tsv: run scripts/catalogue-grade"
    subprocess.run([VINGA, "alarm", "mibs", SHARED / "ietf-mibs", "--output", folder / "ietf.tsv"], capture_output=True, check=True)
    names = subprocess.run([grade, "--names", folder / "ietf.tsv", notifications], capture_output=True, text=True, check=True).stdout
    assert names == (SHIPPED / "names.tsv").read_text(), "names.tsv: run scripts/catalogue-grade --names"


def test_our_grading_agrees(imported):
    """The figures say how far names alone tell; the bounds only keep them from falling."""
    ours = read_catalogue(SHIPPED / "catalogue.tsv")
    both = [(ours[key], row) for key, row in imported.items() if key in ours]
    side = sum((a["severity"] == "cleared") == (b["severity"] == "cleared") for a, b in both)
    near = sum((a["severity"] == "cleared") == (b["severity"] == "cleared") and
               abs(SEVERITIES.index(a["severity"]) - SEVERITIES.index(b["severity"])) <= 1 for a, b in both)
    by_type = collections.defaultdict(list)
    for key, row in imported.items():
        if key in ours:
            by_type[row["type"]].append((ours[key], row))
    pairs = [(raised, ended) for group in by_type.values() for raised, row in group if row["severity"] != "cleared"
             for ended, other in group if other["severity"] == "cleared"]
    paired = sum(a["type"] == b["type"] and b["severity"] == "cleared" != a["severity"] for a, b in pairs)
    print(f"our grading: {side} of {len(both)} on the same side, {near} within a step; {paired} of {len(pairs)} pairs alike")
    assert side > 0.88 * len(both) and near > 0.74 * len(both) and paired > 0.9 * len(pairs)


def main():
    test_made_up_traps_become_what_they_say()
    test_lines_are_judged_and_told_in_swedish()
    test_every_rule_is_listed()
    with tempfile.TemporaryDirectory() as name:
        test_a_wrong_rule_says_where(pathlib.Path(name))
    with tempfile.TemporaryDirectory() as name:
        test_what_is_no_trap_is_told(pathlib.Path(name))
    traps = SHARED / "snmp-traps/librenms-traps.jsonl"
    if not traps.exists():
        print(f"{traps}: not here, so the traps of others are left out")
        return
    rows = [json.loads(line) for line in traps.read_text().splitlines()]
    texts = test_traps_of_others_get_their_number(rows)
    with tempfile.TemporaryDirectory() as name:
        test_datagrams_and_texts_agree(rows, texts, pathlib.Path(name))
        test_the_tables_are_what_the_programs_make(pathlib.Path(name))
        imported = test_an_imported_catalogue_is_followed(rows, pathlib.Path(name))
    test_our_grading_agrees(imported)


if __name__ == "__main__":
    sys.exit(main())
