#!/usr/bin/python3
"""check_device against real snmpd: recorded walks of devices, snmpd's own tables, v2c and v3, and agents that misbehave."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import agent as vinga
from harness import BUILD, SOURCE, Region

OK, WARNING, CRITICAL, UNKNOWN = range(4)
WALKS = SOURCE / "tests/data/snmp-walks"
SNMPD = shutil.which("snmpd", path="/usr/sbin:/usr/bin")
UPS = "1.3.6.1.2.1.33.1."
SENSOR = "1.3.6.1.2.1.99.1.1.1."
USERS = [("SHA", "AES"), ("SHA-512", "AES-256"), ("MD5", "DES")]

# a UPS on battery, by RFC 1628
ON_BATTERY = {UPS + "2.1.0": ("2", 3), UPS + "2.2.0": ("2", 95), UPS + "2.3.0": ("2", 4), UPS + "2.4.0": ("2", 18), UPS + "4.1.0": ("2", 5),
              UPS + "4.4.1.5.1": ("2", 40), UPS + "4.4.1.5.2": ("2", 71), UPS + "6.1.0": ("66", 2)}
# 23,5 C; 40,1 C; 4800 rpm; 3,3 V as millivolts; a broken sensor; one without a value now
SENSORS = {}
for index, name, kind, scale, precision, value, status in (
        (1, "Inlet", 8, 9, 1, 235, 1), (2, "CPU=1", 8, 9, 1, 401, 1), (3, "Fan 1", 10, 9, 0, 4800, 1), (4, "3V3", 4, 8, 0, 3300, 1),
        (5, "PSU", 8, 9, 0, 0, 3), (6, "Spare", 8, 9, 0, 0, 2)):
    SENSORS["1.3.6.1.2.1.47.1.1.1.1.2.%d" % index] = ("4", "text of " + name)
    SENSORS["1.3.6.1.2.1.47.1.1.1.1.7.%d" % index] = ("4", name)
    for column, number in enumerate((kind, scale, precision, value, status), 1):
        SENSORS[f"{SENSOR}{column}.{index}"] = ("2", number)


def write_walk(path, values):
    path.write_text("".join(f"{oid}|{tag}|{value}\n" for oid, (tag, value) in values.items()))
    return path


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Agent:
    """snmpd on a port of 127.0.0.1: with a walk it serves that alone, without one its own tables."""

    def __init__(self, directory, name, walk=None):
        self.dir = pathlib.Path(directory) / name
        self.walk = walk

    def __enter__(self):
        self.dir.mkdir()
        self.port = free_udp_port()
        lines = [f"agentaddress udp:127.0.0.1:{self.port}", "rocommunity hemlig 127.0.0.1"]
        modules = []
        if self.walk:
            modules = ["-I", "pass_persist,vacm_conf,snmpEngine,usmConf"]
            # snmpd splits the command at spaces, which a checkout's path may have
            script = shutil.copy(SOURCE / "tests/integration/walk_agent.py", self.dir)
            walk = shutil.copy(self.walk, self.dir)
            lines += [f"pass_persist .1.3.6.1.{part} /usr/bin/python3 -B {script} {walk}" for part in ("2.1", "4.1")]
        for number, (auth, priv) in enumerate(USERS):
            lines += [f"createUser user{number} {auth} autentisering {priv} kryptering", f"rouser user{number}"]
        (self.dir / "snmpd.conf").write_text("\n".join(lines) + "\n")
        self.log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen([SNMPD, "-f", "-Lo", "-C", "-c", self.dir / "snmpd.conf", "-p", self.dir / "pid", *modules],
                                        env=dict(os.environ, SNMP_PERSISTENT_DIR=str(self.dir), MIBS=""), stdout=self.log, stderr=self.log)
        end = time.monotonic() + 20
        while self.ask("get", "-o", "1.3.6.1.2.1.1.3.0", "-t", "1")[0] == UNKNOWN:
            assert self.process.poll() is None and time.monotonic() < end, (self.dir / "log").read_text()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def secret(self, text):
        path = self.dir / ("secret-" + text)
        path.write_text(text + "\n")
        return path

    def ask(self, mode, *arguments, community="hemlig"):
        who = ["--community-file", self.secret(community)] if community else []
        return run("-H", "127.0.0.1", "-p", self.port, "-m", mode, *who, *arguments)

    def expect(self, state, words, mode, *arguments, **more):
        code, said = self.ask(mode, *arguments, **more)
        assert code == state, (code, said)
        for word in words.split("&"):
            assert word in said, (word, said)
        return said


def run(*arguments):
    done = subprocess.run([BUILD / "plugins/checks/check_device", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    assert done.stdout.startswith("DEVICE ") and done.stdout.endswith("\n"), done.stdout
    return done.returncode, done.stdout


def values(agent):
    agent.expect(OK, "1.3.6.1.2.1.1.6.0 är redacted", "get", "-o", "1.3.6.1.2.1.1.6.0")
    agent.expect(OK, "plats är redacted, tjänster 6 | tjänster=6;;;;", "get", "-o", "plats=1.3.6.1.2.1.1.6.0", "-o", "tjänster=1.3.6.1.2.1.1.7.0")
    agent.expect(WARNING, "x 0.6C&x=0.600C;1:;0.5:;;", "get", "-o", "x=1.3.6.1.2.1.1.7.0", "--divide", "10", "--unit", "C", "-w", "1:", "-c", "0.5:")
    agent.expect(CRITICAL, "x är redacted", "get", "-o", "x=1.3.6.1.2.1.1.6.0", "--expect", "annat")
    agent.expect(OK, "x är redacted", "get", "-o", "x=1.3.6.1.2.1.1.6.0", "--expect", "redacted")
    agent.expect(UNKNOWN, "x finns inte", "get", "-o", "x=1.3.6.1.2.1.1.99.0")
    agent.expect(UNKNOWN, "x är inget tal", "get", "-o", "x=1.3.6.1.2.1.1.6.0", "-w", "1")
    agent.expect(UNKNOWN, "expected an OID", "get", "-o", "sysName.0")
    agent.expect(UNKNOWN, "--oid: must be given", "get")
    agent.expect(UNKNOWN, "svarar inte på SNMP", "get", "-o", "1.3.6.1.2.1.1.3.0", "-t", "3", community="fel")


def interfaces(agent):
    said = agent.expect(CRITICAL, "av 57 gränssnitt nere&och &down=", "interfaces")
    first, *more = said.splitlines()
    down = int(first.split("down=")[1].split(";")[0])
    assert first.count(" nere") == 6 and len(more) == down > 5, said
    agent.expect(WARNING, f"{down} av 57", "interfaces", "-w", "2", "-c", str(down))
    said = agent.expect(OK, "0 av 1 gränssnitt nere&'Vl1 in_errors'=", "interfaces", "-f", "^Vl1$")
    assert said.count("\n") == 1, said
    agent.expect(UNKNOWN, "inget gränssnitt passar filtret", "interfaces", "-f", "^Wlan")
    agent.expect(UNKNOWN, "--filter [: expected", "interfaces", "-f", "[")


def storage(agent):
    agent.expect(CRITICAL, "/dev/hd9var 96.6 % av 0.5 GiB&9 lagringsytor, 1 över gränsen&/dev/hd9var=96.6%;90;95;0;100", "storage")
    agent.expect(WARNING, "/dev/hd9var&/dev/hd2", "storage", "-w", "75", "-c", "97")
    agent.expect(OK, "1 lagringsytor, 0 över", "storage", "-f", "hd4")
    agent.expect(CRITICAL, "System RAM 10.0 %&11 lagringsytor", "storage", "--memory", "5,8", "--swap", "5,8")
    agent.expect(UNKNOWN, "--memory 5: expected two ranges", "storage", "--memory", "5")


def power(apc, rfc):
    apc.expect(OK, "nätdrift, batteri i ordning, last 21 %, räcker 102 min, laddat 100 %&minutes_left=102;15:;5:;0;", "ups", "--minutes", "15:,5:")
    apc.expect(WARNING, "last 21 %", "ups", "-w", "20", "-c", "90")
    rfc.expect(CRITICAL, "batteridrift, sedan 95 s, batteriet snart slut, 2 larm i enheten, last 71 %, räcker 4 min", "ups")
    rfc.expect(UNKNOWN, "inga lagringsytor passar", "storage")
    rfc.expect(UNKNOWN, "inga gränssnitt", "interfaces")


def sensors(agent, other):
    said = agent.expect(CRITICAL, "PSU ur funktion&Spare ger inget värde nu&6 givare&Inlet=23.500C&'CPU 1'=40.100C&'Fan 1'=4800.000&3V3=3.300V", "sensors")
    assert said.splitlines()[1:] == ["PSU ur funktion", "Spare ger inget värde nu"], said
    agent.expect(WARNING, "CPU 1 40.1 C", "sensors", "-f", "CPU|Inlet", "--type", "celsius", "-w", "40", "-c", "50")
    agent.expect(OK, "1 givare", "sensors", "--type", "rpm", "-c", "1000:")
    agent.expect(UNKNOWN, "--type: must be given", "sensors", "-w", "40")
    agent.expect(UNKNOWN, "--type hot: expected", "sensors", "--type", "hot")
    other.expect(UNKNOWN, "inga givare passar", "sensors")


def own_tables(agent):
    """The machine's own interfaces and disks, and every protocol of v3."""
    said = agent.expect(OK, "0 av 1 gränssnitt nere&'lo in_errors'=&'lo out_discards'=", "interfaces", "-f", "^lo$")
    assert said.count("\n") == 1
    assert agent.ask("storage", "-w", "99", "-c", "100")[0] in (OK, WARNING, CRITICAL)
    oid = ("-o", "1.3.6.1.2.1.1.3.0")
    for number, (auth, priv) in enumerate(USERS):
        right = ("--user", f"user{number}", "--auth", auth.lower(), "--auth-file", agent.secret("autentisering"),
                 "--priv", priv.lower(), "--priv-file", agent.secret("kryptering"), "-t", "3")
        agent.expect(OK, "1.3.6.1.2.1.1.3.0 ", "get", *oid, *right, community=None)
    agent.expect(UNKNOWN, "släpper inte in användaren", "get", *oid, *right[:4], "--auth-file", agent.secret("fel-hemlighet"), *right[6:], community=None)
    agent.expect(UNKNOWN, "släpper inte in användaren", "get", *oid, "--user", "ingen", *right[2:], community=None)
    agent.expect(UNKNOWN, "svarar inte på SNMP", "get", *oid, *right[:8], "--priv-file", agent.secret("fel-hemlighet"), "-t", "4", community=None)
    agent.expect(UNKNOWN, "at least 8 bytes", "get", *oid, *right[:4], "--auth-file", agent.secret("kort"), *right[6:], community=None)
    agent.expect(UNKNOWN, "expected MD5", "get", *oid, "--user", "user0", "--auth", "rot13", "--auth-file", agent.secret("autentisering"), community=None)
    agent.expect(UNKNOWN, "expected both or none", "get", *oid, "--user", "user0", "--auth", "sha", community=None)


