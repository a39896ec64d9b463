"""A reader of the live stream, as a browser reads it, and the scene that the live tests share."""

import hashlib
import json
import os
import pathlib
import selectors
import socket
import time

AGREEMENT = """
name: live-test
version: "%s"
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
  - { agent: operator, probe: app1480, service: journal, municipality: "1480", vantage: local, interval: 60s }
  - { agent: operator, probe: app1489, service: journal, municipality: "1489", vantage: local, interval: 60s }
"""
MUNICIPALITIES = """code,name,federation,size,go_live,end
1480,Göteborg,GR,large,2020-01-01,
1489,Alingsås,GR,medium,2020-01-01,
"""
PRINCIPALS = {"kommun1489": "roles: [kommun_first_line], municipality: \"1489\"", "sender": "roles: [ingest]",
              "drift": "roles: [vgr_second_line]"}


class Ended(Exception):
    """The daemon has closed the stream."""


class Stream:
    """Events as they come: next() gives (name, id, data)."""

    def __init__(self, region, query="", token=None, last_id=None, method="GET", version="1.1", buffer=None):
        if token is None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(str(region.socket))
        else:
            self.sock = socket.socket()
            if buffer:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            self.sock.connect(("127.0.0.1", region.port))
        self.answer = None
        self.text = ""
        self.raw = b""
        lines = [f"{method} /api/v1/events{query} HTTP/{version}", "Host: x"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += [f"Last-Event-ID: {last_id}"] if last_id is not None else []
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def close(self):
        self.sock.close()

    def fill(self, end):
        self.sock.settimeout(max(0.01, end - time.monotonic()))
        more = self.sock.recv(65536)
        if not more:
            raise Ended(self.raw[-200:])
        self.raw += more
        self.text += more.decode()

    def head(self, seconds=30):
        """The answer's head; read once."""
        end = time.monotonic() + seconds
        while self.answer is None:
            if "\r\n\r\n" in self.text:
                self.answer, self.text = self.text.split("\r\n\r\n", 1)
            else:
                self.fill(end)
        return self.answer

    def next(self, seconds=30):
        end = time.monotonic() + seconds
        self.head(seconds)
        while True:
            while "\n\n" not in self.text:
                self.fill(end)
            block, self.text = self.text.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "event" in fields:
                return fields["event"], fields.get("id"), json.loads(fields["data"])

    def until(self, wanted, seconds=30):
        """Events up to and with the first for which wanted(name, data) holds."""
        seen, end = [], time.monotonic() + seconds
        while True:
            seen.append(self.next(max(0.01, end - time.monotonic())))
            if wanted(seen[-1][0], seen[-1][2]):
                return seen


def turns(events):
    return [data["turn"] for name, _, data in events if name in ("hello", "turn")]


def assert_no_hole(events):
    numbers = turns(events)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers


def tickets(events):
    return [t["id"] for name, _, data in events if name == "ticket" for t in data["tickets"]]


def states(events, municipality):
    return [c["state"] for name, _, data in events if name == "state" for c in data["cells"] if c["municipality"] == municipality]


def prepare(region):
    """Settings with principals; before the region's daemon starts."""
    path = region.dir / "principals.yaml"
    path.write_text("principals:\n" + "".join(f"  - {{name: {name}, {scope}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()}}}\n"
                                             for name, scope in PRINCIPALS.items()))
    region.extra = f"principals: {path}\n"
    region.write_config()


def apply_agreement(region, version="1"):
    folder = region.dir / "agreement"
    folder.mkdir(exist_ok=True)
    (folder / "agreement.yaml").write_text(AGREEMENT % version)
    (folder / "municipalities.csv").write_text(MUNICIPALITIES)
    region.vinga("agreement", "apply", folder, "--reason", "test")


def report(region, municipality, state, *ages_s):
    now = time.time()
    rows = [{"probe": "app" + municipality, "state": state, "text": "x",
             "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - age))} for age in ages_s]
    status, text = region.post("/api/v1/samples", rows)
    assert status == 200, text


def post_tickets(region, first, count, municipality="1489"):
    """As one batch; ids as given."""
    now = int(time.time() * 1000) - 5000
    lines = [json.dumps({"v": 1, "kind": "ticket.reported", "event_id": f"{municipality}/{n}", "occurred_ms": now, "municipality": municipality,
                         "body": {"ref": f"{municipality}/{n}", "status": "new", "impact": 2, "urgency": 2}}) for n in range(first, first + count)]
    status, text = region.post("/api/v1/events", "\n".join(lines), content_type="application/x-ndjson")
    assert status == 200, text


def live_counts(region):
    return region.status()["live"]


def resident_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


class Crowd:
    """Many readers in one process; each is judged by its own bytes."""

    def __init__(self, region, count, token="drift"):
        self.selector = selectors.DefaultSelector()
        self.got = {}
        request = f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        for _ in range(count):
            sock = socket.create_connection(("127.0.0.1", region.port))
            sock.sendall(request)
            sock.setblocking(False)
            self.selector.register(sock, selectors.EVENT_READ)
            self.got[sock] = b""

    def read_until(self, done, seconds=60):
        end = time.monotonic() + seconds
        while not all(done(got) for got in self.got.values()):
            assert time.monotonic() < end, f"{sum(not done(g) for g in self.got.values())} readers still wait"
            for key, _ in self.selector.select(1):
                self.got[key.fileobj] += key.fileobj.recv(1 << 20)

    def close(self):
        for sock in self.got:
            sock.close()
        self.selector.close()


def small_quarantine():
    """So that memory which a sanitizer keeps back after freeing does not count as held."""
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
