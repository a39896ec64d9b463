#!/usr/bin/python3
"""Traps and informs from net-snmp's own programs, and from a sender that does what they cannot."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys

from harness import Region

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
OTHER = "1.3.6.1.4.1.8072.9999.9999.0.1"
SENDER = "80001f8805aabbccddeeff"
STRANGER = "80001f880501020304"
AUTH, PRIV = "authentic-phrase", "private-phrase"


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# BER, as much as a v2c notification needs


def ber(tag, content):
    length = len(content)
    head = bytes([length]) if length < 128 else bytes([0x82, length >> 8, length & 255])
    return bytes([tag]) + head + content


def integer(value, tag=2):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(text):
    parts = [int(p) for p in text.split(".")]
    out = bytes([parts[0] * 40 + parts[1]])
    for part in parts[2:]:
        piece = [part & 127]
        while part := part >> 7:
            piece.append(part & 127 | 128)
        out += bytes(reversed(piece))
    return ber(6, out)


def notification(kind, request, trap, *values, community=b"public", uptime=100):
    """v2c; kind 0xa6 inform, 0xa7 trap. values: (OID, encoded)"""
    pairs = [("1.3.6.1.2.1.1.3.0", integer(uptime, 0x43)), ("1.3.6.1.6.3.1.1.4.1.0", oid(trap)), *values]
    variables = ber(0x30, b"".join(ber(0x30, oid(name) + value) for name, value in pairs))
    return ber(0x30, integer(1) + ber(4, community) + ber(kind, integer(request) + integer(0) + integer(0) + variables))


def inform(request, index):
    return notification(0xA6, request, LINK_DOWN, (f"1.3.6.1.2.1.2.2.1.1.{index}", integer(index)))


def request_of(answer):
    """The request-id of a v2c response that is shorter than 128 bytes, or up to 64 KiB."""
    at = answer.index(b"public") + 6
    assert answer[at] == 0xA2, answer.hex()
    at += 2 if answer[at + 1] < 128 else 2 + (answer[at + 1] & 127)
    return int.from_bytes(answer[at + 2:at + 2 + answer[at + 1]], "big")


class Snmp:
    """A region that listens for SNMP, and senders to it."""

    def __init__(self):
        self.port = free_udp_port()
        self.region = Region(start=False)

    def __enter__(self):
        self.region.__enter__()
        try:
            self.set_up()
        except BaseException:
            self.region.__exit__(*sys.exc_info())
            raise
        return self

    def set_up(self):
        d = self.region.dir
        for name, text in (("auth", AUTH), ("priv", PRIV)):
            (d / name).write_text(text + "\n")
        self.write_access()
        self.region.extra = (f"snmp_listen: \"127.0.0.1:{self.port} [::1]:{self.port}\"\nsnmp_access: {d}/access.yaml\n"
                             f"alarm_rules: {d}/rules\n")
        (d / "rules").mkdir()
        (d / "rules" / "test.yaml").write_text(
            "rules:\n  nothing:\n    when: {trap: 1.3.6.1.4.1.8072.9999.9999.0.9}\n    ignore: yes\n")
        self.region.write_config()
        self.region.start()

    def __exit__(self, *error):
        return self.region.__exit__(*error)

    def write_access(self, more=""):
        d = self.region.dir
        auth, priv = f"auth_file: {d}/auth", f"priv_file: {d}/priv"
        (d / "access.yaml").write_text(
            "communities:\n"
            "  - {community: public, source: net, from: [127.0.0.0/8, \"::1\"]}\n"
            "  - {community: far, source: far, from: [192.0.2.0/24]}\n"
            "users:\n"
            f"  - {{user: open, engine: {SENDER}, source: v3open}}\n"
            f"  - {{user: signed, engine: {SENDER}, auth: sha, {auth}, source: v3auth}}\n"
            f"  - {{user: sealed, engine: {SENDER}, auth: sha512, {auth}, priv: aes256, {priv}, source: v3priv}}\n"
            "  - {user: open, source: i3open}\n"
            f"  - {{user: signed, auth: md5, {auth}, source: i3auth}}\n"
            f"  - {{user: sealed, auth: sha256, {auth}, priv: aes, {priv}, source: i3priv}}\n"
            f"  - {{user: old, auth: sha, {auth}, priv: des, {priv}, source: i3des}}\n" + more)

    def send(self, program, *arguments, address=None, trap=LINK_DOWN, wait=True, index=7):
        """snmptrap or snmpinform; whether it ended well (an inform: was answered)."""
        env = dict(os.environ, MIBS="", SNMPCONFPATH="/dev/null/none", SNMP_PERSISTENT_DIR=str(self.region.dir / "sender"))
        where = address or f"udp:127.0.0.1:{self.port}"
        what = ["", trap] if "1" not in arguments[:2] else ["1.3.6.1.4.1.8072.9999.9999", "198.51.100.9", "6", "17", ""]
        running = subprocess.Popen([program, *arguments, where, *what, f"1.3.6.1.2.1.2.2.1.1.{index}", "i", str(index)],
                                   env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if not wait:
            return running
        running.communicate(timeout=60)
        return running.returncode == 0

    def rows(self):
        path = f"file:{self.region.state}/journal.db?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as journal:
            rows = journal.execute("SELECT source, bytes FROM ledger WHERE kind = 'alarms.reported' ORDER BY seq").fetchall()
        return [(source, notice) for source, text in rows for notice in json.loads(text)["body"]["notices"]]

    def count(self, source):
        return sum(notice.get("count", 1) for whose, notice in self.rows() if whose == source)

    def until_count(self, source, count):
        self.region.until(lambda: self.count(source) >= count, f"{count} notices of {source}")
        assert self.count(source) == count, (source, self.count(source), count)

    def metric(self, name):
        text = self.region.get("/metrics")[1].decode()
        return int(re.search(rf"^vinga_snmp_{re.escape(name)} (\d+)$", text, re.M).group(1))

    def refused(self, why):
        return self.metric(f"refused_total{{why=\"{why}\"}}")

    def until_refused(self, why, count=1):
        self.region.until(lambda: self.refused(why) >= count, f"a datagram to be refused: {why}")


V3 = ("-v", "3", "-n", "")


def v3(user, level, auth="SHA", priv="AES", auth_phrase=AUTH, priv_phrase=PRIV):
    out = [*V3, "-u", user, "-l", level]
    if level != "noAuthNoPriv":
        out += ["-a", auth, "-A", auth_phrase]
    if level == "authPriv":
        out += ["-x", priv, "-X", priv_phrase]
    return out


def traps(snmp):
    assert snmp.send("snmptrap", "-v", "1", "-c", "public")
    assert snmp.send("snmptrap", "-v", "2c", "-c", "public")
    assert snmp.send("snmptrap", "-v", "2c", "-c", "public", address=f"udp6:[::1]:{snmp.port}", index=8)
    snmp.until_count("net", 3)
    notices = [notice for _, notice in snmp.rows()]
    assert {n["peer"] for n in notices} == {"127.0.0.1", "::1"}, notices
    first = notices[0]
    assert first["resource"].startswith("198.51.100.9") and "1.3.6.1.4.1.8072.9999.9999.0.17" in first["type"], first
    assert any(LINK_DOWN in json.dumps(n) or n["type"] == "link-down" for n in notices[1:]), notices
    for user, level, auth, priv, source in (("open", "noAuthNoPriv", "", "", "v3open"),
                                            ("signed", "authNoPriv", "SHA", "", "v3auth"),
                                            ("sealed", "authPriv", "SHA-512", "AES-256", "v3priv")):
        assert snmp.send("snmptrap", *v3(user, level, auth, priv), "-e", "0x" + SENDER)
        snmp.until_count(source, 1)


def informs(snmp):
    assert snmp.send("snmpinform", "-v", "2c", "-c", "public", index=9)
    snmp.until_count("net", 4)
    assert snmp.send("snmpinform", "-v", "2c", "-c", "public", address=f"udp6:[::1]:{snmp.port}", index=10)
    for user, level, auth, priv, source in (("open", "noAuthNoPriv", "", "", "i3open"),
                                            ("signed", "authNoPriv", "MD5", "", "i3auth"),
                                            ("sealed", "authPriv", "SHA-256", "AES", "i3priv"),
                                            ("old", "authPriv", "SHA", "DES", "i3des")):
        assert snmp.send("snmpinform", *v3(user, level, auth, priv)), (user, level)
        assert snmp.count(source) == 1, source
    assert snmp.metric("informs_total") == 6 and snmp.metric("informs_answered_total") >= 6
    assert snmp.send("snmpinform", "-v", "2c", "-c", "public", trap="1.3.6.1.4.1.8072.9999.9999.0.9")
    assert snmp.metric("ignored_total") == 1


def refusals(snmp):
    """Nothing of these is taken, each has its reason, and no inform of them is answered."""
    before = len(snmp.rows())
    quick = ("-r", "0", "-t", "1")
    assert snmp.send("snmptrap", "-v", "2c", "-c", "secret")
    snmp.until_refused("unknown_community")
    assert snmp.send("snmptrap", "-v", "2c", "-c", "far")
    snmp.until_refused("wrong_address")
    assert not snmp.send("snmpinform", *quick, *v3("nobody", "noAuthNoPriv"))
    snmp.until_refused("unknown_user")
    assert not snmp.send("snmpinform", *quick, *v3("sealed", "authPriv", "SHA-256", auth_phrase="wrong phrase"))
    snmp.until_refused("wrong_password")
    assert not snmp.send("snmpinform", *quick, *v3("sealed", "authNoPriv", "SHA-256"))
    snmp.until_refused("level_too_low")
    assert snmp.send("snmptrap", *v3("sealed", "authPriv", "SHA-512", "AES-256"), "-e", "0x" + STRANGER)
    snmp.until_refused("unknown_engine")
    assert snmp.send("snmptrap", *v3("sealed", "authPriv", "SHA-512", "AES-256", auth_phrase="wrong phrase"),
                     "-e", "0x" + SENDER)
    snmp.until_refused("wrong_password", 2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"\x30\x03nonsense", ("127.0.0.1", snmp.port))
        sender.sendto(notification(0xA0, 1, LINK_DOWN), ("127.0.0.1", snmp.port))
    snmp.until_refused("malformed")
    snmp.until_refused("not_a_notification")
    assert len(snmp.rows()) == before
    snmp.region.log.flush()
    log = (snmp.region.dir / "vingad.log").read_text()
    assert re.search(rf"snmp.refused why=\"?unknown_engine.*{STRANGER}", log), log[-2000:]


def receive(sender, wanted):
    """Answers until `wanted` request-ids have come."""
    got = set()
    while not wanted <= got:
        got.add(request_of(sender.recv(4096)))
    return got


def answered_when_durable(snmp):
    """While somebody else holds the journal's file nothing becomes durable, and so nothing is answered."""
    before = snmp.count("net")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, \
            contextlib.closing(sqlite3.connect(snmp.region.state / "journal.db", isolation_level=None)) as journal:
        sender.connect(("127.0.0.1", snmp.port))
        sender.settimeout(60)
        journal.execute("BEGIN IMMEDIATE")
        try:
            for _ in range(3):
                sender.send(inform(4000, 40))
            repeated = snmp.metric("informs_repeated_total")
            snmp.region.until(lambda: snmp.metric("informs_repeated_total") >= 2 or repeated >= 2, "the repetitions to be read")
            sender.setblocking(False)
            try:
                raise AssertionError(f"answered before it was durable: {sender.recv(4096).hex()}")
            except BlockingIOError:
                pass
        finally:
            journal.execute("ROLLBACK")
        sender.settimeout(60)
        receive(sender, {4000})
        sender.send(inform(4000, 40))
        receive(sender, {4000})
    snmp.until_count("net", before + 1)


