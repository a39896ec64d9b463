#!/usr/bin/python3
"""A storm of traps with one critical alarm in its middle: it is in the live list before the storm has been worked through, every
trap that the kernel delivered is counted, and what the kernel dropped is an alarm with its exact count."""

import pathlib
import signal
import socket
import subprocess
import sys
import threading

from harness import SOURCE, Region, free_port

STORM = 200000
INTERFACES = 500
QUEUE = 1 << 16  # bytes in the kernel that no receive buffer is too small for, whoever runs the daemon
LINK_DOWN = (1, 3, 6, 1, 6, 3, 1, 1, 5, 3)
UPS_ON_BATTERY = "1.3.6.1.2.1.33.2.1"  # upsTrapOnBattery


def ber(tag, content):
    length = len(content)
    head = bytes([length]) if length < 128 else bytes([0x82, length >> 8, length & 255])
    return bytes([tag]) + head + content


def integer(value, tag=2):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(arcs):
    body = bytearray([arcs[0] * 40 + arcs[1]])
    for arc in arcs[2:]:
        groups = [arc & 127]
        while arc > 127:
            arc >>= 7
            groups.append(arc & 127 | 128)
        body += bytes(reversed(groups))
    return ber(6, bytes(body))


def link_down(number, interface):
    """A v2c linkDown trap of one interface."""
    def bound(name, value):
        return ber(0x30, oid(name) + value)

    index = (1, 3, 6, 1, 2, 1, 2, 2, 1)
    values = ber(0x30, bound((1, 3, 6, 1, 2, 1, 1, 3, 0), integer(number, 0x43)) +
                 bound((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0), oid(LINK_DOWN)) +
                 bound(index + (1, interface), integer(interface)) +
                 bound(index + (7, interface), integer(1)) + bound(index + (8, interface), integer(2)))
    pdu = ber(0xA7, integer(number) + integer(0) + integer(0) + values)
    return ber(0x30, integer(1) + ber(4, b"public") + pdu)


def alarms(region, query=""):
    status, answer = region.get("/api/v1/alarms?state=all&hidden=all&limit=1000" + query)
    assert status == 200, answer
    return answer["alarms"]


def count_of(rows, kind):
    return sum(row["count"] for row in rows if row["type"] == kind)


def queued_bytes(port):
    """What waits in the kernel for the daemon's socket."""
    for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}"):
            return int(fields[4].split(":")[1], 16)
    raise AssertionError(f"nobody listens on UDP port {port}")


def blast(port, count, room=None):
    """Sends as fast as it goes; with `room`, waits while more than so many bytes are queued."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(("127.0.0.1", port))
    for number in range(count):
        if room is not None and number % 50 == 0:
            while queued_bytes(port) > room:
                pass
        sender.send(link_down(number % 100000, number % INTERFACES + 1))
    sender.close()


class Watch(threading.Thread):
    """Looks at the live list until the critical alarm stands in it, and keeps that answer."""

    def __init__(self, region):
        super().__init__(daemon=True)
        self.region, self.seen, self.failure = region, None, None

    def run(self):
        try:
            while self.seen is None:
                rows = alarms(self.region)
                if count_of(rows, "power-on-battery") > 0:
                    self.seen = rows
        except Exception as failure:  # told by the main thread
            self.failure = failure


def power_fails(port):
    """Net-snmp's own snmptrap: upsTrapOnBattery."""
    subprocess.run(["snmptrap", "-m", "", "-v", "2c", "-c", "public", f"127.0.0.1:{port}", "", UPS_ON_BATTERY,
                    "1.3.6.1.2.1.33.1.2.3.0", "i", "20", "1.3.6.1.2.1.33.1.2.2.0", "i", "60", "1.3.6.1.2.1.33.1.9.7.0", "i", "1"],
                   check=True, capture_output=True)


def worked_through(region, port):
    def idle():
        return queued_bytes(port) == 0 and b"\nvinga_notices_waiting 0\n" in region.get("/metrics")[1]
    region.until(idle, "the storm to be worked through", 300)


def the_first_of_its_kind_is_seen_in_a_storm(region, port):
    watch = Watch(region)
    watch.start()
    blast(port, STORM // 2, room=QUEUE)
    power_fails(port)
    blast(port, STORM - STORM // 2, room=QUEUE)
    worked_through(region, port)
    watch.join(timeout=60)
    assert watch.failure is None, watch.failure
    rows = alarms(region)
    at_sight = count_of(watch.seen, "link-down")
    print(f"storm: the critical alarm stood in the list when {at_sight} of {STORM} traps were in it")
    assert at_sight < STORM * 9 // 10, at_sight
    assert count_of(rows, "link-down") == STORM, count_of(rows, "link-down")
    assert count_of(rows, "datagrams-lost") == 0
    assert sum(row["type"] == "link-down" for row in rows) == INTERFACES
    battery = [row for row in rows if row["type"] == "power-on-battery"]
    assert len(battery) == 1 and battery[0]["count"] == 1, battery


def what_the_kernel_drops_is_counted(region, port):
    before = count_of(alarms(region), "link-down")
    region.daemon.send_signal(signal.SIGSTOP)
    try:
        blast(port, 20000)
    finally:
        region.daemon.send_signal(signal.SIGCONT)
    worked_through(region, port)
    blast(port, 1)  # the kernel tells what it dropped with the next datagram that it delivers
    region.until(lambda: count_of(alarms(region), "datagrams-lost") > 0, "the loss to be told")
    worked_through(region, port)
    rows = alarms(region)
    taken, dropped = count_of(rows, "link-down") - before, count_of(rows, "datagrams-lost")
    print(f"stopped: {taken} taken, {dropped} dropped by the kernel, of 20001")
    assert dropped > 0 and taken + dropped == 20001, (taken, dropped)
    loss = [row for row in rows if row["type"] == "datagrams-lost"]
    assert len(loss) == 1, loss


def nothing_is_lost_or_doubled_by_a_restart(region):
    before = {row["id"]: row["count"] for row in alarms(region)}
    region.kill()
    region.start()
    assert {row["id"]: row["count"] for row in alarms(region)} == before
    region.settled()
    region.vinga("rebuild")


def main():
    port = free_port()
    with Region(start=False) as region:
        access = region.dir / "snmp.yaml"
        access.write_text("communities:\n  - community: public\n    source: snmp\n")
        region.extra = (f"snmp_listen: 127.0.0.1:{port}\nsnmp_access: {access}\n"
                        f"alarm_rules: {SOURCE}/plugins/alarms\n")
        region.write_config()
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        the_first_of_its_kind_is_seen_in_a_storm(region, port)
        what_the_kernel_drops_is_counted(region, port)
        nothing_is_lost_or_doubled_by_a_restart(region)


if __name__ == "__main__":
    sys.exit(main())
