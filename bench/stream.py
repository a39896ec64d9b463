"""The live stream: from an event that is accepted to its bytes at 500 readers, beside a bare epoll loop that fans the same bytes out;
and what a turn costs with 49 municipalities and 10 services, all measured."""

import json
import selectors
import socket
import statistics
import subprocess
import time

from harness import BUILD, Region, free_port
from live import Crowd, live_counts, prepare, resident_bytes

READERS = 500
ROUNDS = 40
MUNICIPALITIES = [str(1400 + n) for n in range(49)]
SERVICES = [f"tjanst{n}" for n in range(10)]


def agreement_text():
    probes = "".join(f"  - {{ agent: operator, probe: p{s}-{m}, service: {s}, municipality: \"{m}\", vantage: local, interval: 60s }}\n"
                     for m in MUNICIPALITIES for s in SERVICES)
    services = "".join(f"  {s}: {{ name: {s}, availability: 99 % }}\n" for s in SERVICES)
    return f"""name: bench
version: "1"
valid_from: 2020-01-01
zone: Europe/Stockholm
holidays: {{ closed: [public_holiday] }}
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: {{ response: 15min, resolution: 4h, share: 90 %, calendar: 24x7 }}
services:
{services}municipalities_file: municipalities.csv
probes:
{probes}"""


def sample(service, municipality, at):
    return {"probe": f"p{service}-{municipality}", "state": "ok", "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))}


def fill(region):
    """The agreement, and a day of samples of every probe."""
    folder = region.dir / "agreement"
    folder.mkdir()
    (folder / "agreement.yaml").write_text(agreement_text())
    (folder / "municipalities.csv").write_text("code,name,federation,size,go_live,end\n" +
                                               "".join(f"{m},Kommun,GR,small,2020-01-01,\n" for m in MUNICIPALITIES))
    region.vinga("agreement", "apply", folder, "--reason", "bench")
    now = int(time.time())
    for age in range(24 * 60, -1, -1):
        rows = [sample(s, m, now - 60 * age) for m in MUNICIPALITIES for s in SERVICES]
        status, text = region.post("/api/v1/samples", rows)
        assert status == 200, text


def post(region, connection, number):
    """One event, accepted; the instant of its answer."""
    body = {"v": 1, "kind": "ticket.reported", "event_id": f"b/{number}", "occurred_ms": int(time.time() * 1000) - 1000,
            "municipality": MUNICIPALITIES[0], "body": {"ref": f"b/{number}", "status": "new", "impact": 1, "urgency": 1}}
    status, text = region.post("/api/v1/events", body, connection=connection)
    assert status == 201, text
    return time.monotonic()


def told_ms(region):
    """From the answer to the sender, until the last of all readers has the turn with it."""
    crowd, connection, took, length = Crowd(region, READERS), region.connection(), [], 0
    crowd.read_until(lambda got: b"event: hello" in got)
    for n in range(ROUNDS):
        for sock in crowd.got:
            crowd.got[sock] = b""
        accepted = post(region, connection, n)
        crowd.read_until(lambda got: b"event: ticket" in got and got.endswith(b"\n\n") and b"event: turn" in got)
        took.append((time.monotonic() - accepted) * 1000)
        length = len(next(iter(crowd.got.values())))
        select_quiet(crowd)
    counts, resident = live_counts(region), resident_bytes(region.daemon.pid)
    crowd.close()
    assert counts["cut"] == 0 and counts["resyncs"] == 0, counts
    return took, length, resident


def select_quiet(crowd, seconds=0.3):
    """So that the next turn need not wait for its quarter of a second."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for key, _ in crowd.selector.select(left):
            crowd.got[key.fileobj] += key.fileobj.recv(1 << 20)


def fanned_ms(length):
    """The same number of bytes to as many readers, by a loop that does nothing else."""
    port, took = free_port(), []
    server = subprocess.Popen([BUILD / "bench/bench_fanout", str(port)])
    selector, readers = selectors.DefaultSelector(), []
    try:
        while True:
            try:
                source = socket.create_connection(("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                select_nothing()
        source.sendall(b"in\n")
        for _ in range(READERS):
            readers.append(socket.create_connection(("127.0.0.1", port)))
            readers[-1].sendall(b"out\n")
            assert readers[-1].recv(1) == b"\n"
            selector.register(readers[-1], selectors.EVENT_READ)
        for _ in range(ROUNDS):
            left = {reader: length for reader in readers}
            source.sendall(b"x" * length)
            sent = time.monotonic()
            while left:
                for key, _ in selector.select(1):
                    left[key.fileobj] -= len(key.fileobj.recv(1 << 20))
                    if left[key.fileobj] <= 0:
                        del left[key.fileobj]
            took.append((time.monotonic() - sent) * 1000)
    finally:
        server.kill()
        server.wait()
        for sock in readers:
            sock.close()
    return took


def select_nothing(seconds=0.02):
    selectors.DefaultSelector().select(seconds)


def quantile(values, share):
    return statistics.quantiles(values, n=100)[share - 1]


def looked_ms(region):
    """A question that draws the table anew each time, since a sample has come before it."""
    connection, took = region.connection(), []
    for _ in range(ROUNDS):
        status, text = region.post("/api/v1/samples", [sample(SERVICES[0], MUNICIPALITIES[0], time.time())], connection=connection)
        assert status == 200, text
        began = time.monotonic()
        status, answer = region.request("GET", f"/api/v1/matrix?municipality={MUNICIPALITIES[0]}&service={SERVICES[0]}", connection=connection)
        took.append((time.monotonic() - began) * 1000)
        assert status == 200 and len(answer["cells"]) == 1, answer
    return took


def main():
    with Region(start=False) as region:
        prepare(region)
        region.start()
        fill(region)
        before = resident_bytes(region.daemon.pid)
        looked = looked_ms(region)
        print(f"state table of {len(MUNICIPALITIES)} x {len(SERVICES)}, asked for after a sample: p50 {quantile(looked, 50):.1f} ms, "
              f"p95 {quantile(looked, 95):.1f} ms; aim p50 under 20 ms", flush=True)
        told, length, resident = told_ms(region)
        fanned = fanned_ms(length)
        ratio = quantile(told, 50) / quantile(fanned, 50)
        print(f"live stream, event accepted to bytes at {READERS} readers: p50 {quantile(told, 50):.1f} ms, p95 {quantile(told, 95):.1f} ms; "
              f"bare fan-out of {length} bytes p50 {quantile(fanned, 50):.1f} ms; ratio {ratio:.1f}; aim p95 under 100 ms", flush=True)
        print(f"live stream, memory of {READERS} readers: {(resident - before) / READERS / 1024:.1f} KiB each; aim under 32", flush=True)
        print(json.dumps(live_counts(region)), flush=True)


if __name__ == "__main__":
    main()
