#!/usr/bin/python3
"""The fee from the command line: rates, openings and overrides that two persons decide, objections, comments, what is missing before a
municipality goes live, and statements as files for a finance system."""

import csv
import json
import shutil
import sys

from harness import SOURCE, Region
from test_fee_api import HASH, MONTH, post, principals, ticket

LAYOUTS = SOURCE / "plugins/finance"
NBSP = "\u00a0"


def vinga(region, who, *arguments, ok=(0,)):
    """As a principal; standard output."""
    token = region.dir / f"{who}.token"
    token.write_text(who)
    return region.vinga(*arguments, "--url", f"http://127.0.0.1:{region.port}", "--token-file", token, ok=ok)


def complaint(region, who, code, *arguments):
    token = region.dir / f"{who}.token"
    token.write_text(who)
    done = region.vinga_status(*arguments, "--url", f"http://127.0.0.1:{region.port}", "--token-file", token)
    assert done.returncode == code, (arguments, done)
    return done.stderr


def apply_agreement(region):
    """The sample, with what finance needs of two municipalities."""
    directory = region.dir / "agreement"
    shutil.copytree(SOURCE / "agreements/sample", directory)
    rows = list(csv.DictReader((directory / "municipalities.csv").open(encoding="utf-8")))
    terms = {"1480": ("2026-10", "70080", ""), "1489": ("", "70089", "Best 17; IT")}
    for row in rows:
        row["fee_from"], row["customer"], row["reference"] = terms.get(row["code"], ("", "", ""))
    with (directory / "municipalities.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    region.vinga("agreement", "apply", directory, "--reason", "test")
    region.settled()
    text = (directory / "agreement.yaml").read_text(encoding="utf-8")
    (directory / "agreement.yaml").write_text(text.replace("  support_price: 250 kr ", "  support_price: 312,50 kr "), encoding="utf-8")
    planned = region.vinga("agreement", "plan", directory)
    assert "  fee.support_ore: 25000 -> 31250\n" in planned and planned.count(" -> ") == 1, planned


def proposals(region):
    grounds = ("--decided", "2026-11-20", "--document", "RS 2026-1", "--reason", "Beslutad")
    for words, said in ((("2027", "2,5"), 'expected a rate such as "2,5 %"'), (("2027", "101 %"), "expected a rate"),
                        (("2027", "-100 %"), "expected a rate"), (("2027", "0,00000001 %"), "expected a rate"),
                        (("27", "2,5 %"), "expected a year such as 2027")):
        assert said in complaint(region, "pris", 2, "rate", "propose", "vgr", *words, *grounds), words
    assert "--document: where the decision stands" in complaint(region, "pris", 2, "rate", "propose", "vgr", "2027", "1 %", "--reason", "r",
                                                                "--decided", "2026-11-20")
    rate = json.loads(vinga(region, "pris", "rate", "propose", "vgr", "2027", "-0,31 %", *grounds, "--json"))["act"]
    cost = json.loads(vinga(region, "pris", "cost", "propose", "2026", "31 400 000,50 kr", *grounds, "--json"))["act"]
    listed = vinga(region, "attest", "act", "list")
    assert "vgr 2027: \u22120,31 %" in listed and f"2026: 31{NBSP}400{NBSP}000,50 kr" in listed and "årskostnad" in listed, listed
    assert f"{rate} " in complaint(region, "pris", 1, "act", "approve", rate)
    assert "a rejection must say why" in complaint(region, "attest", 2, "act", "reject", cost)
    vinga(region, "attest", "act", "approve", rate)
    vinga(region, "attest", "act", "reject", cost, "--reason", "Fel belopp")
    shown = vinga(region, "attest", "act", "show", rate)
    assert "godkänt" in shown and "attest" in shown and "RS 2026-1" in shown, shown
    assert "Inget väntar" in vinga(region, "attest", "act", "list")
    assert "avslaget" in vinga(region, "attest", "act", "list", "--all")


def cut_over(region):
    table = region.dir / "opening.csv"
    options = ("--municipality", "1489", "--month", MONTH, "--support", "250 kr", "--operation", "0 kr", "--reason", "Övertag")
    for text, said in (("source;ref;month;pris\n", ':1: column "pris" is not known'),
                       ("source;ref;month\n", ':1: column "price" is missing'),
                       ("source;ref;month;price\nitsm;A;2026-9;250\n", ":2: month"),
                       ("source;ref;month;price\nitsm;A;2026-09;-1\n", ":2: price"), ("", "the file is empty")):
        table.write_text(text)
        assert said in complaint(region, "pris", 4, "opening", "propose", table, *options), text
    table.write_text("\ufeffref;source;month;price\r\nGAMMAL;operator;2026-09;250,00\r\n", encoding="utf-8")
    told = vinga(region, "pris", "opening", "propose", table, *options)
    assert "Ärenden som redan är debiterade: 1, 250,00 kr" in told and "vinga act approve" in told, told
    act = json.loads(vinga(region, "attest", "act", "list", "--json"))["acts"][0]
    assert (act["kind"], act["municipality"], act["support_ore"]) == ("opening", "1489", 25000), act
    vinga(region, "attest", "act", "approve", act["id"])
    table.write_text("source;ref;month;price\n" + "".join(f"itsm;R{i};2026-09;250\n" for i in range(1001)))
    vinga(region, "pris", "opening", "propose", table, "--municipality", "1401", *options[2:])
    waiting = json.loads(vinga(region, "attest", "act", "list", "--json"))["acts"]
    assert [(a["municipality"], a["support_ore"]) for a in waiting] == [("1401", 0), ("1401", 25000)], waiting
    assert checked(region, "1401", 1)[0]["ingående balans"] == "missing"


def checked(region, code, status):
    told = json.loads(vinga(region, "sla", "municipality", "check", code, "--json", ok=(status,)))
    lines = told["checks"]
    assert told["municipality"] == code and told["ready"] == (status == 0), told
    return {line["check"]: line["state"] for line in lines}, lines


def ready(region):
    states, lines = checked(region, "1489", 1)
    assert states["kundnummer"] == "ok" and states["användare"] == "missing" and states["ingående balans"] == "ok", lines
    assert states["kontakter"] == states["IT-TIB"] == "missing" and states["karantän"] == "ok", lines
    assert all("remedy" in line for line in lines if line["state"] != "ok"), lines
    assert checked(region, "1401", 1)[0]["kundnummer"] == "missing"
    text = vinga(region, "sla", "municipality", "check", "1489", ok=(1,))
    assert "1489 Alingsås" in text and "vinga register users" in text and "inte redo" in text, text
    assert "no municipality of the agreement" in complaint(region, "sla", 1, "municipality", "check", "9999")
    users, contacts = region.dir / "users.csv", region.dir / "contacts.csv"
    users.write_text("municipality;day;users;private_users\n1489;2026-10-01;130;3\n1480;2026-10-01;1200;0\n")
    contacts.write_text("key;municipality;valid_from;role;phone\n1489-it-tib;1489;2026-01-01;IT-TIB;0322-00000\n")
    region.vinga("register", "users", users)
    region.vinga("register", "contacts", contacts)
    states, lines = checked(region, "1489", 1)
    assert states["användare"] == states["kontakter"] == states["IT-TIB"] == "ok", lines
    assert states["ärendekälla"] == "missing" and states["sonder"] == "missing", lines


def overridden(region, names):
    assert 'did you mean "not_counted"?' in complaint(region, "pris", 2, "override", "propose", names["A3"], "not_count", "--reason", "r")
    vinga(region, "pris", "override", "propose", names["A3"], "not_counted", "--reason", "Följdfel")
    act = json.loads(vinga(region, "attest", "act", "list", "--json"))["acts"][0]  # the newest
    assert f"{names['A3']}: räknas inte" in vinga(region, "attest", "act", "list")
    vinga(region, "attest", "act", "approve", act["id"], "--reason", "Stämmer")


def closed(region):
    layout = LAYOUTS / "semikolon.yaml"
    said = complaint(region, "pris", 1, "finance", "export", MONTH, "--layout", layout, "--municipality", "1489")
    assert "1489 lämnas: månaden är inte fastställd" in said and "nothing to export" in said, said
    act = post(region, "pris", "/closings", {"month": MONTH, "municipalities": ["1480", "1489"], "reason": "Femte arbetsdagen"})["act"]
    vinga(region, "attest", "act", "approve", act)
    body = {"model_sha256": HASH, "files": [{"name": "a.json", "sha256": HASH, "bytes": 7}]}
    for code in ("1480", "1489"):
        post(region, "pris", f"/statements/{MONTH}/{code}/published", body)
    return {s["municipality"]: s for s in region.get(f"/api/v1/statements?month={MONTH}")[1]["statements"]}


def kronor(ore):
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100},{abs(ore) % 100:02}"


