"""Traps and informs: ours, durable and judged by rules, against snmptrapd that writes a log and flushes nothing.

The sender (bench_snmp) shares the two cores with whom it measures, in both cases."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time

from harness import BUILD, SOURCE, Region
from test_storm import link_down

SECONDS = 3
LOSS = 0.001
INFORMS = 60000
ALARMS = 500
OUTSTANDING = 64


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def settled(count):
    """What count() comes to rest at."""
    last, since = count(), time.monotonic()
    while time.monotonic() - since < 1:
        now = count()
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.05)
    return last


def send(*arguments):
    done = subprocess.run([BUILD / "bench/bench_snmp", *map(str, arguments)], capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def highest(port, count):
    """Traps a second that are sent and of which fewer than LOSS are missing, in one of three tries; then an eighth more."""
    rate, best = 4000, 0.0
    while True:
        for _ in range(3):
            before = count()
            sent, took = send("traps", port, rate, SECONDS)
            lost = 1 - (settled(count) - before) / sent
            if lost < LOSS:
                break
        else:
            return best, f"at {sent / took:,.0f}/s {100 * lost:.1f} % were lost"
        best = sent / took
        if best < rate * 0.9:
            return best, "the sender can no more"
        rate = int(rate * 1.125)


def informs(port):
    answered, took, again = send("informs", port, INFORMS, OUTSTANDING)
    return answered / took, int(again)


@contextlib.contextmanager
def snmptrapd():
    where = pathlib.Path(tempfile.mkdtemp(prefix="vinga-b."))
    port = free_udp_port()
    (where / "snmptrapd.conf").write_text("authCommunity log public\nauthUser log bench priv\n"
                                          "createUser bench SHA bench-auth-phrase AES bench-priv-phrase\n")
    (where / "snmp.conf").write_text("serverRecvBuf 4194304\n")
    env = dict(os.environ, MIBS="", SNMPCONFPATH=str(where), SNMP_PERSISTENT_DIR=str(where / "state"))
    daemon = subprocess.Popen(["snmptrapd", "-f", "-n", "-On", "-Lf", where / "log", "-F", "%a %v\n", f"udp:127.0.0.1:{port}"],
                              env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: (where / "log").exists() and b"NET-SNMP" in (where / "log").read_bytes(), "snmptrapd")
        lines = Lines(where / "log")
        yield port, lines.count
    finally:
        daemon.kill()
        daemon.wait()
        shutil.rmtree(where)


class Lines:
    """Lines of a file that grows, each read once."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.lines = 0

    def count(self):
        while piece := self.file.read(1 << 20):
            self.lines += piece.count(b"\n")
        return self.lines


@contextlib.contextmanager
def vingad():
    port = free_udp_port()
    with Region(start=False) as region:
        d = region.dir
        (d / "auth").write_text("bench-auth-phrase\n")
        (d / "priv").write_text("bench-priv-phrase\n")
        (d / "access.yaml").write_text(
            "communities: [{community: public, source: net}]\n"
            f"users: [{{user: bench, auth: sha, auth_file: {d}/auth, priv: aes, priv_file: {d}/priv, source: v3}}]\n")
        region.extra = (f"snmp_listen: 127.0.0.1:{port}\nsnmp_access: {d}/access.yaml\nalarm_rules: {SOURCE}/plugins/alarms\n"
                        f"journal_mib_max: 65536\n")
        region.write_config()
        region.start()
        connection = region.connection()

        def durable():
            text = region.request("GET", "/metrics", connection=connection)[1].decode()
            return int(re.search(r"^vinga_snmp_traps_total (\d+)$", text, re.M).group(1))
        yield region, port, durable


def notices(region):
    """Of both sources, as they lie in the journal."""
    with contextlib.closing(sqlite3.connect(f"file:{region.state}/journal.db?mode=ro", uri=True)) as journal:
        rows = journal.execute("SELECT bytes FROM ledger WHERE kind = 'alarms.reported' AND source IN ('net', 'v3')")
        return sum(notice.get("count", 1) for row in rows for notice in json.loads(row[0])["body"]["notices"])


def seen(region, port, rate):
    """Milliseconds from a trap's sending to the answer of who waits for that alarm, while others are sent at `rate`. Ascending."""
    load = subprocess.Popen([BUILD / "bench/bench_snmp", "traps", str(port), str(rate), "20"], stdout=subprocess.DEVNULL)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(("127.0.0.1", port))
    waiter = region.connection()
    took = []
    try:
        after = region.request("GET", "/api/v1/alarms/changes?wait=0&limit=1")[1]["seq"]
        for interface in range(100001, 100001 + ALARMS):
            waiter.request("GET", f"/api/v1/alarms/changes?after={after}&wait=25&resource=127.0.0.1/{interface}")
            started = time.monotonic()
            sender.send(link_down(interface, interface))
            answer = json.loads(waiter.getresponse().read())
            took.append((time.monotonic() - started) * 1000)
            assert len(answer["alarms"]) == 1, answer
            after = answer["seq"]
        assert load.poll() is None, "the load ended before the measurement"
    finally:
        load.kill()
        load.wait()
        sender.close()
    return sorted(took)


def main():
    if shutil.which("snmptrapd") is None:
        print("snmptrapd is not installed: traps and informs are not measured")
        return
    with snmptrapd() as (port, count):
        peer_traps, why = highest(port, count)
        print(f"snmptrapd: {peer_traps:,.0f} traps/s ({why})", flush=True)
        peer_informs, _ = informs(port)
        print(f"snmptrapd: {peer_informs:,.0f} informs/s", flush=True)
    with vingad() as (region, port, count):
        ours_informs, again = informs(port)
        print(f"v3 authPriv informs, acknowledged when durable, {OUTSTANDING} outstanding: {ours_informs:,.0f}/s ({again} sent again); "
              f"snmptrapd, no flush {peer_informs:,.0f}/s; ratio {ours_informs / peer_informs:.2f}; aim 1.5", flush=True)
        ours_traps, why = highest(port, count)
        until(lambda: notices(region) == count() + INFORMS + 1, "all that was taken to be in the journal")
        print(f"v2c traps with under 0.1 % loss, durable: {ours_traps:,.0f}/s ({why}); "
              f"snmptrapd, no flush {peer_traps:,.0f}/s; ratio {ours_traps / max(peer_traps, 1):.2f}; aim 3", flush=True)
        took = seen(region, port, int(ours_traps / 2))
        print(f"from trap to live list at half that load: median {took[len(took) // 2]:.1f} ms, "
              f"p99 {took[len(took) * 99 // 100]:.1f} ms; aim under 20", flush=True)


if __name__ == "__main__":
    main()
