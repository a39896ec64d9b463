#!/usr/bin/python3
"""The queue: least time left first, page by page, in the order that each ticket's own answer gives; filters, search, titles, what is
paused, whom is called next; and as much as concerns whoever asks."""

import random
import sys

from pages_scene import HOUR, MINUTE, call, get, instant, now_ms, pages, post, report

CLASSES = {"overdue": 0, "running": 1, "paused": 2}
WORDS = ["Journal svarar inte", "Utskrift stannar", "Behörighet saknas", "Långsam publicerad app", "Nätsond saknar data"]


def fill(region, rng):
    """Some hundred tickets with every kind of course."""
    now = now_ms()
    for i in range(240):
        opened = now - rng.randrange(MINUTE, 60 * HOUR)
        ref = f"Ref-{i}"
        fields = {"status": "in_progress", "support_line": rng.choice([1, 2, 2, 3]), "service": rng.choice(["journal", "kontor"]),
                  "type": rng.choice(["incident", "service_request"]), "opened_ms": opened, "title": f"{rng.choice(WORDS)} {i}"}
        if rng.random() < 0.9:
            fields["priority"] = rng.choice(["P1", "P2", "P3"])
        if rng.random() < 0.5:
            fields["assigned"] = rng.random() < 0.7
        town = rng.choice(["1401", "1480", "1489"])
        report(region, ref, 1, opened, town, **fields)
        then = rng.random()
        later = rng.randrange(opened, now)
        if then < 0.2:
            report(region, ref, 2, later, town, status="pending", pending_reason="pending_requester", requester_told=True)
        elif then < 0.3:
            report(region, ref, 2, later, town, status="resolved")
        elif then < 0.4:
            report(region, ref, 2, later, town, priority="P1")


def every(region, query, who="anna"):
    """All rows of a list, page by page, and the last answer."""
    rows, cursor = [], ""
    while True:
        answer = get(region, f"/tickets?{query}{cursor}", who)
        rows += answer["tickets"]
        if answer["next"] is None:
            return rows, answer
        cursor = f"&cursor={answer['next']}"


def place(ticket):
    clock = ticket["resolution"]
    due = instant(clock["due"]) if clock["due"] else sys.maxsize
    return CLASSES.get(clock["state"], 3), due, int(ticket["id"][2:])


def still(rows):
    """Rows without what a second changes."""
    return [{k: v for k, v in row.items() if k != "resolution"} for row in rows]


def check_order(region):
    """Every page size gives the oracle's order: the rows of the plain list, sorted by their own answers."""
    plain, _ = every(region, "open=true")
    plain.sort(key=place)
    for limit in (1000, 37, 5):
        rows, answer = every(region, f"sort=left&limit={limit}")
        assert [r["id"] for r in rows] == [r["id"] for r in plain], limit
        assert answer["cut"] is False
    assert {CLASSES.get(r["resolution"]["state"], 3) for r in rows} == {0, 1, 2, 3}, "every class"
    assert still(rows) == still(plain)
    soon = [r for r in plain if r["resolution"]["state"] == "running" and instant(r["resolution"]["due"]) - now_ms() <= 30 * MINUTE]
    over = [r for r in plain if r["resolution"]["state"] == "overdue"]
    assert answer["counts"]["open"] == len(plain) and answer["counts"]["over"] == len(over), answer["counts"]
    assert abs(answer["counts"]["soon"] - len(soon)) <= 1, answer["counts"]
    return plain


def check_filters(region, plain):
    wanted = {"municipality=1489": lambda r: r["municipality"] == "1489", "line=1": lambda r: r["line"] == 1, "line=2": lambda r: r["line"] == 2,
              "priority=P1": lambda r: r["priority"] == "P1", "service=kontor": lambda r: r["service"] == "kontor",
              "status=pending": lambda r: r["status"] == "pending", "q=ref-7": lambda r: "Ref-7" in r["refs"][0]["ref"],
              "q=" + "L%C3%85NGSAM": lambda r: "Långsam" in r["title"], "q=inte%207": lambda r: "inte 7" in r["title"],
              "over=true": lambda r: r["resolution"]["state"] == "overdue", "q=nothing": lambda r: False,
              "line=2&service=journal&municipality=1480&over=false":
              lambda r: (r["line"], r["service"], r["municipality"]) == (2, "journal", "1480") and r["resolution"]["state"] != "overdue"}
    for query, fits in wanted.items():
        rows, answer = every(region, "sort=left&limit=11&" + query)
        expected = [r["id"] for r in plain if fits(r)]
        assert [r["id"] for r in rows] == expected, (query, len(rows), len(expected))
        assert answer["counts"]["open"] == len(expected), (query, answer["counts"])
    own = f"V-{plain[0]['id'][2:]}"
    assert own in [r["id"] for r in every(region, f"sort=left&q={own.lower()}")[0]]


