"""A region's first two months, invented: what report files are made from, without daemon or database.

January 2016 is closed and made available; then one of its tickets turns out to be VGR's fault, so February has a correction. Every
municipality has tickets; one of them many, so that its cap bites, and one a name that a spreadsheet would take for a formula."""

import datetime
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("VINGA_BUILD", SOURCE / "build" / "dev"))
DRIVER = BUILD / "tests" / "integration" / "report_driver"
MONTH = "2016-02"
SHOWN = "1401"  # the municipality with a correction, a formula-like reference and a comment
CAPPED = "1407"  # the one whose cap bites


def municipalities():
    lines = (SOURCE / "agreements" / "sample" / "municipalities.csv").read_text().splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def names():
    lines = (SOURCE / "agreements" / "sample" / "municipalities.csv").read_text().splitlines()
    return [line.split(",")[1] for line in lines[1:]]


def ms(*when):
    return int(datetime.datetime(*when, tzinfo=datetime.timezone.utc).timestamp() * 1000)


class Scene:
    def __init__(self):
        self.lines = []

    def add(self, kind, at_ms, body, **envelope):
        self.lines.append({"v": 1, "kind": kind, "occurred_ms": at_ms, "source": "scene", "event_id": f"e{len(self.lines)}", **envelope,
                           "body": body})

    def ticket(self, code, ref, start_ms, hours, **more):
        """Opened in first line, at once in second line, resolved after `hours`."""
        self.add("ticket.reported", start_ms, {"ref": ref, "status": "new", "support_line": 1, "priority": "P3", "type": "incident",
                                               **more}, source_order=1, municipality=code)
        self.add("ticket.reported", start_ms + 60000, {"ref": ref, "status": "in_progress", "support_line": 2}, source_order=2,
                 municipality=code)
        self.add("ticket.reported", start_ms + hours * 3600000, {"ref": ref, "status": "resolved"}, source_order=3, municipality=code)


def tickets_of(scene, month, codes):
    for index, code in enumerate(codes):
        count = {CAPPED: 60, SHOWN: 9}.get(code, 2 + index % 5)
        for n in range(count):
            start = ms(2016, month, 2 + n % 20, 8) + n * 60000 + index * 1000
            cause = ["municipality", "vgr", None][n % 3]
            more = {"cause_party": cause} if cause else {}
            if code == SHOWN and n == 0:
                more["municipality_ref"] = "=1+1"
            scene.ticket(code, f"{code}-{month}-{n}", start, 2 + (index * 7 + n) % 60, **more)


def events(active):
    """One list, in order of time. active: the municipalities that have tickets."""
    scene, codes = Scene(), municipalities()
    for code in codes:
        scene.add("users.read", ms(2016, 1, 1, 7), {"day": "2016-01-01", "users": 40 if code == CAPPED else 120, "private_users": 5,
                                                    "rule": "licensed", "approver": "objektledare"}, municipality=code)
    tickets_of(scene, 1, active)
    tickets_of(scene, 2, active)
    scene.add("close.proposed", ms(2016, 2, 5, 9), {"month": "2016-01", "reason": "månadsslut"}, actor="ekonomi-1")
    scene.add("act.approved", ms(2016, 2, 5, 10), {"act": None}, actor="ekonomi-2")
    for code in codes:
        scene.add("statement.published", ms(2016, 2, 5, 11),
                  {"month": "2016-01", "model_sha256": "5" * 64, "files": [{"name": "underlag.json", "sha256": "5" * 64, "bytes": 1}]},
                  municipality=code, actor="ekonomi-1")
    scene.add("ticket.reported", ms(2016, 2, 20, 9), {"ref": f"{SHOWN}-1-0", "cause_party": "vgr"}, source_order=4, municipality=SHOWN)
    scene.add("comment.made", ms(2016, 2, 26, 9), {"month": MONTH, "kpi": "resolution_met", "cause": "två långa ärenden",
                                                   "action": "-ny rutin för jour", "owner": "driftchef", "due": "2016-04-01"},
              municipality=SHOWN, actor="objektledare")
    scene.add("users.read", ms(2016, 3, 1, 7), {"day": "2016-03-01", "users": 120, "private_users": 5, "rule": "licensed",
                                                "approver": "objektledare"}, municipality=SHOWN)
    lines = sorted(scene.lines, key=lambda line: line["occurred_ms"])
    for row, line in enumerate(lines, 2):  # the agreement is the ledger's first row
        if line["kind"] == "close.proposed":
            act = f"P-{row}"
        elif line["kind"] == "act.approved":
            line["body"]["act"] = act
    return lines


def make_models(directory, active=None):
    """Writes report.json and a statement-<code>.json for each municipality; active: those with tickets, all when it is not said."""
    path = directory / "events.ndjson"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in events(active or municipalities())))
    subprocess.run([DRIVER, "models", MONTH, SOURCE / "agreements" / "sample", path, directory], check=True)


def printed(form, model, language="sv"):
    return subprocess.run([DRIVER, "print", form, language, model], check=True, capture_output=True).stdout
