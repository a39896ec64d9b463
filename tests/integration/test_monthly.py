#!/usr/bin/python3
"""What the calendar does: a month planned, proposed by a person, approved on its day, published once and never again, with its reports
when the last statement is out; and what another cause or price would have given."""

import hashlib
import json
import sys
import zipfile

from harness import Region, reported
from test_fee_api import principals
from test_fee_cli import vinga

MONTH, NEXT = "2026-09", "2026-10"
RESOLVED_MS = 1789034400000  # 2026-09-10 12:00 in Stockholm
AGREEMENT = """
name: calendar
version: "{version}"
valid_from: 2026-09-01
zone: Europe/Stockholm
rules: {{ min_n: 1 }}
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: {{ resolution: 4h, share: 90 %, calendar: 24x7 }}
municipalities:
  - {{ code: "1480", name: Göteborg, federation: GR, size: large, go_live: 2026-09-01 }}
  - {{ code: "1489", name: Alingsås, federation: GR, size: medium, go_live: 2026-09-01 }}
fee: {{ support_price: {price} kr, operation_price: 1750 kr, automatic_close: yes, peer_group: 2 }}
"""


def agreement(region, name, version, price):
    directory = region.dir / name
    directory.mkdir()
    (directory / "agreement.yaml").write_text(AGREEMENT.format(version=version, price=price), encoding="utf-8")
    return directory


def ticket(region, ref, municipality="1489"):
    for number, fields in ((1, {"status": "in_progress", "support_line": 2, "priority": "P1"}), (2, {"status": "resolved"})):
        region.post("/api/v1/events", reported(ref, number, RESOLVED_MS + number * 3600000, municipality=municipality, **fields))
    return region.get(f"/api/v1/tickets?ref={ref}")[1]["tickets"][0]["id"]


def rows(region, *options):
    region.settled()
    return {row["municipality"]: row for row in json.loads(region.vinga("close", MONTH, "--plan", "--json", *options))["municipalities"]}


def plan(region):
    """Three tickets of Alingsås; Göteborg has no users yet, and is held back alone."""
    tickets = [ticket(region, f"A{i}") for i in range(3)]
    region.post("/api/v1/registers/users", {"municipality": "1489", "day": "2026-09-01", "users": 12, "rule": "licensed"})
    planned, seq = rows(region), region.status()["seq"]
    assert planned["1489"]["counted"] == 3 and planned["1489"]["gross_ore"] == 75000, planned
    assert planned["1489"]["support_ore"] == 75000 and planned["1489"]["operation_ore"] == 175000, planned
    assert planned["1489"]["state"] == "ready" and planned["1480"]["state"] == "held" and "no_reading" in planned["1480"]["holds"], planned
    text = region.vinga("close", MONTH, "--plan")
    assert "  klar\n" in text and "ingen användaruppgift finns: 1480\n" in text and "Fastställs 2026-10-07" in text and "Inget är skrivet" in text, text
    assert region.status()["seq"] == seq, "planning has written"
    return tickets


def monthly(region, out, today):
    return vinga(region, "attest", "monthly", "--out", out, "--no-pdf", "--today", today)


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def calendar(region):
    """Preliminary on day 1, once; closed on the agreed day when a person has asked for it; published once."""
    out = region.dir / "underlag"
    assert "0 underlag" in monthly(region, out, "2026-10-01")
    preliminary = files(out)
    assert any(path.name == "avgiftsunderlag-2026-09-1489.html" for path in preliminary), list(preliminary)
    assert "Preliminärt" in preliminary[next(p for p in preliminary if p.suffix == ".html" and "1489" in p.name)].decode()
    vinga(region, "pris", "close", MONTH, "--reason", "september")
    region.settled()
    assert "0 underlag" in monthly(region, out, "2026-10-06"), "closed before its day"
    said = monthly(region, out, "2026-10-07")
    assert "godkänd av kalendern" in said and "1 underlag" in said, said
    region.settled()
    made = files(out)
    assert "0 underlag och 0 rapporter" in monthly(region, out, "2026-10-08") and files(out) == made, "made again"
    assert set(preliminary.items()) <= set(made.items())
    body = json.loads(region.sql("select bytes from ledger.row where kind = 'statement.published'"))["body"]
    for file in body["files"]:
        data = made[next(path for path in made if path.name == file["name"] and "preliminary" not in path.parts)]
        assert len(data) == file["bytes"] and hashlib.sha256(data).hexdigest() == file["sha256"], file
    assert {name["name"].rsplit(".", 1)[1] for name in body["files"]} == {"json", "html", "csv", "xlsx"}, body
    assert rows(region)["1489"]["state"] == "closed"