def check_refusals(region):
    for query in ("sort=right", "sort=left&open=false", "sort=left&cursor=12", "sort=left&cursor=9.1.1", "sort=left&line=4", "sort=left&over=x",
                  "sort=left&status=odd", "sort=left&limit=0", "sort=left&changed_since=1", "sort=left&ref=x", "sort=left&q=" + 101 * "x"):
        status, text = call(region, "anna", "GET", "/api/v1/tickets?" + query)
        assert status == 400 and text["field"], (query, text)


def check_scope(region, plain):
    rows, answer = every(region, "sort=left", "kommun")
    assert [r["id"] for r in rows] == [r["id"] for r in plain if r["municipality"] == "1489"]
    assert answer["counts"]["open"] == len(rows)
    assert call(region, "kommun", "GET", "/api/v1/tickets?sort=left&municipality=1480")[0] == 403


def one(region, ticket):
    row, = [r for r in every(region, "sort=left")[0] if r["id"] == ticket]
    return row


def check_handling(region):
    """A pause says since when, an escalation whom it calls and when again, and an acknowledgement ends that."""
    begin = now_ms() - HOUR
    ticket = report(region, "Own-1", 1, begin, opened_ms=begin, status="in_progress", support_line=1, priority="P1", service="journal",
                    title="Inloggning 19121212-1212 går inte", assigned=True)
    row = one(region, ticket)
    assert row["escalation"] is None and row["assigned"] is True and row["paused_since"] is None, row
    assert row["title"].startswith("Inloggning") and "19121212" not in row["title"], row["title"]
    pause = begin + 20 * MINUTE
    report(region, "Own-1", 2, pause, status="pending", pending_reason="pending_requester", requester_told=True)
    row = one(region, ticket)
    assert instant(row["paused_since"]) == pause // 1000 * 1000 and row["resolution"]["due"] is None, row
    report(region, "Own-1", 3, pause + MINUTE, status="in_progress")
    assert one(region, ticket)["paused_since"] is None
    post(region, f"/tickets/{ticket}/escalate", {})
    row = one(region, ticket)
    assert row["escalation"]["duty"] == "Jour" and row["escalation"]["level"] == 1 and row["escalation"]["at"], row
    assert row == get(region, f"/tickets/{ticket}") | {k: row[k] for k in ("resolution",)} or row["escalation"]["state"] == "pending"
    post(region, f"/tickets/{ticket}/acknowledge", {})
    assert one(region, ticket)["escalation"] is None
    report(region, "Own-1", 4, now_ms(), status="resolved")
    assert ticket not in [r["id"] for r in every(region, "sort=left")[0]]
    report(region, "Own-1", 5, now_ms(), status="in_progress")
    assert one(region, ticket)["title"].startswith("Inloggning")


def main():
    rng = random.Random(20261122)
    with pages() as region:
        fill(region, rng)
        plain = check_order(region)
        check_filters(region, plain)
        check_refusals(region)
        check_scope(region, plain)
        check_handling(region)
        region.settled()
        before = [(r["id"], r["title"]) for r in every(region, "sort=left")[0]]
        region.kill()
        region.start()
        assert [r[0] for r in before] == [r["id"] for r in every(region, "sort=left")[0]], "a crash changed the queue"
        region.until(lambda: [(r["id"], r["title"]) for r in every(region, "sort=left")[0]] == before, "the titles to be read again")
    print(f"{len(plain)} open tickets; 1 passed, 0 failed")


main()