def ber(tag, body):
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


def part(data):
    """(tag, body, what follows) of BER with short lengths."""
    return data[0], data[2:2 + data[1]], data[2 + data[1]:]


@contextlib.contextmanager
def misbehaving(answer):
    """A UDP server that makes its answer of each datagram."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)

        def serve():
            with contextlib.suppress(OSError, ValueError):
                while True:
                    data, peer = server.recvfrom(9000)
                    if reply := answer(data):
                        server.sendto(reply, peer)
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def in_circles(data):
    """Answers every question with the OID that stands in it."""
    _, message, _ = part(data)
    _, version, rest = part(message)
    _, community, rest = part(rest)
    _, question, _ = part(rest)
    _, number, rest = part(question)
    _, _, rest = part(rest)
    _, _, rest = part(rest)
    _, bindings, _ = part(rest)
    _, binding, _ = part(bindings)
    _, oid, _ = part(binding)
    binding = ber(0x30, ber(6, oid + b"\x01" * (len(oid) < 12)) + ber(2, b"\x01"))
    answer = ber(0xA2, ber(2, number) + ber(2, b"\0") + ber(2, b"\0") + ber(0x30, binding * 2))
    return ber(0x30, ber(2, version) + ber(4, community) + answer)


def bad_agents():
    def silent(_):
        return None

    def garbage(_):
        return b"\x30\x82\xff\xff" + b"\xff" * 40

    for answer, words in ((silent, "svarar inte"), (garbage, "svarar inte"), (in_circles, "goes in circles")):
        with misbehaving(answer) as port:
            code, said = run("-H", "127.0.0.1", "-p", port, "-m", "storage", "-t", "2")
            assert code == UNKNOWN and words in said, (answer, said)
    code, said = run("-H", "finns-inte.invalid", "-m", "ups")
    assert code == UNKNOWN and "cannot find finns-inte.invalid" in said, said
    for arguments, words in ((("-m", "ups"), "--host: must be given"), (("-H", "::1"), "--mode: must be given"), (("-H", "::1", "-m", "no"), "--mode no: expected")):
        code, said = run(*arguments)
        assert code == UNKNOWN and words in said, said


def under_agent(switch, apc):
    """The same program as a probe of vinga-agent, up to the daemon's journal."""
    def probe(device, *arguments):
        return vinga.plugin([str(BUILD / "plugins/checks/check_device"), "-H", "127.0.0.1", "-p", str(device.port), "-t", "2",
                             "--community-file", str(device.secret("hemlig")), *arguments], timeout="5s", interval="6s")

    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(vinga.principals(vinga.TOKEN))
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        probes = {"ups": probe(apc, "-m", "ups"), "ports": probe(switch, "-m", "interfaces")}
        with vinga.Agent(region, probes) as agent:
            agent.until_seen(1, *probes)
            seen = {name: rows[0] for name, rows in agent.samples().items()}
            if "AddressSanitizer" in seen["ups"][3]:
                print("an agent limits its plugins' memory, and this build does not run within that")
                return
            assert seen["ups"][1] == "ok" and "nätdrift" in seen["ups"][3], seen
            assert seen["ports"][1] == "critical" and "gränssnitt nere" in seen["ports"][3], seen
            assert agent.stop() == 0


def main():
    if SNMPD is None:
        print("snmpd is not installed")
        return 77
    bad_agents()
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as directory, contextlib.ExitStack() as stack:
        def agent(name, walk=None):
            return stack.enter_context(Agent(directory, name, walk))

        made = pathlib.Path(directory)
        switch, server, apc = (agent(name, WALKS / file) for name, file in (
            ("switch", "cisco-c3560.snmprec"), ("server", "ibm-power.snmprec"), ("apc", "apc-galaxy.snmpwalk")))
        values(switch)
        interfaces(switch)
        storage(server)
        power(apc, agent("ups", write_walk(made / "ups.snmprec", {**ON_BATTERY, "1.3.6.1.2.1.1.3.0": ("67", 1)})))
        sensors(agent("sensors", write_walk(made / "sensors.snmprec", {**SENSORS, "1.3.6.1.2.1.1.3.0": ("67", 1)})), switch)
        own_tables(agent("own"))
        under_agent(switch, apc)
    return 0


sys.exit(main())
