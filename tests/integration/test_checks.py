#!/usr/bin/python3
"""The check plugins against a small web server, plain and over TLS: what they say, and how they end."""

import contextlib
import http.server
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

from harness import BUILD

OK, WARNING, CRITICAL, UNKNOWN = range(4)
CELL = {"service": "journal", "municipality": "1489", "base_s": 2577600, "num": 2570400, "den": 2577600, "coverage_ppm": 999000,
        "target_ppm": 998000, "verdict": "missed", "budget_month_s": -2045, "budget_earned_s": -2045, "outages": 1}
MET = {**CELL, "municipality": "1480", "num": 2577000, "verdict": "met", "budget_month_s": 4555, "budget_earned_s": -45}
CELLS = {
    "2025-11": [CELL, MET, {**CELL, "municipality": None, "num": 999000000, "den": 1000000000, "verdict": "met"}, {**CELL, "channel": "mobile", "verdict": "met", "num": 2577600}],
    "2025-10": [{**CELL, "verdict": "insufficient", "coverage_ppm": 412000}],
    "2025-09": [{**CELL, "verdict": "not_applicable", "base_s": 0, "num": 0, "den": 0, "coverage_ppm": 0}],
    "2025-08": [{**CELL, "verdict": "no_target", "target_ppm": None}],
}
INSUFFICIENT, NOT_APPLICABLE = CELLS["2025-10"][0], CELLS["2025-09"][0]
CELLS["2025-07"] = [{**kind, "municipality": f"14{n:02}"} for n, kind in
                    enumerate([NOT_APPLICABLE] * 9 + [INSUFFICIENT] * 2 + [MET] * 30 + [CELL] * 4)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body="", kind="text/html; charset=utf-8", **headers):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        if address.path == "/":
            self.answer(302, Location="/vpn/index.html", Set_Cookie="session=7; Path=/")
        elif address.path == "/vpn/index.html":
            self.answer(200, "<title>Logga in</title> Välkommen")
        elif address.path == "/vpn/tmindex":
            signed = "session=7" in self.headers.get("Cookie", "")
            self.answer(200 if signed else 403, "Välj program")
        elif address.path == "/around":
            self.answer(302, Location="/around")
        elif address.path == "/service":
            self.answer(200, "Planerat underhåll")
        elif address.path == "/broken":
            self.answer(503, "nope")
        elif address.path == "/health":
            self.answer(200, json.dumps({"status": "UP", "db": {"status": "DOWN", "nodes": [2, 3]}}), "application/json")
        elif address.path == "/api/v1/availability":
            self.availability(query)
        else:
            self.answer(404)

    def availability(self, query):
        if self.headers.get("Authorization") != "Bearer hemlig":
            self.answer(401, json.dumps({"detail": "unknown token"}), "application/problem+json")
            return
        cells = [cell for cell in CELLS.get(query["month"], [])
                 if cell["municipality"] == query.get("municipality", cell["municipality"])]
        self.answer(200, json.dumps({"month": query["month"], "cells": cells}), "application/json")