def exported(region, month):
    out = region.dir / "ekonomi.csv"
    vinga(region, "pris", "finance", "export", MONTH, "--layout", LAYOUTS / "semikolon.yaml", "--out", out)
    text = out.read_bytes().decode("iso-8859-1")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert text.count("\r\n") == len(rows) and rows[0][-3:] == ["À-pris", "Belopp", "Valuta"], rows
    own = month["1489"]
    assert own["support_ore"] == 25000 and own["operation_ore"] > 0, own
    assert ["70089", "Best 17; IT", f"{MONTH}/1489/1", "STOD", f"Support {MONTH}, underlag {MONTH}/1489/1", "3510", "40110", "7310", "1", "st",
            "250,00", "250,00", "SEK"] in rows, rows
    amounts = {code: sum(int(row[11].replace(",", "")) for row in rows[1:] if row[0] == customer)
               for code, customer in (("1480", "70080"), ("1489", "70089"))}
    assert amounts == {code: month[code]["total_ore"] for code in amounts}, (amounts, month)
    assert "never written over" in complaint(region, "pris", 4, "finance", "export", MONTH, "--layout", LAYOUTS / "semikolon.yaml", "--out", out)

    plain = vinga(region, "pris", "finance", "export", MONTH, "--layout", LAYOUTS / "generic.yaml", "--municipality", "1489")
    assert plain.splitlines() == [
        "municipality,name,month,statement,article,text,quantity,price,amount,currency",
        f"1489,Alingsås,{MONTH},{MONTH}/1489/1,support,Support {MONTH},1,250.00,250.00,SEK",
        f"1489,Alingsås,{MONTH},{MONTH}/1489/1,operation,Operation and maintenance {MONTH},1,{kronor(own['operation_ore']).replace(',', '.')},"
        f"{kronor(own['operation_ore']).replace(',', '.')},SEK"], plain


