#!/usr/bin/python3
"""ETags: an answer of GET has one, who knows it gets 304 without a body, and a change changes it."""

import sys

from harness import Region
from live import apply_agreement, post_tickets, prepare

LISTS = ["/api/v1/matrix", "/api/v1/tickets", "/api/v1/windows", "/api/v1/agreements", "/api/v1/alarms", "/api/v1/acts", "/api/v1/state"]


def ask(region, path, method="GET", body=None, **headers):
    """On one connection, so that a body where none may be would spoil the next answer."""
    region.kept.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = region.kept.getresponse()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


def knows_what_is_unchanged(region, path):
    status, headers, body = ask(region, path)
    etag = headers.get("etag", "")
    assert status == 200 and len(etag) == 18 and etag[0] == etag[-1] == '"', (path, status, headers)
    assert headers["cache-control"] == "private, no-cache", headers
    for known in (etag, "W/" + etag, f'"0123456789abcdef", {etag}', "*"):
        status, headers, again = ask(region, path, If_None_Match=known)
        assert status == 304 and again == b"" and headers["etag"] == etag, (path, known, status, headers)
        assert "content-length" not in headers and "content-type" not in headers, headers
    status, headers, again = ask(region, path, If_None_Match='"0123456789abcdef"')
    assert status == 200 and headers["etag"] == etag, (path, status)
    status, headers, nothing = ask(region, path, method="HEAD")
    assert status == 200 and headers["etag"] == etag and nothing == b"" and int(headers["content-length"]) == len(body), (path, headers)


def other_answers_have_none(region):
    event = '{"v":1,"kind":"ticket.reported","event_id":"x","occurred_ms":1791200000000,"municipality":"1489","body":{"ref":"x","status":"new"}}'
    for method, path, body, wanted in (("POST", "/api/v1/events", event, 201), ("POST", "/api/v1/events", event, 200),
                                       ("GET", "/api/v1/tickets/V-999", None, 404), ("GET", "/api/v1/tickets?limit=x", None, 400)):
        status, headers, _ = ask(region, path, method, body, Content_Type="application/json", If_None_Match="*")
        assert status == wanted and "etag" not in headers and headers["cache-control"] == "no-store", (path, status, headers)


def main():
    with Region(start=False) as region:
        prepare(region)
        region.start()
        region.kept = region.connection()
        apply_agreement(region)
        post_tickets(region, 1, 3)
        for path in LISTS:
            knows_what_is_unchanged(region, path)
        before = ask(region, "/api/v1/tickets")[1]["etag"]
        post_tickets(region, 4, 1)
        assert ask(region, "/api/v1/tickets", If_None_Match=before)[0] == 200
        other_answers_have_none(region)
    print(f"{len(LISTS) + 2} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
