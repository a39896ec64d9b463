"""Real peers for the agent's probes: HTTP(S), FHIR, TCP, MLLP, DNS and LDAP servers on loopback, well and ill behaved."""

import http.server
import json
import pathlib
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading

from harness import free_port

PATIENCE = 20  # seconds that a silent peer keeps a connection open, far beyond every probe's deadline


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


class Certificates:
    """A small authority: `ca.pem`, and pairs NAME.pem, NAME.key of the stated days and host."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=Test CA",
                "-keyout", "ca.key", "-out", "ca.pem")
        self.make("good", 365)
        self.make("soon", 10)
        self.make("sooner", 2)
        self.make("ended", 0)
        self.make("other", 365, "DNS:elsewhere.example")
        self.make("client", 365)

    def make(self, name, days, host="DNS:localhost,IP:127.0.0.1"):
        (self.directory / f"{name}.ext").write_text(f"subjectAltName={host}\n")
        openssl(self.directory, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(self.directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def context(self, name, ask_client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        if ask_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.directory / "ca.pem")
        return context


def statement(**changes):
    document = {"resourceType": "CapabilityStatement", "status": "active", "fhirVersion": "4.0.1",
                "rest": [{"mode": "server", "resource": [{"type": "Patient"}, {"type": "Observation"}]}]}
    return json.dumps(dict(document, **changes)).encode()


PAGES = {
    "/ok": (200, "Välkommen till tjänsten".encode()),
    "/error": (503, b"busy"),
    "/maintenance": (200, b"we are closed for maintenance"),
    "/big": (200, b"x" * 200000 + b"at the end"),
    "/r4/metadata": (200, statement()),
    "/r5/metadata": (200, statement(fhirVersion="5.0.0")),
    "/draft/metadata": (200, statement(status="draft")),
    "/patient/metadata": (200, b'{"resourceType": "Patient"}'),
    "/html/metadata": (200, b"<html></html>"),
    "/huge/metadata": (200, b" " * (5 << 20) + statement()),
}
REDIRECTS = {"/moved": "/ok", "/twice": "/moved", "/astray": "ftp://localhost/", "/circle": "/circle"}


class Web(http.server.BaseHTTPRequestHandler):
    def answer(self, with_body):
        if self.path in ("/silent", "/slow"):
            threading.Event().wait(PATIENCE if self.path == "/silent" else 0.4)
        if self.path in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/needs-header" and self.headers.get("X-Unit") != "ward 7":
            self.send_error(403)
            return
        status, body = PAGES.get(self.path, (404 if self.path == "/none" else 200, b"ok"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + (10 if self.path == "/cut" else 0)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    """A threaded server on a free port, with TLS if it has a context, whose clients may hang up at any time."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, context=None):
        self.context = context
        super().__init__(("127.0.0.1", 0), handler)

    def finish_request(self, request, client_address):
        if self.context is not None:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


class Greeter(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"220 mail.example ")
        self.request.sendall(b"ready\r\n")
        self.request.recv(1)


class HangsUp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"421 go away\r\n")


class Silent(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(PATIENCE)
        while self.request.recv(4096):
            pass


def frame(text):
    return b"\x0b" + text.encode() + b"\x1c\r"


def acknowledge(code, control_id=None):
    """A handler that reads one message and answers with this code, in two pieces, for this id or the message's own."""

    class Peer(socketserver.BaseRequestHandler):
        def handle(self):
            message = b""
            while not message.endswith(b"\x1c\r"):
                message += self.request.recv(4096)
            header = message[1:].decode().split("\r")[0].split("|")
            assert len(header[6]) == 14 and message.startswith(b"\x0bMSH|^~\\&|"), header
            bytes_ = frame(f"MSH|^~\\&|PEER|||||||ACK|1|P|2.4\rMSA|{code}|{control_id or header[9]}|text\r")
            self.request.sendall(bytes_[:9])
            self.request.sendall(bytes_[9:])

    return Peer


def replies(bytes_):
    class Peer(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(4096)
            self.request.sendall(bytes_)

    return Peer


class Peers:
    """Starts what it is asked for; `stop` ends everything."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.certificates = Certificates(directory)
        self.servers, self.processes, self.sockets = [], [], []

    def tcp(self, handler, certificate=None, **options):
        server = Server(handler, certificate and self.certificates.context(certificate, **options))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.servers.append(server)
        return server.server_address[1]

    def web(self, certificate=None, **options):
        return self.tcp(Web, certificate, **options)

    def silent_udp(self):
        self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.sockets[-1].bind(("127.0.0.1", 0))
        return self.sockets[-1].getsockname()[1]

    def spawn(self, arguments, port):
        self.processes.append(subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
            if self.processes[-1].poll() is not None:
                return False
            threading.Event().wait(0.02)
        return False

    def name_server(self):
        port = free_port()
        started = self.spawn(
            [shutil.which("dnsmasq", path="/usr/sbin:/usr/bin"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
             "--no-hosts", "--user=", "--pid-file", f"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces",
             "--host-record=web.example,192.0.2.10,2001:db8::10", "--host-record=web.example,192.0.2.11",
             "--ptr-record=20.2.0.192.in-addr.arpa,back.example", "--mx-host=example,mail.example,10",
             "--srv-host=_ldap._tcp.example,dir.example,389", "--txt-record=example,v=spf1 -all",
             "--local=/example/"], port)
        assert started, "dnsmasq did not start"
        return port

    def directory_server(self):
        """slapd with three entries, on an LDAP and an LDAPS port; None when it does not start here."""
        plain, tls, base = free_port(), free_port(), self.directory / "ldap"
        (base / "db").mkdir(parents=True)
        (base / "slapd.conf").write_text(f"""include /etc/ldap/schema/core.schema
moduleload back_mdb
modulepath /usr/lib/ldap
pidfile {base}/pid
TLSCACertificateFile {self.directory}/ca.pem
TLSCertificateFile {self.directory}/good.pem
TLSCertificateKeyFile {self.directory}/good.key
database mdb
suffix "dc=example,dc=org"
rootdn "cn=probe,dc=example,dc=org"
rootpw tested
directory {base}/db
""")
        units = "".join(f"\ndn: ou=unit{i},dc=example,dc=org\nobjectClass: organizationalUnit\nou: unit{i}\n" for i in (1, 2))
        (base / "entries.ldif").write_text("dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\n"
                                           "o: example\ndc: example\n" + units)
        subprocess.run(["/usr/sbin/slapadd", "-f", base / "slapd.conf", "-l", base / "entries.ldif"], check=True,
                       capture_output=True)
        addresses = f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{tls}/"
        started = self.spawn(["/usr/sbin/slapd", "-f", base / "slapd.conf", "-h", addresses, "-d", "0"], plain)
        return (plain, tls) if started else None

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        for process in self.processes:
            process.terminate()
            process.wait()
        for one in self.sockets:
            one.close()
