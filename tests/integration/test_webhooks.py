#!/usr/bin/python3
"""Alarms by webhook: mappings, CloudEvents, what is signed, what is not understood, and the scripts of other products."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time

from harness import SOURCE, VINGAD, Region

PAYLOADS = SOURCE / "tests/data/alarm-webhooks"
NOTIFY = SOURCE / "plugins/notify"
SECRET = b"en hemlighet av ett slag"
HOOKS = ("icinga", "nagios", "checkmk", "grafana", "pagerduty", "pingdom", "webhook", "cloudevents", "cloudwatch", "site24x7")


def now_ms():
    return int(time.time() * 1000)


def principals(region):
    (region.dir / "secret").write_bytes(SECRET + b"\n")
    (region.dir / "secret").chmod(0o600)
    people = "principals:\n"
    for name in HOOKS + ("prometheus",):
        more = ""
        if name == "grafana":
            more = f", hmac: {{hook: grafana, secret_file: {region.dir}/secret, header: X-Signature, timestamp_header: X-Time, window: 5min}}"
        if name == "pagerduty":
            more = f", hmac: {{hook: pagerduty, secret_file: {region.dir}/secret, header: X-PagerDuty-Signature, prefix: v1=}}"
        if name == "pingdom":
            more = ", token_query: key"
        if name == "site24x7":
            more = ", token_header: X-Key"
        people += f"  - {{name: {name}, source: {name}, roles: [ingest], token_sha256: {hashlib.sha256(name.encode()).hexdigest()}{more}}}\n"
    people += f"  - {{name: bound, source: webhook, municipality: '1489', roles: [ingest], token_sha256: {hashlib.sha256(b'bound').hexdigest()}}}\n"
    people += ("  - {name: bound-too, source: cloudevents, municipality: '1489', roles: [ingest],"
               f" token_sha256: {hashlib.sha256(b'bound-too').hexdigest()}}}\n")
    people += (f"  - {{name: only, source: webhook, roles: [ingest], hmac: {{hook: webhook, secret_file: {region.dir}/secret, header: X-Hub,"
               " prefix: sha256=, format: base64}}\n")
    (region.dir / "principals.yaml").write_text(people)
    with open(region.dir / "vingad.yaml", "a") as settings:
        settings.write(f"principals: {region.dir}/principals.yaml\n")


def post(region, hook, body, who=None, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    if who is not None:
        headers["Authorization"] = "Bearer " + who
    conn.request("POST", f"/api/v1/hooks/{hook}", body=data, headers={"Content-Type": "application/json",
                                                                      **{name.replace("_", "-"): value for name, value in headers.items()}})
    response = conn.getresponse()
    text = response.read()
    conn.close()
    return response.status, json.loads(text)


def alarms(region, resource):
    answer = region.get("/api/v1/alarms?state=all&hidden=all&limit=1000")
    assert answer[0] == 200, answer
    return [a for a in answer[1]["alarms"] if a["resource"] == resource]


def shown(region, resource):
    """Type, severity and whether it is over, of each alarm of a resource."""
    return sorted((a["type"], a["severity"], a.get("cleared") is not None) for a in alarms(region, resource))


def mapped(region):
    down = json.loads((PAYLOADS / "alerta-pingdom-down.json").read_text())
    status, answer = post(region, "pingdom", down, "pingdom")
    assert status == 200 and answer["verdict"] == "taken" and answer["notices"] == 1 and answer["seq"] > 0, answer
    assert shown(region, "api.alerta.io") == [("service-down", "major", False)], alarms(region, "api.alerta.io")
    down.update(current_state="UP", state_changed_timestamp=down["state_changed_timestamp"] + 60)
    assert post(region, "pingdom", down, "pingdom")[0] == 200
    assert shown(region, "api.alerta.io")[0][2], alarms(region, "api.alerta.io")
    assert post(region, "pingdom", down, "webhook")[0] == 403
    assert post(region, "nowhere", down, "webhook")[0] == 404
    assert post(region, "pingdom", b"{", "pingdom")[0] == 422
    assert post(region, "pingdom", down, "pingdom", Content_Type="application/xml")[0] == 415
    assert post(region, "pingdom", b" " * (1024 * 1024 + 1), "pingdom")[0] == 413


def group(region):
    """One document, three alarms, one of which is not understood: it waits, the others are there."""
    alert = {"status": "firing", "labels": {"alertname": "Disk", "severity": "major"}, "startsAt": "2026-01-02T03:04:05Z"}
    body = {"alerts": [{**alert, "labels": {**alert["labels"], "instance": "gr-1"}}, {**alert, "status": "melting"},
                       {**alert, "labels": {**alert["labels"], "instance": "gr-2:9100"}}]}
    status, answer = post(region, "grafana", body, "grafana")
    assert status == 200 and (answer["notices"], answer["quarantined"], answer["field"]) == (2, 1, "status"), answer
    assert shown(region, "gr-1") == shown(region, "gr-2") == [("Disk", "major", False)]
    waiting = [r for r in region.get("/api/v1/quarantine")[1]["quarantine"] if r["mapping"] == "grafana"]
    assert [(r["field"], r["value"]) for r in waiting] == [("status", "melting")], waiting
    post(region, "grafana", body, "grafana")
    assert len([r for r in region.get("/api/v1/quarantine")[1]["quarantine"] if r["mapping"] == "grafana"]) == 1
    row = alarms(region, "gr-1")[0]
    assert row["count"] == 2 and row["raised"] == "2026-01-02T03:04:05Z", row


def began_before_it_ended(region):
    """A source that lost sight of a fault and found it again tells the old beginning: that raises a new alarm."""
    alert = {"status": "firing", "labels": {"alertname": "Lost", "instance": "gr-3"}, "startsAt": "2026-01-02T03:04:05Z",
             "endsAt": "0001-01-01T00:00:00Z"}
    resolved = {**alert, "status": "resolved", "endsAt": "2026-01-02T04:00:00Z"}
    for what in (alert, resolved, alert):
        assert post(region, "grafana", {"alerts": [what]}, "grafana")[0] == 200
    assert shown(region, "gr-3") == [("Lost", "indeterminate", False), ("Lost", "indeterminate", True)], alarms(region, "gr-3")


def alertmanager(region):
    labels = {"alertname": "Up", "instance": "am-1:9100", "job": "node", "severity": "critical"}
    status, answer = post(region, "alertmanager", {"alerts": [{"status": "firing", "labels": labels}] * 3}, "prometheus")
    assert (status, answer["notices"], answer["verdict"]) == (200, 3, "taken"), answer
    row, = alarms(region, "am-1")
    assert (row["type"], row["qualifier"], row["severity"], row["count"]) == (
        "Up", "instance=am-1:9100,job=node,severity=critical", "critical", 3), row
    status, answer = post(region, "alertmanager", {"alerts": [{"status": "on fire", "labels": labels}]}, "prometheus")
    assert status == 422 and answer["detail"] == "alerts.0.status: expected firing or resolved", answer
    status, answer = post(region, "alertmanager", b'{"alerts":[', "prometheus")
    assert (status, answer["line"], answer["column"]) == (400, 1, 12), answer
    many = [{"status": "firing", "labels": {"alertname": "Many", "instance": "am-2", "n": str(n)}} for n in range(2500)]
    status, answer = post(region, "alertmanager", {"alerts": many}, "prometheus")
    assert (status, answer["notices"]) == (200, 2500), answer
    assert region.get("/api/v1/alarms?resource=am-2&limit=1")[0] == 200


def cloudevents(region):
    event = {"specversion": "1.0", "id": "1", "source": "/printer", "type": "se.example.paper", "time": "2026-01-02T03:04:05Z",
             "subject": "Printer-1", "data": {"severity": "minor", "text": "no paper"}}
    structured = {"Content_Type": "application/cloudevents+json; charset=utf-8"}
    status, answer = post(region, "cloudevents", event, "cloudevents", **structured)
    assert (status, answer["verdict"], answer["notices"]) == (200, "taken", 1), answer
    status, again = post(region, "cloudevents", {**event, "data": {"severity": "major"}}, "cloudevents", **structured)
    assert (status, again["verdict"], again["seq"]) == (200, "repeat", answer["seq"]), again
    assert shown(region, "printer-1") == [("se.example.paper", "minor", False)]

    batch = [{**event, "id": "2", "subject": "printer-2"}, event, {**event, "id": "3", "data": {"severity": "cleared"}}]
    status, answer = post(region, "cloudevents", batch, "cloudevents", Content_Type="application/cloudevents-batch+json")
    assert status == 200 and answer["notices"] == 2, answer
    assert shown(region, "printer-1")[0][2] and shown(region, "printer-2") == [("se.example.paper", "minor", False)]

    binary = {"ce_specversion": "1.0", "ce_id": "4", "ce_source": "/f%C3%B6rr%C3%A5d", "ce_type": "t"}
    status, answer = post(region, "cloudevents", {"severity": "major"}, "cloudevents", **binary)
    assert status == 200 and shown(region, "/förråd") == [("t", "major", False)], answer
    for wrong, why in (({"ce_id": ""}, "id"), ({"ce_specversion": "0.3"}, "specversion")):
        status, answer = post(region, "cloudevents", {}, "cloudevents", **{**binary, **wrong})
        assert status == 422 and why in answer["detail"], answer
    assert post(region, "cloudevents", [event], "cloudevents", **structured)[0] == 422
    assert post(region, "cloudevents", {**event, "id": "9"}, "webhook", **structured)[0] == 403


def signature(body, at=None, separator=b"."):
    signed = body if at is None else str(at).encode() + separator + body
    return hmac.new(SECRET, signed, hashlib.sha256)


def signed(region):
    body = json.dumps({"alerts": [{"status": "firing", "labels": {"alertname": "Signed", "instance": "gr-9"}}]}).encode()
    at = int(time.time())
    headers = {"X_Signature": signature(body, at).hexdigest(), "X_Time": str(at)}
    status, first = post(region, "grafana", body, **headers)
    assert (status, first["verdict"]) == (200, "taken"), first
    status, again = post(region, "grafana", body, **headers)
    assert (status, again["verdict"], again["seq"]) == (200, "repeat", first["seq"]), again
    assert alarms(region, "gr-9")[0]["count"] == 1
    ahead = at * 1000 + 1000
    assert post(region, "grafana", body, X_Signature=signature(body, ahead).hexdigest(), X_Time=str(ahead))[1]["verdict"] == "taken"
    assert alarms(region, "gr-9")[0]["count"] == 2
    # too old, another time, another body, another secret's, nothing, another address
    old = at - 301
    for wrong in ({"X_Signature": signature(body, old).hexdigest(), "X_Time": str(old)}, {**headers, "X_Time": str(at + 1)},
                  {**headers, "X_Signature": "0" * 64}, {"X_Signature": headers["X_Signature"]}, {}):
        assert post(region, "grafana", body, **wrong)[0] == 401, wrong
    assert post(region, "grafana", body + b" ", **headers)[0] == 401
    assert post(region, "pagerduty", body, **headers)[0] == 401
    # two signatures while a secret is replaced; base64
    incident = json.dumps({"event": {"data": {"id": "P", "status": "triggered", "urgency": "high", "service": {"summary": "pd"}}}}).encode()
    assert post(region, "pagerduty", incident, X_PagerDuty_Signature="v1=" + "0" * 64 + ",v1=" + signature(incident).hexdigest())[0] == 200
    plain = json.dumps({"host": "hub", "severity": "minor", "state": "raised"}).encode()
    encoded = base64.b64encode(signature(plain).digest()).decode()
    assert post(region, "webhook", plain, X_Hub="sha256=" + encoded)[0] == 200
    assert post(region, "webhook", plain, X_Hub=encoded)[0] == 401


def other_tokens(region):
    up = {"MONITORNAME": "m", "STATUS": "UP"}
    assert post(region, "site24x7", up, X_Key="site24x7")[0] == 200
    assert post(region, "site24x7", up, X_Key="webhook")[0] == 401
    down = json.loads((PAYLOADS / "alerta-pingdom-down.json").read_text())
    assert post(region, "pingdom?key=pingdom", down)[0] == 200
    assert post(region, "pingdom?key=webhook", down)[0] == 401
    assert post(region, "webhook?key=webhook", {"host": "q", "state": "raised"})[0] == 401
    basic = base64.b64encode(b"webhook:webhook").decode()
    assert post(region, "webhook", {"host": "b", "state": "raised"}, Authorization="Basic " + basic)[0] == 200
    for wrong in (b"bound:webhook", b"webhook:bound", b"webhook", b""):
        assert post(region, "webhook", {}, Authorization="Basic " + base64.b64encode(wrong).decode())[0] == 401, wrong
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request("GET", "/api/v1/agents/self", headers={"Authorization": "Basic " + basic})
    assert conn.getresponse().status == 401  # for webhooks alone
    conn.close()


def municipality(region):
    assert post(region, "webhook", {"host": "kommun", "state": "raised"}, "bound")[0] == 200
    assert alarms(region, "kommun")[0]["municipalities"] == ["1489"], alarms(region, "kommun")
    assert post(region, "webhook", {"host": "kommun", "state": "raised", "municipality": "1480"}, "bound")[0] == 403
    event = {"specversion": "1.0", "id": "k", "source": "/k", "type": "t", "data": {"resource": "kommun-2", "municipality": "1480"}}
    kind = {"Content_Type": "application/cloudevents+json"}
    assert post(region, "cloudevents", event, "bound-too", **kind)[0] == 403
    event["data"]["municipality"] = "1489"
    assert post(region, "cloudevents", event, "bound-too", **kind)[0] == 200


def subscription(region):
    status, answer = post(region, "cloudwatch", {"Type": "SubscriptionConfirmation", "TopicArn": "arn:x",
                                                 "SubscribeURL": "https://sns.example/?Confirm"}, "cloudwatch", Content_Type="text/plain")
    assert (status, answer["verdict"]) == (202, "ignored"), answer
    assert "https://sns.example/?Confirm" in (region.dir / "vingad.log").read_text()


def masked(region):
    assert post(region, "webhook", {"host": "m", "state": "raised", "text": "user 19121212-1212 cannot log in"}, "webhook")[0] == 200
    assert "[PNR]" in alarms(region, "m")[0]["text"] and "19121212" not in json.dumps(alarms(region, "m"))


def retaken(region):
    post(region, "nagios", {"what": "host", "host": "re-1", "state": "SIDEWAYS", "at": int(time.time()) - 100}, "nagios")
    copy = region.dir / "mappings"
    shutil.copytree(SOURCE / "plugins/mappings", copy)
    text = (copy / "nagios.yaml").read_text()
    (copy / "nagios.yaml").write_text(text.replace("DOWN: major", "DOWN: major\n      SIDEWAYS: minor"))
    settings = (region.dir / "vingad.yaml").read_text()
    region.stop()
    (region.dir / "vingad.yaml").write_text(settings.replace(f"{SOURCE}/plugins/mappings", str(copy)))
    region.start()
    region.vinga("quarantine", "retake", "--mapping", copy / "nagios.yaml")
    assert shown(region, "re-1") == [("host-down", "minor", False)], alarms(region, "re-1")


def wrong_settings(region):
    """What is wrong with a principal is told by --check, with file, line and column."""
    (region.dir / "open").write_bytes(SECRET)
    (region.dir / "open").chmod(0o644)
    (region.dir / "short").write_bytes(b"short\n")
    (region.dir / "short").chmod(0o600)
    secret = f"hook: h, secret_file: {region.dir}/secret, header: X"
    cases = (("hmac: {hook: h, header: X}", "secret_file"), (f"hmac: {{{secret}, window: 5min}}", "expected a timestamp_header"),
             (f"hmac: {{{secret}, timestamp_header: T, window: 2h}}", "window: expected at most 1h"),
             (f"hmac: {{{secret}, algorithm: md5}}", "sha256"), (f"hmac: {{{secret}, format: hexx}}", "hex"),
             (f"hmac: {{hook: h, secret_file: {region.dir}/open, header: X}}", "everybody may read it"),
             (f"hmac: {{hook: h, secret_file: {region.dir}/short, header: X}}", "expected 16 to 4095 bytes"),
             (f"hmac: {{hook: h, secret_file: {region.dir}/none, header: X}}", "No such file"),
             (f"hmac: {{{secret}}}, token_query: key", "expected a token_sha256"), ("source: x", "token_sha256"))
    settings = region.dir / "wrong.yaml"
    for number, (what, why) in enumerate(cases):
        people = region.dir / f"wrong-{number}.yaml"
        people.write_text(f"principals:\n  - {{name: wrong, roles: [ingest], {what}}}\n")
        settings.write_text((region.dir / "vingad.yaml").read_text().replace("principals.yaml", people.name))
        done = subprocess.run([VINGAD, "--config", settings, "--check"], capture_output=True, text=True)
        said = done.stdout + done.stderr
        assert done.returncode != 0 and why in said and f"{people.name}:2" in said, (what, said)


# --- scripts ---

def run(region, script, *arguments, want=0, **environment):
    env = {"PATH": os.environ["PATH"], "VINGA_URL": f"http://127.0.0.1:{region.port}", **{k: str(v) for k, v in environment.items()}}
    done = subprocess.run([NOTIFY / script, *map(str, arguments)], capture_output=True, text=True, env=env)
    assert done.returncode == want, (script, done)
    return done.stdout + done.stderr


def token(region, name):
    path = region.dir / f"token-{name}"
    path.write_text(name + "\n")
    return path


def icinga2(region):
    env = {"VINGA_TOKEN_FILE": token(region, "icinga"), "ICINGA_HOST": "Ic-1", "ICINGA_LASTCHECK": f"{int(time.time()) - 50}.48"}
    run(region, "icinga2", ICINGA_NOTIFICATION="PROBLEM", ICINGA_SERVICE="https", ICINGA_STATE="CRITICAL",
        ICINGA_OUTPUT='HTTP CRITICAL: "503" från C:\\web', **env)
    row, = alarms(region, "ic-1/https")
    assert (row["type"], row["severity"], row["text"]) == ("check-failed", "major", 'HTTP CRITICAL: "503" från C:\\web'), row
    run(region, "icinga2", ICINGA_NOTIFICATION="ACKNOWLEDGEMENT", ICINGA_STATE="DOWN", **env)
    assert alarms(region, "ic-1") == []
    run(region, "icinga2", ICINGA_NOTIFICATION="PROBLEM", ICINGA_STATE="DOWN", **env)
    env["ICINGA_LASTCHECK"] = f"{int(time.time()) - 40}.1"
    run(region, "icinga2", ICINGA_NOTIFICATION="RECOVERY", ICINGA_STATE="UP", **env)
    assert shown(region, "ic-1") == [("host-down", "major", True)], alarms(region, "ic-1")


def nagios(region):
    env = {"VINGA_TOKEN_FILE": token(region, "nagios"), "NAGIOS_HOSTNAME": "na 1"}
    run(region, "nagios", NAGIOS_NOTIFICATIONTYPE="PROBLEM", NAGIOS_SERVICEDESC="Webb (yttre)", NAGIOS_SERVICESTATE="WARNING",
        NAGIOS_SERVICEOUTPUT="slow\tand so", NAGIOS_LASTSERVICECHECK=int(time.time()) - 9, **env)
    assert alarms(region, "na 1/Webb (yttre)")[0]["text"] == "slow and so"
    run(region, "nagios", NAGIOS_NOTIFICATIONTYPE="PROBLEM", NAGIOS_HOSTSTATE="UNREACHABLE", **env)
    assert shown(region, "na 1") == [("host-down", "indeterminate", False)]


def checkmk(region):
    env = {"VINGA_TOKEN_FILE": token(region, "checkmk"), "NOTIFY_HOSTNAME": "cm-1", "NOTIFY_MICROTIME": f"{int(time.time()) - 5}123456"}
    run(region, "checkmk", NOTIFY_WHAT="SERVICE", NOTIFY_SERVICEDESC="TLS", NOTIFY_SERVICESTATE="CRITICAL", NOTIFY_SERVICEOUTPUT="å" * 600,
        NOTIFY_NOTIFICATIONTYPE="PROBLEM", **env)
    assert alarms(region, "cm-1/TLS")[0]["text"] == "å" * 500
    run(region, "checkmk", NOTIFY_WHAT="HOST", NOTIFY_HOSTSTATE="DOWN", NOTIFY_NOTIFICATIONTYPE="FLAPPINGSTART", **env)
    assert alarms(region, "cm-1") == []


def spool(region):
    """A daemon that is away: what waits goes first, in its order, when it is back."""
    where = region.dir / "spool"
    where.mkdir()
    env = {"VINGA_TOKEN_FILE": token(region, "nagios"), "VINGA_SPOOL": where}
    now = int(time.time())
    run(region, "vinga-alarm", "nagios", "PROBLEM", "DOWN", "sp-1", VINGA_URL="http://127.0.0.1:1",
        want=1, VINGA_TOKEN_FILE=env["VINGA_TOKEN_FILE"])
    region.stop()
    said = run(region, "vinga-alarm", "nagios", "PROBLEM", "DOWN", "sp-1", "", "lost", now - 20, **env)
    assert "it waits in" in said, said
    run(region, "vinga-alarm", "nagios", "RECOVERY", "UP", "sp-1", "", "back", now - 10, **env)
    assert len(list(where.glob("*.alarm"))) == 2
    region.start()
    run(region, "vinga-alarm", "flush", **env)
    assert list(where.glob("*.alarm")) == []
    row, = alarms(region, "sp-1")
    assert row["type"] == "host-down" and row["text"] == "back" and row.get("cleared") is not None, row
    assert "expected HOOK" in run(region, "vinga-alarm", "nagios", want=2)
    assert "expected letters" in run(region, "vinga-alarm", "../x", "P", "UP", "h", want=2)
    assert "seconds since 1970" in run(region, "vinga-alarm", "nagios", "P", "UP", "h", "", "", "now", want=2)
    assert "HTTP 404" in run(region, "vinga-alarm", "nowhere", "P", "UP", "h", want=2, VINGA_TOKEN_FILE=env["VINGA_TOKEN_FILE"])


def killed(region):
    """What was answered is there after kill -9; a storm from eight senders is counted exactly."""
    answered = [0] * 8

    def send(n):
        for k in range(100):
            body = {"alerts": [{"status": "firing", "labels": {"alertname": "K", "instance": f"k-{n}", "k": str(k % 5)}}]}
            try:
                status, _ = post(region, "alertmanager", body, "prometheus")
            except (OSError, http.client.HTTPException):
                return
            answered[n] += status == 200

    senders = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for sender in senders:
        sender.start()
    region.until(lambda: sum(answered) > 200, "answers")
    region.kill()
    for sender in senders:
        sender.join()
    region.start()
    for n in range(8):
        count = sum(a["count"] for a in alarms(region, f"k-{n}"))
        assert answered[n] <= count <= answered[n] + 1, (n, answered[n], count)


def main():
    if shutil.which("curl") is None or shutil.which("flock") is None:
        print("curl or flock is not installed")
        return 77
    ways = (mapped, group, began_before_it_ended, alertmanager, cloudevents, signed, other_tokens, municipality, subscription, masked,
            wrong_settings, icinga2, nagios, checkmk, spool, killed, retaken)
    with Region(start=False) as region:
        principals(region)
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        for way in ways:
            way(region)
            print(way.__name__, flush=True)
        region.stop()
    print(f"{len(ways)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
