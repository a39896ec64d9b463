"""The month's papers and their proof, over the UCI log and 49 municipalities.

verify --closed is held against what it cannot do without: reading the rows and hashing their bytes. The report, and the files of
all statements with their publication, are made after PostgreSQL was restarted, in every form but PDF, and held against the plan of
a closed month: the replay alone."""

import hashlib
import subprocess
import time

from harness import SOURCE, Region
from test_fee_uci import PEOPLE, Billed

MONTHS = ("2016-01", "2016-02", "2016-03")


def seconds(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def copy_out(region, path):
    """The ledger's bytes by one bare COPY, in the order of the chain."""
    with open(path, "wb") as out:
        subprocess.run(["psql", "-Xq", "-h", region.pghost, "-U", "postgres", "-d", "vinga", "-c",
                        "copy (select bytes from ledger.row order by month, seq) to stdout"], stdout=out, check=True)


def close_months(region):
    """The last is closed, and not published yet."""
    billed = Billed(region, MONTHS[0], "2017-02")
    billed.agree()
    region.vinga("import", SOURCE / "tests/data/uci-incident/incident_event_log.shared.csv.gz",
                 "--mapping", SOURCE / "plugins/mappings/uci-incident.yaml")
    for month in MONTHS:
        billed.read_users(month, billed.codes)
        if month != MONTHS[-1]:
            billed.close_by_command(month)
    billed.two("/closings", {"month": MONTHS[-1]})
    return billed


def verify(region):
    rows = int(region.sql("select count(*) from ledger.row"))
    path = region.dir / "bytes"
    copied = seconds(lambda: copy_out(region, path))
    data = path.read_bytes()
    hashed = seconds(lambda: hashlib.sha256(data).digest())
    took = seconds(lambda: region.vinga("verify", "--closed"))
    million = 1e6 / rows
    print(f"verify --closed, {len(MONTHS)} months: {took * million:.0f} s per million events; COPY out {copied * million:.1f} s and "
          f"SHA-256 {hashed * million:.1f} s of the same bytes; ratio {(copied + hashed) / took:.2f}; aim none", flush=True)


def cold(region, vinga, *arguments):
    """A command after PostgreSQL and the daemon were restarted; their files are in the system's cache."""
    region.settled()
    region.stop()
    region.sql("checkpoint")
    region.pg_crash()
    region.pg_restart()
    region.start()
    region.settled()
    return seconds(lambda: vinga(*arguments))


def papers(region, billed):
    month, files = MONTHS[-1], ("--no-pdf", "--out", region.dir / "papers")
    replay = cold(region, region.vinga, "close", month, "--plan")
    for what, took in (("report", cold(region, region.vinga, "report", month, *files)),
                       ("all statements published", cold(region, billed.vinga, "publish", month, *files))):
        print(f"{what} for 49 municipalities from cold: {took:.1f} s; the replay alone {replay:.1f} s; ratio {replay / took:.2f}; "
              "aim seconds", flush=True)


def main():
    with Region(start=False) as region:
        principals = region.dir / "principals.yaml"
        principals.write_text("principals:\n" + "".join(
            f"  - {{name: {who}, token_sha256: {hashlib.sha256(who.encode()).hexdigest()}, roles: [{role}]}}\n"
            for who, role in PEOPLE.items()))
        region.extra = f"principals: {principals}\n"
        region.write_config()
        region.start()
        papers(region, close_months(region))
        region.settled()
        verify(region)


if __name__ == "__main__":
    main()