def refused_layouts(region):
    layout = region.dir / "fel.yaml"
    rows = "rows: { support: { article: S }, operation: none, vat: none, rounding: none }\n"
    for text, said in ((rows + "columns: [{ name: a, value: custommer }]\n", 'did you mean "customer"?'),
                       (rows + "columns: [{ name: a }]\n", "expected either value or fixed"),
                       (rows + "columns: []\n", "expected a list of at least one column"),
                       ("rows: { suport: none }\ncolumns: [{ name: a, value: amount }]\n", 'did you mean "support"?')):
        layout.write_text("name: fel\n" + text)
        said_ = complaint(region, "pris", 4, "finance", "export", MONTH, "--layout", layout)
        assert said in said_ and str(layout) + ":" in said_, said_
    layout.write_text("name: fel\nencoding: iso-8859-1\n" + rows + "columns: [{ name: €, value: amount }]\n")
    assert "ISO 8859-1" in complaint(region, "pris", 4, "finance", "export", MONTH, "--layout", layout)
    layout.write_text("name: fel\nrows: { support: { article: S } }\ncolumns: [{ name: a, value: amount }]\n")
    assert "the layout has no row for operation" in complaint(region, "pris", 4, "finance", "export", MONTH, "--layout", layout)


def invoiced(region):
    table = region.dir / "fakturor.csv"
    table.write_text("municipality;invoice;day\n1489;F-118;2026-11-12\n")
    vinga(region, "pris", "invoice", "record", MONTH, "--file", table)
    vinga(region, "pris", "invoice", "record", MONTH, "1480", "F-119", "--day", "2026-11-12")
    assert "expected either CODE and NUMBER, or --file" in complaint(region, "pris", 2, "invoice", "record", MONTH)
    said = complaint(region, "pris", 1, "finance", "export", MONTH, "--layout", LAYOUTS / "generic.yaml", "--municipality", "1489")
    assert "är redan fakturerat" in said, said
    again = vinga(region, "pris", "finance", "export", MONTH, "--layout", LAYOUTS / "generic.yaml", "--again")
    assert again.count(f"{MONTH}/1489/1") == 2, again


