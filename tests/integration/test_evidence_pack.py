#!/usr/bin/python3
"""Closed statements are made again from PostgreSQL's ledger, and a municipality's evidence pack is checked without it. The ledger is the
golden one of tests/data/golden; there is no daemon. Whoever has every right on the server can change a row and make the whole chain fit
again, but neither what was published nor what was printed."""

import hashlib
import json
import re
import struct
import subprocess
import sys

from harness import BUILD, SOURCE, Region
from test_verify_raw import as_superuser

GOLDEN = SOURCE / "tests/data/golden"
CHECK = BUILD / "check" / "vinga-check"
COLUMNS = "seq, lane, kind, source, event_id, municipality, occurred_ms, received_ms, bytes, d, h"


def canonical(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def copy_text(value):
    return r"\N" if value is None else str(value).replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n")


def load(region, change=lambda event: None):
    """The golden ledger, each event after `change`; the chain fits whatever was changed."""
    head, lines, seq = bytes(32), [], 0
    for text in (GOLDEN / "ledger.ndjson").read_text(encoding="utf-8").splitlines()[1:-1]:
        row = json.loads(text)
        event, seq = json.loads(row["b"]), row["s"]
        change(event)
        body = canonical(event)
        digest = hashlib.sha256(struct.pack(">qq", seq, row["r"]) + body.encode()).digest()
        head = hashlib.sha256(head + digest).digest()
        lines.append("\t".join(map(copy_text, (
            seq, "main", event["kind"], event["source"], event["event_id"], event.get("municipality") or None,
            event["occurred_ms"], row["r"], body, f"\\x{digest.hex()}", f"\\x{head.hex()}"))))
    dropped = seq - len(lines)  # rows of samples, which the seals stand for
    path = region.dir / "ledger.copy"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o644)
    region.sql("select ledger.make_partitions('2025-12-01', 8); insert into ledger.raw_dropped (month, rows, first_seq, last_seq, lanes) "
               f"values ('2026-01-01', {dropped}, 1, {seq}, '{{}}') on conflict do nothing")
    as_superuser(region, "row", f"create temp table given ({COLUMNS.replace(',', ' text,')} text); "
                 f"copy given from '{path}'; delete from ledger.row; "
                 f"insert into ledger.row (month, {COLUMNS}) select date_trunc('month', to_timestamp(received_ms::bigint / 1000) "
                 "at time zone 'UTC')::date, seq::bigint, lane, kind, source, event_id, municipality, occurred_ms::bigint, "
                 "received_ms::bigint, bytes, d::bytea, h::bytea from given; "
                 f"update ledger.position set seq = {seq}, hash = '\\x{head.hex()}'")


