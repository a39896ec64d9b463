#!/usr/bin/python3
"""Every number on the pages of reports, evidence and fees is what `vinga` prints for the same cell: the pages are read in Chromium (figures.mjs), what
should stand there is made of `vinga ... --json`. Each page of evidence says that its sum agrees; with one number of an answer changed it says in
red that it does not."""

import json
import subprocess
import sys

from printed import duration, exact, kronor, percent, ppm, ratio, seconds_of, whole, word
from rig import BUILD, installed, tools
from settled import Settled

OWN, FINANCE, READER, OWN_READER = "1489", "ekonomi", "drift", "ekonomi-1489"
RATIOS = ("reassignments_mean", "tickets_per_user_month_annualised", "tickets_per_user_12_months")
SHOWN = ("resolution_met", "response_met", "inflow", "second_line_tickets", "tickets_per_user_12_months")  # of each municipality, in the report
COUNTED = ("down", "degraded", "unknown", "external", "up", "excluded", "outside")
MODES = ("per_ticket_capped", "flat_per_user", "per_ticket_uncapped")
AGREES, DIFFERS = "Summan stämmer.", "Summan stämmer inte"
CELLS_MIN = 3000  # so many are compared at least: no pass over empty tables


class Book:
    """What `vinga` says of a month."""

    def __init__(self, region, month):
        self.region, self.month = region, month
        self.regional = self.kpi()
        self.own = self.kpi("--municipality", OWN)
        self.split = {(cell["municipality"], cell["kpi"]): cell for cell in self.ask("kpi", month, "--by", "municipality")["cells"]}
        self.availability = self.ask("availability", month)["cells"]
        self.plan = {row["municipality"]: row for row in self.ask("close", month, "--plan")["municipalities"]}
        self.statements = {code: self.ask("statement", month, "--municipality", code) for code in self.plan}
        self.names = {row["municipality"]: row["name"] for row in self.plan.values()}
        self.services = {row["id"]: row["name"] for row in self.statements[OWN]["services"]}
        self.channels = {row["id"]: row["name"] for row in self.statements[OWN]["channels"]}

    def ask(self, *arguments):
        return json.loads(self.region.vinga(*arguments, "--json"))

    def kpi(self, *filters, month=None):
        return {cell["kpi"]: cell for cell in self.ask("kpi", month or self.month, *filters)["cells"]}

    def parts(self, kpi, *filters):
        return self.ask("kpi", self.month, "--evidence", "--kpi", kpi, *filters)["evidence"]


# Figures

