#!/usr/bin/python3
"""What ./run shows, with shorter slots: an agent measures the demonstration's web service, which breaks and is mended. The outage
appears, is confirmed by one person and approved by another, ends, and stands in the figures to the second."""

import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

from agent import TOKEN, Agent
from harness import SOURCE, Region, free_port

AGENT, APPROVER = "demo-agent", "demo-approver"
SERVICE, KOMMUN = "journal_kommun", "1489"
MONTHS = [(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=h)).strftime("%Y-%m") for h in (1, 2)]


class Service:
    """scripts/demo-service, as ./run starts it."""

    def __init__(self, region):
        self.port = free_port()
        self.state = region.dir / "demo-service"
        self.state.write_text("well\n")
        os.environ["VINGA_DEMO"] = str(self.state)

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, SOURCE / "scripts/demo-service", "--port", str(self.port),
                                         "--state", self.state])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def principal(name, role, token):
    return f"  - {{name: {name}, roles: [{role}], token_sha256: {hashlib.sha256(token.encode()).hexdigest()}}}\n"


def quick_agreement(region):
    """The sample, measured each other second."""
    copy = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", copy)
    file = copy / "agreement.yaml"
    text, slots = re.subn(r"(?m)^  slot: 10s$", "  slot: 2s", file.read_text())
    text, intervals = re.subn(r"interval: 5s", "interval: 2s", text)
    assert slots == 1 and intervals >= 4, (slots, intervals)
    file.write_text(text)
    return copy


def set_up(region):
    (region.dir / "principals.yaml").write_text(
        "principals:\n" + principal(AGENT, "ingest", TOKEN) + principal(APPROVER, "vgr_sla_manager", APPROVER))
    (region.dir / "approver.token").write_text(APPROVER)
    with open(region.dir / "vingad.yaml", "a") as settings:
        settings.write(f"principals: {region.dir}/principals.yaml\n")
    region.start()
    region.vinga("agreement", "apply", quick_agreement(region), "--reason", "test")


def probes(region, service):
    def http(path, text):
        return {"type": "http", "url": f"http://127.0.0.1:{service.port}{path}", "expect_text": text, "interval": "2s"}
    return {"demo-web": http("/app", "publicerad app"), "demo-app": http("/mobil", "mobil app"),
            "daemon-http": {"type": "http", "url": f"http://127.0.0.1:{region.port}/health/live", "interval": "2s"},
            "loopback": {"type": "tcp", "host": "127.0.0.1", "port": region.port, "interval": "2s"}}


def stands(region, state):
    """Waits until the service's confirmed state in the municipality is this."""
    def settled():
        reply = region.get(f"/api/v1/state?service={SERVICE}&municipality={KOMMUN}")[1]
        return [m["state"] for s in reply["services"] for m in s["municipalities"]] == [state]
    region.until(settled, f"{SERVICE} to be {state}", 120)


def measured(region):
    lists = json.loads(region.vinga("outage", "list", "--service", SERVICE, "--json"))
    return [o for o in lists["outages"] if "channel" not in o], lists["records"]


def appears(region):
    assert "503" in region.vinga("demo", "outage")
    stands(region, "down")
    # what is longer than two slots is never evened out, whenever the samples of its end come in
    region.until(lambda: measured(region)[0][0]["length_s"] >= 10, "the outage to last 10 s")
    region.until(lambda: re.search(rf"{SERVICE} +nere i 1 sedan .*\n(?s:.*)avbrott: {SERVICE}", region.vinga("status")),
                 "vinga status to tell")
    (outage,), records = measured(region)
    assert outage["running"] and outage["cause"] == "unknown" and records == [], outage
    return outage["key"]


def is_confirmed_and_approved(region, key):
    seq = region.status()["seq"]
    region.settled()
    said = ("--cause", "supplier", "--reason", "fronten hade förlorat sin server")
    plan = region.vinga("outage", "confirm", key, *said, "--plan")
    assert f"  {SERVICE}, " in plan and f"({KOMMUN})" in plan and "väntar på andra person 0 -> " in plan, plan
    assert measured(region)[1] == [], "planning has written"
    region.vinga("outage", "confirm", key, *said)
    (outage,), (record,) = measured(region)
    assert outage["cause"] == "supplier" and outage["record"] == record["id"] and record["waits"], (outage, record)
    assert int(record["id"][2:]) > seq
    region.vinga("outage", "approve", record["id"], ok=(1,))
    region.vinga("outage", "approve", record["id"], "--url", f"http://127.0.0.1:{region.port}",
                 "--token-file", region.dir / "approver.token")
    assert measured(region)[1][0]["approved_by"] == APPROVER
    return record["id"]


def ends(region):
    region.vinga("demo", "outage", "--end")
    stands(region, "up")
    (outage,), _ = measured(region)
    assert not outage["running"], outage
    return outage


def figures_are_right(region, outage, record):
    """The cell has the outage's seconds, and its pieces add up to it."""
    region.settled()
    month = outage["from"][:7] if outage["from"][:7] in MONTHS else MONTHS[0]
    scope = (month, "--service", SERVICE, "--municipality", KOMMUN)
    evidence = json.loads(region.vinga("availability", *scope, "--evidence", "--json"))
    cell, = [c for c in evidence["cells"] if "channel" not in c and c.get("municipality") == KOMMUN]
    pieces, = [t["pieces"] for t in evidence["timelines"] if "channel" not in t]
    total = {state: sum(p["to_ms"] - p["from_ms"] for p in pieces if p["state"] == state) // 1000
             for state in ("up", "degraded", "down", "no_data")}
    assert total["down"] == outage["counted_s"] == outage["length_s"] == cell["down_s"] > 0, (total, outage, cell)
    assert (total["up"], total["degraded"], total["no_data"]) == (cell["up_s"], cell["degraded_s"], cell["unknown_s"]), (total, cell)
    assert sum(total.values()) == cell["period_s"] == cell["base_s"]
    assert cell["outages"] == cell["ended"] == 1 and cell["restore_s"] == outage["length_s"], cell
    assert cell["verdict"] == "insufficient", "a month of a few minutes"
    down, = [p for p in pieces if p["state"] == "down"]
    assert (down["cause"], down["record"]) == ("supplier", record), down
    live = json.loads(region.vinga("availability", *scope, "--json"))
    same, = [c for c in live["cells"] if "channel" not in c and c["municipality"] == KOMMUN]
    for member in ("down_s", "degraded_s", "outages", "ended", "restore_s", "longest_s"):
        assert same[member] == cell[member], member
    table = region.vinga("availability", *scope)
    assert "otillräckligt mätunderlag" in table, table
    return month


def ledger_holds(region, month):
    region.settled()
    told = region.vinga("verify", month)
    assert re.search(r"samples: checked down to raw bytes: \d+ rows", told) and "holds" in told, told


def main():
    with Region(start=False) as region, Service(region) as service:
        set_up(region)
        with Agent(region, probes(region, service)) as agent:
            stands(region, "up")
            key = appears(region)
            record = is_confirmed_and_approved(region, key)
            outage = ends(region)
            assert outage["key"] == key
            agent.stop()
        month = figures_are_right(region, outage, record)
        ledger_holds(region, month)
    print("5 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
