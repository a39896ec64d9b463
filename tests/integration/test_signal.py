#!/usr/bin/python3
"""A service goes down and comes back: those on duty are told by webhook and mail, as of critical alarms, and state, status and metrics say the same."""

import email
import email.policy
import http.server
import json
import queue
import sys
import threading
import time

from aiosmtpd.controller import Controller

from harness import Region, free_port

AGREEMENT = """
name: signal-test
version: "1"
valid_from: 2020-01-01
zone: Europe/Stockholm
rules: { slot: 1s, confirm_slots: 2 }
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %%, calendar: 24x7 }
services:
  journal: { name: Journal för kommuner, availability: 99 %% }
municipalities_file: municipalities.csv
probes:
  - { agent: operator, probe: app, service: journal, municipality: "1489", vantage: local, interval: 60s }
  - { agent: operator, probe: gateway, reference: yes, interval: 60s }
duty:
  - { name: Jour, municipality: all, channel: webhook, address: "http://127.0.0.1:%d/jour", on: [outage, alarm] }
  - { name: Brevlåda, municipality: all, channel: mail, address: jour@example.org, on: [outage, window] }
  - { name: Ärenden, municipality: all, channel: webhook, address: "http://127.0.0.1:%d/arenden" }
"""


class Hook(http.server.BaseHTTPRequestHandler):
    calls = queue.Queue()

    def do_POST(self):
        Hook.calls.put((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail:
    received = queue.Queue()

    async def handle_DATA(self, _server, _session, envelope):
        Mail.received.put(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 ok"


def report(region, state, *ages_s):
    now = int(time.time() * 1000)
    rows = [{"probe": probe, "state": state if probe == "app" else "ok", "text": "x",
             "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now / 1000 - age))} for age in ages_s for probe in ("app", "gateway")]
    status, text = region.post("/api/v1/samples", rows)
    assert status == 200, text


def service(region):
    return region.get("/api/v1/state")[1]["services"][0]


def signals(region):
    return [s["kind"] for s in region.get("/api/v1/state")[1]["signals"]]


def metric(region, name):
    lines = region.get("/metrics")[1].decode().splitlines()
    return next(int(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + " "))


def alarm(region, number, **more):
    """Reports a critical alarm; what those on duty are told of it."""
    now = int(time.time() * 1000)
    notice = {"at_ms": now, "resource": f"srv{number}", "type": "disk-full", "severity": "critical", **more}
    status, answer = region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "event_id": f"a{number}", "occurred_ms": now,
                                                    "body": {"notices": [notice]}})
    assert status == 201, answer
    said = Hook.calls.get(timeout=30)[1]
    while said["kind"] != "signal.alarm":
        said = Hook.calls.get(timeout=30)[1]
    return said


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mail = Controller(Mail(), hostname="127.0.0.1", port=free_port())
    mail.start()
    with Region(config=f"smtp_url: smtp://127.0.0.1:{mail.port}\nsmtp_from: vinga@example.org\n") as region:
        agreement = region.dir / "agreement"
        agreement.mkdir()
        (agreement / "agreement.yaml").write_text(AGREEMENT % (server.server_port, server.server_port))
        (agreement / "municipalities.csv").write_text("code,name,federation,size,go_live,end\n1489,Alingsås,GR,medium,2020-01-01,\n")
        region.vinga("agreement", "apply", agreement, "--reason", "test")

        report(region, "ok", 50, 40)
        region.until(lambda: service(region)["state"] == "up", "the service to be up")
        report(region, "critical", 20, 1)
        region.until(lambda: service(region)["state"] == "down", "the service to be down")
        path, said = Hook.calls.get(timeout=30)
        assert path == "/jour" and said["kind"] == "signal.outage" and said["service"] == "journal", said
        assert said["municipalities"] == ["1489"] and not said["over"] and "är nere" in said["text"], said
        letter = Mail.received.get(timeout=30)
        assert letter["Subject"] == "Vinga: tjanst nere: journal", letter["Subject"]
        text = letter.get_body().get_content()
        assert "Tjänsten Journal för kommuner är nere." in text and "1489 Alingsås" in text, text
        assert signals(region) == ["outage"]
        assert region.status()["availability"]["services_down"] == 1, region.status()
        assert metric(region, 'vinga_service_municipalities{service="journal",state="down"}') == 1
        assert metric(region, 'vinga_signals{kind="outage"}') == 1 and metric(region, "vinga_samples_total") == 8
        rows = region.get("/api/v1/notifications")[1]["notifications"]
        region.until(lambda: {r["state"] for r in region.get("/api/v1/notifications")[1]["notifications"]} <= {"delivered", "acknowledged"},
                     "both to be delivered")
        assert len(rows) == 2 and all(r["signal"] and r["ticket"] is None for r in rows), rows

        report(region, "ok", 0)
        region.until(lambda: service(region)["state"] == "up" and signals(region) == [], "the service to be up again")
        status, answer = region.post("/api/v1/outages", {"effect": "down", "service": "journal", "cause": "vgr", "reason": "test",
                                                         "from": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 5))})
        assert status == 201, answer
        region.until(lambda: signals(region) != [], "the contradiction to be raised")
        said = Hook.calls.get(timeout=30)[1]
        while said["kind"] != "signal.contradiction":
            said = Hook.calls.get(timeout=30)[1]
        assert said["subject"] == answer["outage"] and "mätningen" in said["text"], said
        region.settled()
        assert region.sql("select count(*) from read.signal where kind in ('outage', 'contradiction')") >= "2"
        assert region.sql("select count(*) from read.notification where signal_id is null") == "0"
        said = alarm(region, 1, service="journal")
        assert said["service"] == "journal" and said["municipalities"] == ["1489"] and "kritiskt larm" in said["text"], said
        said = alarm(region, 2)
        assert said["service"] == "" and said["municipalities"] == [] and "utan känd tjänst" in said["text"], said
        assert signals(region).count("alarm") == 2
        page = region.get("/api/v1/windows.ics")[1]
        assert page.startswith(b"BEGIN:VCALENDAR"), page
    mail.stop()
    server.shutdown()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
