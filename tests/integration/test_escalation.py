#!/usr/bin/python3
"""From a municipality's first line to VGR's second line: handed over, said to those on duty, repeated until acknowledged."""

import email
import email.policy
import http.server
import json
import queue
import re
import shutil
import socketserver
import sys
import threading
import time

from aiosmtpd.controller import Controller

from harness import SOURCE, Region, free_port, reported

NOTE = "Kan inte logga in, ring mig. Mitt nummer ar 19810101-2394."


class Hook(http.server.BaseHTTPRequestHandler):
    calls = queue.Queue()
    refuse = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Hook.refuse > 0:
            Hook.refuse -= 1
            self.send_response(503)
        else:
            Hook.calls.put(json.loads(body))
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail:
    received = queue.Queue()

    async def handle_DATA(self, _server, _session, envelope):
        Mail.received.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 ok"


def agreement_with(region, hook_port):
    """The sample with receivers on this machine."""
    copy = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", copy)
    path = copy / "agreement.yaml"
    text = path.read_text()
    start = re.search(r"^duty:.*\n", text, re.M)
    assert start, "the sample has no duty list"
    end = re.search(r"^\S", text[start.end():], re.M)
    rest = text[start.end() + end.start():] if end else ""
    duty = (f"duty:\n  - name: jour\n    municipality: all\n    channel: webhook\n    address: http://127.0.0.1:{hook_port}/jour\n"
            "    repeat: 10s\n    repeats_max: 50\n"
            "  - name: andra linjen\n    municipality: \"1489\"\n    channel: mail\n    address: andra.linjen@example.org\n")
    path.write_text(text[:start.start()] + duty + rest)
    return copy


def main():
    hook = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    port = free_port()
    smtp = Controller(Mail(), hostname="127.0.0.1", port=port)
    smtp.start()
    try:
        with Region(config=f"smtp_url: smtp://127.0.0.1:{port}\nsmtp_from: vinga@example.org\n") as region:
            region.vinga("agreement", "apply", agreement_with(region, hook.server_address[1]), "--reason", "test")
            now = int(time.time() * 1000) - 60000
            status, answer = region.post("/api/v1/events", reported("K1", 1, now, status="new", support_line=1, impact=3, urgency=2))
            assert status == 201, answer
            ticket = answer["ticket"]

            Hook.refuse = 1  # the first attempt fails: it is tried again
            region.vinga("ticket", "escalate", ticket, "--note", NOTE)
            tos, message = Mail.received.get(timeout=60)
            assert tos == ["andra.linjen@example.org"], tos
            text = message.get_body().get_content()
            assert ticket in text and "logga in" in text, text
            assert "0101-2394" not in text and "[PNR]" in text, "an identity number was passed on: " + text
            first = Hook.calls.get(timeout=90)
            assert first["ticket"] == ticket and "logga in" in json.dumps(first), first
            again = Hook.calls.get(timeout=60)
            assert again["ticket"] == ticket, "said again until acknowledged"

            shown = json.loads(region.vinga("ticket", "show", ticket, "--json"))
            assert shown["line"] == 2 and shown["second_line"], shown
            assert any(n["attempts"] >= 0 and n["state"] for n in shown["notifications"]), shown["notifications"]
            region.vinga("ticket", "ack", ticket)
            region.until(lambda: all(n["state"] == "acknowledged" for n in
                                     json.loads(region.vinga("ticket", "show", ticket, "--json"))["notifications"]), "acknowledgement")

            region.vinga("ticket", "escalate", ticket, ok=(1,))
            region.vinga("ticket", "escalate", "V-99999", ok=(1,))
            region.settled()
            everywhere = region.sql("select coalesce(string_agg(bytes, ' '), '') from ledger.row")
            assert "logga in" not in everywhere, "free text stands in the ledger"
            journal = (region.state / "journal.db").read_bytes() + (region.state / "journal.db-wal").read_bytes()
            assert b"0101-2394" not in journal, "an identity number stands in the journal"
            assert "0101-2394" not in (region.dir / "vingad.log").read_text()
    finally:
        smtp.stop()
        hook.shutdown()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
