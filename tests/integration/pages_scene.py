"""A small region for the answers that pages are drawn from: four municipalities, three services, a month of samples up to now, and
people of different scopes."""

import contextlib
import datetime
import hashlib
import http.client
import json
import time

from harness import Region

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
INTERVAL = 5 * MINUTE
PEOPLE = {"agent": ("ingest", ""), "desk": ("ingest", ""), "anna": ("vgr_sla_manager", ""), "bo": ("vgr_sla_manager", ""),
          "kommun": ("kommun_first_line", "1489"), "granne": ("kommun_read", "1480")}
AGREEMENT = """
name: pages-test
version: "1"
valid_from: 2025-01-01
zone: Europe/Stockholm
rules: { slot: 60s, confirm_slots: 2, window_notice: 10 days, availability: "99,8 %" }
holidays: { closed: [public_holiday] }
calendars:
  office: { hours: { mon-fri: "07:30-16:30" } }
priorities: [P1, P2, P3]
matrix: [[P1, P1, P2, P3], [P1, P2, P3, P3], [P2, P3, P3, P3], [P3, P3, P3, P3]]
targets:
  P1: { response: 15min, resolution: 4h, share: 90 %, calendar: 24x7 }
  P2: { response: 30min, resolution: 8h, share: 90 %, calendar: 24x7 }
  P3: { response: 4h, resolution: 24h, share: 90 %, calendar: office }
channels: { mobile: Mobil, published_app: Publicerad app }
services:
  journal: { name: Journal, channels: [mobile, published_app], depends: { katalog: soft } }
  kontor: { name: Kontor, availability: 99 % }
  katalog: { name: Katalog, component: yes }
municipalities_file: municipalities.csv
probes:
  - { agent: agent, probe: app-1401, service: journal, municipality: "1401", vantage: local, interval: 5min }
  - { agent: agent, probe: app-1480, service: journal, municipality: "1480", vantage: local, interval: 5min }
  - { agent: agent, probe: app-1489, service: journal, municipality: "1489", vantage: local, interval: 5min }
  - { agent: agent, probe: kontor-1401, service: kontor, municipality: "1401", vantage: local, interval: 5min }
  - { agent: agent, probe: kontor-1480, service: kontor, municipality: "1480", vantage: local, interval: 5min }
  - { agent: agent, probe: kontor-1489, service: kontor, municipality: "1489", vantage: local, interval: 5min }
duty:
  - { name: Jour, municipality: all, channel: webhook, address: "http://127.0.0.1:9/", on: [escalation], repeat: 15min }
"""
MUNICIPALITIES = """code,name,federation,size,go_live,end
1401,Härryda,GR,medium,2025-01-01,
1402,Partille,GR,medium,2025-01-01,
1480,Göteborg,GR,large,2025-01-01,
1489,Alingsås,GR,medium,2025-01-01,
"""
USERS = {"1401": 120, "1402": 80, "1480": 4000, "1489": 300}


def now_ms():
    return int(time.time() * 1000)


def iso(at_ms):
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def fetch(region, who, method, path, body=None):
    """Status, headers and bytes."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=120)
    conn.request(method, path, body=data,
                 headers={"Authorization": "Bearer " + who, **({"Content-Type": "application/json"} if data is not None else {})})
    response = conn.getresponse()
    answer = response.status, response.headers, response.read()
    conn.close()
    return answer


def call(region, who, method, path, body=None):
    status, _, data = fetch(region, who, method, path, body)
    return status, json.loads(data)


def must(answer, status=200):
    assert answer[0] == status, answer
    return answer[1]


def get(region, path, who="anna", status=200):
    return must(call(region, who, "GET", "/api/v1" + path), status)


def post(region, path, body, who="anna", status=201):
    return must(call(region, who, "POST", "/api/v1" + path, body), status)


def report(region, ref, number, occurred_ms, municipality="1489", **fields):
    """A fact about a ticket of the service desk; returns V-…"""
    return post(region, "/events", {"v": 1, "kind": "ticket.reported", "occurred_ms": occurred_ms, "event_id": f"{ref}/{number}",
                                    "source_order": number, "municipality": municipality, "body": dict(ref=ref, **fields)}, "desk")["ticket"]


def samples(region, begin_ms, end_ms, state_of):
    """What every probe said each fifth minute: `state_of(probe, at_ms)`, None = nothing."""
    probes = ["app-1401", "app-1480", "app-1489", "kontor-1401", "kontor-1480", "kontor-1489"]
    rows = [[probe, at, state, 20] for at in range(begin_ms, end_ms, INTERVAL) for probe in probes
            if (state := state_of(probe, at)) is not None]
    for number, first in enumerate(range(0, len(rows), 1000)):
        post(region, "/agents/batches", {"boot_id": f"b{begin_ms}", "batch": number, "sent_ms": now_ms(),
                                         "samples": rows[first:first + 1000]}, "agent", 200)


@contextlib.contextmanager
def pages(config=""):
    with Region(start=False) as region:
        people = "principals:\n" + "".join(
            f"  - {{name: {name}, token_sha256: {hashlib.sha256(name.encode()).hexdigest()}, roles: [{role}]"
            + (f', municipality: "{municipality}"' if municipality else "") + "}\n" for name, (role, municipality) in PEOPLE.items())
        (region.dir / "principals.yaml").write_text(people)
        with open(region.dir / "vingad.yaml", "a", encoding="utf-8") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n" + config.format(dir=region.dir))
        agreement = region.dir / "agreement"
        agreement.mkdir()
        (agreement / "agreement.yaml").write_text(AGREEMENT)
        (agreement / "municipalities.csv").write_text(MUNICIPALITIES)
        region.start()
        region.vinga("agreement", "apply", agreement, "--reason", "test")
        (region.dir / "users.csv").write_text("municipality;day;users;private_users;rule;approver\n" + "".join(
            f"{code};2025-01-01;{users};0;licensed;\n" for code, users in USERS.items()))
        region.vinga("register", "users", region.dir / "users.csv")
        yield region