def objections(region, names):
    assert "what is wrong with it" in complaint(region, "alingsas", 2, "objection", "raise", MONTH, names["A1"])
    told = vinga(region, "alingsas", "objection", "raise", MONTH, names["A1"], "--reason", "Orsaken låg hos VGR")
    name = told.split(":")[0]
    assert name.startswith("D-"), told
    assert "Orsaken låg hos VGR" in vinga(region, "pris", "objection", "list", "--municipality", "1489")
    assert "antalet användare" in (vinga(region, "alingsas", "objection", "raise", MONTH, "--reason", "Fel antal")
                                   and vinga(region, "pris", "objection", "list"))
    users = json.loads(vinga(region, "pris", "objection", "list", "--json"))["objections"][0]["id"]
    vinga(region, "pris", "objection", "accept", name, "--reason", "Stämmer")
    vinga(region, "pris", "objection", "reject", users, "--reason", "Räknat rätt")
    assert "Ingen invändning väntar" in vinga(region, "pris", "objection", "list")
    whole = vinga(region, "pris", "objection", "list", "--all")
    assert "godtagen" in whole and "avslagen" in whole and "Räknat rätt" in whole, whole


def comments(region):
    words = ("--kpi", "availability", "--service", "journal_kommun", "--cause", "Byte av nät", "--action", "Ny rutin", "--owner", "Drift nät")
    assert "--owner: the function" in complaint(region, "sla", 2, "comment", "make", MONTH, *words[:-2])
    told = vinga(region, "sla", "comment", "make", MONTH, "--municipality", "1489", *words, "--due", "2026-12-15")
    assert told.startswith("C-"), told
    listed = vinga(region, "alingsas", "comment", "list", MONTH)
    assert "Byte av nät" in listed and "2026-12-15" in listed and "klart till" in listed, listed
    assert "Inga kommentarer" in vinga(region, "sla", "comment", "list", "2026-09")


def main():
    with Region(start=False) as region:
        (region.dir / "principals.yaml").write_text(principals())
        region.extra = f"principals: {region.dir}/principals.yaml\n"
        region.write_config()
        region.start()
        apply_agreement(region)
        proposals(region)
        cut_over(region)
        ready(region)
        names = {ref: ticket(region, ref, day, **fields) for ref, day, fields in (
            ("A1", 5, {"cause_party": "municipality"}), ("A2", 6, {"cause_party": "vgr"}), ("A3", 7, {}), ("G1", 8, {"municipality": "1480"}))}
        overridden(region, names)
        month = closed(region)
        exported(region, month)
        refused_layouts(region)
        invoiced(region)
        objections(region, names)
        comments(region)
        region.settled()
    print("the fee from the command line: two persons, an opening, a check, finance files, invoices, objections, comments")


if __name__ == "__main__":
    sys.exit(main())
