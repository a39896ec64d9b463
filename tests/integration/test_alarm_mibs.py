#!/usr/bin/python3
"""`vinga alarm mibs`: MIB texts to a file of names that a daemon starts with; what is wrong is told."""

import json
import pathlib
import subprocess
import sys
import tempfile

from harness import SOURCE, VINGA

MIBS = SOURCE / "tests/data/mibs"


def mibs(*arguments):
    done = subprocess.run([VINGA, "alarm", "mibs", *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def oid(line):
    return [int(arc) for arc in line.split("\t")[0].split(".")]


def main():
    with tempfile.TemporaryDirectory(prefix="vinga-t.") as directory:
        here = pathlib.Path(directory)
        names = here / "names.tsv"
        code, out, err = mibs(MIBS, "--output", names)
        assert (code, out) == (0, "") and err.startswith("7 moduler, ") and " 0 anmärkningar" in err, (code, out, err)
        lines = names.read_text().splitlines()
        assert lines == sorted(lines, key=oid) and len({line.split("\t")[0] for line in lines}) == len(lines) > 300
        assert "1.3.6.1.2.1.2.2.1.7\tIF-MIB::ifAdminStatus\tup=1,down=2,testing=3" in lines
        assert "1.3.6.1.2.1.33.2.1\tUPS-MIB::upsTrapOnBattery\t" in lines
        code, out, err = mibs(MIBS, "--output", names, "--json")
        assert code == 0 and json.loads(out) == {"modules": 7, "names": len(lines), "enumerated": 18, "complaints": 0}, (out, err)
        assert mibs(MIBS)[1].splitlines() == lines

        (here / "made").mkdir()
        (here / "made/BAD-TEST-MIB").write_text("BAD-TEST-MIB DEFINITIONS ::= BEGIN\nbad OBJECT-TYPE SYNTAX ::= ::=\nEND\n")
        code, out, err = mibs(MIBS, here / "made", "--output", names)
        assert code == 0 and "/made/BAD-TEST-MIB:2: " in err and names.read_text().splitlines() == lines, err
        for arguments, code, words in (((here / "none",), 1, "expected a directory"), ((here / "made", "--output", here / "none/names"), 4, "cannot write"),
                                       ((here / "made", "--output", names), 4, "no MIB text in it parses"), ((), 2, "alarm mibs")):
            done = mibs(*arguments)
            assert done[0] == code and words in done[2], done
        assert names.read_text().splitlines() == lines and not (here / "names.tsv.new").exists()
    return 0


sys.exit(main())
