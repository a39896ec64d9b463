#!/usr/bin/python3
"""The real Alertmanager: it fires, groups and resolves, our daemon is away for a while in between, and the alarm's end is seen."""

import contextlib
import datetime
import hashlib
import http.client
import json
import shutil
import subprocess
import sys

from harness import SOURCE, Region, free_port

TOKEN = "hemlig"
CONFIG = """
route:
  receiver: vinga
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: vinga
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/hooks/alertmanager
        send_resolved: true
        http_config:
          authorization: {{ credentials: {token} }}
"""


class Alertmanager:
    def __init__(self, region):
        self.region = region
        self.port = free_port()
        where = region.dir / "alertmanager"
        where.mkdir()
        (where / "alertmanager.yml").write_text(CONFIG.format(port=region.port, token=TOKEN))
        self.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={where}/alertmanager.yml", f"--storage.path={where}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], stdout=region.log, stderr=region.log)
        region.until(lambda: self.call("GET", "/-/ready") == 200, "Alertmanager to be ready")

    def call(self, method, path, body=None):
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        conn.request(method, path, body=None if body is None else json.dumps(body), headers={"Content-Type": "application/json"})
        status = conn.getresponse().status
        conn.close()
        return status

    def alert(self, labels, minutes, **annotations):
        """As Prometheus tells it: fires until so many minutes from now; resolved when that is past."""
        now = datetime.datetime.now(datetime.timezone.utc)
        body = {"labels": labels, "annotations": annotations, "startsAt": (now - datetime.timedelta(minutes=5)).isoformat(),
                "endsAt": (now + datetime.timedelta(minutes=minutes)).isoformat(), "generatorURL": "http://prometheus.example/graph"}
        assert self.call("POST", "/api/v2/alerts", [body]) == 200

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def alarms(region):
    """The newest alarm of each resource and severity."""
    found = region.get("/api/v1/alarms?state=all&hidden=all&limit=1000")[1]["alarms"]
    return {a["resource"] + " " + a["qualifier"].rsplit("=")[-1]: a for a in sorted(found, key=lambda a: int(a["id"].split("-")[1]))}


def node(n, severity="critical"):
    return {"alertname": "NodeDown", "instance": f"node-{n}:9100", "job": "node", "severity": severity}


def is_over(region, key):
    return alarms(region)[key].get("cleared") is not None


def run(region, alertmanager):
    alertmanager.alert(node(1), 60, summary="node 1 is down", description="for five minutes")
    alertmanager.alert(node(2), 60, summary="node 2 is down")
    alertmanager.alert(node(2, "warning"), 60, summary="node 2 is slow")
    region.until(lambda: len(alarms(region)) == 3, "three alarms")
    first = alarms(region)["node-1 critical"]
    assert (first["type"], first["text"]) == ("NodeDown", "node 1 is down"), first
    assert first["qualifier"] == "instance=node-1:9100,job=node,severity=critical", first
    assert "prometheus" in json.dumps(first), first

    # one severity of two is over: the other goes on
    alertmanager.alert(node(2), -1)
    region.until(lambda: is_over(region, "node-2 critical"), "the end of node 2's critical alarm")
    assert not is_over(region, "node-2 warning") and not is_over(region, "node-1 critical")

    # away while it resolves: Alertmanager tries again until it is told that we have it
    region.kill()
    alertmanager.alert(node(1), -1)
    alertmanager.alert(node(3), 60, summary="while we were away")
    region.start()
    region.until(lambda: is_over(region, "node-1 critical"), "the end of node 1's alarm", 120)
    region.until(lambda: "node-3 critical" in alarms(region), "what happened meanwhile", 120)
    assert not is_over(region, "node-2 warning")

    # it fires again: a new alarm
    alertmanager.alert(node(1), 60, summary="again")
    region.until(lambda: not is_over(region, "node-1 critical"), "node 1's second alarm")
    again = [a for a in region.get("/api/v1/alarms?state=all&hidden=all&limit=1000")[1]["alarms"] if a["resource"] == "node-1"]
    assert len(again) == 2, again


def main():
    if shutil.which("prometheus-alertmanager") is None:
        print("prometheus-alertmanager is not installed")
        return 77
    with Region(start=False) as region, contextlib.ExitStack() as ends:
        (region.dir / "principals.yaml").write_text(
            "principals:\n  - {name: prometheus, roles: [ingest],"
            f" token_sha256: {hashlib.sha256(TOKEN.encode()).hexdigest()}}}\n")
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        alertmanager = Alertmanager(region)
        ends.callback(alertmanager.stop)
        run(region, alertmanager)
    print("fired, grouped, resolved, away and back, fired again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
