#!/usr/bin/python3
"""TMF621: what its words cannot say waits, and is taken in once and as its sender's when an agreement knows the word."""

import hashlib
import http.client
import json
import re
import shutil
import sys

from harness import SOURCE, Region

BASE = "/tmf-api/troubleTicket/v4/troubleTicket"
WHOLE = {"description": "text", "severity": "major", "ticketType": "incident"}


def related(name, role):
    return [{"id": name, "role": role}]


UNKNOWN = [
    ({"status": "asleep"}, "status", "inProgress"),
    ({"ticketType": "wish"}, "ticketType", "serviceRequest"),
    ({"relatedParty": related("9998", "customer")}, "relatedParty.customer", "SCB code"),
    ({"relatedEntity": related("no-such-service", "affectedService")}, "relatedEntity.affectedService", "agreement"),
    ({"characteristic": [{"name": "supportLine", "value": "7"}]}, "characteristic.supportLine", "expected"),
    ({"status": "asleep", "ticketType": "wish"}, "status", "inProgress"),  # the first one
]
MALFORMED = [
    ({"status": 5}, "status"),
    ({"status": ""}, "status"),
    ({"status": "asleep", "ticketType": 5}, "ticketType"),
    ({"relatedParty": "1489"}, "relatedParty"),
    ({"relatedParty": ["1489"]}, "relatedParty"),
    ({"relatedParty": [{"id": 1489, "role": "customer"}]}, "relatedParty"),
    ({"troubleTicketRelationship": [{"id": "T1"}]}, "troubleTicketRelationship"),
    ({"characteristic": [{"name": "supportLine", "value": 2}]}, "characteristic.supportLine"),
    ({"channel": "phone"}, "channel"),
    ({"creationDate": "yesterday"}, "creationDate"),
]


def send(region, method, path, document):
    """As the principal `sender`, whose source is `sender-tmf`."""
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request(method, path, body=json.dumps(document).encode(),
                 headers={"Content-Type": "application/json", "Authorization": "Bearer sender"})
    response = conn.getresponse()
    answer = response.status, json.loads(response.read())
    conn.close()
    return answer


def waiting(region):
    return region.get("/api/v1/quarantine")[1]["quarantine"]


def unknown_waits_and_malformed_does_not(region, address):
    for number, (document, field, expected) in enumerate(UNKNOWN):
        create = {**WHOLE, "externalId": f"U{number}", **document}
        for method, path, body in (("POST", BASE, create), ("PATCH", address, document)):
            status, answer = send(region, method, path, body)
            assert (status, answer["verdict"], answer["field"]) == (202, "quarantined", field), answer
            assert expected in answer["reason"], answer
            assert answer["seq"] == region.status()["seq"], answer
        status, answer = send(region, "POST", BASE, create)
        assert (status, answer["verdict"]) == (200, "quarantined"), "the same bytes wait once"
    before = region.status()["seq"]
    for document, field in MALFORMED:
        status, problem = send(region, "POST", BASE, {**WHOLE, "externalId": "M", **document})
        assert (status, problem["field"]) == (422, field), problem
    for member in WHOLE:
        status, problem = send(region, "POST", BASE, {k: v for k, v in WHOLE.items() if k != member})
        assert (status, problem["field"]) == (422, member), problem
    assert send(region, "PATCH", BASE + "/V-999", {"status": "asleep"})[0] == 404
    assert region.status()["seq"] == before, "nothing of it is kept"


def known_by_a_new_agreement(region):
    copy = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", copy)
    file = copy / "agreement.yaml"
    file.write_text(re.sub(r"(?m)^version: .*$", 'version: "with 9999"', file.read_text()))
    with open(copy / "municipalities.csv", "a") as out:
        out.write("9999,Provköping,SKARABORG,small,2016-01-01,,\n")
    region.vinga("agreement", "apply", copy, "--reason", "test")


