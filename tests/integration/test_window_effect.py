#!/usr/bin/python3
"""What a window would do, asked before it is planned: what it leaves out, whom it hits, what it collides with; and once it is planned
and approved the figures are what was foretold."""

import datetime
import zoneinfo

from pages_scene import DAY, HOUR, MINUTE, USERS, call, get, iso, now_ms, pages, post, samples

FIGURES = ("num", "den", "base_s", "down_s", "excluded_s", "budget_left_s", "verdict", "value_ppm")


def ask(region, who="anna", status=200, **query):
    answer = call(region, who, "GET", "/api/v1/windows/effect?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert answer[0] == status, answer
    return answer[1]


def hours(begin, length):
    return {"from": iso(begin), "to": iso(begin + length)}


def check_notice(region):
    now = now_ms() // 1000 * 1000
    soon = ask(region, service="journal", **hours(now + 2 * DAY, HOUR))
    assert soon["late"] and not soon["counts"] and soon["notice_days"] == 10 and soon["days_ahead"] in (1, 2, 3), soon
    assert soon["agreed_s"] == 3600 and soon["excluded_s"] == 0, soon
    told = ask(region, service="journal", announced=iso(now - 20 * DAY), **hours(now + 2 * DAY, HOUR))
    assert not told["late"] and told["counts"] and told["excluded_s"] == 3600, told
    agreed = ask(region, service="journal", agreed_by="Test", **hours(now + 2 * DAY, HOUR))
    assert agreed["late"] and agreed["counts"], agreed
    ahead = ask(region, service="journal", **hours(now + 20 * DAY, HOUR))
    assert not ahead["late"] and ahead["counts"] and ahead["excluded_s"] == 3600, ahead
    assert ahead["municipalities"] == 4 and ahead["users"] == sum(USERS.values()), ahead
    emergency = ask(region, service="journal", category="emergency", **hours(now + 20 * DAY, HOUR))
    assert not emergency["counts"] and emergency["excluded_s"] == 0 and emergency["agreed_s"] == 3600, emergency
    one = ask(region, service="journal,kontor", municipality="1489", **hours(now + 20 * DAY, HOUR))
    assert one["municipalities"] == 1 and one["users"] == USERS["1489"], one
    two = ask(region, service="journal", municipality="1489,1480", **hours(now + 20 * DAY, HOUR))
    assert two["municipalities"] == 2 and two["users"] == USERS["1489"] + USERS["1480"], two
    ask(region, status=422, service="journal", municipality="1489,0000", **hours(now + 20 * DAY, HOUR))


def foretell(region):
    """An hour of this month that has been, as far back as there is one: agreed by whom it hits, so it counts at once."""
    zone = zoneinfo.ZoneInfo("Europe/Stockholm")
    today = datetime.datetime.now(zone)
    first = int(today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
    begin = max(first, now_ms() - 12 * HOUR) // MINUTE * MINUTE
    length = min(HOUR, (now_ms() - begin) // 2 // MINUTE * MINUTE)
    query = dict(service="journal", municipality="1489", agreed_by="Test", announced=iso(first - 30 * DAY), **hours(begin, length))
    answer = {}

    def in_one_second():
        answer["told"] = ask(region, **query)
        answer["now"] = get(region, f"/availability?month={today:%Y-%m}&service=journal&municipality=1489")["cells"]
        cell, = answer["told"]["cells"]
        return all(c["to"] == cell["before"]["to"] == cell["after"]["to"] for c in answer["now"])
    region.until(in_one_second, "two answers of one second")
    cell, = answer["told"]["cells"]
    there, = [c for c in answer["now"] if "channel" not in c]
    there["budget_left_s"] = there["budget_month_s"]
    assert all(cell["before"][k] == there[k] for k in FIGURES if k != "value_ppm"), (cell["before"], there)
    assert cell["after"]["excluded_s"] == cell["before"]["excluded_s"] + length // 1000, cell
    assert cell["after"]["base_s"] == cell["before"]["base_s"] - length // 1000, cell
    return query, cell


def check_foretold(region, query, cell):
    """Planned and approved by two, it does what was said, but for the seconds that have passed."""
    body = {"name": "test", "category": "planned", "services": ["journal"], "municipalities": ["1489"], "reason": "test",
            **{k: query[k] for k in ("from", "to", "announced", "agreed_by")}}
    window = post(region, "/windows", body)["window"]
    post(region, f"/windows/{window}/approve", {}, "bo")
    there, = [c for c in get(region, f"/availability?month={cell['after']['month']}&service=journal&municipality=1489")["cells"] if "channel" not in c]
    assert there["excluded_s"] == cell["after"]["excluded_s"] and there["down_s"] == cell["after"]["down_s"], (there, cell)
    again = ask(region, **query)
    assert again["excluded_s"] == 0 and [c["id"] for c in again["collisions"]] == [window + ".0"], again
    assert ask(region, **dict(query, service="kontor"))["collisions"] == []
    later = {k: iso(now_ms() + d) for k, d in (("from", DAY), ("to", DAY + HOUR))}
    assert ask(region, **dict(query, **later))["collisions"] == []


def check_refusals(region):
    now = now_ms()
    good = dict(service="journal", **hours(now + DAY, HOUR))
    ask(region, "kommun", **good)
    assert ask(region, "kommun", **good)["municipalities"] == 1
    ask(region, "kommun", 403, **dict(good, municipality="1480"))
    for wrong, status in (({"from": "x"}, 400), ({"to": iso(now)}, 400), ({"to": iso(now + 40 * DAY)}, 400), ({"service": "journl"}, 422),
                          ({"municipality": "9999"}, 422), ({"category": "odd"}, 400), ({"announced": "x"}, 400),
                          ({"from": ""}, 400), ({"service": 600 * "journal,"}, 422)):
        ask(region, "anna", status, **dict(good, **wrong))
    ask(region, "anna", 404, **dict(good, **{"from": "1980-01-01T00:00:00Z", "to": "1980-01-01T01:00:00Z"}))


def main():
    with pages() as region:
        now = now_ms()
        samples(region, now - 2 * DAY, now, lambda probe, at: "critical" if probe == "app-1489" and now - 12 * HOUR < at < now - 11 * HOUR else "ok")
        check_notice(region)
        query, cell = foretell(region)
        check_foretold(region, query, cell)
        check_refusals(region)
    print("1 passed, 0 failed")


main()