def reports(region):
    """When the last municipality is closed too: the region's, the federation's, and each one's own beside its statement. Once."""
    out = region.dir / "underlag"
    statements = files(out)
    region.post("/api/v1/registers/users", {"municipality": "1480", "day": "2026-09-01", "users": 400, "rule": "licensed"})
    vinga(region, "pris", "close", MONTH, "--municipality", "1480", "--reason", "september")
    region.settled()
    said = monthly(region, out, "2026-10-09")
    assert "1 underlag och 4 rapporter tillgängliggjorda" in said, said
    region.settled()
    made = files(out)
    assert set(statements.items()) <= set(made.items()), "a statement was made again"
    bodies = [json.loads(line)["body"] for line in
              region.sql("select bytes from ledger.row where kind = 'report.made' order by seq").splitlines()]
    assert [body.get("scope", "region") for body in bodies] == ["region", "federation:GR", "municipality:1480", "municipality:1489"], bodies
    for body in bodies:
        for file in body["files"]:
            data = made[next(path for path in made if path.name == file["name"])]
            assert len(data) == file["bytes"] and hashlib.sha256(data).hexdigest() == file["sha256"], file
    month = out / MONTH
    page = (month / "1489" / f"avgiftsunderlag-{MONTH}-1489.html").read_text()
    report = (month / "1489" / f"vinga-{MONTH}-1489.html").read_text()
    assert f'href="vinga-{MONTH}-1489.html#kpi-inflow"' in page and 'id="kpi-inflow"' in report
    model = json.loads((month / f"vinga-{MONTH}-GR.json").read_text())
    assert model["scope"]["name"] == "GR" and model["fee"]["total"]["counted"] == 3, model["fee"]
    peers = json.loads((month / "1489" / f"vinga-{MONTH}-1489.json").read_text())["fee"]["peers"]
    assert [(group["kind"], group["tickets"]) for group in peers] == [("own", [3, 12]), ("federation", [3, 412])], peers
    with zipfile.ZipFile(month / "1489" / f"vinga-{MONTH}-1489.xlsx") as book:
        assert "Kommunalförbundet GR" in book.read("xl/sharedStrings.xml").decode()
    assert "0 underlag och 0 rapporter" in monthly(region, out, "2026-10-10") and files(out) == made, "made again"
    held = region.vinga("verify", MONTH)
    assert held.count("the same bytes again from row") == 4 and "(federation:GR)" in held, held


def corrected(region):
    """What is heard after the month was closed stands in the next one's report, as was and is, and is made again by verify."""
    status, said = region.post("/api/v1/events", reported("A0", 3, RESOLVED_MS + 10800000, opened_ms=RESOLVED_MS - 86400000))
    assert status == 201, said
    region.settled()
    out = region.dir / "oktober"
    region.vinga("report", NEXT, "--scope", "municipality:1489", "--english", "--no-pdf", "--out", out)
    model = json.loads((out / f"vinga-{NEXT}-1489.json").read_text())
    assert [(row["kpi"], row["was"]["num"], row["is"]["num"]) for row in model["corrections"]] == [("resolution_met", 3, 2)], model
    page = (out / f"vinga-{NEXT}-1489-en.html").read_text()
    assert "<html lang=en>" in page and "100.000\u00a0%" in page and "66.666\u00a0%" in page
    region.settled()
    assert "(municipality:1489): the same bytes again" in region.vinga("verify", NEXT)
    done = region.vinga_status("report", NEXT, "--scope", "kommun:1489")
    assert done.returncode == 2 and "expected region, federation:CODE" in done.stderr, done


def otherwise(region, tickets):
    """Another cause gives 250 kr back in the next month; another price what it says; nothing is written."""
    region.settled()
    seq = region.status()["seq"]
    found = json.loads(region.vinga("whatif", "--ticket", tickets[0], "--set", "cause_party=vgr", "--month", NEXT, "--json"))
    decision, = found["decisions"]
    assert decision["was"]["counts"] and not decision["is"]["counts"] and decision["is"]["reason"] == "vgr_cause", found
    statement, = found["statements"]
    assert statement["is"]["total_ore"] - statement["was"]["total_ore"] == -25000, statement
    text = region.vinga("whatif", "--ticket", tickets[0], "--set", "cause_party=vgr", "--month", NEXT)
    assert "räknas, 250,00 kr -> räknas inte (orsak hos VGR eller leverantör)" in text and "(\u2212250,00)" in text, text
    dearer = agreement(region, "dearer", "2", 300)
    found = json.loads(region.vinga("whatif", "--agreement", dearer, "--month", NEXT, "--json"))
    statement, = [row for row in found["statements"] if row["is"]["municipality"] == "1489"]
    assert statement["is"]["adjusted_ore"] == 3 * 5000, statement
    assert region.vinga_status("whatif", "--month", NEXT).returncode == 2
    assert region.vinga_status("whatif", "--event", "{}").returncode == 4
    assert region.status()["seq"] == seq, "what-if has written"


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals())
        region.extra = f"principals: {region.dir}/principals.yaml\n"
        region.write_config()
        region.start()
        region.vinga("agreement", "apply", agreement(region, "agreement", "1", 250), "--reason", "test")
        tickets = plan(region)
        calendar(region)
        reports(region)
        otherwise(region, tickets)
        corrected(region)
        region.settled()
        assert "holds" in region.vinga("verify", MONTH)
    print("monthly: preliminary, closed on its day, published once, reports; what-if, corrections")


if __name__ == "__main__":
    sys.exit(main())
