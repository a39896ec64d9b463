#!/usr/bin/python3
"""The files of report and statement: totals are equal in the model, HTML, CSV and XLSX (as stored and as LibreOffice computes them),
text is never a formula, the PDF is tagged and whole, and the same model gives the same bytes."""

import csv
import hashlib
import io
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile

import report_scene as scene

try:
    import openpyxl
except ImportError:
    openpyxl = None

FROZEN = "2016-03-07T08:00:00Z"
PDF = scene.SOURCE / "scripts" / "report-pdf"
# LibreOffice shows stored values of files that others wrote, unless it is told to compute them anew.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
AMOUNTS = {"Månadens räknade ärenden": "gross_ore", "Rättelser av tidigare månader": "adjusted_ore", "Över taket hittills i år": "capped_ore",
           "Support": "support_ore", "Drift och förvaltning": "operation_ore", "Moms": "vat_ore", "Öresavrundning": "rounding_ore",
           "Att debitera": "total_ore"}
FEE = {"Räknas": "counted", "Räknas inte": "not_counted", "Månadens ärenden öre": "gross_ore", "Rättelser öre": "adjusted_ore",
       "Över taket i år öre": "capped_ore", "Support öre": "support_ore", "Drift och förvaltning öre": "operation_ore",
       "Att debitera öre": "total_ore"}
YEAR = {"Debiterad support": "support_ore", "Debiterad drift och förvaltning": "operation_ore", "Planerad kostnad för ett år": "reference_ore"}
passed = 0


def same(got, want, what):
    global passed
    assert got == want, f"{what}: got {got!r}, expected {want!r}"
    passed += 1


def kronor(ore):
    """As a page prints it."""
    digits = f"{abs(ore) // 100:,}".replace(",", "\u00a0")
    return ("\u2212" if ore < 0 else "") + f"{digits},{abs(ore) % 100:02d}"


def book(data):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True), openpyxl.load_workbook(io.BytesIO(data))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def table(rows):
    """Rows of a sheet whose first row has the headers."""
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def check_statement(place, code):
    path = place / f"statement-{code}.json"
    model = json.loads(path.read_text())
    fee = model["fee"]
    data = scene.printed("xlsx", path)
    same(hashlib.sha256(scene.printed("xlsx", path)).hexdigest(), hashlib.sha256(data).hexdigest(), "workbook printed twice")
    stored, formulas = book(data)
    amounts = {row[0]: row for row in rows_of(stored["Sammanfattning"])}
    for name, member in AMOUNTS.items():
        same(amounts[name][2], fee["sums"][member], f"{code} {name}, öre")
        same(round(amounts[name][1] * 100), fee["sums"][member], f"{code} {name}, kronor")
    for name, sheet, kinds in (("counted", "Rader", ("counted",)), ("not_counted", "Ej räknade", ("not_counted",)),
                               ("corrected", "Rättelser", ("credit", "debit", "late"))):
        lines = [line for line in fee["lines"] if line["kind"] in kinds]
        shown = [row for row in table(rows_of(stored[sheet])) if isinstance(row["Rad"], int)]
        same([row["Rad"] for row in shown], [line["no"] for line in lines], f"{code} rows of {sheet}")
        same(len(lines), fee["sums"][name], f"{code} count of {sheet}")
        same(formulas[sheet].freeze_panes, "A2", f"frozen pane of {sheet}")
        same(len(formulas[sheet].tables), 1, f"table of {sheet}")
    same(rows_of(formulas["Sammanfattning"])[[row[0] for row in rows_of(stored["Sammanfattning"])].index("Att debitera")][2][0], "=",
         "the total is a formula")
    check_texts(data, formulas)
    check_statement_csv(path, model)
    page = scene.printed("html", path).decode()
    for member in ("gross_ore", "support_ore", "operation_ore", "total_ore"):
        assert kronor(fee["sums"][member]) in page, f"{code}: {member} is not on the page"
    return data, fee["sums"]


