#!/usr/bin/python3
"""The real logs billed over their years for 49 municipalities: each month proposed, approved and published in order, people
changing facts behind it, and all of it computed again in SQL from the ledger's rows."""

import csv
import datetime
import hashlib
import http.client
import json
import sys

from harness import SHARED, SOURCE, Region

PEOPLE = {"anna": "vgr_finance", "bo": "vgr_finance", "drift": "vgr_sla_manager"}
HEAD = """
name: fee-test
version: "1"
valid_from: {first}-01
zone: Europe/Stockholm
priorities: [P1, P2, P3, P4]
matrix: [[P1, P1, P2, P3], [P1, P2, P3, P3], [P2, P3, P3, P4], [P3, P3, P4, P4]]
targets:
  P1: {{ resolution: 4h, share: 90 %, calendar: 24x7 }}
rules: {{ min_n: 10 }}
municipalities_file: municipalities.csv
fee:
  support_price: 250 kr
  operation_price: 1750 kr
  index: vgr
  waiting_approval: carry_forward
"""
RATES = {2011: 12_345_678, 2012: -7_000_000, 2016: 31_250_000, 2017: -10_000_001}


def months(first, last):
    year, month = map(int, first.split("-"))
    while (name := f"{year:04d}-{month:02d}") <= last:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def reference():
    with open(SOURCE / "tests/data/reference/municipalities.csv", newline="") as file:
        return list(csv.DictReader(file))


