#!/usr/bin/python3
"""Live state in a real Redis: it is away, comes, is emptied, stopped, killed under traffic and comes back with what it had; the daemon
takes everything meanwhile, and nothing in Redis is about a person."""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from harness import SOURCE, VINGAD, Region, free_port, reported

TAIL = SOURCE / "plugins/redis/vinga-redis-tail"
loader = importlib.machinery.SourceFileLoader("vinga_redis_tail", str(TAIL))
tail = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
loader.exec_module(tail)

AGREEMENT = """
name: redis-test
version: "%d"
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
%s
municipalities_file: municipalities.csv
probes:
  - { agent: operator, probe: app, service: journal, municipality: "1489", vantage: local, interval: 60s }
  - { agent: operator, probe: gateway, reference: yes, interval: 60s }
"""
MUNICIPALITIES = "code,name,federation,size,go_live,end\n1480,Göteborg,GR,large,2020-01-01,\n1489,Alingsås,GR,medium,2020-01-01,\n"
PERSONAL = "Anna ringde om sin inloggning"
WAITING_MAX = 1 << 20  # bytes for Redis while it stands still and events come


class Server:
    """One redis-server in a directory of its own; what it saves at a stop it has again at the next start."""

    def __init__(self, directory, *options):
        self.dir = pathlib.Path(directory)
        self.dir.mkdir(exist_ok=True)
        self.socket = self.dir / "r"
        self.options = options
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.dir, "--save",
                                         "3600 1000000", *self.options], stdout=subprocess.DEVNULL)

    def ask(self, *words):
        client = tail.Redis(f"unix:{self.socket}")
        try:
            return client.ask(*words)
        finally:
            client.close()

    def end(self, with_signal):
        self.process.send_signal(with_signal)
        self.process.wait()

    def forget(self):
        for file in self.dir.glob("*.rdb"):
            file.unlink()


def redis_state(region):
    return region.status()["redis"]


def current(region):
    """Redis has been told of everything."""
    status = region.status()
    return status["redis"]["status"] == "current" and status["redis"]["seq"] == status["seq"]


def apply(region, version, services):
    directory = region.dir / "agreement"
    directory.mkdir(exist_ok=True)
    rows = "\n".join(f"  {name}: {{ name: {name.title()}, availability: 99 % }}" for name in services)
    (directory / "agreement.yaml").write_text(AGREEMENT % (version, rows))
    (directory / "municipalities.csv").write_text(MUNICIPALITIES)
    region.vinga("agreement", "apply", directory, "--reason", "test")


def report_ticket(region, ref, number, **fields):
    status, answer = region.post("/api/v1/events", reported(ref, number, int(time.time() * 1000) - 5000 + number, **fields))
    assert status == 201, answer
    return answer["ticket"]


def iso(seconds_from_now):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))


def sample(region, state, *ages_s):
    rows = [{"probe": probe, "state": state if probe == "app" else "ok", "at": iso(-age)}
            for age in ages_s for probe in ("app", "gateway")]
    status, answer = region.post("/api/v1/samples", rows)
    assert status == 200, answer


def shown(server, service="journal", municipality="1489"):
    text = server.ask("HGET", f"vinga:state:{service}", municipality)
    return json.loads(text)["state"] if text else None


def entries(server, kind=None):
    found = [json.loads(tail.pairs(fields)["data"]) for _, fields in server.ask("XRANGE", "vinga:changes", "-", "+")]
    return [message for message in found if kind in (None, message["kind"])]


def told(server, ticket):
    return [message["status"] for message in entries(server, "ticket") if message["id"] == ticket]


def as_the_daemon_says(region, server):
    """The hashes hold one cell for each service and municipality, as confirmed by the daemon."""
    words = {"up": "ok", "no_data": "unknown"}
    want = {(service["service"], row["municipality"]): words.get(row["state"], row["state"])
            for service in region.get("/api/v1/state")[1]["services"] for row in service["municipalities"]}
    client = tail.Redis(f"unix:{server.socket}")
    have = {(cell["service"], cell["municipality"]): cell["state"] for cell in tail.table(client)}
    client.close()
    assert have == want, (have, want)


