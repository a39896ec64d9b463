#!/usr/bin/python3
"""SIGHUP reads mappings and principals again, all or nothing; what waited for a mended mapping is taken in again."""

import hashlib
import http.client
import json
import shutil
import signal
import sys

from harness import SOURCE, Region

PRINCIPAL = "  - {{name: {name}, token_sha256: {digest}, roles: [ingest], source: zammad}}\n"
DOCUMENT = {"ticket": {"number": "77001", "state": "väntar på kund", "priority": {"name": "2 normal"}, "group": {"name": "Service Desk"},
                       "organization": {"name": "Alingsås kommun"}, "updated_at": "2026-11-01T10:00:00Z",
                       "created_at": "2026-11-01T09:00:00Z", "owner_id": "2", "create_article_type": "phone"}}


def principals(*names):
    return "principals:\n" + "".join(PRINCIPAL.format(name=n, digest=hashlib.sha256(n.encode()).hexdigest()) for n in names)


def status_for(region, token):
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request("POST", "/api/v1/hooks/zammad", body=json.dumps(DOCUMENT).encode(),
                 headers={"Content-Type": "application/json", "Authorization": "Bearer " + token})
    status = conn.getresponse().status
    conn.close()
    return status


def entries(region, event):
    return [line for line in (region.dir / "vingad.log").read_text().splitlines() if f" event={event} " in line + " "]


def reload(region, event):
    before = len(entries(region, event))
    region.daemon.send_signal(signal.SIGHUP)
    region.until(lambda: len(entries(region, event)) > before, event)


def waiting(region):
    return [row for row in region.get("/api/v1/quarantine")[1]["quarantine"] if not row.get("retaken")]


def main():
    with Region(start=False) as region:
        mappings, people = region.dir / "mappings", region.dir / "principals.yaml"
        shutil.copytree(SOURCE / "plugins/mappings", mappings)
        people.write_text(principals("first"))
        settings = (region.dir / "vingad.yaml")
        settings.write_text(settings.read_text().replace(f"{SOURCE}/plugins/mappings", str(mappings)) + f"principals: {people}\n")
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        mapping = mappings / "zammad.yaml"
        original = mapping.read_text()
        assert "      new: new\n" in original

        assert status_for(region, "first") == 202, "an unknown state waits"
        assert status_for(region, "second") == 401
        assert len(waiting(region)) == 1
        region.vinga("quarantine", "retake", "--mapping", mapping)
        assert len(waiting(region)) == 1, "it still cannot be mapped, and is not there twice"

        # one part wrong: neither is taken
        people.write_text(principals("first", "second"))
        mapping.write_text(original.replace("      new: new\n", "      new: newest\n"))
        reload(region, "reload.failed")
        assert any(f"{mapping}:" in line and "newest" in line for line in entries(region, "setting.wrong")), entries(region, "setting.wrong")
        assert status_for(region, "second") == 401 and status_for(region, "first") == 200

        # both right
        mapping.write_text(original.replace("      new: new\n", "      new: new\n      väntar på kund: pending pending_requester\n"))
        reload(region, "reloaded")
        said = region.vinga("quarantine", "retake", "--mapping", mapping)
        assert said.startswith("1 rows of zammad taken in, 0 cannot"), said
        assert not waiting(region), waiting(region)
        shown = json.loads(region.vinga("ticket", "list", "--source", "zammad", "--json"))["tickets"]
        assert [t["status"] for t in shown] == ["pending"], shown
        whole = region.get(f"/api/v1/tickets/{shown[0]['id']}")[1]
        assert {fact["source"] for fact in whole["facts"]} == {"zammad"}, "the hook's, not the operator's"

        # requests in flight point to what is replaced
        people.write_text(principals("second"))
        connections = [http.client.HTTPConnection("127.0.0.1", region.port, timeout=60) for _ in range(50)]
        for number, conn in enumerate(connections):
            body = json.dumps({"ticket": dict(DOCUMENT["ticket"], number=str(78000 + number))}).encode()
            conn.request("POST", "/api/v1/hooks/zammad", body=body,
                         headers={"Content-Type": "application/json", "Authorization": "Bearer first"})
            if number == 25:
                region.daemon.send_signal(signal.SIGHUP)
        answers = [conn.getresponse().status for conn in connections]
        assert set(answers) <= {201, 401}, answers
        region.until(lambda: len(entries(region, "reloaded")) == 2, "the second reload")
        assert status_for(region, "first") == 401 and status_for(region, "second") == 201
        region.settled()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