def check(*arguments, code=0):
    done = subprocess.run([CHECK, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done)
    return done.stdout + done.stderr


def printed_heads():
    """What stands on the statements that 1489 was given."""
    models = [json.loads(line) for line in (GOLDEN / "statements.ndjson").read_text(encoding="utf-8").splitlines()]
    return {model["month"]: model["head"] for model in models if model["municipality"]["code"] == "1489"}


def statements(region):
    out = region.vinga("verify", "--closed")
    assert "closed statements: 11 the same bytes again, 0 not published yet" in out and "closed months: holds" in out, out


def pack(region):
    path = region.dir / "1489.ndjson"
    out = region.vinga("verify", "--municipality", "1489", "--export", path)
    assert "663 rows, 289 of them with their bytes" in out and "does not" not in out, out
    assert path.read_bytes() == (GOLDEN / "pack-1489.ndjson").read_bytes()
    return path


def checker(region, path):
    heads = printed_heads()
    given = [word for month, head in heads.items() for word in ("--head", f"{month}={head}")]
    out = check(path, *given, "--out", region.dir / "again")
    assert out.count("omräknat ur raderna ger det samma innehåll") == 4 and "Paketet håller." in out, out
    pages = sorted(page.name for page in (region.dir / "again").iterdir())
    assert pages == [f"{month}-1489.html" for month in sorted(heads)], pages
    assert "4711" in (region.dir / "again" / pages[-1]).read_text(encoding="utf-8")

    answer = json.loads(check(path, *given[:2], "--json"))
    assert answer["holds"] and answer["fault"] is None and answer["heads"] == [
        {"month": "2026-01", "head": heads["2026-01"], "holds": True}], answer
    assert [row["state"] for row in answer["statements"]] == ["same"] * 4

    assert "STÄMMER INTE med underlaget" in check(path, "--head", f"2026-03={heads['2026-04']}", code=1)
    assert "inget fastställt underlag" in check(path, "--head", f"2025-03={heads['2026-04']}", code=1)
    for words in ((), (path, path), (path, "--head", "2026-13=" + heads["2026-04"]), (path, "--head", "2026-03=12"), (path, "--nej"),
                  (path, "--head")):
        check(*words, code=2)
    assert "finns inte" in check(region.dir / "finns inte", code=3)

    lines = path.read_bytes().splitlines(keepends=True)
    broken = region.dir / "broken.ndjson"
    for n, line, code in ((40, lines[40].replace(b'"h":"', b'"h":"0', 1), 3), (100, lines[101], 1)):
        broken.write_bytes(b"".join(lines[:n] + [line] + lines[n + 1:]))
        assert f"Fel på rad {n + 1} i filen" in check(broken, code=code)
    broken.write_bytes(b"".join(lines[:-1]))
    assert "utan slutrad" in check(broken, code=3)
    broken.write_bytes(lines[0].replace(b"1489", rb"14\u001B[2J"))
    out = check(broken, code=3)
    assert "kommun 14?[2J: 0 rader" in out and "\x1b" not in out, out


def refusals(region):
    for words, code, said in ((("verify",), 2, "expected one of MONTH"), (("verify", "2026-03", "--closed"), 2, "expected one of MONTH"),
                              (("verify", "--municipality", "1489"), 2, "go together"),
                              (("verify", "--municipality", "9999", "--export", region.dir / "x"), 4, "no agreement has this"),
                              (("verify", "--municipality", "1489", "--export", region.dir / "no/x"), 4, "No such file")):
        done = region.vinga_status(*words)
        assert done.returncode == code and said in done.stderr, done
    assert not (region.dir / "x").exists() and not (region.dir / "x.new").exists()


def changed_users(event):
    if event["kind"] == "users.read" and event["body"]["users"] == 132:
        event["body"]["users"] = 142


def forgery(region):
    """A reading of February is another, and every row after it fits."""
    load(region, changed_users)
    out = region.vinga("verify", "--closed", ok=(1,))
    assert "statement 2026-02/1489, closed by ledger row" in out and "other bytes than were published" in out, out
    path = region.dir / "forged.ndjson"
    out = region.vinga("verify", "--municipality", "1489", "--export", path, ok=(1,))
    assert "statement 2026-02: differs" in out, out
    out = check(path, "--head", f"2026-02={printed_heads()['2026-02']}", code=1)
    assert "annat innehåll än det som lämnades ut" in out and "STÄMMER INTE med underlaget" in out, out


def linked_away(event):
    """A ticket of 1489 is due to a problem whose ticket is 1480's."""
    body = event["body"]
    if event["kind"] == "ticket.reported" and body["ref"] == "1489-03-05" and body.get("status") == "resolved":
        body["problem"] = "1480-03-09"


def what_its_figures_rest_on(region):
    """The other's ticket is in the pack, so that whoever checks it computes what the server does."""
    load(region, linked_away)
    path = region.dir / "linked.ndjson"
    out = region.vinga("verify", "--municipality", "1489", "--export", path, ok=(1,))
    assert "does not follow from the pack" not in out and b"1480-03-09" in path.read_bytes(), out
    made = re.search("statement 2026-03: differs; published [0-9a-f]{64}, from the pack ([0-9a-f]{64})", out)
    assert made and f"omräknat    {made[1]}" in check(path, code=1), out


def main():
    with Region(start=False) as region:
        load(region)
        statements(region)
        checker(region, pack(region))
        refusals(region)
        forgery(region)
        what_its_figures_rest_on(region)
        as_superuser(region, "row", "update ledger.row set bytes = replace(bytes, '\"users\":2030', '\"users\":2031')")
        out = region.vinga("verify", "--closed", ok=(1,))
        assert "d is not the digest" in out, out
        assert "no evidence is made" in region.vinga_status("verify", "--municipality", "1489", "--export", region.dir / "y").stderr
    print("1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
