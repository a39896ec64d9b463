#!/usr/bin/python3
"""Syslog from real senders (util-linux logger, rsyslogd) over UDP and TCP into alarms; hostile bytes; exact counts; who may send."""

import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys

from harness import SOURCE, VINGAD, Region, free_port

RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin")
LOGGER = shutil.which("logger")
HOST = socket.gethostname().lower()
MANY = 20000


def settings(udp, tcp, **more):
    lines = {"alarm_rules": SOURCE / "plugins/alarms", "syslog_listen": f'"udp:127.0.0.1:{udp} udp:[::1]:{udp} tcp:127.0.0.1:{tcp} tcp:[::1]:{tcp}"', **more}
    return "".join(f"{key}: {value}\n" for key, value in lines.items())


def alarms(region):
    status, answer = region.get("/api/v1/alarms?state=all&hidden=all&limit=1000")
    assert status == 200, answer
    return {(a["resource"], a["type"], a["qualifier"]): a for a in answer["alarms"]}


def counted(region, name):
    text = region.get("/metrics")[1].decode()
    return int(re.search(rf"^vinga_syslog_{name}(?:_total)? (\d+)$", text, re.M)[1])


def wait_alarm(region, key, what=lambda a: True):
    region.until(lambda: key in alarms(region) and what(alarms(region)[key]), f"the alarm {key}")
    return alarms(region)[key]


def logger(port, *arguments):
    subprocess.run([LOGGER, "-n", "127.0.0.1", "-P", str(port), *arguments], check=True)


def send_udp(port, *lines):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for line in lines:
            sender.sendto(line if isinstance(line, bytes) else line.encode(), ("127.0.0.1", port))


def send_tcp(port, data):
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(data)


def from_logger(region, udp, tcp):
    failed = "{}.service: Failed with result 'exit-code'."
    for unit, how in (("one", (udp, "-d", "--rfc3164")), ("two", (udp, "-d", "--rfc5424")), ("three", (tcp, "--tcp", "--rfc3164")),
                      ("four", (tcp, "--tcp", "--rfc5424", "--octet-count")), ("five", (tcp, "--tcp", "--rfc5424=notq,nohost"))):
        logger(how[0], *how[1:], "-t", "systemd", "-p", "daemon.notice", failed.format(unit))
    for unit in ("one", "two", "three", "four"):
        alarm = wait_alarm(region, (HOST, "service-down", unit + ".service"))
        assert alarm["severity"] == "major" and alarm["active"] and alarm["sources"] == ["syslog"], alarm
    wait_alarm(region, ("127.0.0.1", "service-down", "five.service"))  # no host: who sent it
    logger(udp, "-d", "--rfc5424", "-t", "systemd", "Started two.service - Two.")
    wait_alarm(region, (HOST, "service-down", "two.service"), lambda a: not a["active"])


def own_alarms(region, udp):
    """RFC 5674: the line says itself what alarm it is, and no rule is asked."""
    def report(severity, text):
        send_udp(udp, f'<27>1 2026-11-22T08:00:00Z MX.example.org evntslog 7 - [alarm resource="eth0" probableCause="lossOfSignal" '
                      f'perceivedSeverity="{severity}" eventType="communicationsAlarm"][x@1 a="b"] \ufeff{text}')

    key = ("mx.example.org/eth0", "loss-of-signal", "")
    report("minor", "no light for 19121212-1212")
    alarm = wait_alarm(region, key)
    assert (alarm["severity"], alarm["category"], alarm["text"]) == ("minor", "availability", "no light for [PNR]"), alarm
    report("critical", "still none")
    wait_alarm(region, key, lambda a: a["severity"] == "critical")
    report("cleared", "light again")
    wait_alarm(region, key, lambda a: not a["active"])