def kpi_text(cell):
    num, den, unit = cell["num"], cell["den"], cell["unit"]
    if den == 0:
        return "–"
    if unit == "count":
        return whole(num)
    if unit in ("ms", "mean_ms"):
        return duration(num // (1000 if unit == "ms" else 1000 * den))
    return ratio(ppm(num, den)) if cell["kpi"] in RATIOS else percent(ppm(num, den))


def judged(value, cell):
    return f"{value} {word('verdict', cell['verdict'])}"


def of_all(num, den):
    return f"{whole(num)} av {whole(den)}"


def available(cell, decimals=2):
    return percent(ppm(cell["num"], cell["den"]), decimals)


# The report

def availability_rows(book, code):
    return [{"Tjänst": book.services[cell["service"]], "Kanal": book.channels.get(cell.get("channel"), "alla"), "Tillgänglighet": available(cell),
             "Mål": percent(cell["target_ppm"], 1), "Utfall": word("verdict", cell["verdict"]), "Avbrott": duration(cell["down_s"]),
             "Undantaget": duration(cell["excluded_s"]), "Inte mätt": duration(cell["unknown_s"]), "Täckning": percent(cell["coverage_ppm"], 1)}
            for cell in book.availability if cell["municipality"] == code]


def kpi_rows(cells):
    return [{"Nyckeltal": word("kpi", kpi), "Värde": kpi_text(cell), "Mål": percent(cell["target_ppm"], 1) if cell["target_ppm"] is not None else "",
             "Utfall": word("verdict", cell["verdict"]) if cell["target_ppm"] is not None else "",
             "Underlag": of_all(cell["num"], cell["den"]) if cell["unit"] == "share" else "",
             "Utanför": whole(cell["left_out"]) if cell["left_out"] > 0 else "", "Regel": cell["rule"]} for kpi, cell in cells.items()]


def municipality_row(book, code):
    own = [cell for cell in book.availability if cell["municipality"] == code and "channel" not in cell and cell["den"] > 0]
    lowest = min(own, key=lambda cell: cell["num"] / cell["den"], default=None)
    row = {"Kommun": book.names[code], "Lägsta tillgänglighet": judged(available(lowest), lowest) if lowest else "–"}
    for kpi in SHOWN:
        cell = book.split.get((code, kpi))
        row[word("kpi", kpi)] = "–" if cell is None else kpi_text(cell) if cell["target_ppm"] is None else judged(kpi_text(cell), cell)
    return row | {"Avgift": kronor(book.plan[code]["total_ore"])}


def report(book, who, code):
    codes = [code] if code else list(book.plan)
    return {"path": f"/rapporter/{book.month}", "who": who, "tables": {
        "Tillgänglighet": availability_rows(book, code), "Ärenden och servicenivåer": kpi_rows(book.own if code else book.regional),
        "1 kommun" if code else f"{len(codes)} kommuner": [municipality_row(book, each) for each in codes]}}


# Evidence

def evidence_path(book, kpi, code):
    return f"/rapporter/{book.month}/kpi/{kpi}/{code or 'alla'}"


def kpi_facts(cell, tickets):
    facts = {"Värde": judged(kpi_text(cell), cell) if cell["target_ppm"] is not None else kpi_text(cell),
             "Täljare": whole(cell["num"]) + (" ms" if cell["unit"] in ("ms", "mean_ms") else ""), "Ärenden som ingår": whole(tickets),
             "Utanför": whole(cell["left_out"]), "Regel": cell["rule"]}
    if cell["target_ppm"] is not None:
        facts["Mål"] = percent(cell["target_ppm"], 1)
    if cell["unit"] != "count":
        facts["Nämnare"] = whole(cell["den"])
    if "rolling_den" in cell:
        facts["Tolv månader"] = of_all(cell["rolling_num"], cell["rolling_den"])
    return facts


def part_row(cell, part):
    row = {"Ärende": part["ticket"], "Täljare": duration(part["num"] // 1000) if cell["unit"] in ("ms", "mean_ms") else whole(part["num"])}
    return row if cell["unit"] == "count" else row | {"Nämnare": whole(part["den"])}


def twelve_months(book, cell, filters):
    year, month = map(int, book.month.split("-"))
    months = [f"{(year * 12 + month - 1 - n) // 12}-{(year * 12 + month - 1 - n) % 12 + 1:02}" for n in range(12)]
    counts = [book.kpi(*filters, month=each)["second_line_tickets"]["num"] for each in months]
    return {"facts": kpi_facts(cell, sum(counts)), "column": {word("kpi", "second_line_tickets"): [whole(n) for n in counts]}}


def kpi_evidence(book, who, code, cell):
    kpi, filters = cell["kpi"], ("--municipality", code) if code else ()
    page = {"path": evidence_path(book, kpi, code), "who": who, "sum": AGREES}
    if kpi == "tickets_per_user_12_months":
        return page | twelve_months(book, cell, filters)
    parts = book.parts("second_line_tickets" if kpi == "tickets_per_user_month_annualised" else kpi, *filters)
    tables = {f"Ärenden som ingår: {whole(len(parts))}": [part_row(cell, part) for part in parts]} if parts else {}
    return page | {"facts": kpi_facts(cell, len(parts)), "tables": tables}


def availability_facts(cell):
    facts = {"Värde": judged(available(cell, 4), cell), "Mål": percent(cell["target_ppm"], 3), "Bråk": f"{whole(cell['num'])} / {whole(cell['den'])}",
             "Bas": exact(cell["base_s"]), "Täckning": percent(cell["coverage_ppm"])}
    budget = cell["budget_month_s"]
    return facts if budget is None else facts | {"Kvar av månadens felbudget": ("−" if budget < 0 else "") + exact(abs(budget))}


def availability_evidence(book, who, cell):
    code, channel = cell["municipality"], cell.get("channel")
    page = {"path": f"{evidence_path(book, 'availability', code)}?tjanst={cell['service']}" + (f"&kanal={channel}" if channel else ""), "who": who,
            "sum": AGREES, "facts": availability_facts(cell)}
    if code is None:
        own = [each for each in book.availability if each["municipality"] and (each["service"], each.get("channel")) == (cell["service"], channel)]
        return page | {"tables": {word("evidence", "by_municipality"): [
            {"Kommun": book.names[each["municipality"]], "Användare": whole(each["users"]), "Tillgänglighet": judged(available(each, 3), each),
             "Avbrott": exact(each["down_s"]), "Undantaget": exact(each["excluded_s"]), "Inte mätt": exact(each["unknown_s"])} for each in own]}}
    seconds = {word("counted", name): cell[f"{name}_s"] for name in COUNTED}
    return page | {"stretches": seconds, "tables": {
        "Räknas som": [{"Räknas som": name, "Summa": exact(s), "rapporterat värde": exact(s)} for name, s in seconds.items()]}}


# Fees

def per_user(counted, users):
    return ratio(counted * 12 * 1_000_000 // users) if users > 0 else "–"


def blank(count, ore):
    return f"{whole(count)} ärenden, {kronor(ore)}"


def fee_of(book, code):
    """The statement's sums, users and modes, and how many of its tickets do not count, by reason."""
    fee = book.statements[code]["fee"]
    reasons = {}
    for line in fee.get("lines", []):
        if line["kind"] == "not_counted":
            reasons[line["reason"]] = reasons.get(line["reason"], 0) + 1
    return fee["sums"], fee["users"], {mode["mode"]: mode["net_ore"] for mode in fee["modes"]}, reasons


def fee_row(book, code):
    sums, users, modes, reasons = fee_of(book, code)
    return {"Kommun": book.names[code], "Användare": whole(users), "Räknas": whole(sums["counted"]),
            "Räknas inte": " ".join([whole(sums["not_counted"]), *(f"{whole(n)} {word('fee_reason', reason)}" for reason, n in sorted(reasons.items()))]),
            "Ärenden per användare och år": per_user(sums["counted"], users), **{word("mode", mode): kronor(modes[mode]) for mode in MODES},
            "Drift och förvaltning": kronor(sums["operation_ore"]), "Att debitera": kronor(sums["total_ore"])}


def fee_month(book):
    every = [fee_of(book, code) for code in book.plan]
    total = {name: sum(sums[name] for sums, *_ in every) for name in ("total_ore", "support_ore", "operation_ore", "counted", "blank_count", "blank_ore")}
    ready = [row for row in book.plan.values() if row["state"] != "held"]
    would = (f"{len(ready)} kommuner skulle fastställas, tillsammans {kronor(sum(row['total_ore'] for row in ready))}. "
             f"{len(book.plan) - len(ready)} kommuner hålls kvar.")
    return {"path": f"/avgifter/{book.month}", "who": FINANCE, "paragraphs": [would],
            "facts": {"Att debitera": kronor(total["total_ore"]), "Support": kronor(total["support_ore"]), "Drift och förvaltning": kronor(total["operation_ore"]),
                      "Räknas": whole(total["counted"]), "Ärenden per användare och år": per_user(total["counted"], sum(users for _, users, *_ in every)),
                      "Utan orsakspart": blank(total["blank_count"], total["blank_ore"])},
            "tables": {f"{len(book.plan)} kommuner": [fee_row(book, code) for code in book.plan]}}


def calculation(fee):
    sums = fee["sums"]
    rows = [("Ärenden", f"{whole(sums['counted'])} ärenden à {kronor(fee['ticket_price_ore'])}", sums["gross_ore"]),
            ("Rättelser av tidigare månader", f"{whole(sums['corrected'])} rader", sums["adjusted_ore"]),
            ("Över taket, debiteras inte", f"taket är {kronor(fee['support_price_ore'])} per användare och år", -sums["capped_ore"]),
            ("Support", word("mode", fee["mode"]), sums["support_ore"]),
            ("Drift och förvaltning", f"{whole(fee['users'])} användare à {kronor(fee['operation_price_ore'])} per år, en tolftedel", sums["operation_ore"]),
            ("Att debitera", word("fee", "without_vat"), sums["total_ore"])]
    return [{"Post": part, "Så här": how, "Belopp": kronor(ore)} for part, how, ore in rows]


def year_row(year):
    return {"År": str(year["year"]), **{word("mode", mode): kronor(year["net_ore"][mode]) for mode in MODES}, "Årets ärenden": kronor(year["gross_ore"]),
            "Årets tak": kronor(year["cap_ore"]), "Debiterat före": kronor(year["billed_ore"])}


def statement(book, who):
    fee = book.statements[OWN]["fee"]
    sums, users, _, reasons = fee_of(book, OWN)
    lines = [{"Rad": str(line["no"]), "Ärende": line["ticket"], "Referens": ", ".join(ref["ref"] for ref in line["refs"]),
              "Slag": word("line_kind", line["kind"]), "Belopp": kronor(line["amount_ore"])} for line in fee["lines"]]
    words = [f"{whole(n)} {word('fee_reason', reason)}" for reason, n in sorted(reasons.items(), key=lambda item: -item[1])]
    return {"path": f"/avgifter/{book.month}/{OWN}", "who": who,
            "facts": {"Användare": whole(users), "Ärenden per användare och år": per_user(sums["counted"], users) + " mot antagna 1,0",
                      "Räknas inte": " ".join(words) or "0", "Utan orsakspart": blank(sums["blank_count"], sums["blank_ore"])},
            "tables": {"Uträkning": calculation(fee), "Tre prislägen sida vid sida": [year_row(year) for year in fee["years"]], f"{len(lines)} rader": lines}}


# A wrong number must not pass for a right one

def forgeries(book):
    month_path = {"path": evidence_path(book, "resolution_met", OWN), "who": READER, "sum": DIFFERS}
    service = f"{evidence_path(book, 'availability', OWN)}?tjanst=remiss"
    whole_region = f"{evidence_path(book, 'availability', None)}?tjanst=remiss"
    cell = {"asked": "/api/v1/availability", "list": "cells"}
    return [month_path | {"forge": {"asked": "/api/v1/kpi", "list": "cells", "where": {"kpi": "resolution_met"}, "member": "num"}},
            month_path | {"forge": {"asked": "/api/v1/kpi/evidence", "list": "evidence", "where": {"num": 0}, "member": "num"}},
            {"path": service, "who": READER, "sum": DIFFERS, "forge": cell | {"where": {"municipality": OWN}, "member": "down_s"}},
            {"path": whole_region, "who": READER, "sum": DIFFERS, "forge": cell | {"where": {"municipality": None}, "member": "num"}}]


def pages(book):
    evidence = [kpi_evidence(book, READER, None, cell) for cell in book.regional.values()]
    evidence += [kpi_evidence(book, OWN_READER, OWN, cell) for cell in book.own.values()]
    evidence += [availability_evidence(book, READER, cell) for cell in book.availability
                 if cell["service"] in ("journal_kommun", "remiss", "natverk") and cell["municipality"] in (None, "1480", OWN)]
    return [report(book, READER, None), report(book, OWN_READER, OWN), fee_month(book), statement(book, FINANCE), statement(book, OWN_READER),
            *evidence, *forgeries(book)]


# Comparing

def compared_rows(where, expected, found):
    """Whole tables, in any order, of the columns that are expected."""
    columns = list(expected[0])
    assert len(expected) == len(found), f"{where}: {len(found)} rows, expected {len(expected)}"
    for right, row in zip(sorted(expected, key=lambda row: list(row.values())), sorted(found, key=lambda row: [row.get(name, "") for name in columns])):
        for name in columns:
            assert row.get(name) == right[name], f"{where}, {list(right.values())[0]}, {name}: the page says {row.get(name)!r}, vinga {right[name]!r}"
    return len(expected) * len(columns)


def compared_stretches(where, seconds, tables):
    """The stretches of the month add up to what vinga says of each kind."""
    rows = next(rows for caption, rows in tables.items() if caption.endswith((" stycken", " stycke")))
    sums = dict.fromkeys(seconds, 0)
    for row in rows:
        sums[row["Räknas som"]] += seconds_of(row["Längd"])
    assert sums == seconds, f"{where}: {sums}, vinga {seconds}"
    return len(rows)


def compared(page, said):
    where, n = f"{page['who']}{page['path']}", 0
    for caption, rows in page.get("tables", {}).items():
        assert caption in said["tables"], f"{where}: no table {caption!r} among {list(said['tables'])}"
        n += compared_rows(f"{where}, {caption}", rows, said["tables"][caption])
    for name, values in page.get("column", {}).items():
        found = [row[name] for rows in said["tables"].values() for row in rows]
        assert found == values, f"{where}, {name}: {found}, vinga {values}"
        n += len(values)
    for name, value in page.get("facts", {}).items():
        number = said["facts"].get(name, "").split(" – ")[0]  # a reason may follow
        assert number == value, f"{where}, {name}: the page says {number!r}, vinga {value!r}"
        n += 1
    for text in page.get("paragraphs", ()):
        assert text in said["paragraphs"], f"{where}: no {text!r} in {said['paragraphs']}"
        n += 1
    if "stretches" in page:
        n += compared_stretches(where, page["stretches"], said["tables"])
    if "sum" in page:
        role = "status" if page["sum"] == AGREES else "alert"
        assert len(said["sum"]) == 1 and said["sum"][0]["role"] == role and said["sum"][0]["text"].startswith(page["sum"]), f"{where}: {said['sum']}"
    return n


def main():
    found = tools()
    if found is None:
        return 77
    with Settled(web=BUILD / "web") as region:
        region.stand()
        expected = pages(Book(region, region.month))
        place = installed()
        (place / "figures.json").write_text(json.dumps(expected))
        done = subprocess.run([found["node"], place / "figures.mjs", found["chromium"], f"http://127.0.0.1:{region.port}", place / "figures.json"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        cells = sum(compared(page, said) for page, said in zip(expected, json.loads(done.stdout), strict=True))
        sums = sum("sum" in page for page in expected)
        assert cells >= CELLS_MIN and sums >= 60, (cells, sums)
        print(f"{cells} cells on {len(expected)} pages are what vinga says; {sums} sums judged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
