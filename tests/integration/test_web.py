#!/usr/bin/python3
"""The web application's files: pages are one document, assets are kept for ever, nothing else lies open, and what is wrong with the
folder is said at start."""

import gzip
import http.client
import pathlib
import subprocess
import sys
import tempfile

from harness import VINGAD, Region

PAGE = "<!doctype html><title>Vinga</title>"
SCRIPT = "console.log('x');" * 100


def make_root(root):
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    (root / "theme.css").write_text(":root{--brand:#123}")
    (root / "assets/app.0123.js").write_text(SCRIPT)
    (root / "assets/app.0123.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (root / "assets/notes.bak").write_text("secret")
    (root / "secret.txt").write_text("secret")


def ask(region, path, method="GET", **headers):
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request(method, path, headers=headers)
    response = conn.getresponse()
    body = response.read()
    conn.close()
    return response.status, dict(response.getheaders()), body


def pages(region):
    for path in ("/", "/vagg", "/vagg?vagg=1&tema=mork", "/en/vagg", "/en", "/arenden/V-12", "/rapporter/2026-10/kpi/inflow/1489"):
        status, headers, body = ask(region, path)
        assert (status, body) == (200, PAGE.encode()), (path, status, body[:100])
        assert headers["Content-Type"] == "text/html; charset=utf-8" and headers["Cache-Control"] == "no-cache"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    etag = headers["ETag"]
    status, headers, body = ask(region, "/vagg", **{"If-None-Match": etag})
    assert (status, body) == (304, b"") and headers["ETag"] == etag
    status, headers, body = ask(region, "/vagg", "HEAD")
    assert (status, body) == (200, b"") and int(headers["Content-Length"]) == len(PAGE)


def assets(region):
    status, headers, body = ask(region, "/assets/app.0123.js")
    assert (status, body.decode()) == (200, SCRIPT) and "Content-Encoding" not in headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable" and headers["Content-Type"].startswith("text/javascript")
    status, headers, body = ask(region, "/assets/app.0123.js", **{"Accept-Encoding": "br, gzip"})
    assert headers["Content-Encoding"] == "gzip" and headers["Vary"] == "Accept-Encoding" and gzip.decompress(body).decode() == SCRIPT
    assert "Content-Encoding" not in ask(region, "/assets/app.0123.js", **{"Accept-Encoding": "gzip;q=0"})[1]
    status, headers, body = ask(region, "/theme.css")
    assert status == 200 and headers["Cache-Control"] == "no-cache"


def closed(region):
    for path in ("/assets/notes.bak", "/assets/", "/assets/app.0123.js.gz", "/secret.txt", "/assets/../secret.txt", "/assets/%2e%2e/secret.txt",
                 "/api/v1/tickets", "/api/v2", "/metrics/x", "/favicon.ico"):
        status, _, body = ask(region, path)
        assert status in (400, 401, 404) and b"secret" not in body, (path, status, body[:100])
    assert ask(region, "/vagg", "POST", **{"Content-Length": "0"})[0] == 401


def wrong(directory):
    """What `web_root` names is checked at start."""
    def why(root):
        config = directory / "wrong.yaml"
        config.write_text(f"state_dir: {directory}/state\nlisten: 127.0.0.1:1\nsocket: {directory}/s\nweb_root: {root}\n")
        done = subprocess.run([VINGAD, "--config", config], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0, done
        return done.stderr + done.stdout

    (directory / "state").mkdir(mode=0o700)
    assert "index.html" in why(directory / "nowhere")
    (directory / "half").mkdir()
    (directory / "half/index.html").write_text(PAGE)
    assert "half/assets" in why(directory / "half")
    make_root(directory / "large")
    (directory / "large/assets/big.js").write_bytes(b"x" * (16 << 20))
    assert "more than 16777216 bytes" in why(directory / "large")
    make_root(directory / "linked")
    (directory / "linked/assets/app.1.js").symlink_to("/etc/passwd")
    assert "app.1.js" in why(directory / "linked")


def main():
    with tempfile.TemporaryDirectory(prefix="vinga web ") as name:
        directory = pathlib.Path(name)
        make_root(directory / "root")
        with Region(config=f"web_root: \"{directory}/root\"\n") as region:
            pages(region)
            assets(region)
            closed(region)
        with Region() as region:
            assert ask(region, "/vagg")[0] == 401
        wrong(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
