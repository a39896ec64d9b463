#!/usr/bin/python3
"""What the pages' answers cost: 49 municipalities x 10 services, a day of samples, 20,000 open tickets. Each is asked for again and
again over one connection; the limit in the same run is the time to copy the answer's bytes through a socket pair."""

import hashlib
import http.client
import itertools
import json
import socket
import threading
import time

from harness import Region

SERVICES = [f"tjanst{n}" for n in range(10)]
CODES = [str(1400 + n) for n in range(49)]
TICKETS = 20_000
ASKED = 40


def agreement(path):
    path.mkdir()
    probes = "".join(f'  - {{agent: agent-{code}, probe: "{service}", service: {service}, municipality: "{code}", vantage: local, interval: 5min}}\n'
                     for code in CODES for service in SERVICES)
    (path / "agreement.yaml").write_text(
        'name: bench\nversion: "1"\nvalid_from: 2025-01-01\nzone: Europe/Stockholm\nholidays: {closed: [public_holiday]}\n'
        "priorities: [P1, P2]\nmatrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P2, P2], [P2, P2, P2, P2]]\n"
        "targets:\n  P1: {response: 15min, resolution: 4h, share: 90 %, calendar: 24x7}\n"
        "  P2: {response: 1h, resolution: 48h, share: 90 %, calendar: 24x7}\n"
        "services:\n" + "".join(f'  {s}: {{name: Tjänst, availability: "99,8 %"}}\n' for s in SERVICES)
        + "municipalities_file: municipalities.csv\nprobes:\n" + probes, encoding="utf-8")
    (path / "municipalities.csv").write_text("code,name,federation,size,go_live,end\n"
                                             + "".join(f"{code},Kommun,GR,small,2025-01-01,\n" for code in CODES))


def send(region, code, body):
    connection = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    connection.request("POST", "/api/v1/agents/batches", json.dumps(body),
                       {"Authorization": f"Bearer agent-{code}", "Content-Type": "application/json"})
    response = connection.getresponse()
    assert response.status == 200, response.read()
    connection.close()


def touch(region, number):
    """One sample more."""
    now = int(time.time() * 1000)
    send(region, CODES[number % 49], {"boot_id": "touch", "batch": number, "sent_ms": now, "samples": [[SERVICES[0], now, "ok", 5]]})


def fill(region):
    now = int(time.time() * 1000)
    connection = region.connection()
    for number, code in enumerate(CODES):
        rows = [[s, at, "critical" if number % 12 == 0 and at > now - 1800000 and s == SERVICES[0] else "ok", 9]
                for at in range(now - 86400000, now, 300000) for s in SERVICES]
        for part, first in enumerate(range(0, len(rows), 1000)):
            send(region, code, {"boot_id": "bench", "batch": part, "sent_ms": now, "samples": rows[first:first + 1000]})
    for first in range(0, TICKETS, 1000):
        lines = [json.dumps({"v": 1, "kind": "ticket.reported", "occurred_ms": now - i * 5000, "event_id": f"{i}/1", "source_order": 1,
                             "municipality": CODES[i % 49], "body": {"ref": f"R-{i}", "status": "in_progress", "support_line": 1 + i % 2,
                                                                     "priority": "P2", "service": SERVICES[i % 10], "title": f"Ärende {i}",
                                                                     "opened_ms": now - i * 5000}})
                 for i in range(first, first + 1000)]
        status, answer = region.request("POST", "/api/v1/events", "\n".join(lines), "application/x-ndjson", connection)
        assert status in (200, 201, 207), answer


def copy_ms(data):
    """The same bytes through a socket pair, best of ten."""
    best = 1e9
    for _ in range(10):
        a, b = socket.socketpair()
        got = 0
        start = time.perf_counter()
        sender = threading.Thread(target=a.sendall, args=(data,))
        sender.start()
        while got < len(data):
            got += len(b.recv(1 << 16))
        best = min(best, (time.perf_counter() - start) * 1000)
        sender.join()
        a.close()
        b.close()
    return best


def ask(region, path, changed, numbers):
    """Times in ms, and the bytes. `changed`: a row comes into the ledger before each question, so that nothing stays as it was."""
    connection = region.connection()
    times, data = [], b""
    for _ in range(ASKED):
        if changed:
            touch(region, next(numbers))
        start = time.perf_counter()
        connection.request("GET", path)
        data = connection.getresponse().read()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times), data


def main():
    numbers = itertools.count(1)
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text("principals:\n" + "".join(
            f"  - {{name: agent-{code}, token_sha256: {hashlib.sha256(b'agent-' + code.encode()).hexdigest()}, roles: [ingest]}}\n"
            for code in CODES))
        with open(region.dir / "vingad.yaml", "a", encoding="utf-8") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        agreement(region.dir / "agreement")
        region.start()
        region.vinga("agreement", "apply", region.dir / "agreement", "--reason", "bench")
        fill(region)
        for path in ("/overview", "/matrix", "/municipalities/1401", "/tickets?sort=left&limit=100"):
            for name, changed in (("unchanged", False), ("after a row", True)):
                times, data = ask(region, "/api/v1" + path, changed, numbers)
                limit = copy_ms(data)
                print(f"{path}, {name}: p50 {times[ASKED // 2]:.2f} ms, worst {times[-1]:.2f} ms, {len(data)} bytes; a copy of them "
                      f"{limit:.3f} ms, ratio {times[ASKED // 2] / limit:.0f}", flush=True)


if __name__ == "__main__":
    main()