class Billed:
    """A log in a region of its own, and its months."""

    def __init__(self, region, first, last):
        self.region, self.first, self.last = region, first, last
        self.codes = [row["scb_code"] for row in reference()]
        self.joins, self.leaves, self.tries, self.unread = self.codes[3], self.codes[7], self.codes[11], self.codes[15]

    def call(self, who, method, path, body=None):
        conn = http.client.HTTPConnection("127.0.0.1", self.region.port, timeout=300)
        conn.request(method, "/api/v1" + path, body=None if body is None else json.dumps(body).encode(),
                     headers={"Authorization": "Bearer " + who, "Content-Type": "application/json"})
        response = conn.getresponse()
        status, answer = response.status, json.loads(response.read())
        conn.close()
        assert status in (200, 201), (method, path, body, status, answer)
        return answer

    def two(self, path, body):
        """Proposed by one, approved by the other."""
        act = self.call("anna", "POST", path, dict(body, reason="test"))["act"]
        return self.call("bo", "POST", f"/acts/{act}/approve", {})

    def correct(self, ticket, **fields):
        self.call("drift", "POST", f"/tickets/{ticket}/correct", dict(fields, reason="test"))

    def agree(self):
        """One municipality joins in the middle of a month, one leaves so, and one tries it out first."""
        all_months = list(months(self.first, self.last))
        special = {self.joins: ("go_live", all_months[4] + "-17"), self.leaves: ("end", all_months[9] + "-11"),
                   self.tries: ("fee_from", all_months[3])}
        folder = self.region.dir / "agreement"
        folder.mkdir()
        (folder / "agreement.yaml").write_text(HEAD.format(first=self.first))
        with open(folder / "municipalities.csv", "w", newline="") as file:
            rows = csv.DictWriter(file, ["code", "name", "federation", "size", "go_live", "end", "signed", "fee_from"])
            rows.writeheader()
            for row in reference():
                own = special.get(row["scb_code"])
                rows.writerow({"code": row["scb_code"], "name": row["name"], "federation": row["federation_code"],
                               "size": row["size_category"], "signed": f"{int(self.first[:4]) - 1}-06-01",
                               **({own[0]: own[1]} if own else {})})
        self.region.vinga("agreement", "apply", folder, "--reason", "test")
        for year, rate in RATES.items():
            self.two("/rates", {"index": "vgr", "year": year, "rate_ppb": rate, "decided": f"{year}-01-02", "document": "test"})

    def read_users(self, month, codes):
        """Below a thousand each, by population and a little more every month: caps bite for some."""
        grown = int(month[:4]) * 12 + int(month[5:]) - int(self.first[:4]) * 12
        path = self.region.dir / "users.csv"
        with open(path, "w") as file:
            file.write("municipality;day;users;private_users;rule\n")
            for row in reference():
                if row["scb_code"] in codes:
                    users = min(999, int(row["population_2019"] or 10000) // 100) + grown
                    file.write(f"{row['scb_code']};{month}-01;{users};{users // 10};licensed\n")
        self.region.vinga("register", "users", path)

    def close(self, month, codes=()):
        """The bytes that are made available take a replay each: a digest stands in for those of most months."""
        self.two("/closings", {"month": month, **({"municipalities": list(codes)} if codes else {})})
        for one in self.call("anna", "GET", f"/statements?month={month}")["statements"]:
            if one["state"] == "closed" and one["published"] is None:
                digest = hashlib.sha256(f"{month}/{one['municipality']}/{one['total_ore']}".encode()).hexdigest()
                self.call("anna", "POST", f"/statements/{month}/{one['municipality']}/published",
                          {"model_sha256": digest, "files": [{"name": "avgiftsunderlag.json", "sha256": digest, "bytes": 1}]})

    def close_by_command(self, month):
        """The same from the command line, with the real bytes."""
        self.vinga("close", month, "--reason", "test")
        act, = (act["id"] for act in self.call("bo", "GET", "/acts?state=waiting")["acts"])
        self.call("bo", "POST", f"/acts/{act}/approve", {})
        self.vinga("publish", month, "--out", self.region.dir / "published", "--no-pdf")

    def vinga(self, *arguments):
        """As anna, by TCP."""
        token = self.region.dir / "token"
        token.write_text("anna\n")
        return self.region.vinga(*arguments, "--url", f"http://127.0.0.1:{self.region.port}", "--token-file", token)

    def billed(self, month, number):
        """Tickets that a month billed, some of them."""
        self.region.settled()
        return self.region.sql(
            "select 'V-' || l.ticket_id from fee.line l join fee.statement s using (statement_id) where l.kind = 'counted' and not s.trial "
            f"and s.month = '{month}-01' and not exists (select from fee.line c where c.corrects = l.line_id) "
            f"order by md5(l.ticket_id::text) limit {number}").split()

    def change_facts(self, month):
        """Late facts about a closed month, of every sort that a decision follows from."""
        tickets = self.billed(month, 8)
        if len(tickets) < 8:
            return
        cause, moved, copied, late, linked, again, ruled, gone = tickets
        self.correct(cause, cause_party="vgr")
        self.correct(moved, municipality=self.codes[0])
        self.correct(copied, duplicate_of=moved)
        self.correct(late, cause_party="municipality")
        self.correct(linked, major_incident=cause)
        self.correct(again, reopen_of=late)
        self.correct(gone, requester_class="vgr")
        self.two("/overrides", {"ticket": ruled, "outcome": "not_counted"})

    def take_back(self, month):
        """What was changed two months ago, changed again."""
        self.region.settled()
        credited = self.region.sql("select distinct 'V-' || l.ticket_id, l.reason from fee.line l join fee.statement s using (statement_id) "
                                   f"where l.kind = 'credit' and s.month = '{month}-01' order by 2, 1").split()
        for row in credited:
            ticket, reason = row.split("|")
            if reason == "vgr_cause":
                self.correct(ticket, cause_party="third_party", major_incident="")
            elif reason == "override":
                self.two("/overrides", {"ticket": ticket, "outcome": "as_rules"})

    def run(self):
        """Every month in order. Facts of the month before change meanwhile, and what one municipality lacks holds it alone."""
        names = list(months(self.first, self.last))
        others = [code for code in self.codes if code != self.unread]
        for at, month in enumerate(names):
            self.read_users(month, self.codes if at >= 3 else others)
            if at == 3:
                for earlier in names[:3]:
                    self.read_users(earlier, [self.unread])
                    self.close(earlier, [self.unread])
            self.close(month)
            if at % 3 == 1:
                self.change_facts(month)
            elif at % 3 == 0 and at > 2:
                self.take_back(names[at - 1])
            if at == 5:
                self.region.vinga("register", "users", self.late_reading(names[4]))
        self.region.settled()

    def late_reading(self, month):
        path = self.region.dir / "late.csv"
        path.write_text(f"municipality;day;users;private_users;rule\n{self.codes[20]};{month}-01;17;0;licensed\n")
        return path

    def compare(self):
        """The independent computation, of all that was closed. Returns what it was about."""
        sql = self.region.sql
        sql("create schema if not exists tap; create extension if not exists pgtap schema tap; grant usage on schema tap to public")
        out = sql("set search_path = tap; set work_mem = '64MB';" + (SOURCE / "sql/t/fee_recompute.sql").read_text())
        assert "not ok" not in out and out.count("ok ") >= 7, out[:6000]
        capped, free = map(int, sql(
            "select count(*) filter (where gross_ore > cap_ore), count(*) filter (where gross_ore < cap_ore) from ("
            "select distinct on (municipality, year) * from fee.year order by municipality, year, year_id desc) y").split("|"))
        assert capped > 0 and free > 0, (capped, free)
        kinds = sql("select kind || ' ' || count(*) from fee.line group by kind order by kind").splitlines()
        assert sql("select count(*) from fee.statement where state <> 'closed'") == "0"
        return f"{sql('select count(*) from fee.statement')} statements, {capped} years capped, {free} not; " + ", ".join(kinds)

    def closed_rows(self, month):
        """All that was written of months up to one, as text."""
        return self.region.sql(
            f"with s as (select * from fee.statement where month <= '{month}-01' and state = 'closed') "
            "select md5(string_agg(t, ',' order by t)) from (select s::text as t from s "
            "union all select l::text from fee.line l join s using (statement_id) "
            "union all select y::text from fee.year y join s using (statement_id)) r")

    def correct_late(self):
        """A cause that is found out after its month was closed: the next month adjusts, and nothing else moves."""
        names = list(months(self.first, self.last))
        ticket = next(t for month in reversed(names) for t in self.billed(month, 1))
        month = (datetime.date.fromisoformat(self.last + "-01") + datetime.timedelta(days=32)).strftime("%Y-%m")
        before = self.closed_rows(self.last)
        self.correct(ticket, cause_party="vgr")
        self.read_users(month, self.codes)
        self.close_by_command(month)
        self.region.settled()
        assert self.closed_rows(self.last) == before, "a closed month has changed"
        lines = self.region.sql("select kind, amount_ore < 0, reason, reason_before, corrects_no is not null from report.fee_line "
                                f"where ticket = '{ticket}' and statement_month = '{month}-01'")
        assert lines == "credit|t|vgr_cause|countable|t", lines
        return month


def one_log(name, folder, log, mapping, first, last):
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text("principals:\n" + "".join(
            f"  - {{name: {who}, token_sha256: {hashlib.sha256(who.encode()).hexdigest()}, roles: [{role}]}}\n"
            for who, role in PEOPLE.items()))
        with open(region.dir / "vingad.yaml", "a") as settings:
            settings.write(f"principals: {region.dir}/principals.yaml\n")
        region.start()
        billed = Billed(region, first, last)
        billed.agree()
        region.vinga("import", folder / log, "--mapping", SOURCE / "plugins/mappings" / mapping)
        billed.run()
        adjusted = billed.correct_late()
        print(f"{name}: a late cause is adjusted in {adjusted}, closed months stand", flush=True)
        region.vinga("verify", adjusted)
        print(f"{name}: {billed.compare()}", flush=True)
        region.vinga("rebuild")


def main():
    one_log("UCI", SOURCE / "tests/data/uci-incident", "incident_event_log.shared.csv.gz", "uci-incident.yaml", "2016-01", "2017-02")
    volvo = SHARED / "data/bpic2013-volvo"
    if volvo.is_dir():
        one_log("Volvo", volvo, "incidents.shared.csv.gz", "volvo-bpic2013.yaml", "2011-01", "2012-05")
    else:
        print("Volvo: skipped, the log is not here", flush=True)


if __name__ == "__main__":
    sys.exit(main())
