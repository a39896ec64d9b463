"""Node, Chromium, and the npm packages of package-lock.json, which are installed into the build folder, once for each lock file."""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("VINGA_BUILD", HERE.parents[1] / "build" / "dev"))


def tools():
    """Where they are; None, and a word of it, when one is missing."""
    found = {name: shutil.which(name) for name in ("chromium", "node", "npm")}
    if None in found.values():
        print("skipped: expected " + ", ".join(name for name, path in found.items() if path is None))
        return None
    return found


def installed():
    """The folder with the scripts and their packages."""
    place = BUILD / "browser"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", *(path.name for path in HERE.glob("*.mjs"))):
            shutil.copyfile(HERE / name, place / name)
        stamp, digest = place / "installed", hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
        if not stamp.exists() or stamp.read_text() != digest:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=place, check=True)
            stamp.write_text(digest)
    return place