@contextlib.contextmanager
def serving(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(name, *arguments):
    done = subprocess.run([BUILD / "plugins/checks" / name, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def expect(state, words, name, *arguments):
    """The plugin ends in this state, on one line, that holds each of the words."""
    code, said = run(name, *arguments)
    assert code == state, (code, said)
    assert said.count("\n") == 1 and said.endswith("\n"), said
    for word in words.split("&"):
        assert word in said, (word, said)
    return said


def sla(state, words, *arguments):
    return expect(state, words, "check_vinga_sla", "--service", "journal", *arguments)


def service_level(directory, port):
    token, wrong = directory + "/token", directory + "/wrong"
    for path, text in ((token, "hemlig\n"), (wrong, "annan\n")):
        with open(path, "w") as out:
            out.write(text)
    here = ("--url", f"http://127.0.0.1:{port}", "--token-file", token)
    month, one = here + ("--month", "2025-11"), here + ("--month", "2025-11", "--municipality", "1489")

    sla(CRITICAL, "journal 1489: 99,720 %, mål 99,800 % | availability=99.7207%;;;0;100\n", *one)
    sla(OK, "availability=99.7207%;;99.7:;0;100\n", *one, "-c", "99.7:")
    sla(WARNING, ";99.9:;99.7:;", *one, "-w", "99.9:", "-c", "99.7:")
    said = sla(CRITICAL, "journal i 2 kommuner, 1489: 99,720 %&'journal 1489'=99.7207%&'journal 1480'=99.9767%", *month)
    assert " 1480: " not in said and "100" not in said.split("|")[0], said
    sla(CRITICAL, "journal i 45 kommuner, 1441: 99,720 %, mål 99,800 %, 1442: &, 1443: &, 1444: &, 1409: 99,720 %, mål 99,800 %, "
        "otillräckligt mätunderlag, och 1 till, 9 utan tal | ", *here, "--month", "2025-07")
    sla(OK, "journal regionen: 99,900 %, mål 99,800 %", *month, "--region")
    sla(UNKNOWN, "--region: expected no --municipality", *one, "--region")
    sla(OK, "journal 1489: 100,000 %", *one, "--channel", "mobile")
    sla(UNKNOWN, "inga tal för 2025-11", *one, "--channel", "published_app")

    sla(CRITICAL, "-34 min kvar&budget_min=-34.1;;;;", *one, "--metric", "budget")
    sla(WARNING, "75 min kvar&0 min av det intjänade", *here, "--month", "2025-11", "--municipality", "1480", "--metric", "budget")
    sla(OK, "budget_min=75.9;30:;10:;;", *here, "--month", "2025-11", "-m", "1480", "--metric", "budget", "-w", "30:", "-c", "10:")

    sla(OK, "99,900 % mätt", *one, "--metric", "coverage")
    sla(WARNING, "41,200 % mätt, otillräckligt mätunderlag", *here, "--month", "2025-10", "--metric", "coverage")
    sla(UNKNOWN, "otillräckligt mätunderlag", *here, "--month", "2025-10", "-c", "10:")
    for metric in ("availability", "coverage"):
        sla(UNKNOWN, "ej tillämpligt", *here, "--month", "2025-09", "--metric", metric)
    sla(OK, "99,720 %", *here, "--month", "2025-08")
    sla(UNKNOWN, "inget mål", *here, "--month", "2025-08", "--metric", "budget")
    sla(UNKNOWN, "inga tal för 20", *here)

    sla(UNKNOWN, "HTTP 401: unknown token", "--url", f"http://127.0.0.1:{port}", "--token-file", wrong)
    sla(UNKNOWN, "--token-file", "--token-file", directory + "/none")
    sla(UNKNOWN, "vingad at", "--socket", directory + "/none")
    sla(UNKNOWN, "--metric uptime: expected availability, budget or coverage", "--metric", "uptime")
    sla(UNKNOWN, "--warning 99,8: expected a range", "-w", "99,8")
    expect(UNKNOWN, "--service: must be given", "check_vinga_sla")


def published_app(port, tls_port, ca):
    def app(state, words, *arguments):
        return expect(state, words, "check_published_app", *arguments)

    front, secure = f"http://127.0.0.1:{port}", f"https://localhost:{tls_port}"
    said = app(OK, "time=&dns=&connect=&first_byte=", "--url", front, "--expect", "Logga in", "--expect", "Välkommen",
               "--absent", "underhåll", "--ends-at", front + "/vpn/", "--then", "tmindex", "--then-expect", "Välj program")
    assert "then=" in said and "certificate_days" not in said, said
    said = app(OK, "certifikatet gäller &;21:;7:;;&tls=0.", "--url", secure, "--ca", ca)
    assert re.search("gäller (29|30) dagar till.* certificate_days=(29|30);", said), said
    app(WARNING, "dagar", "--url", secure, "--ca", ca, "--certificate", "60,7")
    app(CRITICAL, "dagar", "--url", secure, "--ca", ca, "--certificate", "60,31")
    app(CRITICAL, "inloggningssidan: &certificate", "--url", secure)
    app(OK, "gäller", "--url", f"https://front.example:{tls_port}", "--address", "127.0.0.1", "--ca", ca)
    app(CRITICAL, '"Logga in" saknas på', "--url", front + "/service", "--expect", "Logga in")
    app(CRITICAL, '"underhåll" står på', "--url", front + "/service", "--absent", "underhåll")
    app(CRITICAL, "kedjan slutar på " + front + "/vpn/index.html", "--url", front, "--ends-at", "https://")
    app(CRITICAL, "HTTP 302 från", "--url", front, "--redirects", "0")
    app(CRITICAL, "Maximum (3) redirects", "--url", front + "/around", "--redirects", "3")
    app(CRITICAL, "HTTP 503 från", "--url", front + "/broken")
    app(CRITICAL, "andra sidan: HTTP 404", "--url", front, "--then", "/nowhere")
    app(CRITICAL, ";;0:0;0", "--url", front, "--critical", "0:0")
    app(WARNING, "time=", "--url", front, "--warning", "@0:60")
    app(UNKNOWN, "--url: must be given")
    app(UNKNOWN, "--certificate 21: expected a whole number from 0 to 7", "--url", front, "--certificate", "7,21")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app(CRITICAL, "inget svar inom 1 s", "--url", f"http://127.0.0.1:{silent.getsockname()[1]}", "--timeout", "1")


def mobile_gateway(port, old_port, ca):
    def gateway(state, words, *arguments):
        return expect(state, words, "check_mobile_gateway", "--host", "localhost", "--ca", ca, "--path", "/health", *arguments)

    gateway(OK, "status är UP&db.nodes.1 är 3&certificate_days=", "--port", port, "--json", "status=UP", "--json", "db.nodes.1=3")
    gateway(CRITICAL, "db.status är DOWN, väntat UP", "--port", port, "--json", "db.status=UP")
    gateway(CRITICAL, "queue saknas i svaret", "--port", port, "--json", "queue=0")
    gateway(CRITICAL, "svaret är inte JSON", "--port", port, "--path", "/service", "--json", "status=UP")
    gateway(CRITICAL, '"UPP" saknas på', "--port", port, "--expect", "UPP")
    gateway(CRITICAL, "HTTP 302 från", "--port", port, "--path", "/")
    gateway(OK, "certificate_days", "--port", old_port, "--tls", "1.2")
    gateway(CRITICAL, "gatewayen: TLS går inte (", "--port", old_port, "--tls", "1.3")
    gateway(UNKNOWN, "--tls 2.0", "--tls", "2.0")


def certificate(directory):
    pair = directory + "/key.pem", directory + "/certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", pair[0], "-out", pair[1],
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:front.example"],
                   check=True, capture_output=True)
    return pair


def context_of(pair, newest):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    context.maximum_version = newest
    return context


def help_and_version():
    for name in ("check_vinga_sla", "check_published_app", "check_mobile_gateway"):
        code, said = run(name, "--help")
        assert code == UNKNOWN and all(f"--{option}" in said for option in ("warning", "critical", "timeout")), said
        assert max(map(len, said.splitlines())) <= 100, said
        code, said = run(name, "-V")
        assert code == UNKNOWN and said.startswith(name + " "), said


def main():
    if shutil.which("openssl") is None:
        print("openssl is not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as directory:
        pair = certificate(directory)
        with serving() as port, serving(context_of(pair, ssl.TLSVersion.TLSv1_3)) as tls, \
                serving(context_of(pair, ssl.TLSVersion.TLSv1_2)) as old:
            help_and_version()
            service_level(directory, port)
            published_app(port, tls, pair[1])
            mobile_gateway(tls, old, pair[1])
    print("4 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
