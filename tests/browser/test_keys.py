#!/usr/bin/python3
"""The matrix and the queue by keyboard alone (keys.mjs)."""

import subprocess
import sys

from rig import BUILD, installed, tools
from scene import Scene


def main():
    found = tools()
    if found is None:
        return 77
    with Scene(web=BUILD / "web") as scene:
        scene.stand()
        return subprocess.run([found["node"], installed() / "keys.mjs", found["chromium"], f"http://127.0.0.1:{scene.port}", "drift"]).returncode


if __name__ == "__main__":
    sys.exit(main())
