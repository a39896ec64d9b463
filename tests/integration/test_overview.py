#!/usr/bin/python3
"""The wall, the matrix and the directory show what /state, /availability, /tickets and `vinga` say of the same cells, to everybody
as much as concerns them."""

import datetime
import json
import zoneinfo

from pages_scene import DAY, HOUR, INTERVAL, MINUTE, call, get, instant, iso, must, now_ms, pages, post, report, samples

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
SHOWN = {"up": "ok", "no_data": "unknown", "degraded": "degraded", "down": "down"}
BADNESS = ["ok", "maint", "unknown", "degraded", "down"]


def month_start():
    today = datetime.datetime.now(ZONE)
    return int(today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000), today.strftime("%Y-%m")


def set_up(region):
    """The journal of 1489 is down for half an hour, that of 1480 degraded; the office of 1401 has a window; 1402 is not measured. An
    outage of 1401 ended yesterday."""
    start, _ = month_start()
    now = now_ms()
    past = now - DAY

    def state_of(probe, at):
        if probe == "app-1489" and at > now - 30 * MINUTE:
            return "critical"
        if probe == "app-1480" and at > now - 30 * MINUTE:
            return "warning"
        if probe == "app-1401" and past < at < past + HOUR:
            return "critical"
        return "ok"
    samples(region, min(start, past - HOUR), now, state_of)
    window = post(region, "/windows", {"name": "Byte av lagring", "category": "planned", "services": ["kontor"], "municipalities": ["1401"],
                                       "announced": iso(now - 30 * DAY), "reason": "test", "from": iso(now - HOUR), "to": iso(now + HOUR)})
    post(region, f"/windows/{window['window']}/approve", {}, "bo")
    later = post(region, "/windows", {"name": "Uppgradering", "category": "planned", "services": ["journal"],
                                      "announced": iso(now), "reason": "test", "from": iso(now + 20 * DAY), "to": iso(now + 20 * DAY + HOUR)})
    assert get(region, "/overview", "bo")["waiting"] == 1 and get(region, "/overview")["waiting"] == 0
    post(region, f"/windows/{later['window']}/approve", {}, "bo")
    return later["window"] + ".0"


def tickets(region):
    now = now_ms()
    fact = {"status": "in_progress", "support_line": 2, "priority": "P1", "service": "journal"}
    about = report(region, "R-1", 1, now - 20 * MINUTE, opened_ms=now - 20 * MINUTE, **fact)
    report(region, "R-2", 1, now - 5 * HOUR, "1480", opened_ms=now - 5 * HOUR, **dict(fact, service="kontor"))
    report(region, "R-3", 1, now - 3 * HOUR - 40 * MINUTE, "1401", opened_ms=now - 3 * HOUR - 40 * MINUTE, **dict(fact, service="kontor"))
    report(region, "R-4", 1, now - 5 * HOUR, "1401", opened_ms=now - 5 * HOUR, **dict(fact, status="resolved", service="kontor"))
    return about


def check_matrix(region, query="", who="anna"):
    """Every cell is the same as in /state."""
    matrix, state = get(region, "/matrix" + query, who), get(region, "/state" + query, who)
    cells = {(c["service"], c["municipality"]): c for c in matrix["cells"]}
    stands = {(s["service"], m["municipality"]): m for s in state["services"] for m in s["municipalities"]}
    assert cells.keys() == stands.keys(), cells.keys() ^ stands.keys()
    for key, cell in cells.items():
        there = stands[key]
        assert cell["state"] == ("maint" if there["window"] else SHOWN[there["state"]]), (cell, there)
        assert (cell["measured"], cell["record"], cell["window"]) == (there["measured"], there["record"], there["window"]), (cell, there)
    for service in matrix["services"]:
        own = [c["state"] for c in matrix["cells"] if c["service"] == service["id"]]
        assert service["counts"] == {state: own.count(state) for state in BADNESS}, service
    return cells


