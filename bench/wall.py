#!/usr/bin/python3
"""The wall: from a cold load to tiles, and from the stream's message to the changed tile, with 49 municipalities and ten services.

usage: VINGA_BUILD=build/release bench/wall.py       (after scripts/web, with Chromium and Node; aims: 1,000 ms, and 100 ms for 95 of 100)"""

import json
import pathlib
import select
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/browser"))
from rig import BUILD, installed, tools  # noqa: E402
from scene import LIVE, Scene, now_ms  # noqa: E402

CHANGES = 20


def told(scene, page, state):
    """Goes on measuring, a sample a second, until the page has painted it. Milliseconds."""
    while not select.select([page.stdout], [], [], 1)[0]:
        scene.samples([[f"signering-{LIVE}", now_ms() - 200, state, 20]])
    return float(page.stdout.readline())


def main():
    found = tools()
    if found is None:
        return 77
    place = installed()
    shutil.copyfile(HERE / "wall.mjs", place / "wall.mjs")
    with Scene(web=BUILD / "web") as scene:
        scene.stand()
        page = subprocess.Popen([found["node"], place / "wall.mjs", found["chromium"], f"http://127.0.0.1:{scene.port}", "drift", LIVE],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        loads = json.loads(page.stdout.readline())
        wall, plain = (times[len(times) // 2] for times in (loads["wall"], loads["plain"]))
        print(f"wall, cold to tiles: {wall:.0f} ms; a page without script: {plain:.0f} ms; ratio {wall / plain:.2f}")
        delays = []
        for n in range(CHANGES):
            bad = n % 2 == 0
            page.stdin.write(("down" if bad else "ok") + "\n")
            page.stdin.flush()
            assert page.stdout.readline() == "watching\n"
            delays.append(told(scene, page, "critical" if bad else "ok"))
        page.stdin.close()
        page.wait()
        delays.sort()
        print(f"message to painted tile: median {delays[len(delays) // 2]:.0f} ms, p95 {delays[int(len(delays) * .95) - 1]:.0f} ms, of {len(delays)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
