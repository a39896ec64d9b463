#!/usr/bin/python3
"""Runs every bench on a release build and prints each figure with its ratio to a limit measured in the same run.

usage: bench/run.py   (after: cmake --preset release && cmake --build --preset release; needs the package wrk)"""

import hashlib
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("VINGA_BUILD", str(SOURCE / "build/release"))
sys.path.insert(0, str(SOURCE / "tests/integration"))
from harness import BUILD, Region, free_port  # noqa: E402
import close  # noqa: E402
import pages  # noqa: E402
import snmp  # noqa: E402
import stream  # noqa: E402

SECONDS = 8


def wrk(port, batch=1, token="", script="post.lua", connections=32, peer=""):
    env = dict(os.environ, BATCH=str(batch), TOKEN=token, NOW_MS=str(int(time.time() * 1000)), PEER=peer)
    done = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "-s", SOURCE / "bench" / script, f"http://127.0.0.1:{port}"],
                          capture_output=True, text=True, env=env, check=True)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    assert not bad, done.stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1)) * batch


def echo(batch=1):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([BUILD / "bench/bench_echo", str(port)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                pass
        return wrk(port, batch)
    finally:
        server.kill()


def line(name, value, limit, limit_name, aim):
    print(f"{name}: {value:,.0f}/s; {limit_name} {limit:,.0f}/s; ratio {value / limit:.2f}; aim {aim}", flush=True)


def resident_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


def copy_limit(region):
    """The same ledger rows by one COPY into a table with the same key."""
    region.sql("create table public.bench (like ledger.row); alter table public.bench add primary key (month, seq)")
    path = region.dir / "rows.copy"
    with open(path, "wb") as out:
        subprocess.run(["psql", "-XqAt", "-h", region.pghost, "-U", "postgres", "-d", "vinga", "-c",
                        "copy (select * from ledger.row) to stdout"], stdout=out, check=True)
    rows = int(region.sql("select count(*) from ledger.row"))
    start = time.monotonic()
    with open(path, "rb") as file:
        subprocess.run(["psql", "-Xq", "-h", region.pghost, "-U", "postgres", "-d", "vinga", "-c", "copy public.bench from stdin"],
                       stdin=file, check=True)
    return rows / (time.monotonic() - start)


def copy_samples(region, samples):
    """So many samples, a row each, by one COPY into a table with their key."""
    region.sql("create table public.sample (probe text, at bigint, state text, latency_ms integer, primary key (probe, at))")
    path = region.dir / "samples.copy"
    with open(path, "w", encoding="ascii") as out:
        for i in range(samples):
            out.write(f"p{i // 80000}\t{1790000000000 + i * 1000}\tok\t{i % 90}\n")
    start = time.monotonic()
    with open(path, "rb") as file:
        subprocess.run(["psql", "-Xq", "-h", region.pghost, "-U", "postgres", "-d", "vinga", "-c", "copy public.sample from stdin"],
                       stdin=file, check=True)
    return samples / (time.monotonic() - start)


def alertmanager(region, token):
    """Alerts into us, durable, and into Alertmanager, which keeps them in memory. wrk shares the processors with both."""
    if shutil.which("prometheus-alertmanager") is None:
        print("alerts: prometheus-alertmanager is not installed", flush=True)
        return
    where = region.dir / "alertmanager"
    where.mkdir()
    (where / "config.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    port = free_port()
    peer = subprocess.Popen(["prometheus-alertmanager", f"--config.file={where}/config.yml", f"--storage.path={where}/data",
                             f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        region.until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close() is None, "Alertmanager")
        for name, batch, connections in (("batches of 100, 32 connections", 100, 32), ("singly, 16 connections", 1, 16)):
            line("alerts, durable, " + name, wrk(region.port, batch, token, "alertmanager.lua", connections),
                 wrk(port, batch, "", "alertmanager.lua", connections, "alertmanager"), "Alertmanager, in memory", 1.0)
    finally:
        peer.kill()
        peer.wait()


def main():
    subprocess.run([BUILD / "bench/bench_replay"], check=True)
    subprocess.run([BUILD / "bench/bench_samples"], check=True)
    subprocess.run([BUILD / "bench/bench_availability"], check=True)
    subprocess.run([BUILD / "bench/bench_close"], check=True)
    subprocess.run([BUILD / "bench/bench_close", "10"], check=True)
    subprocess.run([BUILD / "bench/bench_journal"], check=True)
    snmp.main()
    close.main()
    pages.main()
    stream.main()
    token = secrets.token_hex(16)
    with Region(start=False) as region:
        principals = region.dir / "principals.yaml"
        principals.write_text("principals:\n  - name: bench\n    source: bench\n    roles: [ingest]\n"
                              f"    token_sha256: {hashlib.sha256(token.encode()).hexdigest()}\n")
        region.extra = f"principals: {principals}\n"
        region.write_config()
        region.start()
        print(f"idle daemon: {resident_kib(region.daemon.pid) / 1024:.1f} MiB resident; aim under 32", flush=True)
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "bench")
        line("durable intake, single POST, 32 connections", wrk(region.port, 1, token), echo(1), "evhttp echo", 0.5)
        region.settled(600)
        first = region.status()["seq"]
        start = time.monotonic()
        batches = wrk(region.port, 100, token)
        region.settled(600)
        took = time.monotonic() - start
        rows = region.status()["seq"] - first
        line("durable intake, NDJSON batches of 100", batches, echo(100) , "evhttp echo of the same batches", "none")
        line("end to end, intake to PostgreSQL and read model", rows / took, copy_limit(region), "raw COPY into an indexed table", 0.5)
        region.settled(600)
        line("samples into the timeline, durable, batches of 1,000, 32 connections", wrk(region.port, 1000, token, "batch.lua"),
             copy_samples(region, 1000000), "raw COPY of samples into a table with their key", 0.5)
        region.settled(600)
        alertmanager(region, token)


if __name__ == "__main__":
    sys.exit(main())