def times(region, udp):
    """A stated time is the alarm's; no alarm is of the future; IPv6 is heard."""
    send_udp(udp, "<187>45: sw9: Mar  1 2026 10:00:00.5 UTC: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
             "<187>2199-01-01T00:00:00Z sw8 %LINK-3-UPDOWN: Interface Gi0/2, changed state to down")
    raised = wait_alarm(region, ("sw9/Gi0/1", "link-down", ""))["raised"]
    assert raised == "2026-03-01T10:00:00Z", raised
    assert wait_alarm(region, ("sw8/Gi0/2", "link-down", ""))["raised"] < "2199"
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"<26>upsmon: UPS six on battery", ("::1", udp))
    wait_alarm(region, ("::1", "power-on-battery", "six"))


def through_rsyslog(region, tcp):
    """rsyslogd takes lines over UDP and forwards them over TCP with counts, as relays do."""
    if RSYSLOGD is None:
        print("rsyslogd is not installed: forwarding is not tested")
        return
    relay = free_port()
    conf = region.dir / "rsyslog.conf"
    conf.write_text(f"""global(workDirectory="{region.dir}")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="{relay}")
action(type="omfwd" target="127.0.0.1" port="{tcp}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
""")
    process = subprocess.Popen([RSYSLOGD, "-n", "-f", conf, "-i", region.dir / "rsyslog.pid"], stdout=region.log, stderr=region.log)
    try:
        def arrived():  # the relay may not listen yet
            send_udp(relay, "<131>Nov 22 09:54:13 db7 postgres[9]: [4-1] FATAL:  sorry, too many clients already")
            return ("db7", "connections-exhausted", "postgresql") in alarms(region)
        region.until(arrived, "the line that rsyslogd forwards")
        send_udp(relay, "<134>" + "x" * 3000)
    finally:
        process.terminate()
        process.wait()


def exact_counts(region, tcp):
    """TCP drops nothing: every line is counted, those that say the same as one alarm's count."""
    before = counted(region, "lines")
    line = b"<29>1 2026-11-22T08:00:00Z app3 upsmon - - - UPS ups3 on battery\n"
    unknown = b"<14>1 2026-11-22T08:00:00Z app3 cron - - - nothing to see\n"
    send_tcp(tcp, (line + unknown) * MANY)
    region.until(lambda: counted(region, "lines") - before == 2 * MANY, "all lines")
    wait_alarm(region, ("app3", "power-on-battery", "ups3"), lambda a: a["count"] == MANY)
    assert counted(region, "unknown") >= MANY and counted(region, "lost") == 0


def exact_drops(region, udp):
    """What the kernel drops while the daemon does not read is counted to the line, and is an alarm."""
    read, dropped = counted(region, "lines"), counted(region, "dropped")
    region.daemon.send_signal(signal.SIGSTOP)
    send_udp(udp, "<26>upsmon: UPS early on battery", *["<14>cron: " + "z" * 400] * MANY)
    region.daemon.send_signal(signal.SIGCONT)
    region.until(lambda: counted(region, "lines") - read + counted(region, "dropped") - dropped == MANY + 1, "read and dropped to be all")
    assert counted(region, "dropped") > dropped
    wait_alarm(region, ("127.0.0.1", "power-on-battery", "early"))
    wait_alarm(region, (f"vinga/syslog:127.0.0.1:{udp}", "datagrams-lost", ""),
               lambda a: a["severity"] == "major" and a["count"] == counted(region, "dropped"))