def dropped(snmp):
    """A daemon that does not read for a while: every trap is either taken, or counted as dropped and told as an alarm."""
    before, sent = snmp.metric("traps_total"), 30000
    snmp.region.daemon.send_signal(signal.SIGSTOP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for i in range(sent):
            sender.sendto(notification(0xA7, i, LINK_DOWN, (f"1.3.6.1.2.1.2.2.1.1.{i % 100}", integer(i % 100))),
                          ("127.0.0.1", snmp.port))
    snmp.region.daemon.send_signal(signal.SIGCONT)
    snmp.region.until(lambda: snmp.metric("traps_total") - before + snmp.metric("dropped_total") == sent, "all to be counted")
    lost = snmp.metric("dropped_total")
    assert lost > 0

    def told():
        return [n for whose, n in snmp.rows() if whose == "vinga" and n["type"] == "datagrams-lost"]
    snmp.region.until(lambda: sum(n.get("count", 1) for n in told()) == lost, "the loss to be told")
    assert {(n["resource"], n["severity"]) for n in told()} == {(f"vinga/snmp:127.0.0.1:{snmp.port}", "major")}, told()
    return sent, lost


def killed(snmp):
    """kill -9 amid informs: what was answered is there, once; what comes again is answered, and there once."""
    before = {n["id"] for _, n in snmp.rows() if "id" in n}
    requests = set(range(10000, 10600))
    boots = (snmp.region.state / "snmp-engine").read_text()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", snmp.port))
        sender.settimeout(60)
        answered = set()
        for request in sorted(requests):
            sender.send(inform(request, request))
            if request % 30 == 29:
                answered.add(request_of(sender.recv(4096)))
        snmp.region.kill()
        sender.setblocking(False)
        with contextlib.suppress(OSError):
            while True:
                answered.add(request_of(sender.recv(4096)))
        there = [n["id"] for _, n in snmp.rows() if "id" in n and n["id"] not in before]
        numbers = [int(i.split("/")[1]) for i in there]
        assert len(there) == len(set(there)), "an inform is there twice"
        assert answered <= set(numbers), answered - set(numbers)
        snmp.region.start()
        sender.settimeout(60)
        for request in sorted(requests):
            sender.send(inform(request, request))
            if request % 30 == 29 or request == max(requests):
                receive(sender, {request})
    numbers = [int(n["id"].split("/")[1]) for _, n in snmp.rows() if "id" in n and n["id"] not in before]
    assert sorted(numbers) == sorted(requests), (len(numbers), len(set(numbers)))
    assert not any(n.get("count", 1) > 1 for _, n in snmp.rows() if "id" in n)
    now = (snmp.region.state / "snmp-engine").read_text()
    assert now.splitlines()[0] == boots.splitlines()[0]
    assert int(now.split()[-1]) == int(boots.split()[-1]) + 1
    return len(answered)


def after_restart(snmp):
    """A sender that knows the engine of before the restart resynchronises by what it is told."""
    engine = (snmp.region.state / "snmp-engine").read_text().split()[1]
    late = snmp.refused("not_in_time")
    before = snmp.count("i3priv")
    assert snmp.send("snmpinform", *v3("sealed", "authPriv", "SHA-256"), "-e", "0x" + engine, "-Z", "1,1000")
    assert snmp.count("i3priv") == before + 1
    assert snmp.refused("not_in_time") == late + 1


def reloaded(snmp):
    snmp.write_access(f"  - {{user: later, auth: sha, auth_file: {snmp.region.dir}/auth, source: later}}\n")
    assert not snmp.send("snmpinform", "-r", "0", "-t", "1", *v3("later", "authNoPriv"))
    snmp.region.daemon.send_signal(signal.SIGHUP)
    snmp.region.until(lambda: snmp.send("snmpinform", "-r", "0", "-t", "1", *v3("later", "authNoPriv")), "the new user to be known")
    (snmp.region.dir / "access.yaml").write_text("users: [{user: x}]\n")
    snmp.region.daemon.send_signal(signal.SIGHUP)
    snmp.region.until(lambda: "source" in (snmp.region.dir / "vingad.log").read_text().rsplit("setting.wrong", 1)[-1]
                      and "reload.failed" in (snmp.region.dir / "vingad.log").read_text(), "the wrong file to be refused")
    assert snmp.send("snmpinform", *v3("later", "authNoPriv"), index=12)


def main():
    if shutil.which("snmptrap") is None:
        print("snmptrap is not installed (package snmp)")
        return 77
    with Snmp() as snmp:
        traps(snmp)
        informs(snmp)
        refusals(snmp)
        answered_when_durable(snmp)
        sent, lost = dropped(snmp)
        answered = killed(snmp)
        after_restart(snmp)
        reloaded(snmp)
        snmp.region.settled()
        snmp.region.stop()
        print(f"600 informs with a kill -9 among them: {answered} answered before it, all there once; "
              f"of {sent} traps while it stood still {lost} dropped, each counted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
