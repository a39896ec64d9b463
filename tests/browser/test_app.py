#!/usr/bin/python3
"""Every page of the application, of a region with things going on (scene.py), in Chromium (app.mjs). Pictures: BUILD/pictures."""

import json
import subprocess
import sys

from rig import BUILD, installed, tools
from scene import DOWN, Scene


REFUSED = {("linje-1489", "/kommun/1480"), ("linje-1489", "/drift")}


def pages(scene, month):
    ticket = scene.as_("drift", "GET", "/tickets?limit=1&open=true&municipality=1489")["tickets"][0]["id"]
    outage = scene.as_("drift", "GET", "/outages")["records"][0]["id"]
    every = {
        "drift": ["/vagg", "/vagg?vagg=1&tema=mork", "/matris", "/matris?avvik=1", "/matris?q=finns-inte", "/avbrott", f"/avbrott/{outage}", "/avbrott/ny", "/arenden",
                  f"/arenden/{ticket}", "/arenden/ny", f"/kommun/{DOWN}", "/kommun/1489", "/servicefonster", "/servicefonster?vy=lista", "/storningar", "/storningar/ny",
                  "/larm", "/vantar", "/rapporter", f"/rapporter/{month}", f"/rapporter/{month}/kpi/resolution_met/1489", "/register", "/karantan", "/drift", "/finns-inte"],
        "ekonomi": ["/avgifter", f"/avgifter/{month}", f"/avgifter/{month}/1489", "/vantar", "/register"],
        "linje-1489": ["/kommun/1489", "/arenden", "/arenden/ny", "/kommun/1480", "/drift"],
        "ekonomi-1489": [f"/avgifter/{month}/1489"],
    }
    return [{"name": f"{who}{path}".replace("/", "_").replace("?", "_").replace("=", "-").replace("&", "_"), "path": path, "who": who, "refused": (who, path) in REFUSED}
            for who, paths in every.items() for path in paths]


def main():
    found = tools()
    if found is None:
        return 77
    with Scene(web=BUILD / "web") as scene:
        month = scene.stand()
        place = installed()
        (place / "pages.json").write_text(json.dumps(pages(scene, month)))
        return subprocess.run([found["node"], place / "app.mjs", found["chromium"], f"http://127.0.0.1:{scene.port}", BUILD / "pictures", place / "pages.json"]).returncode


if __name__ == "__main__":
    sys.exit(main())
