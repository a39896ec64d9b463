#!/usr/bin/python3
"""Identity numbers at the door: masked in texts, refused in references, and nowhere in what is stored.

The number is one of Skatteverket's published test numbers."""

import hashlib
import sys

from harness import Region, reported

NUMBER = "810101-2394"
BARE = "8101012394"
WHEN = 1790000000000


def main():
    with Region(start=False) as region:
        token = "a" * 64
        principals = region.dir / "principals.yaml"
        principals.write_text("principals:\n  - name: itsm\n    roles: [ingest]\n    references: \"8101*\"\n"
                              f"    token_sha256: {hashlib.sha256(token.encode()).hexdigest()}\n")
        region.extra = f"principals: {principals}\n"
        region.write_config()
        region.start()
        refused = [
            (reported(NUMBER, 1, WHEN, status="new"), "event_id"),
            (dict(reported(NUMBER, 1, WHEN, status="new"), event_id="x"), "body.ref"),
            (dict(reported("K1", 1, WHEN, status="new"), event_id=BARE), "event_id"),
            (reported("K2", 1, WHEN, parent=NUMBER), "parent"),
            (reported("K3", 1, WHEN, municipality_ref=BARE), "municipality_ref"),
            (reported("K4", 1, WHEN, also=[{"source": "kommun", "ref": NUMBER}]), "body.also.ref"),
        ]
        for event, field in refused:
            status, problem = region.post("/api/v1/events", event)
            assert (status, problem["field"]) == (422, field), (field, status, problem)
        status, problem = region.post("/tmf-api/troubleTicket/v4/troubleTicket", {
            "externalId": NUMBER, "description": "x", "severity": "major", "ticketType": "incident"})
        assert (status, problem["field"]) == (422, "body.ref"), problem
        assert region.status()["seq"] == 0, "nothing is kept"

        taken = [
            reported("INC" + BARE, 1, WHEN, status="new"),  # digits of a ticket number
            reported("0e" + BARE + "ff", 1, WHEN, status="new"),  # digits of a digest
            reported("K5", 1, WHEN, group="ring " + NUMBER, title="Anna " + NUMBER),  # masked
        ]
        for event in taken:
            status, answer = region.post("/api/v1/events", event)
            assert status == 201, answer
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        status = region.over_tcp("POST", "/api/v1/events", reported(BARE, 1, WHEN, status="new"), headers)
        assert status == 201, "the principal's pattern allows this reference"

        region.settled()
        assert region.sql("select count(*) from ledger.row where bytes like '%" + NUMBER + "%'") == "0"
        assert "[PNR]" in region.sql("select bytes from ledger.row where event_id = 'K5/1'")
        assert region.sql("select count(*) from side.title where title like '%" + NUMBER + "%'") == "0"
        region.stop()
        for path in region.state.iterdir():
            assert NUMBER.encode() not in path.read_bytes(), path
        assert NUMBER not in (region.dir / "vingad.log").read_text()
    print(f"{len(refused) + len(taken) + 2} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