def comes_late(region, server):
    """Redis is away at the start: the daemon does without, and tells everything when it comes."""
    region.until(lambda: redis_state(region)["text"] != "", "the daemon to miss Redis")
    assert redis_state(region)["status"] in ("away", "connecting"), redis_state(region)
    apply(region, 1, ["journal", "katalog"])
    words = region.vinga("status")
    assert "Redis       borta (away)" in words and "No such file" in words, words
    before = report_ticket(region, "before", 1, status="new", title=PERSONAL)
    server.start()
    region.until(lambda: current(region), "Redis to be told")
    as_the_daemon_says(region, server)
    assert told(server, before) == [], "an empty Redis is told how things stand, not what was"
    assert server.ask("GET", "vinga:seq") == str(region.status()["seq"])
    assert [m["cells"] for m in entries(server, "full")] == [4], entries(server)
    log = (region.dir / "vingad.log").read_text()
    assert log.count("redis.away why=") == 1, "one line for all attempts"


def tells(region, server):
    """Changes reach channels, stream and hashes; of a ticket only counted words."""
    listener = tail.Redis(f"unix:{server.socket}", timeout=60)
    for number, channel in enumerate(("vinga:state", "vinga:ticket"), 1):
        assert listener.ask("SUBSCRIBE", channel) == ["subscribe", channel, number]
    ticket = report_ticket(region, "live", 1, status="new", title=PERSONAL, impact=1, urgency=1,
                           service="journal", municipality_ref="dnr 1")
    kind, channel, text = listener.read()
    message = json.loads(text)
    assert (kind, channel) == ("message", "vinga:ticket") and (message["id"], message["status"]) == (ticket, "new"), message
    assert set(message) == {"kind", "seq", "asof", "id", "municipality", "service", "priority", "status", "pending_reason", "open", "line",
                            "sla", "due", "created", "resolved", "changed_seq"}, message
    sample(region, "critical", 50, 40)
    while message["kind"] != "state" or message["state"] != "down":
        channel, message = (lambda said: (said[1], json.loads(said[2])))(listener.read())
    assert channel == "vinga:state" and (message["service"], message["municipality"]) == ("journal", "1489"), message
    listener.close()
    region.until(lambda: current(region), "Redis to be told of the outage")
    assert shown(server) == "down"
    as_the_daemon_says(region, server)
    assert told(server, ticket) == ["new"]
    everything = json.dumps(entries(server)) + json.dumps([server.ask("HGETALL", f"vinga:state:{s}") for s in ("journal", "katalog")])
    for word in (PERSONAL, "Anna", "dnr", "live"):
        assert word not in everything, word


def tells_of_disturbances(region, server):
    """A draft is nobody's business; what is published and closed is told, without its words."""
    draft = {"kind": "disturbance", "services": ["journal"], "municipalities": ["1489"], "title": PERSONAL, "text": PERSONAL, "advice": "",
             "title_en": "", "text_en": "", "advice_en": "", "started": iso(-600)}
    status, answer = region.post("/api/v1/disturbances", draft)
    assert status == 201, answer
    name = answer["disturbance"]
    status, text = region.post(f"/api/v1/disturbances/{name}/publish", {"next_update": iso(3600)})
    assert status == 201, text
    status, text = region.post(f"/api/v1/disturbances/{name}/close", {"ended": iso(-60), "text": "Klart"})
    assert status == 201, text
    region.until(lambda: current(region), "Redis to be told")
    messages = entries(server, "disturbance")
    assert {m["id"] for m in messages} == {name} and messages[-1]["state"] == "closed", messages
    assert messages[-1]["services"] == ["journal"] and messages[-1]["municipalities"] == ["1489"], messages
    assert PERSONAL not in json.dumps(entries(server))


