#!/usr/bin/python3
"""The live stream: what changes is told in order, without holes, to whom it concerns, and to who comes back."""

import sys
import threading
import time

from harness import Region
from live import Ended, Stream, apply_agreement, assert_no_hole, live_counts, post_tickets, prepare, report, states, tickets, turns


def breaks_in_order(region):
    """A flood of bad samples: shown as measured at once, as down when it is confirmed, without asking anew."""
    report(region, "1489", "ok", 50, 40)
    with_state = Stream(region)
    assert with_state.next()[0] == "hello"
    region.until(lambda: region.get("/api/v1/matrix?municipality=1489")[1]["cells"][0]["state"] == "ok", "the cell to be ok")
    for _ in range(20):
        report(region, "1489", "critical", 0)
    seen = with_state.until(lambda name, data: name == "state" and data["cells"][0]["state"] == "down")
    bad = [c for name, _, data in seen if name == "state" for c in data["cells"] if c["measured"] == "down"]
    assert bad[0]["pending"] and bad[0]["state"] == "ok", bad
    assert not bad[-1]["pending"] and bad[-1]["since"] is not None, bad
    seen += with_state.until(lambda name, _: name == "turn")
    assert_no_hole(seen)
    report(region, "1489", "ok", -1)  # in another second than the last of the bad ones
    seen = with_state.until(lambda name, data: name == "state" and data["cells"][0]["state"] == "ok" and not data["cells"][0]["pending"])
    assert states(seen, "1480") == [], seen
    with_state.close()


def has_no_hole_under_load(region):
    """Whoever joins while tickets come in gets every turn from there on, and every ticket of them or how many are left out."""
    first, batches = 10000, 40
    load = threading.Thread(target=lambda: [post_tickets(region, first + 10 * n, 10) for n in range(batches)])
    streams = [Stream(region)]
    load.start()
    for _ in range(15):
        streams.append(Stream(region))
        streams[-1].next()
    load.join()
    post_tickets(region, 1, 1)
    last = region.get("/api/v1/tickets?ref=1489/1")[1]["tickets"][0]
    for stream in streams:
        seen = stream.until(lambda name, data: name == "turn" and data["seq"] >= last["changed_seq"])
        left_out = sum(data["left_out"] for name, _, data in seen if name == "ticket")
        assert last["id"] in tickets(seen) or left_out > 0, seen[-3:]
        assert_no_hole(seen)
        stream.close()


def goes_on_where_it_left(region):
    watching, leaving = Stream(region), Stream(region)
    watching.next()
    epoch = leaving.next()[2]["epoch"]
    post_tickets(region, 20000, 1)
    seen = leaving.until(lambda name, _: name == "turn")
    left_at = seen[-1][1]
    assert left_at == f"{epoch}.{seen[-1][2]['turn']}"
    leaving.close()
    for n in (20001, 20002, 20003):
        post_tickets(region, n, 1)
        watching.until(lambda name, data: name == "ticket" and f"1489/{n}" in [r["ref"] for t in data["tickets"] for r in t["refs"]])
    back = Stream(region, last_id=left_at)
    seen = back.until(lambda name, data: name == "ticket" and "1489/20003" in [r["ref"] for t in data["tickets"] for r in t["refs"]])
    assert seen[0][0] == "hello" and seen[0][2]["turn"] == int(left_at.split(".")[1]), seen[0]
    assert "resync" not in [name for name, _, _ in seen] and len(tickets(seen)) == 3, seen
    assert_no_hole(seen + back.until(lambda name, _: name == "turn"))
    for stream in (watching, back):
        stream.close()
    return back.raw


def says_resync(region, last_id):
    before = live_counts(region)["resyncs"]
    stream = Stream(region, last_id=last_id)
    hello, resync = stream.next(), stream.next()
    assert hello[0] == "hello" and resync[0] == "resync" and resync[2]["reason"], (last_id, hello, resync)
    assert live_counts(region)["resyncs"] == before + 1
    post_tickets(region, 30000 + region.status()["seq"], 1)
    assert turns([hello] + stream.until(lambda name, _: name == "turn"))[-1] == hello[2]["turn"] + 1
    stream.close()


def resyncs_who_missed_too_much(region):
    """Turns of over 256 KiB: what is older is no longer there."""
    stream = Stream(region)
    old = stream.next()[1]
    seen, n = 0, 40000
    while seen < 300 * 1024:
        post_tickets(region, n, 50)
        n += 50
        stream.until(lambda name, _: name == "turn")
        seen = len(stream.raw)
    stream.close()
    says_resync(region, old)
    for foreign in ("00000000.1", old.split(".")[0] + ".99999999", old.split(".")[0] + ".-1", old.split(".")[0] + ".1x", old.split(".")[0],
                    "", "x" * 200):
        says_resync(region, foreign)


def says_that_the_agreement_changed(region):
    stream = Stream(region)
    stream.next()
    apply_agreement(region, "2")
    seen = stream.until(lambda name, _: name == "turn")
    assert [name for name, _, _ in seen] == ["resync", "turn"], seen
    stream.close()


def survives_restart(region):
    """The stream ends with the daemon; who comes back to the next one starts anew."""
    stream = Stream(region)
    last_id = stream.next()[1]
    region.stop()
    try:
        while True:
            stream.next(10)
    except Ended:
        pass
    region.start()
    says_resync(region, last_id)


def says_that_it_lives(region):
    """Also when nothing happens: a page has no other way to tell silence from a dead line. It is an event, and no turn."""
    stream = Stream(region)
    name, known_as, data = stream.until(lambda name, data: name == "beat", 30)[-1]
    assert known_as is None and data["seq"] > 0 and data["asof"].endswith("Z"), (known_as, data)
    stream.close()


def speaks_http(region):
    """HTTP/1.0, HEAD, what a peer sends besides, and which headers there are."""
    for version in ("1.0", "1.1"):
        head = Stream(region, version=version)
        lines = head.head().lower().split("\r\n")
        assert lines[0].endswith("200 ok") and "content-type: text/event-stream" in lines and "connection: close" in lines, lines
        assert "cache-control: no-store" in lines and "x-accel-buffering: no" in lines, lines
        assert not any(line.startswith(("content-length", "transfer-encoding", "etag")) for line in lines), lines
        head.sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)
        post_tickets(region, 50000 + int(version == "1.0"), 1)
        assert head.until(lambda name, _: name == "turn")
        head.close()
    head = Stream(region, method="HEAD")
    assert "text/event-stream" in head.head()
    try:
        head.fill(time.monotonic() + 10)
        raise AssertionError(f"a body after HEAD: {head.text}")
    except Ended:
        pass
    region.until(lambda: live_counts(region)["readers"] == 0, "all readers to have left")


def main():
    with Region(start=False) as region:
        prepare(region)
        region.start()
        apply_agreement(region)
        breaks_in_order(region)
        has_no_hole_under_load(region)
        goes_on_where_it_left(region)
        resyncs_who_missed_too_much(region)
        says_that_the_agreement_changed(region)
        says_that_it_lives(region)
        speaks_http(region)
        survives_restart(region)
    print("8 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