def retaken_once_as_its_senders(region, address):
    create = dict(WHOLE, externalId="W1", name="Titel", status="inProgress", statusChangeReason="ring N N", note=[{"text": "free"}],
                  relatedParty=related("9999", "customer") + [{"id": "p1", "role": "requester", "name": "N N"}])
    nameless = {k: v for k, v in create.items() if k != "externalId"}
    patch = {"status": "inProgress", "relatedParty": related("9999", "customer")}
    still = len(waiting(region))
    rows = [send(region, method, path, document)[1]["seq"]
            for method, path, document in (("POST", BASE, create), ("POST", BASE, nameless), ("PATCH", address, patch))]
    kept = {row["seq"]: row for row in waiting(region)}
    assert all((kept[seq]["mapping"], kept[seq]["source"]) == ("tmf621", "sender-tmf") for seq in rows)
    assert kept[rows[0]]["payload"]["relatedParty"] == [{"@referredType": "Organization", "id": "9999", "role": "customer"}]
    assert not {"name", "description", "note", "statusChangeReason"} & kept[rows[0]]["payload"].keys(), kept[rows[0]]

    said = region.vinga("quarantine", "retake")
    assert f"0 rows of TMF621 taken in, {still + 3} cannot" in said, said
    assert len(waiting(region)) == still + 3, "not there twice, and not marked"

    known_by_a_new_agreement(region)
    status, first = region.post(f"/api/v1/quarantine/{rows[0]}/retake", {})
    assert (status, first["verdict"]) == (201, "flagged"), first  # no priority
    assert len(waiting(region)) == still + 3, "taken in, and not said to be yet"
    status, again = region.post(f"/api/v1/quarantine/{rows[0]}/retake", {})
    assert (status, again["verdict"], again["seq"]) == (200, "repeat", first["seq"]), again
    status, resent = send(region, "POST", BASE, create)
    assert (status, resent["verdict"], resent["seq"]) == (200, "repeat", first["seq"]), "the sender's own second try is the same event"
    said = region.vinga("quarantine", "retake")
    assert f"3 rows of TMF621 taken in, {still} cannot" in said, said
    assert region.post(f"/api/v1/quarantine/{rows[0]}/retake", {})[0] == 404, "it waits no more"
    assert "0 rows of TMF621 taken in" in region.vinga("quarantine", "retake"), "twice is once"

    tickets = region.get("/api/v1/tickets?municipality=9999")[1]["tickets"]
    assert len(tickets) == 3, tickets
    for ticket in tickets:
        whole = region.get(f"/api/v1/tickets/{ticket['id']}")[1]
        assert {ref["source"] for ref in whole["refs"]} == {"sender-tmf"}, whole
        assert {fact["source"] for fact in whole["facts"]} == {"sender-tmf"}, whole
    assert len(region.get("/api/v1/tickets?source=sender-tmf&ref=W1")[1]["tickets"]) == 1
    assert region.get(address)[1]["status"] == "inProgress"
    assert len(waiting(region)) == still, "an unknown word stays"


def main():
    with Region(start=False) as region:
        people = region.dir / "principals.yaml"
        people.write_text("principals:\n  - {name: sender, roles: [kommun_first_line], source: sender-tmf,"
                          f" token_sha256: {hashlib.sha256(b'sender').hexdigest()}}}\n")
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {people}\n")
        region.start()
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        status, ticket = send(region, "POST", BASE, dict(WHOLE, externalId="T1", name="Inloggning", status="acknowledged",
                                                         relatedParty=related("1489", "customer")))
        assert (status, ticket["externalId"]) == (201, "T1"), ticket
        address = f"{BASE}/{ticket['id']}"
        status, changed = send(region, "PATCH", address, {"status": "held"})
        assert (status, changed["status"]) == (200, "held"), changed
        unknown_waits_and_malformed_does_not(region, address)
        assert region.get(address)[1]["status"] == "held"
        retaken_once_as_its_senders(region, address)
        region.stop()
    print(f"{2 * len(UNKNOWN) + len(MALFORMED)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
