#!/usr/bin/python3
"""A recorded walk behind snmpd's pass_persist: `walk_agent.py FILE...` answers on standard input and output.

Files are lines "OID|tag|value" (snmprec) or ".OID = TYPE: value" (snmpwalk -On)."""

import bisect
import re
import sys

TAGS = {"2": "integer", "4": "string", "4x": "octet", "6": "objectid", "64": "ipaddress", "65": "counter", "66": "gauge",
        "67": "timeticks", "70": "counter64"}
WORDS = {"INTEGER": "integer", "STRING": "string", "OID": "objectid", "IpAddress": "ipaddress", "Counter32": "counter",
         "Gauge32": "gauge", "Timeticks": "timeticks", "Counter64": "counter64"}


def arcs(text):
    return tuple(int(arc) for arc in text.strip(".").split("."))


def read_line(line):
    """(OID, type, value), or None."""
    if match := re.match(r"\.([\d.]+) = (\w+): (.*)", line):
        oid, word, value = match.groups()
        kind = WORDS.get(word)
        if kind == "timeticks":
            value = re.search(r"\((\d+)\)", value)[1]
        elif kind == "integer":
            value = re.search(r"-?\d+", value)[0]
    else:
        oid, tag, value = line.split("|", 2)
        kind = TAGS.get(tag)
        if kind == "octet":
            value = " ".join(value[i:i + 2] for i in range(0, len(value), 2))
    return (arcs(oid), kind, value.strip('"')) if kind else None


def main():
    values = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as walk:
            for line in walk:
                if line[0] in ".0123456789" and (entry := read_line(line.rstrip("\n"))):
                    values[entry[0]] = entry[1:]
    order = sorted(values)
    for request in sys.stdin:
        request = request.strip()
        if request == "PING":
            answer = "PONG"
        else:
            oid = arcs(sys.stdin.readline())
            if request == "getnext":
                at = bisect.bisect_right(order, oid)
                oid = order[at] if at < len(order) else None
            answer = "NONE" if oid not in values else "\n".join((".".join(["", *map(str, oid)]), *values[oid]))
        print(answer, flush=True)


main()
