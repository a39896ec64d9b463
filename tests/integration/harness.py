"""A private region for one test: PostgreSQL of its own, the schema, a daemon, and a client. Nothing is mocked."""

import contextlib
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("VINGA_BUILD", SOURCE / "build" / "dev"))
VINGA = BUILD / "cli" / "vinga"
VINGAD = BUILD / "daemon" / "vingad"
SHARED = SOURCE.parent / "shared"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Region:
    """`with Region() as region:` gives a running daemon with an empty ledger."""

    def __init__(self, config="", start=True):
        self.extra = config
        self.start_daemon = start
        self.daemon = None

    def __enter__(self):
        try:
            self.set_up()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def set_up(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="vinga-t."))
        os.chmod(self.dir, 0o755)
        self.state = self.dir / "state"
        self.state.mkdir(mode=0o700)
        self.socket = self.dir / "s"
        self.log = open(self.dir / "vingad.log", "ab")
        self.pghost = str(self.dir / "p")
        os.mkdir(self.pghost, 0o755)
        self.pg("pg_start \"$2/pg\" && pg_deploy \"$1/sql\"")
        self.write_config()
        if self.start_daemon:
            self.start()

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.log.flush()
            tail = (self.dir / "vingad.log").read_text(errors="replace").splitlines()[-40:]
            print("--- vingad.log\n" + "\n".join(tail), flush=True)
        self.stop(check=False)
        self.pg("pg_stop")
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)
        return False

    # PostgreSQL, through the same functions as ./run
    def pg(self, commands):
        env = dict(os.environ, PG_SOCKETS=self.pghost, PG_DATA=str(self.dir / "pg/data"))
        subprocess.run(["sh", "-euc", ". \"$1/scripts/pg.sh\"; pg_bin; " + commands, "sh", SOURCE, self.dir],
                       check=True, stdout=subprocess.DEVNULL, env=env)

    def pg_crash(self):
        self.pg("pg_crash")

    def pg_restart(self):
        self.pg("pg_start \"$2/pg\"")

    def sql(self, query, user=None):
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.pghost, "-d", "vinga", "-c", query]
        if user:
            command += ["-U", user]
        else:
            command += ["-U", "postgres"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    # the daemon
    def conninfo(self, user):
        return f"host={self.pghost} dbname=vinga user={user}"

    def write_config(self):
        self.port = free_port()
        (self.dir / "vingad.yaml").write_text(
            f"purpose: demonstration\nstate_dir: {self.state}\n"
            f"listen: 127.0.0.1:{self.port}\n"
            f"socket: {self.socket}\n"
            f"database: \"{self.conninfo('vinga_writer')}\"\n"
            f"mappings: {SOURCE}/plugins/mappings\n" + self.extra)

    def start(self):
        self.daemon = subprocess.Popen([VINGAD, "--config", self.dir / "vingad.yaml"], stdout=self.log,
                                       stderr=self.log, start_new_session=True)
        self.until(lambda: self.get("/health/live")[0] == 200, "the daemon to answer")

    def kill(self):
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()

    def stop(self, check=True):
        if self.daemon is None or self.daemon.poll() is not None:
            return
        self.daemon.terminate()
        code = self.daemon.wait(timeout=60)
        if check and code != 0:
            raise AssertionError(f"vingad ended with {code}")

    def until(self, condition, what, seconds=60):
        """Polls what no event tells from outside the process; gives up when the daemon has died."""
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                if condition():
                    return
            if self.daemon is not None and self.daemon.poll() is not None:
                raise AssertionError(f"vingad ended with {self.daemon.returncode} while waiting for {what}")
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {what}")
            select.select([], [], [], 0.02)

    # HTTP
    def connection(self, timeout=60):
        return UnixConnection(str(self.socket), timeout)

    def request(self, method, path, body=None, content_type="application/json", connection=None):
        conn = connection or self.connection()
        data = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        conn.request(method, path, body=data, headers={"Content-Type": content_type} if data is not None else {})
        response = conn.getresponse()
        text = response.read()
        kind = response.getheader("Content-Type", "")
        if connection is None:
            conn.close()
        return response.status, json.loads(text) if "json" in kind and "x-ndjson" not in kind else text

    def over_tcp(self, method, path, body, headers):
        """The status of one request by TCP, as another machine's program would send it."""
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        conn.request(method, path, body=json.dumps(body).encode(), headers=headers)
        status = conn.getresponse().status
        conn.close()
        return status

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body, **more):
        return self.request("POST", path, body, **more)

    # the command line
    def vinga_status(self, *arguments):
        env = dict(os.environ, VINGA_SOCKET=str(self.socket), VINGA_DATABASE=self.conninfo("vinga_reader"))
        return subprocess.run([VINGA, *map(str, arguments)], capture_output=True, text=True, env=env)

    def vinga(self, *arguments, ok=(0,)):
        done = self.vinga_status(*arguments)
        if done.returncode not in ok:
            raise AssertionError(f"vinga {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def status(self):
        return self.get("/api/v1/status")[1]

    def settled(self, seconds=120):
        """Until PostgreSQL and the read model hold everything that is durable."""
        def level():
            s = self.status()
            return s["sink"]["read_seq"] == s["seq"] and s["sink"]["ledger_seq"] == s["seq"]
        self.until(level, "PostgreSQL to catch up", seconds)


def reported(ref, number, occurred_ms, **fields):
    """A native ticket.reported event."""
    return {"v": 1, "kind": "ticket.reported", "occurred_ms": occurred_ms, "event_id": f"{ref}/{number}",
            "source_order": number, "municipality": fields.pop("municipality", "1489"),
            "body": dict(ref=ref, **fields)}
