#!/usr/bin/python3
"""Two walks with real sessions, from the sign-in page to what then stands in the ledger (walks.mjs): finance proposes that a month be closed and
a second person approves it; a municipality's first line enters a ticket and escalates it, signed in by a link that works once."""

import json
import subprocess
import sys

from rig import BUILD, installed, tools
from settled import Settled

PASSWORD, CODE = "ett långt ord", "en kod som gäller en gång"
FINANCE, SECOND, LINE = "avgift-a", "avgift-b", "linje-1489"
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december")


def account(name, role, password, *more):
    """The line that `vinga account` prints for the people file."""
    return subprocess.run([BUILD / "cli/vinga", "account", name, "--role", role, *more], input=password + "\n", capture_output=True, text=True,
                          check=True).stdout


class Signed(Settled):
    def write_config(self):
        lines = account(FINANCE, "vgr_finance", PASSWORD) + account(SECOND, "vgr_finance", PASSWORD)
        lines += account(LINE, "kommun_first_line", CODE, "--municipality", "1489", "--one-time")
        (self.dir / "people.yaml").write_text("accounts:\n" + lines)
        self.extra += f"people: {self.dir}/people.yaml\n"
        super().write_config()


def closed(region, act):
    """Every statement says who proposed it and who agreed."""
    decided = region.as_("revisor", "GET", f"/acts/{act}")
    assert (decided["author"], decided["decided_by"], decided["state"]) == (FINANCE, SECOND, "approved"), decided
    statements = region.as_("revisor", "GET", f"/statements?month={region.month}")["statements"]
    assert len(statements) > 40 and all((s["state"], s["author"], s["approved_by"]) == ("closed", FINANCE, SECOND) for s in statements), statements


def escalated(region, name):
    ticket = region.as_("drift", "GET", f"/tickets/{name}")
    assert (ticket["municipality"], ticket["service"], ticket["line"], ticket["open"]) == ("1489", "remiss", 2, True), ticket
    assert {fact["actor"] for fact in ticket["facts"]} == {LINE}, ticket["facts"]


def main():
    found = tools()
    if found is None:
        return 77
    with Signed(web=BUILD / "web") as region:
        region.stand()
        place = installed()
        year, month = map(int, region.month.split("-"))
        (place / "people.json").write_text(json.dumps({"month": region.month, "monthName": f"{MONTHS[month - 1]} {year}", "password": PASSWORD,
                                                       "finance": FINANCE, "second": SECOND, "line": {"name": LINE, "code": CODE}}))
        done = subprocess.run([found["node"], place / "walks.mjs", found["chromium"], f"http://127.0.0.1:{region.port}", place / "people.json"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        results = json.loads(done.stdout)
        closed(region, results["act"])
        escalated(region, results["ticket"])
        print(f"{results['act']} closed {region.month}; {results['ticket']} escalated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
