#!/usr/bin/python3
"""The wall lives: a service breaks and its tile turns after the confirmation time; the daemon is killed and the page says so; it comes back and
the page is well again; all without a reload (live.mjs). Delays are printed, not judged, save the page's promise of 35 s."""

import subprocess
import sys
import threading

from rig import BUILD, installed, tools
from scene import LIVE, Scene, now_ms

CONFIRM_MS = 2 * 2000  # the scene's confirm_slots and slot


class Watcher:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def sees(self, what):
        line = self.process.stdout.readline()
        assert line.startswith(what + " "), f"expected the page to be {what}; it said {line!r}, exit {self.process.poll()}"
        return int(line.split()[1])


def keep_measuring(scene, state, stop):
    """One sample a second, as a probe would."""
    while not stop.wait(1):
        scene.samples([[f"signering-{LIVE}", now_ms() - 200, state["now"], 20]])


def main():
    found = tools()
    if found is None:
        return 77
    with Scene(web=BUILD / "web") as scene:
        scene.stand()
        stop, state = threading.Event(), {"now": "ok"}
        prober = threading.Thread(target=keep_measuring, args=(scene, state, stop))
        prober.start()
        try:
            watcher = Watcher([found["node"], installed() / "live.mjs", found["chromium"], f"http://127.0.0.1:{scene.port}", "drift", LIVE])
            watcher.sees("ready")
            broke, state["now"] = now_ms(), "critical"
            down = watcher.sees("down")
            assert down - broke >= CONFIRM_MS - 2000, f"shown after {down - broke} ms, before it could be confirmed"
        finally:
            stop.set()
            prober.join()
        killed = now_ms()
        scene.kill()
        stale = watcher.sees("stale")
        assert stale - killed <= 35_000, stale - killed
        started = now_ms()
        scene.start()
        well = watcher.sees("well")
        assert watcher.process.wait(timeout=30) == 0
        print(f"broken -> shown {down - broke} ms; killed -> said {stale - killed} ms; started -> well {well - started} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