def shows(region, server):
    """The example consumer: the table, then what changes."""
    command = [TAIL, "--redis", f"unix:{server.socket}", "--json"]
    once = subprocess.run([*command, "--once"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [json.loads(line)["state"] for line in once] == ["unknown", "down", "unknown", "unknown"], once
    words = subprocess.run([TAIL, "--redis", f"unix:{server.socket}", "--once"], capture_output=True, text=True, check=True).stdout
    assert "journal 1489: AVBROTT sedan " in words, words
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as consumer:
        for _ in once:
            consumer.stdout.readline()
        ticket = report_ticket(region, "tail", 1, status="new")
        message = json.loads(consumer.stdout.readline())
        while message["kind"] != "ticket":
            message = json.loads(consumer.stdout.readline())
        assert message["id"] == ticket, message
        consumer.send_signal(signal.SIGINT)
        assert consumer.wait() == 0
    away = subprocess.run([TAIL, "--redis", "unix:/nowhere", "--once"], capture_output=True, text=True)
    assert away.returncode == tail.UNREACHABLE and "/nowhere" in away.stderr, away
    wrong = subprocess.run([TAIL, "--redis", "nowhere", "--once"], capture_output=True, text=True)
    assert wrong.returncode == tail.USAGE, wrong


def is_emptied(region, server):
    """Somebody empties Redis while it is connected: the next transaction sees it, and the whole state is written."""
    server.ask("FLUSHALL")
    report_ticket(region, "emptied", 1, status="new")
    region.until(lambda: current(region) and shown(server) == "down", "the whole state after FLUSHALL")
    as_the_daemon_says(region, server)


def has_other_services(region, server):
    """A service that the agreement no longer has leaves no hash behind."""
    apply(region, 2, ["journal", "register"])
    region.until(lambda: current(region) and server.ask("SMEMBERS", "vinga:services") in (["journal", "register"], ["register", "journal"]),
                 "the new services")
    as_the_daemon_says(region, server)
    assert server.ask("EXISTS", "vinga:state:katalog") == 0


def is_refused(region, server):
    """A key of another kind stands in the way: said, tried again, and over when it is gone."""
    server.ask("DEL", "vinga:changes")
    server.ask("SET", "vinga:changes", "x")
    ticket = report_ticket(region, "refused", 1, status="new")
    region.until(lambda: "WRONGTYPE" in redis_state(region)["text"], "Redis to refuse")
    server.ask("DEL", "vinga:changes")
    region.until(lambda: current(region), "Redis to take it")
    assert entries(server, "full") and told(server, ticket) == ["new"], entries(server)


def comes_back(region, server):
    """Stopped in order it has its position still: what changed meanwhile is told, once."""
    region.until(lambda: current(region), "Redis to be told")
    server.ask("SAVE")
    server.end(signal.SIGKILL)
    ticket = report_ticket(region, "meanwhile", 1, status="new")
    report_ticket(region, "meanwhile", 2, status="in_progress")
    region.until(lambda: redis_state(region)["status"] == "away", "the daemon to miss Redis")
    server.start()
    region.until(lambda: current(region), "Redis to be told of what it missed")
    assert told(server, ticket) == ["in_progress"], "the state, told once"
    as_the_daemon_says(region, server)


def burst(region, name, count):
    """`count` tickets in batches; each is answered although Redis does not."""
    now = int(time.time() * 1000) - 60000
    for first in range(0, count, 200):
        lines = "\n".join(json.dumps(reported(f"{name}/{n}", 1, now + n, status="new", impact=2, urgency=2))
                          for n in range(first, min(first + 200, count)))
        status, answer = region.post("/api/v1/events", lines, content_type="application/x-ndjson")
        assert status == 200, answer


def stands_still(region, server):
    """SIGSTOP: the kernel still takes bytes, nobody answers. The daemon gives up after its time, and holds nothing back."""
    burst(region, "warm", 400)
    region.until(lambda: current(region), "Redis to be told")
    server.process.send_signal(signal.SIGSTOP)
    burst(region, "still", 4000)
    waiting = redis_state(region)["waiting_bytes"]
    assert 0 < waiting <= WAITING_MAX, waiting
    region.until(lambda: "10 s" in redis_state(region)["text"], "the daemon to give up")
    assert redis_state(region)["waiting_bytes"] == 0
    server.process.send_signal(signal.SIGCONT)
    region.until(lambda: current(region), "Redis to be told", seconds=120)
    assert len({m["id"] for m in entries(server, "ticket")}) >= 4000, len(entries(server, "ticket"))


def is_killed(region, server):
    """Killed in the middle of traffic and started empty, several times."""
    for turn in range(3):
        burst(region, f"killed{turn}a", 400)
        server.end(signal.SIGKILL)
        burst(region, f"killed{turn}b", 200)
        server.forget()
        server.start()
        region.until(lambda: current(region) and shown(server) is not None, "the empty Redis to be told", seconds=120)
        as_the_daemon_says(region, server)


def leaves_out(region, server):
    """An import's revocation changes its tickets in one sequence: the first are named, the others counted."""
    status, text = region.post("/api/v1/imports", {"id": "i1", "source": "old", "file": "f.csv", "file_sha256": "0" * 64,
                                                   "mapping_sha256": "0" * 64})
    assert status == 201, text
    now = int(time.time() * 1000) - 60000
    lines = "\n".join(json.dumps(reported(f"old/{n}", 1, now + n, status="new")) for n in range(250))
    status, text = region.post("/api/v1/imports/i1/events", lines, content_type="application/x-ndjson")
    assert status == 200, text
    status, text = region.post("/api/v1/imports/i1/finish", {"rows": 250, "taken": 250, "quarantined": 0, "malformed": 0})
    assert status == 201, text
    region.until(lambda: current(region), "Redis to be told")
    status, text = region.post("/api/v1/imports/i1/revoke", {"reason": "wrong file"})
    assert status == 201, text
    region.until(lambda: current(region), "Redis to be told")
    assert [m["tickets"] for m in entries(server, "left_out")] == [50], entries(server, "left_out")


def counted(region):
    lines = region.get("/metrics")[1].decode().splitlines()
    values = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith("vinga_redis_")}
    state = redis_state(region)
    assert values["vinga_redis_state"] == 3 and values["vinga_redis_messages_total"] >= 4000, values
    assert values["vinga_redis_connects_total"] == state["connects"] >= 5, (values, state)


def asks_for_a_password():
    """By TCP with a password; a wrong one is said, and settings that cannot be are refused at the start."""
    with contextlib.ExitStack() as stack:
        region = Region(start=False)
        stack.enter_context(region)
        port = free_port()
        secret = region.dir / "secret"
        region.extra = f"redis: 127.0.0.1:{port}\nredis_password_file: {secret}\n"
        region.write_config()
        server = Server(region.dir / "redis", "--port", str(port), "--requirepass", "rätt ord")
        secret.write_text("fel ord\n")
        region.start()
        region.until(lambda: "refused" in redis_state(region)["text"], "nobody to listen")
        server.start()
        stack.callback(server.end, signal.SIGKILL)
        region.until(lambda: "WRONGPASS" in redis_state(region)["text"], "the wrong password to be said")
        assert redis_state(region)["status"] in ("away", "connecting")
        region.stop()
        secret.write_text("rätt ord\n")
        region.start()
        region.until(lambda: current(region), "the right password to be taken")
        done = subprocess.run([TAIL, "--redis", f"127.0.0.1:{port}", "--password-file", secret, "--once"], capture_output=True, text=True)
        assert done.returncode == 0, done
        assert "rätt ord" not in (region.dir / "vingad.log").read_text(), "no password in the log"
        apply(region, 1, ["journal"])
        region.until(lambda: current(region), "Redis to be told")
        server.process.send_signal(signal.SIGSTOP)
        report_ticket(region, "last", 1, status="new")
        region.until(lambda: redis_state(region)["status"] == "telling", "a transaction under way")
        region.stop()  # with callbacks waiting
        for wrong in ("localhost:6379", "unix:redis.sock", "127.0.0.1", "127.0.0.1:0", "unix:/" + "x" * 120):
            (region.dir / "wrong.yaml").write_text(f"redis: \"{wrong}\"\n")
            done = subprocess.run([VINGAD, "--check", "--config", region.dir / "wrong.yaml"], capture_output=True, text=True)
            assert done.returncode != 0 and "redis" in done.stderr and "expected" in done.stderr, done
        secret.write_text("")
        done = subprocess.run([VINGAD, "--config", region.dir / "vingad.yaml"], capture_output=True, text=True)
        assert done.returncode != 0 and "redis_password_file" in done.stderr, done


def main():
    if shutil.which("redis-server") is None:
        return 77
    with contextlib.ExitStack() as stack:
        region = Region(start=False)
        stack.enter_context(region)
        server = Server(region.dir / "redis")
        region.extra = f"redis: unix:{server.socket}\n"
        region.write_config()
        region.start()
        stack.callback(lambda: server.process is None or server.end(signal.SIGKILL))
        for step in (comes_late, tells, tells_of_disturbances, shows, is_emptied, has_other_services, is_refused, comes_back,
                     stands_still, is_killed, leaves_out):
            begun = time.monotonic()
            step(region, server)
            print(f"{step.__name__} {time.monotonic() - begun:.1f} s", flush=True)
        counted(region)
        region.stop()
    asks_for_a_password()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    sys.exit(main())
