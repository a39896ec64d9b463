#!/usr/bin/python3
"""TMF621: what its words cannot say is refused with the words that are known, and nothing of it is kept."""

import sys

from harness import SOURCE, Region

BASE = "/tmf-api/troubleTicket/v4/troubleTicket"


def party(code):
    return [{"id": code, "role": "customer"}]


def service(name):
    return [{"id": name, "role": "affectedService"}]


REFUSED = [
    ({"status": "asleep"}, "status", "inProgress"),
    ({"ticketType": "wish"}, "ticketType", "serviceRequest"),
    ({"relatedParty": party("9999")}, "relatedParty.customer", "SCB code"),
    ({"relatedEntity": service("no-such-service")}, "relatedEntity.affectedService", "agreement"),
    ({"characteristic": [{"name": "supportLine", "value": "7"}]}, "characteristic.supportLine", "expected"),
    ({"status": 5}, "status", "string"),
    ({"status": "asleep", "ticketType": "wish"}, "status", "inProgress"),  # the first one, and one answer
]


def main():
    with Region() as region:
        region.vinga("agreement", "apply", SOURCE / "agreements/sample", "--reason", "test")
        status, ticket = region.post(BASE, {"externalId": "T1", "name": "Inloggning", "status": "acknowledged",
                                            "ticketType": "incident", "severity": "major", "relatedParty": party("1489")})
        assert (status, ticket["externalId"]) == (201, "T1"), ticket
        address = f"{BASE}/{ticket['id']}"
        status, changed = region.request("PATCH", address, {"status": "held"})
        assert (status, changed["status"]) == (200, "held"), changed
        before = region.status()["seq"]
        for document, field, expected in REFUSED:
            for method, path, more in (("POST", BASE, {"externalId": "T2"}), ("PATCH", address, {})):
                status, problem = region.request(method, path, dict(document, **more))
                assert (status, problem["field"]) == (422, field), problem
                assert expected in problem["detail"], problem
        assert region.status()["seq"] == before, "nothing is kept"
        assert region.get("/api/v1/quarantine?all=true")[1]["quarantine"] == []
        assert region.get(address)[1] == changed
    print(f"{2 * len(REFUSED)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
