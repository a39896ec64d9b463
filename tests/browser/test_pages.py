#!/usr/bin/python3
"""The report's and the statement's pages in Chromium: axe finds nothing in light, dark and forced colours, nothing scrolls sideways at
320 px, nothing is asked of any server, no message on the console (check.mjs)."""

import pathlib
import subprocess
import sys
import tempfile

from rig import installed, tools

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
import report_scene  # noqa: E402

ACTIVE = [report_scene.SHOWN, report_scene.CAPPED]  # axe takes a minute and more for a page with all 49's tickets
PAGES = (("report", "sv"), ("report", "en"), (f"statement-{report_scene.SHOWN}", "sv"), (f"statement-{report_scene.SHOWN}", "en"),
         (f"statement-{report_scene.CAPPED}", "sv"))


def main():
    found = tools()
    if found is None:
        return 77
    with tempfile.TemporaryDirectory(prefix="vinga-pages.") as name:
        place = pathlib.Path(name)
        report_scene.make_models(place, ACTIVE)
        pages = []
        for model, language in PAGES:
            pages.append(place / f"{model}-{language}.html")
            pages[-1].write_bytes(report_scene.printed("html", place / f"{model}.json", language))
        return subprocess.run([found["node"], installed() / "check.mjs", found["chromium"], *pages]).returncode


if __name__ == "__main__":
    sys.exit(main())