def hostile(region, udp, tcp):
    random.seed(5674)
    send_udp(udp, b"", b"\0", b"<", b"<13>", b"<999999>x", b"<13>1 " + b"[" * 60000, b"<13>1 - - - - - [" + b'a b="' * 1000,
             *(bytes(random.randrange(256) for _ in range(random.randrange(300))) for _ in range(2000)))
    broken = counted(region, "broken")
    send_tcp(tcp, b"12x<13>not a count")
    send_tcp(tcp, b"500 <13>ends too early")
    send_tcp(tcp, b"99999999999 <13>")
    region.until(lambda: counted(region, "broken") == broken + 3, "the broken connections")
    cut = counted(region, "cut")
    send_tcp(tcp, b"<13>" + b"y" * 100000 + b"\n<26>upsmon: UPS seven on battery\n")
    send_tcp(tcp, b"20000 <13>" + b"y" * 19996 + b"32 <26>upsmon: UPS eight on battery\n")
    wait_alarm(region, ("127.0.0.1", "power-on-battery", "seven"))
    wait_alarm(region, ("127.0.0.1", "power-on-battery", "eight"))
    region.until(lambda: counted(region, "cut") == cut + 2, "the cut messages")
    held = [socket.create_connection(("127.0.0.1", tcp)) for _ in range(80)]
    region.until(lambda: counted(region, "connections") == 64, "64 connections of one address")
    region.until(lambda: counted(region, "connections_cut") == 16, "16 connections to be closed")
    for connection in held:  # reset, as a machine that is switched off and on
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    region.until(lambda: counted(region, "connections") == 0, "all connections to be gone")


def who_may_send(region, udp, tcp):
    region.stop()
    region.extra = settings(udp, tcp, syslog_from="192.0.2.0/24")
    region.write_config()
    region.start()
    send_udp(udp, "<26>upsmon: UPS nine on battery")
    with socket.create_connection(("127.0.0.1", tcp)) as sender:
        assert sender.recv(1) == b""
    region.until(lambda: counted(region, "refused") == 2, "both to be refused")
    assert counted(region, "lines") == 0
    assert ("127.0.0.1", "power-on-battery", "nine") not in alarms(region)


def wrong_settings(region, udp, tcp):
    region.stop()
    for more, words in (({"syslog_from": "example.org"}, "syslog_from"), ({"syslog_listen": "127.0.0.1:514"}, "udp:ADDRESS:PORT"),
                        ({"syslog_listen": "tcp:systemd:none"}, "systemd passed no socket")):
        region.extra = settings(udp, tcp, **more)
        region.write_config()
        done = subprocess.run([VINGAD, "--config", region.dir / "vingad.yaml"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and words in done.stderr, done.stderr


def from_systemd(region, udp, tcp):
    """Sockets that were opened before and passed on, as systemd passes them: blocking, by name."""
    region.extra = settings(udp, tcp, syslog_listen='"udp:systemd:lines tcp:systemd:streams"')
    region.write_config()
    passed = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.create_server(("127.0.0.1", tcp))]
    passed[0].bind(("127.0.0.1", udp))
    script = (f"exec 3<&{passed[0].fileno()} 4<&{passed[1].fileno()}; "
              "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=lines:streams exec \"$0\" --config \"$1\"")
    region.daemon = subprocess.Popen(["bash", "-c", script, VINGAD, region.dir / "vingad.yaml"], stdout=region.log, stderr=region.log,
                                     pass_fds=[s.fileno() for s in passed], start_new_session=True)
    region.until(lambda: region.get("/health/live")[0] == 200, "the daemon to answer")
    send_udp(udp, "<26>upsmon: UPS ten on battery")
    send_tcp(tcp, b"<26>upsmon: UPS eleven on battery\n")
    for ups in ("ten", "eleven"):
        wait_alarm(region, ("127.0.0.1", "power-on-battery", ups))
    region.stop()
    for listening in passed:
        listening.close()


def main():
    if LOGGER is None:
        print("logger (bsdutils) is not installed")
        return 77
    udp, tcp = free_port(), free_port()
    with Region(settings(udp, tcp)) as region:
        from_logger(region, udp, tcp)
        own_alarms(region, udp)
        times(region, udp)
        through_rsyslog(region, tcp)
        exact_counts(region, tcp)
        exact_drops(region, udp)
        hostile(region, udp, tcp)
        who_may_send(region, udp, tcp)
        wrong_settings(region, udp, tcp)
        from_systemd(region, udp, tcp)
    return 0


sys.exit(main())
