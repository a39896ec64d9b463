"""The agent beside a region's daemon: its settings, its process, and what of it has come to the journal."""

import contextlib
import hashlib
import json
import os
import signal
import sqlite3
import subprocess

from harness import BUILD

VINGA_AGENT = BUILD / "agents" / "vinga-agent"
TOKEN = "the-agents-token"
SOURCE_ID = "agent-1489"


def principals(*tokens):
    """The daemon's principals: one agent that may present any of these tokens."""
    return "principals:\n" + "".join(
        f"  - {{name: {SOURCE_ID}-{n}, source: {SOURCE_ID}, roles: [ingest], "
        f"token_sha256: {hashlib.sha256(token.encode()).hexdigest()}}}\n" for n, token in enumerate(tokens))


def plugin(command, interval="1s", timeout="900ms", **more):
    return {"type": "plugin", "command": command, "interval": interval, "timeout": timeout, **more}


class Agent:
    """`with Agent(region, probes) as agent:` gives a running agent that sends to the region's daemon."""

    def __init__(self, region, probes, prefix=(), **settings):
        self.region = region
        self.dir = region.dir / "agent"
        self.dir.mkdir()
        self.prefix = list(map(str, prefix))
        self.settings = {"daemon": f"http://127.0.0.1:{region.port}", "token_file": str(self.dir / "token"),
                         "spool": str(self.dir / "spool.db"), "send_every": "1s", **settings}
        self.process = None
        self.set_token(TOKEN)
        self.set_probes(probes)

    def set_token(self, token):
        path = self.dir / "token"
        path.write_text(token + "\n")
        path.chmod(0o600)

    def set_probes(self, probes):
        # JSON is YAML
        (self.dir / "agent.yaml").write_text(json.dumps({**self.settings, "probes": probes}))

    def __enter__(self):
        self.log = open(self.dir / "agent.log", "ab")
        try:
            self.start()
        except BaseException:
            self.__exit__(True, None, None)
            raise
        return self

    def __exit__(self, kind, value, trace):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if kind is not None:
            print("--- agent.log\n" + self.said()[-4000:], flush=True)
        return False

    def start(self):
        self.process = subprocess.Popen([*self.prefix, VINGA_AGENT, "run", "--config", self.dir / "agent.yaml"],
                                        stdout=self.log, stderr=self.log, start_new_session=True)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=10)

    def said(self):
        return (self.dir / "agent.log").read_text(errors="replace")

    def command(self, *arguments):
        return subprocess.run([*self.prefix, VINGA_AGENT, *arguments, "--config", self.dir / "agent.yaml"],
                              capture_output=True, text=True, timeout=60, env=dict(os.environ, VINGA_LOG="error"))

    def waiting(self):
        """Batches in the spool of an agent that is not running."""
        with contextlib.closing(sqlite3.connect(self.dir / "spool.db")) as spool:
            return spool.execute("SELECT count(*) FROM batch").fetchone()[0]

    def batches(self):
        """The bodies that the daemon has made durable, as they lie in its journal, in the order of arrival."""
        path = f"file:{self.region.state}/journal.db?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as journal:
            rows = journal.execute("SELECT bytes FROM ledger WHERE kind = 'samples.reported' AND source = ? ORDER BY seq",
                                   (SOURCE_ID,)).fetchall()
        return [json.loads(row[0])["body"] for row in rows]

    def samples(self):
        """{probe: [(at_ms, state, latency_ms, text), ...]}"""
        out = {}
        for body in self.batches():
            for probe, at_ms, state, *more in body["samples"]:
                latency_ms, text = (more + [None, ""])[:2] if more else (None, "")
                out.setdefault(probe, []).append((at_ms, state, latency_ms, text))
        return out

    def until_seen(self, count, *probes, seconds=60):
        self.region.until(lambda: all(len(self.samples().get(p, [])) >= count for p in probes),
                          f"{count} samples of {', '.join(probes)}", seconds)

    def check_whole(self):
        """Nothing twice, nothing missing: the batches are 1, 2, 3 ... of one boot, and each run is told once."""
        batches = self.batches()
        assert [b["batch"] for b in batches] == list(range(1, len(batches) + 1)), [b["batch"] for b in batches]
        assert len({b["boot_id"] for b in batches}) == 1
        for probe, seen in self.samples().items():
            times = [s[0] for s in seen]
            assert len(times) == len(set(times)), (probe, times)
        return batches
