#!/usr/bin/python3
"""What the agent does with each answer to a batch, from a server that answers as told: what is not final comes again with the same
bytes, what is refused is kept aside, nothing overtakes; and a clock that is an hour off is told. Then the same over mutual TLS."""

import contextlib
import email.utils
import http.server
import json
import pathlib
import re
import sqlite3
import sys
import tempfile
import threading
import time

from agent import TOKEN, Agent, plugin
from harness import Region
from probe_peers import Certificates

DROP = 0  # takes the request and hangs up
ANSWERS = [503, 401, 404, DROP, 500, 200, 422, 200, 409, 200, 400, 413, 302, 200]
FINAL = (200, 400, 409, 413, 422)


class Recorder:
    """Stands where the daemon would."""

    until = Region.until
    daemon = None

    def __init__(self, directory, context=None):
        self.dir = directory
        self.seen = []  # (status given, body, headers)
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = ANSWERS[len(recorder.seen)] if len(recorder.seen) < len(ANSWERS) else 200
                recorder.seen.append((status, body, dict(self.headers, path=self.path)))
                if status == DROP:
                    self.close_connection = True
                    return
                text = b'{"error":"as told"}'
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(text)))
                with contextlib.suppress(BrokenPipeError):  # the agent was stopped meanwhile
                    self.end_headers()
                    self.wfile.write(text)

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + 3600, usegmt=True)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()


def check(recorder, agent):
    # one batch at a time, in order, until an answer is final
    expected, first = 1, None
    for status, body, headers in recorder.seen:
        batch = json.loads(body)
        assert batch["batch"] == expected, (batch["batch"], expected)
        assert first in (None, body), "the same batch came with other bytes"
        assert headers["path"] == "/api/v1/agents/batches" and headers["Authorization"] == f"Bearer {TOKEN}"
        assert headers["Content-Type"] == "application/json" and len(body) <= 256 << 10
        first = None if status in FINAL else body
        expected += status in FINAL
    with contextlib.closing(sqlite3.connect(agent.dir / "spool.db")) as spool:
        refused = spool.execute("SELECT number, why, body FROM refused ORDER BY number").fetchall()
        waiting = spool.execute("SELECT min(number) FROM batch").fetchone()[0]
    # an agent that was told to stop does not wait for the last answer: that batch it would send again
    unheard = json.loads(recorder.seen[-1][1])["batch"]
    assert waiting in (None, expected, unheard), (waiting, expected, unheard)
    want = [body.decode() for status, body, _ in recorder.seen if status in (400, 413, 422)]
    assert [row[2] for row in refused] == want and len(want) == 3
    assert all(row[1] == '{"error":"as told"}' for row in refused), refused
    said = agent.said()
    assert said.count("event=batch.refused") == 3 and said.count("event=batch.other") == 1, said
    assert "event=clock.off" in said and re.search("this clock is 3(600|599) s behind", said), said


def mutual_tls(directory):
    """The certificate that the server asks for is shown, and only one of its name and authority is trusted."""
    made = Certificates(directory)
    settings = {"ca_file": f"{directory}/ca.pem", "client_certificate": f"{directory}/client.pem", "client_key": f"{directory}/client.key"}
    probes = {"fine": plugin(["/bin/echo", "fine"])}
    for name, left_out, complaint in (("good", (), None), ("good", ("client_certificate", "client_key"), "event=batch.waits"),
                                      ("other", (), "event=batch.waits"), ("good", ("ca_file",), "event=batch.waits")):
        with tempfile.TemporaryDirectory(prefix="vinga-t.") as own, \
                Recorder(pathlib.Path(own), made.context(name, ask_client=True)) as recorder:
            chosen = {key: value for key, value in settings.items() if key not in left_out}
            with Agent(recorder, probes, daemon=f"https://localhost:{recorder.port}", **chosen) as agent:
                if complaint is None:
                    recorder.until(lambda: len(recorder.seen) > 1, "batches over TLS")
                else:
                    recorder.until(lambda: complaint in agent.said(), complaint)
                    assert not recorder.seen, (name, left_out)
                assert agent.stop() == 0


def main():
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as directory, Recorder(pathlib.Path(directory)) as recorder:
        probes = {"fine": plugin(["/bin/echo", "fine"])}
        with Agent(recorder, probes) as agent:
            recorder.until(lambda: len(recorder.seen) > len(ANSWERS) + 2, "the answers to be given", 120)
            assert agent.stop() == 0
            check(recorder, agent)
            print(f"{len(recorder.seen)} requests")
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as directory:
        mutual_tls(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