def check_overview(region, cells, who="anna", only=None):
    """The wall is the matrix's cells of promised services, counted."""
    o = get(region, "/overview", who)
    promised = {key: c for key, c in cells.items() if key[0] != "katalog" and only in (None, key[1])}
    worst = {code: max((c["state"] for key, c in promised.items() if key[1] == code), key=BADNESS.index) for _, code in promised}
    assert {m["code"]: m["state"] for m in o["municipalities"]} == worst, o["municipalities"]
    assert o["counts"] == {state: list(worst.values()).count(state) for state in BADNESS}, o["counts"]
    for m in o["municipalities"]:
        own = [c["state"] for key, c in promised.items() if key[1] == m["code"]]
        assert {state: m[state] for state in BADNESS} == {state: own.count(state) for state in BADNESS}, m
    shown = sorted((line["state"], service, code) for line in o["ongoing"] for service in line["services"] for code in line["municipalities"])
    assert shown == sorted((c["state"], *key) for key, c in promised.items() if c["state"] != "ok"), o["ongoing"]
    assert o["left_out"] == 0
    order = [BADNESS.index(line["state"]) for line in o["ongoing"]]
    assert order == sorted(order, reverse=True), o["ongoing"]
    return o


def check_sentence(region, o, about, later):
    head = o["headline"]
    assert (head["state"], head["municipalities"], head["services"]) == ("down", 1, ["journal"]), head
    assert abs(instant(head["since"]) - (now_ms() - 30 * MINUTE)) < 2 * INTERVAL, head
    assert abs(instant(head["last_outage_end"]) - (now_ms() - DAY + HOUR)) < 2 * INTERVAL, head
    by_code = {m["code"]: m for m in o["municipalities"]}
    assert by_code["1489"]["handled"] == about and by_code["1480"]["handled"] is None, by_code
    window = next(line for line in o["ongoing"] if line["state"] == "maint")
    assert abs(instant(window["until"]) - (now_ms() + HOUR)) < MINUTE and window["municipalities"] == ["1401"], window
    assert o["next_window"]["id"] == later and o["next_window"]["name"] == "Uppgradering", o["next_window"]
    assert o["tickets"] == {"open": 3, "over": 1, "soon": 1, "cut": False}, o["tickets"]
    assert o["measuring"]["stale"] is False and o["measuring"]["last"], o["measuring"]
    queue = get(region, "/tickets?sort=left")
    assert queue["counts"] == {k: o["tickets"][k] for k in ("open", "over", "soon")}, queue["counts"]
    assert len(get(region, "/tickets?open=true")["tickets"]) == 3 and len(get(region, "/tickets?open=true&over=true")["tickets"]) == 1


