#!/usr/bin/python3
"""Who may read the live stream, and what readers cost: slow ones, killed ones, five hundred at once."""

import json
import socket
import subprocess
import sys
import time

from harness import Region
from live import Crowd, Ended, Stream, apply_agreement, live_counts, post_tickets, prepare, report, resident_bytes, small_quarantine, states, tickets

READERS = 500
MIB = 1 << 20
# holds that many streams open until it is killed
HOLDER = """
import socket, sys, time
held = []
for _ in range(int(sys.argv[2])):
    held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
    held[-1].sendall(b"GET /api/v1/events HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer drift\\r\\n\\r\\n")
print("held", flush=True)
sys.stdin.read()
"""


def status_of(region, query, token):
    stream = Stream(region, query, token=token)
    status = int(stream.head().split()[1])
    stream.close()
    return status


def lets_in_who_may_read(region):
    assert status_of(region, "", "nobody") == 401
    assert status_of(region, "", "sender") == 403
    assert status_of(region, "", "drift") == 200
    assert status_of(region, "?municipality=1480", "drift") == 200
    assert status_of(region, "?municipality=9999", "drift") == 404
    assert status_of(region, "", "kommun1489") == 200
    assert status_of(region, "?municipality=1489", "kommun1489") == 200
    assert status_of(region, "?municipality=1480", "kommun1489") == 403
    assert status_of(region, "?municipality=", "kommun1489") == 403


def iso(after_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + after_s))


def draft(region, municipality):
    status, answer = region.post("/api/v1/disturbances", {"kind": "disturbance", "services": ["journal"], "municipalities": [municipality],
                                                          "title": "Trögt", "text": "Vi letar.", "advice": "", "title_en": "",
                                                          "text_en": "", "advice_en": "", "started": iso(-600)})
    assert status == 201, answer
    return answer["disturbance"]


def publish(region, name, **changed):
    status, text = region.post(f"/api/v1/disturbances/{name}/publish", {"next_update": iso(3600), **changed})
    assert status == 201, text


def make_one_of_each(region, municipality, number):
    """An outage record, a window, a disturbance and an alarm of a municipality; their ids."""
    now = int(time.time() * 1000)
    status, outage = region.post("/api/v1/outages", {"effect": "degraded", "service": "journal", "municipalities": [municipality],
                                                     "cause": "vgr", "from_ms": now - 60000, "to_ms": now - 30000, "reason": "test"})
    assert status == 201, outage
    status, window = region.post("/api/v1/windows", {"name": "test", "category": "planned", "services": ["journal"],
                                                     "municipalities": [municipality], "from": now + 3600000, "to": now + 7200000})
    assert status == 201, window
    notice = {"at_ms": now, "resource": f"host{number}", "type": "host-down", "severity": "critical", "service": "journal",
              "municipality": municipality}
    status, text = region.post("/api/v1/events", {"v": 1, "kind": "alarms.reported", "occurred_ms": now, "body": {"notices": [notice]}})
    assert status == 201, text
    alarms = region.get(f"/api/v1/alarms?resource=host{number}")[1]["alarms"]
    disturbance = draft(region, municipality)
    publish(region, disturbance)
    return {"outage": outage["outage"], "window": window["window"] + ".0", "alarm": alarms[0]["id"], "disturbance": disturbance}


def changed(events, name):
    return [i for event, _, data in events if event == name for i in data["changed"]]