def check_texts(data, formulas):
    """What the data say is text, dates are dates, the chart is described."""
    odd = [cell for sheet in formulas for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    same([cell.data_type for cell in odd if cell.data_type != "s"], [], "cells where text became a formula")
    opened = [cell for cell in formulas["Rader"][2] if cell.is_date]
    same(len(opened) >= 3, True, "dates of a line")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
        core = parts.read("docProps/core.xml").decode()
    same(bool(re.search(r'descr="Stapeldiagram[^"]+"', drawing)), True, "the chart's description")
    same("2016-02-29T23:00:00Z" in core, True, "the workbook's date is the model's")


def check_statement_csv(path, model):
    sums = model["fee"]["sums"]
    machine = list(csv.DictReader(io.StringIO(scene.printed("machine", path).decode())))
    excel = list(csv.DictReader(io.StringIO(scene.printed("csv", path).decode("utf-8-sig")), delimiter=";"))
    for kind, swedish, member in (("counted", "räknas", "gross_ore"), ("operation", "drift och förvaltning", "operation_ore")):
        want = sums[member]
        same(sum(int(row["amount_ore"]) for row in machine if row["kind"] == kind), want, f"machine CSV, {kind}")
        same(sum(int(row["belopp_öre"]) for row in excel if row["slag"] == swedish), want, f"Excel CSV, {kind}")
        same(sum(int(row["belopp_kr"].replace(",", "")) for row in excel if row["slag"] == swedish), want, f"Excel CSV in kronor, {kind}")
    same(sum(int(row["amount_ore"]) for row in machine if row["kind"] in ("credit", "debit")), sums["adjusted_ore"], "CSV, adjusted")


def check_report(place):
    path = place / "report.json"
    model = json.loads(path.read_text())
    data = scene.printed("xlsx", path)
    same(hashlib.sha256(scene.printed("xlsx", path)).hexdigest(), hashlib.sha256(data).hexdigest(), "report's workbook printed twice")
    stored, _ = book(data)
    fee = table(rows_of(stored["Avgiftsunderlag"]))
    same([row["Kommunkod"] for row in fee[:-1]], scene.municipalities(), "municipalities of the fee")
    for head, member in FEE.items():
        same(fee[-1][head], model["fee"]["total"][member], f"sum of {head}")
        same(sum(row[head] for row in fee[:-1]), model["fee"]["total"][member], f"rows of {head}")
    year = {row[0]: row[1] for row in rows_of(stored["Intäkt mot kostnad"])}
    same([round(year[label] * 100) for label in YEAR], [model["fee"]["year"][member] for member in YEAR.values()], "the year's income and cost")
    statements = [json.loads((place / f"statement-{code}.json").read_text())["fee"]["sums"] for code in scene.municipalities()]
    for member, total in model["fee"]["total"].items():
        same(sum(sums[member] for sums in statements), total, f"statements' {member}")
    cells = table(rows_of(stored["Nyckeltal"]))
    same([(row["Täljare"], row["Nämnare"]) for row in cells], [(cell["num"], cell["den"]) for cell in model["cells"]], "cells")
    lines = list(csv.DictReader(io.StringIO(scene.printed("csv", path).decode("utf-8-sig")), delimiter=";"))
    same(len(lines), len(cells), "cells in CSV")
    for line, row in zip(lines, cells):
        if line["enhet"] == "%" and line["värde"]:
            same(f"{row['Värde'] * 100:.3f}".replace(".", ","), line["värde"], f"{line['nyckeltal']} {line['kommun']}")
    tickets = table(rows_of(stored["Ärenden"]))
    same([row["Ärende"] for row in tickets], [ticket["id"] for ticket in model["tickets"]], "tickets")
    page = scene.printed("html", path).decode()
    for member in ("support_ore", "operation_ore"):
        assert kronor(model["fee"]["total"][member]) in page, f"{member} is not on the page"
    return data, model["fee"]["total"]


def recalculated(place, name, data):
    """Sheets as LibreOffice computes and prints them: {name: rows}."""
    profile, path = place / "profile", place / f"{name}.xlsx"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE)
    path.write_bytes(data)
    form = 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1'
    subprocess.run(["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", form, "--outdir", place, path],
                   check=True, capture_output=True, timeout=300)
    return {file.stem.removeprefix(f"{name}-"): list(csv.reader(file.open(encoding="utf-8"), delimiter=";"))
            for file in place.glob(f"{name}-*.csv")}


def check_recalculated(place, statement, sums, report, total):
    sheets = recalculated(place, "underlag", statement)
    amounts = {row[0]: row for row in sheets["Sammanfattning"]}
    for name, member in AMOUNTS.items():
        same(int(amounts[name][2]), sums[member], f"LibreOffice: {name}")
    same(int(sheets["Rader"][-1][sheets["Rader"][0].index("Öre")]), sums["gross_ore"], "LibreOffice: sum of Rader")
    fee = recalculated(place, "rapport", report)["Avgiftsunderlag"]
    for head, member in FEE.items():
        same(int(fee[-1][fee[0].index(head)]), total[member], f"LibreOffice: sum of {head}")


def make_pdf(page, frozen=FROZEN, **environment):
    return subprocess.run([PDF, frozen], input=page, capture_output=True, env={"PATH": "/usr/bin:/bin", **environment})