def check_share(region, who="anna", municipality=None):
    """The month's figure is a cell of /availability, evaluated in the same second, and so says `vinga`."""
    _, month = month_start()
    seen = {}

    def same_second():
        share = get(region, "/overview", who)["availability"]
        seen["share"] = share
        seen["cells"] = get(region, share["evidence"].removeprefix("/api/v1"), who)["cells"]
        seen["all"] = get(region, f"/availability?month={month}", who)["cells"]
        return all(c["to"] == share["to"] for c in seen["cells"] + seen["all"])
    region.until(same_second, "two answers of one second")
    share = seen["share"]
    cell, = [c for c in seen["cells"] if "channel" not in c and c["municipality"] == municipality]
    for member in ("num", "den", "base_s", "down_s", "excluded_s", "unknown_s", "coverage_ppm", "target_ppm", "verdict", "service"):
        assert share[member] == cell[member], (member, share, cell)
    assert share["value_ppm"] == cell["num"] * 1_000_000 // cell["den"] and share["month"] == month, share
    own = [c for c in seen["all"] if "channel" not in c and c["municipality"] == municipality and c["den"] > 0]
    worst = min(own, key=lambda c: (c["verdict"] not in ("met", "missed"), c["num"] * 1_000_000 // c["den"] - c["target_ppm"]))
    assert share["service"] == worst["service"], (share, own)
    towns = [c for c in seen["all"] if "channel" not in c and c["municipality"] and c["service"] == share["service"]
             and municipality in (None, c["municipality"])]
    tightest = min(towns, key=lambda c: c["budget_month_s"])
    assert share["budget_left_s"] == tightest["budget_month_s"] and share["budget_municipality"] == tightest["municipality"], (share, towns)
    assert share["budget_s"] == tightest["budget_month_s"] + tightest["down_s"], share
    return share


def check_cli(region, share):
    """What stands still between two questions: how much was down."""
    _, month = month_start()
    rows = json.loads(region.vinga("availability", month, "--json", "--service", share["service"]))["cells"]
    down = {c["municipality"]: c["down_s"] for c in rows if "channel" not in c}
    there = {c["municipality"]: c["down_s"] for c in get(region, share["evidence"].removeprefix("/api/v1"))["cells"] if "channel" not in c}
    assert down.keys() == there.keys() and all(0 <= there[m] - down[m] <= 60 for m in down), (down, there)


def check_scope(region, cells):
    o = check_overview(region, cells, "kommun", "1489")
    assert o["tickets"]["open"] == 1 and o["next_window"] is not None, o
    share = check_share(region, "kommun", "1489")
    assert share["municipality"] == share["budget_municipality"] == "1489"
    assert {c["municipality"] for c in get(region, "/matrix", "kommun")["cells"]} == {"1489"}
    for path in ("/overview", "/matrix"):
        assert call(region, "kommun", "GET", f"/api/v1{path}?municipality=1480")[0] == 403
        assert call(region, "nobody", "GET", "/api/v1" + path)[0] == 401
    assert get(region, "/overview?municipality=1480")["tickets"]["open"] == 1
    neighbour = get(region, "/overview", "granne")
    assert [m["code"] for m in neighbour["municipalities"]] == ["1480"] and neighbour["headline"]["state"] == "degraded", neighbour


def check_directory(region):
    d = get(region, "/directory", "kommun")
    assert len(d["municipalities"]) == 49 and [m["code"] for m in d["municipalities"] if m["member"]] == ["1401", "1402", "1480", "1489"]
    assert len({(m["column"], m["row"]) for m in d["municipalities"]}) == 49
    assert {m["column"] for m in d["municipalities"]} == set(range(10)) and {m["row"] for m in d["municipalities"]} == set(range(8))
    journal = next(s for s in d["services"] if s["id"] == "journal")
    assert journal["channels"] == [{"id": "mobile", "name": "Mobil"}, {"id": "published_app", "name": "Publicerad app"}], journal
    assert d["priorities"] == ["P1", "P2", "P3"] and d["agreement"] == {"name": "pages-test", "version": "1"}
    assert "pending_requester" in d["pending_reasons"] and "supplier" in d["cause_parties"] and "in_progress" in d["statuses"]
    assert "incident" in d["ticket_types"] and "phone" in d["ticket_channels"] and d["zone"] == "Europe/Stockholm"


def main():
    with pages() as region:
        assert get(region, "/overview")["headline"]["state"] == "unknown"
        later = set_up(region)
        about = tickets(region)
        cells = check_matrix(region)
        assert {c["state"] for c in cells.values()} == set(BADNESS), cells
        check_matrix(region, "?service=journal")
        check_matrix(region, "", "kommun")
        region.until(lambda: get(region, "/overview")["headline"]["last_outage_end"], "the month to be drawn again")
        o = check_overview(region, cells)
        check_sentence(region, o, about, later)
        share = check_share(region)
        check_cli(region, share)
        check_scope(region, cells)
        check_directory(region)
    print(f"{len(cells)} cells, {len(o['ongoing'])} lines; 1 passed, 0 failed")


main()
