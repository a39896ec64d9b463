#!/usr/bin/python3
"""Agent and daemon in network namespaces of their own, with the link between them cut, deaf in one direction, slow, and restored, and
both of them killed meanwhile: every run of a probe is told once, nothing is missing, and the availability afterwards is that of a
service that was well all the time. A plugin that counts its runs in a file is the truth that the journal is held against."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

from agent import SOURCE_ID, TOKEN, Agent, plugin, principals
from harness import Region

HOST, PEER = (f"10.213.{os.getpid() % 250}.{n}" for n in (1, 2))
SPACE, LINK, PEER_LINK = (f"{name}{os.getpid()}" for name in ("vinga", "va", "vb"))


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


class Link:
    """A namespace with one cable to it."""

    def __enter__(self):
        try:
            self.lay()
        except subprocess.CalledProcessError:
            self.__exit__()
            raise
        return self

    @staticmethod
    def lay():
        ip("netns", "add", SPACE)
        ip("link", "add", LINK, "type", "veth", "peer", "name", PEER_LINK)
        ip("link", "set", PEER_LINK, "netns", SPACE)
        ip("addr", "add", f"{HOST}/30", "dev", LINK)
        ip("link", "set", LINK, "up")
        ip("-n", SPACE, "addr", "add", f"{PEER}/30", "dev", PEER_LINK)
        ip("-n", SPACE, "link", "set", PEER_LINK, "up")
        ip("-n", SPACE, "link", "set", "lo", "up")

    def __exit__(self, *_):
        ip("link", "del", LINK, check=False)
        ip("netns", "del", SPACE, check=False)

    def cut(self):
        ip("link", "set", LINK, "down")

    def restore(self):
        ip("link", "set", LINK, "up")

    def deafen(self):
        """What the agent says arrives; what the daemon answers is lost without a word."""
        ip("route", "add", "blackhole", f"{PEER}/32")

    def hear(self):
        ip("route", "del", "blackhole", f"{PEER}/32")

    def slow(self):
        """False: this kernel has no netem."""
        return subprocess.run(["tc", "qdisc", "add", "dev", LINK, "root", "netem", "delay", "300ms", "100ms", "loss", "20%"],
                              capture_output=True, check=False).returncode == 0

    def fast(self):
        subprocess.run(["tc", "qdisc", "del", "dev", LINK, "root"], check=True)


class Truth:
    """One line for each run, written by the plugin itself."""

    def __init__(self, agent_dir):
        self.path = agent_dir / "runs"

    def command(self):
        return ["/bin/sh", "-c", f"echo run >> {self.path}; echo counted"]

    def runs(self):
        return len(self.path.read_text().splitlines()) if self.path.exists() else 0

    def more(self, agent, count):
        want = self.runs() + count
        agent.region.until(lambda: self.runs() >= want, f"{count} more runs")


AGREEMENT = f"""
name: cut
version: "1"
valid_from: 2026-01-01
zone: Europe/Stockholm
rules: {{ slot: 1s }}
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: {{ resolution: 4h, share: 90 %, calendar: 24x7 }}
  request: {{ resolution: 4h, share: 90 %, calendar: 24x7 }}
municipalities: [{{ code: "1489", name: Alingsås, size: medium }}]
services: {{ near: {{ name: Nära }} }}
probes: [{{ agent: {SOURCE_ID}, probe: counted, service: near, municipality: "1489", vantage: local, interval: 30s }}]
"""


def availability(region, samples):
    """What came late counts as if it had come in time: up from the first sample on, and no second of it down or unmeasured. An
    agreement that names the probe afterwards judges all of it."""
    folder = region.dir / "agreement"
    folder.mkdir()
    (folder / "agreement.yaml").write_text(AGREEMENT)
    region.vinga("agreement", "apply", folder, "--reason", "test")
    month = time.strftime("%Y-%m", time.localtime(samples[-1][0] / 1000))
    shown = json.loads(region.vinga("availability", month, "--service", "near", "--municipality", "1489", "--json"))
    cell, = shown["cells"]
    span_s = samples[-1][0] // 1000 - samples[0][0] // 1000
    assert cell["down_s"] == cell["degraded_s"] == cell["outages"] == 0, cell
    assert span_s <= cell["up_s"] <= span_s + 61, (span_s, cell)
    print(f"availability: {cell['up_s']} s up, {cell['down_s']} s down, over {span_s} s of samples")


def caught_up(agent, truth):
    """All that has been measured so far has arrived."""
    want = truth.runs()
    agent.until_seen(want - agent.lost_at_most, "counted", seconds=120)


def deaf(agent, truth, link):
    """The daemon takes a batch and its answer is lost; then it dies, and the batch comes again to a new one."""
    region = agent.region
    link.deafen()
    before = len(agent.batches())
    truth.more(agent, 1)
    region.until(lambda: len(agent.batches()) > before, "a batch whose answer is lost")
    region.kill()
    region.daemon = None
    link.hear()
    region.start()
    caught_up(agent, truth)


def run(agent, truth, link):
    region = agent.region
    agent.until_seen(2, "counted", "built-in")

    link.cut()
    truth.more(agent, 3)
    link.restore()
    caught_up(agent, truth)

    deaf(agent, truth, link)

    region.daemon.send_signal(signal.SIGSTOP)  # accepts, and says nothing
    truth.more(agent, 3)
    region.daemon.send_signal(signal.SIGCONT)
    caught_up(agent, truth)

    link.cut()
    truth.more(agent, 2)
    agent.stop(signal.SIGKILL)  # what was not flushed yet is gone with it: at most a second's runs
    agent.lost_at_most += 2
    agent.start()
    truth.more(agent, 2)
    link.restore()
    caught_up(agent, truth)

    if link.slow():
        truth.more(agent, 5)
        caught_up(agent, truth)
        link.fast()
    else:
        print("not tried: a slow and lossy link, since this kernel has no netem")


def allowed():
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    try:
        with Link():
            return True
    except subprocess.CalledProcessError:
        return False


def main():
    if not allowed():
        print("skipped: this user, or this machine, may not make network namespaces")
        return 77
    with Link() as link, Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals(TOKEN))
        settings = region.dir / "vingad.yaml"
        settings.write_text(settings.read_text().replace("listen: 127.0.0.1:", f"listen: {HOST}:") +
                            f"principals: {region.dir}/principals.yaml\n")
        region.start()
        truth = Truth(region.dir)
        probes = {"counted": plugin(truth.command(), "1s"),
                  "built-in": {"type": "tcp", "host": HOST, "port": region.port, "interval": "1s", "timeout": "900ms"}}
        agent = Agent(region, probes, prefix=["ip", "netns", "exec", SPACE], daemon=f"http://{HOST}:{region.port}")
        agent.lost_at_most = 0
        with agent:
            run(agent, truth, link)
            assert agent.stop() == 0
            agent.lost_at_most += 1  # a run that was under way at the end
            agent.start()  # brings what the end has spooled
            region.until(lambda: agent.said().count("event=started") == 3, "the agent to start")
            caught_up(agent, truth)
            assert agent.stop() == 0
            batches = agent.check_whole()
            samples = agent.samples()
            told = len(samples["counted"])
            assert truth.runs() - agent.lost_at_most - 1 <= told <= truth.runs(), (told, truth.runs())
            assert {row[1] for row in samples["counted"]} == {"ok"}
            assert "critical" in {row[1] for row in samples["built-in"]}, "the cut was not seen"
            assert not any("dropped" in body for body in batches)
            print(f"{truth.runs()} runs, {told} told, in {len(batches)} batches")
            availability(region, samples["counted"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
