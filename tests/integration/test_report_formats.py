#!/usr/bin/python3
"""vinga verify of a month whose report an earlier version made: that report had less in it, and is made again in its own format. One
that no format gives does not hold."""

import hashlib
import json
import sys

from harness import Region
from test_verify_raw import AGREEMENT, MONTH, feed

ADDED = {3: ("administrations", "alarm_effect", "comments", "corrections", "fee", "scope"),
         2: ("availability", "outages", "outage_records", "windows", "services", "channels")}


def earlier(model, version):
    """The SHA-256 of what a version of the format had."""
    later = [name for number, names in ADDED.items() if number > version for name in names]
    kept = {name: value for name, value in model.items() if name not in later}
    kept["format"] = f"vinga.report/{version}"
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def made(region, model, sha):
    status, _ = region.post("/api/v1/reports", {"month": MONTH, "as_of_seq": model["as_of_seq"], "head": model["head"],
                                                "model_sha256": sha})
    assert status == 201, status
    region.settled()


def main():
    with Region() as region:
        (region.dir / "agreement.yaml").write_text(AGREEMENT)
        region.vinga("agreement", "apply", region.dir, "--reason", "test")
        feed(region)
        region.settled()
        region.vinga("report", MONTH, "--out", region.dir, "--no-pdf")
        model = json.loads((region.dir / f"vinga-{MONTH}.json").read_text())
        region.settled()
        out = region.vinga("verify", MONTH)
        assert "the same bytes again" in out and "earlier version" not in out, out

        for version in (1, 2):
            made(region, model, earlier(model, version))
            out = region.vinga("verify", MONTH)
            assert f"in format vinga.report/{version} of an earlier version; this one prints {model['format']}" in out, out
        assert out.rstrip().endswith(f"{MONTH}: holds"), out

        model["cells"][0]["num"] += 1
        made(region, model, earlier(model, 1))
        out = region.vinga("verify", MONTH, ok=(1,))
        assert "made by a later version, or its figures are others" in out, out
    print("3 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
