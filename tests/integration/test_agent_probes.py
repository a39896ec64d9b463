#!/usr/bin/python3
"""The agent's built-in probes against real servers, each where it should be content and where it should complain.

Every case is a probe of one configuration, run by `vinga-agent check`, with the state and the words that it must give.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import probe_peers as peers
from harness import BUILD

AGENT = BUILD / "agents" / "vinga-agent"
STATES = ("ok", "warning", "critical", "unknown")
NEEDED = ("openssl", "dnsmasq", "slapd")

MESSAGE = "MSH|^~\\&|TEST|UNIT|||20000101||ADT^A04|17|T|2.3\nEVN|A04|20000101\n"


def web_cases(p):
    port, ca = p.web(), str(p.directory / "ca.pem")
    plain = f"http://127.0.0.1:{port}"

    def tls(certificate, **keys):
        return dict({"type": "http", "url": f"https://localhost:{p.web(certificate)}/ok", "ca_file": ca}, **keys)

    def http(path, **keys):
        return dict({"type": "http", "url": plain + path}, **keys)

    asks = p.web("good", ask_client=True)
    client = {"client_certificate": str(p.directory / "client.pem"), "client_key": str(p.directory / "client.key")}
    yield http("/ok"), "ok", r"HTTP 200 in \d+ ms"
    yield http("/ok", method="HEAD"), "ok", "HTTP 200"
    yield http("/ok", expect_text="tjänsten"), "ok", "HTTP 200"
    yield http("/ok", expect_text="login"), "critical", 'HTTP 200, but the content lacks "login"'
    yield http("/maintenance", reject_text="maintenance"), "critical", 'HTTP 200, but the content has "maintenance"'
    yield http("/error"), "critical", "HTTP 503, expected 200-399"
    yield http("/error", expect_status=[200, "500-503"]), "ok", "HTTP 503"
    yield http("/none", expect_status=[200, 204]), "critical", "HTTP 404, expected 200, 204"
    yield http("/big"), "ok", "HTTP 200"
    yield http("/big", expect_text="at the end"), "critical", "HTTP 200, but the first 64 KiB of the content lacks"
    yield http("/moved"), "ok", "HTTP 302"
    yield http("/moved", expect_status=[200]), "critical", "HTTP 302, expected 200"
    yield http("/twice", redirects=2, expect_text="tjänsten"), "ok", "HTTP 200"
    yield http("/twice", redirects=1), "critical", r"Maximum \(1\) redirects followed"
    yield http("/circle", redirects=3), "critical", r"Maximum \(3\) redirects followed"
    yield http("/astray", redirects=1), "critical", "Protocol .ftp. .*"
    yield http("/needs-header"), "critical", "HTTP 403"
    yield http("/needs-header", headers={"X-Unit": "ward 7"}), "ok", "HTTP 200"
    yield http("/cut"), "critical", ".*10 bytes remaining to read"
    yield http("/slow", slow_after="100ms"), "warning", r"slow: \d+ ms, expected at most 100 ms"
    yield http("/silent"), "critical", "timed out after 2000 ms: connected, no answer"
    yield {"type": "http", "url": f"http://vinga.example:{port}/ok", "host_address": "127.0.0.1"}, "ok", "HTTP 200"
    yield {"type": "http", "url": "http://127.0.0.1:1/"}, "critical", "Failed to connect to 127.0.0.1 port 1"
    yield {"type": "http", "url": "http://nosuch.invalid/"}, "critical", "Could not resolve host"
    yield tls("good"), "ok", "HTTP 200"
    yield tls("soon"), "warning", "certificate ends in 9 days"
    yield tls("soon", certificate_days={"warning": 5}), "ok", "HTTP 200"
    yield tls("sooner"), "critical", "certificate ends in 1 days"
    yield tls("ended"), "critical", "SSL certificate problem: certificate has expired"
    yield tls("other"), "critical", "SSL: no alternative certificate subject name matches"
    yield {"type": "http", "url": f"https://localhost:{p.web('good')}/ok"}, "critical", "SSL certificate problem"
    yield {"type": "http", "url": f"https://localhost:{port}/ok"}, "critical", ".*wrong version number"
    yield dict(client, type="http", url=f"https://localhost:{asks}/ok", ca_file=ca), "ok", "HTTP 200"
    yield {"type": "http", "url": f"https://localhost:{asks}/ok", "ca_file": ca}, "critical", ".*"
    yield dict(client, type="http", url=f"https://localhost:{asks}/ok", ca_file=ca, client_key="/nonexistent"), "unknown", ".*"


def fhir_cases(p):
    base = f"http://127.0.0.1:{p.web()}"

    def fhir(path, **keys):
        return dict({"type": "fhir", "url": base + path}, **keys)

    yield fhir("/r4/"), "ok", r"FHIR 4\.0\.1, active, in \d+ ms"
    yield fhir("/r4", expect_resource=["Patient", "Observation"]), "ok", "FHIR"
    yield fhir("/r4", expect_resource="Encounter"), "critical", "the server does not offer Encounter"
    yield fhir("/r5"), "critical", 'FHIR version "5.0.0", expected 4.x'
    yield fhir("/draft"), "critical", 'the capability statement is "draft", expected active'
    yield fhir("/patient"), "critical", 'answered with "Patient", expected a CapabilityStatement'
    yield fhir("/html"), "critical", "the answer is no JSON"
    yield fhir("/huge"), "critical", "the capability statement is over 4 MiB"
    yield {"type": "fhir", "url": base + "/none", "timeout": "1s"}, "critical", "the answer is no JSON"


def tcp_cases(p):
    def tcp(handler, certificate=None, **keys):
        return dict({"type": "tcp", "host": "localhost", "port": p.tcp(handler, certificate)}, **keys)

    ca = {"tls": "yes", "ca_file": str(p.directory / "ca.pem")}
    yield tcp(peers.Greeter), "ok", r"connected in \d+ ms"
    yield tcp(peers.Greeter, expect_text="mail.example ready"), "ok", "greeted as expected"
    yield tcp(peers.HangsUp, expect_text="220"), "critical", 'closed after 13 bytes without "220"'
    yield tcp(peers.Greeter, "good", expect_text="220", **ca), "ok", "greeted as expected"
    yield tcp(peers.Greeter, "soon", expect_text="220", **ca), "warning", "certificate ends in 9 days"
    yield tcp(peers.Silent, expect_text="220"), "critical", "timed out after 2000 ms: connected, no answer"
    yield tcp(peers.Silent, **ca), "critical", "timed out after 2000 ms: no connection with TLS"
    yield {"type": "tcp", "host": "127.0.0.1", "port": 1}, "critical", "Failed to connect"


def mllp_cases(p):
    message = p.directory / "message.hl7"
    message.write_text(MESSAGE)

    def mllp(handler, certificate=None, **keys):
        return dict({"type": "mllp", "host": "127.0.0.1", "port": p.tcp(handler, certificate)}, **keys)

    yield mllp(peers.acknowledge("AA")), "ok", r"acknowledged with AA in \d+ ms"
    yield mllp(peers.acknowledge("CA"), message=str(message)), "ok", "acknowledged with CA"
    yield mllp(peers.acknowledge("AA"), "good", tls="yes", ca_file=str(p.directory / "ca.pem")), "ok", "acknowledged with AA"
    yield mllp(peers.acknowledge("AE")), "critical", "acknowledged with AE, expected AA, CA"
    yield mllp(peers.acknowledge("AR")), "critical", "acknowledged with AR, expected AA, CA"
    yield mllp(peers.acknowledge("AR"), expect_ack=["AA", "AR"]), "ok", "acknowledged with AR"
    yield mllp(peers.acknowledge("AA", "other")), "critical", r"acknowledged another message \(AA\)"
    yield mllp(peers.replies(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "critical", "the answer is no MLLP frame"
    yield mllp(peers.replies(peers.frame("hello"))), "critical", "the answer is no HL7 message"
    yield mllp(peers.replies(b"")), "critical", "closed without an answer"
    yield mllp(peers.Silent), "critical", "timed out after 2000 ms: connected, no answer"


def dns_cases(p):
    server = f"127.0.0.1:{p.name_server()}"

    def dns(name, **keys):
        return dict({"type": "dns", "server": server, "name": name}, **keys)

    yield dns("web.example"), "ok", r"web.example A is 192\.0\.2\.1[01] and others in \d+ ms"
    yield dns("web.example", expect=["192.0.2.10", "192.0.2.11"]), "ok", "web.example A"
    yield dns("web.example", expect="192.0.2.99"), "critical", r"web.example A is .* and others, expected 192\.0\.2\.99"
    yield dns("web.example", record="AAAA", expect="2001:DB8:0::10"), "ok", "web.example AAAA is 2001:db8::10"
    yield dns("192.0.2.20", record="PTR", expect="Back.Example."), "ok", "20.2.0.192.in-addr.arpa PTR is back.example"
    yield dns("example", record="MX", expect="mail.example"), "ok", "example MX is mail.example"
    yield dns("_ldap._tcp.example", record="SRV", expect="dir.example"), "ok", "_ldap._tcp.example SRV is dir.example"
    yield dns("example", record="TXT", expect="v=spf1 -all"), "ok", "example TXT is v=spf1 -all"
    yield dns("none.example"), "critical", "none.example A: Domain name not found"
    yield dns("web.example", record="MX"), "critical", "web.example MX: DNS server returned answer with no data"
    yield dns("web.invalid"), "critical", "web.invalid A: .*refused"
    yield dns("web.example", server=f"127.0.0.1:{p.silent_udp()}"), "critical", r"no answer from 127\.0\.0\.1:\d+ within 2000 ms"
    yield dns("web.example", server="127.0.0.1:1"), "critical", "web.example A: Could not contact DNS servers"


def ldap_cases(p):
    ports = p.directory_server()
    if ports is None:
        print("slapd does not start here: the LDAP probe is not tested")
        return
    password, wrong, ca = p.directory / "password", p.directory / "wrong", str(p.directory / "ca.pem")
    password.write_text("tested\n")
    wrong.write_text("guessed\n")
    bind = {"bind_dn": "cn=probe,dc=example,dc=org"}

    def ldap(path, scheme="ldap", **keys):
        host = f"127.0.0.1:{ports[0]}" if scheme == "ldap" else f"localhost:{ports[1]}"
        return dict({"type": "ldap", "url": f"{scheme}://{host}/{path}"}, **keys)

    units = "dc=example,dc=org??sub?(objectClass=organizationalUnit)"
    yield ldap(""), "ok", r"found at least 1 entries in \d+ ms|found 1 entries in \d+ ms"
    yield ldap(units, entries_min=2), "ok", "found 2 entries"
    yield ldap(units, entries_min=3), "critical", "found 2 entries, expected at least 3"
    yield ldap(units, password_file=str(password), **bind), "ok", "found at least 1 entries"
    yield ldap(units, password_file=str(wrong), **bind), "critical", r"LDAP: Invalid credentials \(49\)"
    yield ldap(units, password_file="/nonexistent", **bind), "unknown", "/nonexistent cannot be read: No such file"
    yield ldap("dc=none??sub"), "critical", r"LDAP: No such object \(32\)"
    yield ldap("dc=example,dc=org??sub?(ou="), "unknown", r"LDAP: Bad search filter \(-7\)"
    yield ldap(units, "ldaps", ca_file=ca, password_file=str(password), **bind), "ok", "found at least 1 entries"
    yield ldap(units, "ldaps"), "critical", "SSL certificate problem"
    yield {"type": "ldap", "url": f"ldap://127.0.0.1:{p.tcp(peers.Silent)}/"}, "critical", "timed out after 2000 ms: connected"
    yield {"type": "ldap", "url": f"ldap://127.0.0.1:{p.tcp(peers.HangsUp)}/"}, "critical", "closed the connection|LDAP: "
    yield {"type": "ldap", "url": "ldap://127.0.0.1:1/"}, "critical", "Failed to connect"


def network_cases():
    """To be run where 192.0.2.0/24 leads nowhere, loopback answers, and there is no other route."""

    def icmp(host, **keys):
        return dict({"type": "icmp", "host": host}, **keys)

    yield icmp("127.0.0.1"), "ok", r"3 of 3 answered, \d+\.\d+ ms"
    yield icmp("::1", count=20), "ok", r"20 of 20 answered, \d+\.\d+ ms"
    yield icmp("localhost", count=1), "ok", r"1 of 1 answered"
    yield icmp("192.0.2.9"), "critical", "3 of 3 requests not answered"
    yield icmp("192.0.2.9", loss={"warning": "10 %", "critical": "100 %"}), "critical", "3 of 3 requests not answered"
    yield icmp("203.0.113.1"), "critical", "203.0.113.1: Network is unreachable"
    yield icmp("nosuch.invalid"), "critical", "nosuch.invalid not found"
    yield {"type": "http", "url": "http://192.0.2.9/"}, "critical", "timed out after 2000 ms: no connection"


SILENT_NAME_SERVER = [
    ({"type": "http", "url": "http://web.example/"}, "critical", "timed out after 2000 ms: name not resolved"),
    ({"type": "icmp", "host": "web.example"}, "critical", "web.example not found: Timeout"),
]

MISTAKES = [
    ({"type": "http", "url": "gopher://localhost/"}, '"gopher://localhost/" is no address of this check'),
    ({"type": "http", "url": "http://localhost/", "method": "HEAD", "expect_text": "x"}, "HEAD has no content"),
    ({"type": "http", "url": "http://localhost/", "expect_status": [700]}, "expect_status: expected at most 16"),
    ({"type": "http", "url": "http://localhost/", "headers": {"A b": "c"}}, 'header "A b": expected a name'),
    ({"type": "http", "url": "http://localhost/", "ca_file": "/nonexistent"}, "/nonexistent cannot be read"),
    ({"type": "http", "url": "http://localhost/", "host_address": "localhost"}, "expected an IPv4 or IPv6 address"),
    ({"type": "fhir", "url": "http://localhost/fhir?x=1"}, "expected the server's base"),
    ({"type": "tcp", "host": "localhost", "port": 70000}, "port"),
    ({"type": "tcp", "host": "a/b", "port": 7}, 'host is "a/b"'),
    ({"type": "mllp", "host": "localhost", "port": 7, "message": "/nonexistent"}, "/nonexistent cannot be read"),
    ({"type": "mllp", "host": "localhost", "port": 7, "expect_ack": ["AX"]}, "expected AA, AE, AR, CA, CE or CR"),
    ({"type": "ldap", "url": "ldap://localhost/dc=x?cn?sub"}, "is no search without attributes"),
    ({"type": "ldap", "url": "ldap://localhost/", "bind_dn": "cn=x"}, "bind_dn and password_file together"),
    ({"type": "dns", "server": "ns.example", "name": "x"}, 'server is "ns.example"; expected an address'),
    ({"type": "dns", "server": "192.0.2.1:0", "name": "x"}, "expected an address"),
    ({"type": "dns", "server": "192.0.2.1", "name": "x", "record": "AAA"}, "AAAA"),
    ({"type": "icmp", "host": "x", "count": 21}, "count"),
]


def write_config(path, probes):
    # JSON is YAML
    path.write_text(json.dumps({"spool": f"{path.parent}/spool.db", "token_file": f"{path.parent}/token", "probes": probes}))


def check(config, name, prefix=()):
    return subprocess.run([*prefix, AGENT, "check", name, "--config", config], capture_output=True, text=True, timeout=30,
                          check=False)


def run_cases(directory, cases, prefix=()):
    """How many were wrong, and how many there were."""
    probes = {f"p{i}": dict({"timeout": "2s"}, **probe) for i, (probe, _, _) in enumerate(cases)}
    config, wrong = directory / "agent.yaml", 0
    write_config(config, probes)
    for i, (probe, state, words) in enumerate(cases):
        run = check(config, f"p{i}", prefix)
        lines = run.stdout.splitlines() or [""]
        said = (lines + [""])[1]
        right = run.returncode == STATES.index(state) and lines[0] == f"p{i}: {state}" and re.match(words, said)
        sample = json.loads(lines[-1]) if right else None
        if not right or sample[0] != f"p{i}" or sample[2] != state:
            wrong += 1
            print(f"{probe}: expected {state}, {words!r}\n{run.returncode} {run.stdout}{run.stderr}")
    return wrong, len(cases)


def run_mistakes(directory):
    config, wrong = directory / "mistake.yaml", 0
    for probe, words in MISTAKES:
        write_config(config, {"p": probe})
        run = check(config, "p")
        if run.returncode != 3 or words not in run.stderr or not re.search(r"mistake\.yaml:\d+:\d+: ", run.stderr):
            wrong += 1
            print(f"{probe}: expected {words!r}\n{run.returncode} {run.stderr}")
    return wrong, len(MISTAKES)


def phases_are_told(directory, p):
    url = f"https://localhost:{p.web('good')}/ok"
    write_config(directory / "agent.yaml", {"p": {"type": "http", "url": url, "ca_file": str(directory / "ca.pem")}})
    said = check(directory / "agent.yaml", "p").stdout
    ends = [int(re.search(rf"{name} +(\d+) ms", said)[1]) for name in ("dns", "connect", "tls", "first byte", "total")]
    assert ends == sorted(ends), said
    assert re.search(r"time=\d\.\d{6}s dns=\d\.\d{6}s connect=\d\.\d{6}s tls=\d\.\d{6}s first_byte=\d\.\d{6}s", said), said


def namespace(*commands):
    """Runs a command in a network and with mounts of its own, after these."""
    return ["unshare", "--net", "--mount", "sh", "-c", " && ".join([*commands, 'exec "$@"']), "sh"]


def run_elsewhere(directory):
    """The cases that need a network of their own. That of a silent name server shows that a look-up that hangs holds up nothing:
    its own patience is longer than that of check()."""
    allowed = "echo '0 2147483647' >/proc/sys/net/ipv4/ping_group_range"
    network = ("ip link set lo up", "ip route add 192.0.2.0/24 dev lo")
    (directory / "resolv.conf").write_text("nameserver 192.0.2.9\noptions timeout:30 attempts:3\n")
    unheard = f"mount --bind {directory}/resolv.conf /etc/resolv.conf"
    probe = subprocess.run([*namespace(*network, allowed, unheard), "true"], capture_output=True, check=False)
    if os.geteuid() != 0 or probe.returncode != 0:
        print("no network namespace can be made here: the ICMP probe is not tested")
        return 0, 0
    refused = [({"type": "icmp", "host": "127.0.0.1"}, "unknown", "this user may not ping; .*ping_group_range"),
               ({"type": "icmp", "host": "localhost"}, "unknown", "this user may not ping; .*ping_group_range")]
    groups = (refused, namespace(*network)), (list(network_cases()), namespace(*network, allowed)), \
        (SILENT_NAME_SERVER, namespace(*network, allowed, unheard))
    return [sum(column) for column in zip(*(run_cases(directory, *group) for group in groups))]


def main():
    missing = [name for name in NEEDED if shutil.which(name, path="/usr/sbin:/usr/bin") is None]
    if missing:
        print("skipped: not installed:", *missing)
        return 77
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as name:
        directory = pathlib.Path(name)
        p = peers.Peers(directory)
        try:
            cases = [case for kind in (web_cases, fhir_cases, tcp_cases, mllp_cases, dns_cases, ldap_cases) for case in kind(p)]
            results = [run_cases(directory, cases), run_mistakes(directory), run_elsewhere(directory)]
            phases_are_told(directory, p)
        finally:
            p.stop()
    wrong, count = (sum(column) for column in zip(*results))
    print(f"{count - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