def check_pdf(place, name, words):
    page = scene.printed("html", place / f"{name}.json")
    text = re.sub("<div class=screen>.*(?=</main>)", "", page.decode(), flags=re.S)  # what paper leaves out
    done = make_pdf(page)
    assert done.returncode == 0, done.stderr.decode()
    same(hashlib.sha256(make_pdf(page).stdout).hexdigest(), hashlib.sha256(done.stdout).hexdigest(), f"{name}: PDF made twice")
    path = place / f"{name}.pdf"
    path.write_bytes(done.stdout)

    def ask(*command):
        return subprocess.run(command, check=True, capture_output=True).stdout

    info = ask("pdfinfo", "-isodates", path).decode()
    same(re.search(r"Tagged:\s+(\w+)", info)[1], "yes", f"{name}: tagged")
    same(re.search(r"Title:\s+(.+)", info)[1], re.search("<title>(.+?)</title>", text)[1], f"{name}: title")
    same(re.findall(r"(?:Creation|Mod)Date:\s+(\S+)", info), ["2016-03-07T08:00:00Z"] * 2, f"{name}: dates")
    same(re.search(r"Page size:.*\((\w+)\)", info)[1], "A4", f"{name}: paper")
    ask("qpdf", "--check", path)
    objects = ask("qpdf", "--qdf", "--object-streams=disable", path, "-")
    same(b"/Lang (sv)" in objects, True, f"{name}: language")
    same(b"/DisplayDocTitle true" in objects, True, f"{name}: shows its title")
    same(len(re.findall(rb"/Alt\b", objects)), len(re.findall("<svg[^>]*role=img", text)), f"{name}: charts with a description")
    same(len(re.findall(rb"/Scope\b", objects)), len(re.findall(r"<th[ >]", text)), f"{name}: headers with a scope")
    shown = re.sub(r"\s+", " ", ask("pdftotext", path, "-").decode())
    same([word for word in words if word not in shown], [], f"{name}: words missing")


def check_socket(place):
    """Through a socket as vinga-pdf.socket gives it: the other end is the same script, its input and output the connection."""
    path, page = place / "s", b"<!DOCTYPE html><html lang=sv><title>x</title><p>x"

    def through_socket(**environment):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            asking = subprocess.Popen([PDF, FROZEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      env={"PATH": "/usr/bin:/bin", "VINGA_PDF_SOCKET": str(path)})
            asking.stdin.write(page)
            asking.stdin.close()
            connection, _ = listener.accept()
            with connection:
                answering = subprocess.Popen([PDF], stdin=connection, stdout=connection, stderr=subprocess.DEVNULL,
                                             env={"PATH": "/usr/bin:/bin", **environment})
            out, err = asking.stdout.read(), asking.stderr.read().decode()
            answering.wait()
            path.unlink()
            return asking.wait(), out, err

    code, out, _ = through_socket()
    same((code, out), (0, make_pdf(page).stdout), "a PDF through the socket")
    code, out, err = through_socket(VINGA_CHROMIUM="/nonexistent")
    same((code, out, "PDF saknas" in err), (3, b"", True), "no Chromium behind the socket")


def check_pdf_refusals():
    same(make_pdf(b"<title>x</title>", "i dag").returncode, 2, "a freeze time that is none")
    same(make_pdf(b"").returncode, 1, "an empty page")
    done = make_pdf(b"<title>x</title>", VINGA_CHROMIUM="/nonexistent")
    same((done.returncode, done.stdout, "PDF saknas" in done.stderr.decode()), (3, b"", True), "no Chromium")


def missing_tools():
    names = [name for name in ("chromium", "soffice", "pdfinfo", "pdftotext", "qpdf") if shutil.which(name) is None]
    return names + ([] if openpyxl else ["python3-openpyxl"])


def main():
    if missing := missing_tools():
        print("skipped: expected " + ", ".join(missing))
        return 77
    with tempfile.TemporaryDirectory(prefix="vinga-files.") as name:
        place = pathlib.Path(name)
        scene.make_models(place)
        statement, sums = check_statement(place, scene.SHOWN)
        check_statement(place, scene.CAPPED)
        report, total = check_report(place)
        check_recalculated(place, statement, sums, report, total)
        check_pdf(place, f"statement-{scene.SHOWN}", ["Härryda", "Preliminärt"])
        few = place / "few"
        few.mkdir()
        scene.make_models(few, [scene.SHOWN, scene.CAPPED])  # Chromium takes long for a page with every ticket
        check_pdf(few, "report", scene.names())
        check_pdf_refusals()
        check_socket(place)
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