def tells_each_its_own(region):
    own, asked, everything = Stream(region, token="kommun1489"), Stream(region, "?municipality=1489"), Stream(region)
    for stream in (own, asked, everything):
        stream.next()
    others = make_one_of_each(region, "1480", 1)
    others["draft"] = draft(region, "1489")
    post_tickets(region, 1, 3, "1480")
    report(region, "1480", "critical", 20, 1)
    everything.until(lambda name, data: name == "state" and data["cells"][0]["state"] == "down")
    mine = make_one_of_each(region, "1489", 2)
    post_tickets(region, 1, 1, "1489")
    report(region, "1489", "critical", 20, 1)
    for stream in (own, asked):
        seen = stream.until(lambda name, data: name == "state" and data["cells"][0]["state"] == "down")
        seen += stream.until(lambda name, _: name == "turn")
        text = stream.raw.decode()
        assert '"1480' not in text and "1480/" not in text, text
        assert not [i for i in others.values() if f'"{i}"' in text], (others, text)
        assert len(tickets(seen)) == 1 and states(seen, "1489")[-1] == "down", seen
        assert all(i in changed(seen, name) for name, i in mine.items()), (mine, seen)
    assert states(everything.until(lambda name, data: name == "state" and data["cells"][0]["municipality"] == "1489"), "1480") == []
    publish(region, mine["disturbance"], municipalities=["1480"])
    own.until(lambda name, data: name == "disturbance" and mine["disturbance"] in data["changed"])  # theirs no more
    for stream in (own, asked, everything):
        stream.close()


def serves_many(region):
    """The same turn to all, and no memory to speak of for each."""
    before = resident_bytes(region.daemon.pid)
    crowd = Crowd(region, READERS)
    crowd.read_until(lambda got: b"event: hello" in got)
    assert live_counts(region)["readers"] == READERS
    for n in range(20):
        post_tickets(region, 1000 + 50 * n, 50)
        crowd.read_until(lambda got: got.count(b"event: turn\n") > n)
    grown = resident_bytes(region.daemon.pid) - before
    bodies = {got.split(b"\n\n", 2)[2][:100000] for got in crowd.got.values()}
    assert len(bodies) == 1, "readers of one scope read different turns"
    assert grown < 32 * MIB, f"{READERS} readers took {grown} bytes"
    crowd.close()
    region.until(lambda: live_counts(region)["readers"] == 0, "all to have left")


def cuts_off_the_slow(region):
    """Who does not read is cut off; what waited for them was shared, and is free again."""
    cut = live_counts(region)["cut"]
    slow = [Stream(region, token="drift", buffer=4096) for _ in range(50)]
    region.until(lambda: live_counts(region)["readers"] == len(slow), "the slow readers to be there")
    quick = Stream(region)
    quick.next()
    before, n = resident_bytes(region.daemon.pid), 100000
    while live_counts(region)["readers"] > 1:
        post_tickets(region, n, 50)
        n += 50
        quick.until(lambda name, _: name == "turn")
        assert n < 200000, "slow readers are not cut off"
    grown = resident_bytes(region.daemon.pid) - before
    assert live_counts(region)["cut"] == cut + len(slow)
    assert grown < 16 * MIB, f"{len(slow)} slow readers took {grown} bytes"
    try:
        while True:
            slow[0].next(10)
    except (Ended, ConnectionError):
        pass
    for stream in slow + [quick]:
        stream.close()


def forgets_the_killed(region):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(region.port), "100"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    region.until(lambda: live_counts(region)["readers"] == 100, "the readers to be there")
    holder.kill()
    holder.wait()
    post_tickets(region, 300000, 1)
    region.until(lambda: live_counts(region)["readers"] == 0, "the killed readers to be forgotten")
    half = Stream(region)
    half.next()
    half.sock.shutdown(socket.SHUT_WR)
    region.until(lambda: live_counts(region)["readers"] == 0, "who has said its last to be forgotten")


def reloads_rights(region):
    """Principals are read anew: streams end, and who comes back gets what it may see now."""
    stream = Stream(region, token="kommun1489")
    stream.next()
    principals = region.dir / "principals.yaml"
    principals.write_text(principals.read_text().replace('roles: [kommun_first_line], municipality: "1489"', "roles: [ingest]"))
    region.daemon.send_signal(1)
    try:
        while True:
            stream.next(20)
    except Ended:
        pass
    assert status_of(region, "", "kommun1489") == 403


def main():
    small_quarantine()
    with Region(start=False) as region:
        prepare(region)
        region.start()
        apply_agreement(region)
        lets_in_who_may_read(region)
        tells_each_its_own(region)
        serves_many(region)
        cuts_off_the_slow(region)
        forgets_the_killed(region)
        reloads_rights(region)
        assert json.dumps(live_counts(region)["readers"]) == "0"
    print("6 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
