#!/usr/bin/python3
"""The public pages of a running daemon in Chromium (status.mjs), with a disturbance that goes on, one that is overdue, one that has
ended, windows, outages and days without data, in Swedish and English. Pictures lie in the build folder, browser/status."""

import pathlib
import subprocess
import sys

from rig import installed, tools

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from pages_scene import DAY, HOUR, MINUTE, get, iso, now_ms, pages, post, samples  # noqa: E402

PATHS = ("/status", "/en/status", "/status/kommun", "/status/kommun/1489", "/status/kommun/1402", "/status/{}", "/en/status/{}",
         "/tillganglighet", "/en/tillganglighet")


def measured(region):
    """The journal of 1489 is down now and was twice before; that of 1480 is degraded; the office was down a morning; the first month
    has no data."""
    now = now_ms()
    outages = [("app-1489", now - 30 * MINUTE, now), ("app-1489", now - 9 * DAY, now - 9 * DAY + 3 * HOUR),
               ("app-1489", now - 40 * DAY, now - 40 * DAY + 20 * HOUR), ("kontor-1401", now - 17 * DAY, now - 17 * DAY + 4 * HOUR)]

    def state_of(probe, at):
        if any(probe == name and begin < at < end for name, begin, end in outages):
            return "critical"
        return "warning" if probe == "app-1480" and at > now - 30 * MINUTE else "ok"
    samples(region, now - 60 * DAY, now, state_of)


def told(region):
    """Returns the id of one that has several messages."""
    now = now_ms()
    content = {"services": ["journal"], "municipalities": ["1489"], "title": "Journalen kan inte nås i Alingsås",
               "text": "Inloggningen till journalen fungerar inte. Vi söker felet tillsammans med leverantören.",
               "advice": "Använd reservrutinen för läkemedelslistor.\n\nRing inte supporten: alla ärenden är kända.",
               "title_en": "The record cannot be reached in Alingsås", "text_en": "Signing in does not work. We are looking for the fault.",
               "advice_en": "Use the fallback routine.", "started": iso(now - 30 * MINUTE)}
    first = post(region, "/disturbances", content)["disturbance"]
    post(region, f"/disturbances/{first}/publish", {"next_update": iso(now + HOUR)})
    post(region, f"/disturbances/{first}/publish", {"text": "Felet är hittat: ett certifikat har gått ut. Ett nytt installeras nu.",
                                                    "text_en": "", "next_update": iso(now + 40 * MINUTE)})
    planned = post(region, "/disturbances", {"kind": "planned", "services": ["kontor"], "title": "Byte av lagring natten till söndag",
                                             "text": "Kontorstjänsterna är avstängda under bytet.", "started": iso(now + 6 * DAY)})["disturbance"]
    post(region, f"/disturbances/{planned}/publish", {"next_update": iso(now + 6 * DAY + HOUR)})
    ended = post(region, "/disturbances", {"title": "Långsam utskrift", "text": "Utskrift tar flera minuter.", "municipalities": ["1480"]})["disturbance"]
    post(region, f"/disturbances/{ended}/publish", {"next_update": iso(now + HOUR)})
    post(region, f"/disturbances/{ended}/close", {"text": "Utskriften fungerar igen."})
    window = post(region, "/windows", {"name": "Byte av lagring", "category": "planned", "services": ["kontor"], "announced": iso(now),
                                       "reason": "slitage", "from": iso(now + 6 * DAY), "to": iso(now + 6 * DAY + 4 * HOUR)})
    post(region, f"/windows/{window['window']}/approve", {}, "bo")
    return first


def counted(region):
    return region.get("/status")[1].count(b"<rect class=down") >= 4


def main():
    found = tools()
    if found is None:
        return 77
    with pages() as region:
        measured(region)
        first = told(region)
        assert get(region, f"/disturbances/{first}")["state"] == "published"
        region.request("POST", "/tillganglighet", "text=Knappen+syns+inte", "application/x-www-form-urlencoded")
        region.until(lambda: counted(region), "the days to be counted")
        place = installed()
        urls = [f"http://127.0.0.1:{region.port}" + path.format(first) for path in PATHS]
        return subprocess.run([found["node"], place / "status.mjs", found["chromium"], place / "status", *urls]).returncode


if __name__ == "__main__":
    sys.exit(main())
