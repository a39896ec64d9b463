#!/usr/bin/python3
"""The report's and the statement's pages in Chromium: axe finds nothing in light, dark and forced colours, nothing scrolls sideways at
320 px, nothing is asked of any server, no message on the console (check.mjs). The npm packages of package-lock.json are installed into
the build folder, once for each lock file."""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
import report_scene  # noqa: E402

FILES = ("package.json", "package-lock.json", "check.mjs")
ACTIVE = [report_scene.SHOWN, report_scene.CAPPED]  # axe takes a minute and more for a page with all 49's tickets
PAGES = (("report", "sv"), ("report", "en"), (f"statement-{report_scene.SHOWN}", "sv"), (f"statement-{report_scene.SHOWN}", "en"),
         (f"statement-{report_scene.CAPPED}", "sv"))


def installed():
    """The folder with check.mjs and its packages."""
    place = report_scene.BUILD / "browser"
    place.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(HERE / name, place / name)
    stamp, lock = place / "installed", hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != lock:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=place, check=True)
        stamp.write_text(lock)
    return place


def main():
    tools = {name: shutil.which(name) for name in ("chromium", "node", "npm")}
    if None in tools.values():
        print("skipped: expected " + ", ".join(name for name, path in tools.items() if path is None))
        return 77
    with tempfile.TemporaryDirectory(prefix="vinga-pages.") as name:
        place = pathlib.Path(name)
        report_scene.make_models(place, ACTIVE)
        pages = []
        for model, language in PAGES:
            pages.append(place / f"{model}-{language}.html")
            pages[-1].write_bytes(report_scene.printed("html", place / f"{model}.json", language))
        return subprocess.run([tools["node"], installed() / "check.mjs", tools["chromium"], *pages]).returncode


if __name__ == "__main__":
    sys.exit(main())
