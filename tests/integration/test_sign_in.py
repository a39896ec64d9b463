"""People sign in: accounts, sessions, a proxy's headers, and what another site's page cannot do."""

import base64
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time

from harness import Region

PASSWORD = "ett långt ord"
PEOPLE = """
proxy:
  from: [127.0.0.1/32]
  secret_file: {dir}/proxy.secret
  assurance: X-Remote-Assurance
  at_least: loa3
  groups_map:
    - {{ group: vinga-drift, roles: [vgr_duty_manager] }}
    - {{ group: vinga-1489, roles: [kommun_first_line], municipality: "1489" }}
    - {{ group: vinga-send, roles: [ingest] }}
accounts:
  - {{ name: demo-drift, password: "{hash}", roles: [vgr_duty_manager] }}
  - {{ name: demo-1489, password: "{hash}", roles: [kommun_first_line], municipality: "1489" }}
  - {{ name: demo-once, password: "{hash}", roles: [auditor], one_time: yes }}
sessions: {{ idle: {idle}, longest: {longest} }}
"""
SECRET = "0123456789abcdef-proxy"


def password_hash():
    """The item that `vinga account` prints has the hash; the password comes from standard input."""
    done = subprocess.run([os.environ["VINGA_BUILD"] + "/cli/vinga", "account", "demo-drift", "--role", "vgr_duty_manager"],
                          input=PASSWORD + "\n", capture_output=True, text=True, check=True)
    return done.stdout.split('password: "')[1].split('"')[0]


class Browser:
    """Keeps its cookie and its token, and sends what browsers send."""

    def __init__(self, region, **headers):
        self.region = region
        self.headers = {"Host": f"127.0.0.1:{region.port}", "Origin": f"http://127.0.0.1:{region.port}",
                        "Sec-Fetch-Site": "same-origin"} | headers
        self.cookie = None
        self.csrf = None

    def ask(self, method, path, body=None, without=(), **more):
        headers = dict(self.headers)
        if self.cookie:
            headers["Cookie"] = "other=1; vinga=" + self.cookie
        if self.csrf and method != "GET":
            headers["X-CSRF-Token"] = self.csrf
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        for name in without:
            headers.pop(name, None)
        conn = http.client.HTTPConnection("127.0.0.1", self.region.port, timeout=60)
        conn.request(method, path, body=None if body is None else json.dumps(body).encode(), headers=headers)
        response = conn.getresponse()
        text = response.read()
        self.last = response
        conn.close()
        return response.status, json.loads(text) if text else None

    def sign_in(self, name, password=PASSWORD, **more):
        status, answer = self.ask("POST", "/api/v1/session", {"name": name, "password": password}, **more)
        if status == 201:
            self.cookie = self.last.getheader("Set-Cookie").split("vinga=")[1].split(";")[0]
            self.csrf = answer["csrf"]
        return status, answer


def write_people(region, idle="30min", longest="10h"):
    (region.dir / "people.yaml").write_text(PEOPLE.format(dir=region.dir, hash=HASH, idle=idle, longest=longest))


def reload(region):
    log = region.dir / "vingad.log"
    before = log.read_text().count("reloaded")
    region.daemon.send_signal(signal.SIGHUP)
    region.until(lambda: log.read_text().count("reloaded") > before, "the reload")


def signing_in_and_out(region):
    browser = Browser(region)
    assert browser.ask("GET", "/api/v1/me")[0] == 401
    status, me = browser.sign_in("demo-drift")
    assert status == 201, me
    cookie = browser.last.getheader("Set-Cookie")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict") and len(browser.cookie) == 64, cookie
    status, again = browser.ask("GET", "/api/v1/me")
    assert status == 200
    assert again["name"] == "demo-drift" and again["roles"] == ["vgr_duty_manager"]
    assert again["rights"] == ["read", "work", "correct"] and again["municipality"] is None
    assert again["by"] == "session" and again["csrf"] == me["csrf"] and len(me["csrf"]) == 32
    assert again["purpose"] == "demonstration" and again["expires"].endswith("Z")
    assert browser.ask("GET", "/api/v1/status")[0] == 200
    assert browser.ask("POST", "/api/v1/rates", {})[0] == 403

    other = Browser(region)
    other.sign_in("demo-1489")
    assert other.ask("GET", "/api/v1/me")[1]["municipality"] == "1489"
    assert other.csrf != browser.csrf and other.cookie != browser.cookie

    status, answer = browser.ask("POST", "/api/v1/session/end", {})
    assert status == 200 and answer == {"signed_out": True}, answer
    assert "vinga=; " in browser.last.getheader("Set-Cookie") and "Max-Age=0" in browser.last.getheader("Set-Cookie")
    assert browser.ask("GET", "/api/v1/me")[0] == 401
    assert other.ask("GET", "/api/v1/me")[0] == 200
    # what anybody is, without a session
    assert region.get("/api/v1/me")[1]["by"] == "socket"
    assert region.get("/api/v1/me")[1]["csrf"] is None


def streams_end(region):
    """What is read live ends with the session, whoever ends it."""
    browser = Browser(region)
    assert browser.sign_in("demo-drift")[0] == 201
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request("GET", "/api/v1/events", headers={"Cookie": "vinga=" + browser.cookie})
    stream = conn.getresponse()
    assert stream.status == 200 and stream.readline() == b"retry: 2000\n"
    assert browser.ask("POST", "/api/v1/session/end", {})[0] == 200
    while stream.readline():
        pass
    conn.close()


def wrong_ones(region):
    browser = Browser(region)
    for body in ({}, {"name": "demo-drift"}, {"name": "", "password": "x"}, {"name": "demo-drift", "password": ""},
                 {"name": 5, "password": "x"}, {"name": "n" * 65, "password": "x"}, {"name": "a", "password": "x" * 201}):
        status, answer = browser.ask("POST", "/api/v1/session", body)
        assert status == 422, (body, status, answer)
    status, answer = browser.sign_in("demo-drift", "fel ord")
    assert status == 401 and "Set-Cookie" not in browser.last.headers
    status, nobody = browser.sign_in("nobody-at-all")
    assert status == 401 and nobody["detail"] == answer["detail"], "a name that nobody has is told apart"
    # five failures a minute for a name
    for _ in range(5):
        assert browser.sign_in("demo-1489", "fel ord")[0] == 401
    status, answer = browser.sign_in("demo-1489")
    assert status == 429, answer
    assert 0 < int(browser.last.getheader("Retry-After")) <= 60


def used_once(region):
    browser = Browser(region)
    assert browser.sign_in("demo-once")[0] == 201
    assert browser.sign_in("demo-once")[0] == 401
    assert Browser(region).ask("GET", "/api/v1/me", Cookie="vinga=" + browser.cookie)[1]["name"] == "demo-once"
    region.kill()
    region.start()
    assert browser.ask("GET", "/api/v1/me")[0] == 401, "a restart ends sessions"
    assert browser.sign_in("demo-once")[0] == 401, "a restart revives no password"


def other_pages(region):
    browser = Browser(region)
    here = browser.headers["Origin"]
    for headers in ({"Origin": "http://elsewhere.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
                    {"Sec_Fetch_Site": "same-site"}, {"Origin": here.replace("http:", "https:")}):
        assert browser.sign_in("demo-drift", **headers)[0] == 403, headers
    assert browser.sign_in("demo-drift")[0] == 201
    change = ("POST", "/api/v1/outages", {})
    for headers in ({"Origin": "http://elsewhere.example"}, {"Origin": "null"}, {"Origin": here + ".example"},
                    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"X_CSRF_Token": ""},
                    {"X_CSRF_Token": "0" * 32}, {"X_CSRF_Token": browser.csrf + "0"}):
        status, answer = browser.ask(*change, **headers)
        assert status == 403 and "may not" not in answer["detail"], (headers, answer)
    assert browser.ask(*change, without=["X-CSRF-Token"])[0] == 403
    assert browser.ask("POST", "/api/v1/session/end", {}, without=["X-CSRF-Token"])[0] == 403
    assert browser.ask(*change)[0] in (201, 422), "with token and origin it is looked at"
    assert browser.ask(*change, without=["Origin", "Sec-Fetch-Site"])[0] in (201, 422), "and by what sends no origin"
    # a token of one session is nothing in another
    other = Browser(region)
    other.sign_in("demo-drift")
    assert browser.ask(*change, X_CSRF_Token=other.csrf)[0] == 403
    # reading needs none, and a bearer token needs none for anything
    assert browser.ask("GET", "/api/v1/tickets", Origin="http://elsewhere.example")[0] == 200
    status, _ = Browser(region).ask(*change, Authorization="Bearer robot", Sec_Fetch_Site="cross-site")
    assert status in (201, 422), status


def proxied(region):
    claim = {"X_Remote_User": "anna@example.org", "X_Remote_Groups": "annat, vinga-drift", "X_Remote_Assurance": "loa3"}
    believed = claim | {"X_Vinga_Proxy": SECRET}
    browser = Browser(region)
    status, me = browser.ask("GET", "/api/v1/me", **believed)
    assert status == 200 and me["name"] == "anna@example.org" and me["by"] == "proxy", me
    assert me["roles"] == ["vgr_duty_manager"] and me["csrf"] and me["expires"] is None
    assert browser.ask("POST", "/api/v1/outages", {}, **believed)[0] == 403
    assert browser.ask("POST", "/api/v1/outages", {}, X_CSRF_Token=me["csrf"], **believed)[0] in (201, 422)
    # another person's token, or without the secret, or with a wrong one
    assert browser.ask("POST", "/api/v1/outages", {}, X_CSRF_Token=me["csrf"],
                       **(believed | {"X_Remote_User": "bo@example.org"}))[0] == 403
    assert browser.ask("GET", "/api/v1/me", **claim)[0] == 401
    assert browser.ask("GET", "/api/v1/me", **(claim | {"X_Vinga_Proxy": SECRET + "0"}))[0] == 401
    # who may nothing is told why
    for more, words in (({"X_Remote_Groups": "annat"}, "annat"), ({"X_Remote_Groups": ""}, "none of the groups"),
                        ({"X_Remote_Groups": "dr\xe5tt"}, "none of the groups"),  # Latin-1: what is no UTF-8 is not quoted
                        ({"X_Remote_Groups": "vinga-drift,vinga-1489"}, "expected one"),
                        ({"X_Remote_User": "operator"}, "Vinga's own"),
                        ({"X_Remote_User": "19121212-1212"}, "identity number"),
                        ({"X_Remote_User": "x" * 101}, "at most"),
                        ({"X_Remote_Assurance": "loa2"}, "loa3"), ({"X_Remote_Assurance": ""}, "loa3")):
        status, answer = browser.ask("GET", "/api/v1/me", **(believed | more))
        assert status == 403 and words in answer["detail"], (more, answer)
    status, me = browser.ask("GET", "/api/v1/me", **(believed | {"X_Remote_Groups": "vinga-1489 ,annat",
                                                                 "X_Remote_Assurance": "http://id.sambi.se/loa/loa3"}))
    assert status == 200 and me["municipality"] == "1489" and me["roles"] == ["kommun_first_line"], me
    # low assurance: what sees no tickets is left
    status, me = browser.ask("GET", "/api/v1/me", **(believed | {"X_Remote_Groups": "vinga-drift, vinga-send",
                                                                 "X_Remote_Assurance": "loa2"}))
    assert status == 200 and me["rights"] == ["ingest"], me
    # twice the same header: a proxy that appends
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.putrequest("GET", "/api/v1/me")
    for name, value in (("X-Remote-User", "admin"), ("X-Remote-User", "anna@example.org"),
                        ("X-Remote-Groups", "vinga-drift"), ("X-Remote-Assurance", "loa3"), ("X-Vinga-Proxy", SECRET)):
        conn.putheader(name, value)
    conn.endheaders()
    response = conn.getresponse()
    assert response.status == 403 and b"twice" in response.read()
    conn.close()
    # the socket is no proxy, and whoever passes something on there is no operator either
    status, _ = socket_with(region, {"X-Remote-User": "anna@example.org", "X-Remote-Groups": "vinga-drift"})
    assert status == 401
    assert socket_with(region, {"X-Forwarded-For": "192.0.2.1"})[0] == 401
    assert socket_with(region, {})[0] == 200
    # TLS before the proxy
    secure = Browser(region, Origin=browser.headers["Origin"].replace("http:", "https:"))
    assert secure.sign_in("demo-drift", X_Forwarded_Proto="https")[0] == 403, "not believed without the secret"
    assert secure.sign_in("demo-drift", X_Forwarded_Proto="https", X_Vinga_Proxy=SECRET)[0] == 201
    assert secure.last.getheader("Set-Cookie").endswith("; Secure")
    metrics = region.get("/metrics")[1].decode()
    count = [line for line in metrics.splitlines() if line.startswith("vinga_proxy_headers_ignored_total ")]
    assert count and int(count[0].split()[1]) >= 3, metrics
    assert (region.dir / "vingad.log").read_text().count("sign.headers_ignored") == 1, "one line a minute"


def socket_with(region, headers):
    conn = region.connection()
    conn.request("GET", "/api/v1/me", headers=headers)
    response = conn.getresponse()
    text = response.read()
    conn.close()
    return response.status, text


def many_at_once(region):
    """Sixteen passwords are looked at, a tenth of a second each, while the loop answers. The middle time is what the loop
    does; a single long one may be the machine's."""
    statuses, times, going = [], [], threading.Event()

    def watch():
        conn = region.connection()
        while not going.is_set():
            began = time.monotonic()
            assert region.request("GET", "/health/live", connection=conn)[0] == 200
            times.append(time.monotonic() - began)
        conn.close()

    def sign():
        statuses.append(Browser(region).sign_in("demo-drift")[0])

    watcher = threading.Thread(target=watch)
    signers = [threading.Thread(target=sign) for _ in range(16)]
    watcher.start()
    for thread in signers:
        thread.start()
    for thread in signers:
        thread.join()
    going.set()
    watcher.join()
    assert set(statuses) <= {201, 429, 503} and 201 in statuses, statuses
    middle = sorted(times)[len(times) // 2]
    assert len(times) > 16 and middle < 0.05, f"{len(times)} answers, {middle * 1000:.0f} ms"


def reloading(region):
    stays, goes = Browser(region), Browser(region)
    assert stays.sign_in("demo-drift")[0] == 201 and goes.sign_in("demo-1489")[0] == 201
    text = (region.dir / "people.yaml").read_text()
    (region.dir / "people.yaml").write_text(text.replace('"1489" }\n  - { name: demo-once', '"1480" }\n  - { name: demo-once'))
    reload(region)
    assert stays.ask("GET", "/api/v1/me")[0] == 200
    assert goes.ask("GET", "/api/v1/me")[0] == 401
    # a file that is wrong changes nothing
    (region.dir / "people.yaml").write_text(text + "acounts: []\n")
    before = (region.dir / "vingad.log").read_text().count("reload.failed")
    region.daemon.send_signal(signal.SIGHUP)
    region.until(lambda: (region.dir / "vingad.log").read_text().count("reload.failed") > before, "the refusal")
    assert "accounts" in (region.dir / "vingad.log").read_text()
    assert stays.ask("GET", "/api/v1/me")[0] == 200


def running_out(region):
    write_people(region, idle="1s", longest="3s")
    reload(region)
    browser = Browser(region)
    assert browser.sign_in("demo-drift")[0] == 201
    log = region.dir / "vingad.log"
    region.until(lambda: b"\nvinga_sessions 0\n" in region.get("/metrics")[1], "the session to run out")
    assert browser.ask("GET", "/api/v1/me")[0] == 401
    assert browser.sign_in("demo-drift")[0] == 201
    region.until(lambda: browser.ask("GET", "/api/v1/me")[0] == 401, "the session to become old")
    assert 'why=longest' in log.read_text()


def exporting(region):
    """A file that leaves the house is noted with whom it went to."""
    browser = Browser(region)
    assert browser.sign_in("demo-drift")[0] == 201
    conn = http.client.HTTPConnection("127.0.0.1", region.port, timeout=60)
    conn.request("GET", "/api/v1/reports/2026-10/files/vinga-2026-10.csv", headers={"Cookie": "vinga=" + browser.cookie})
    response = conn.getresponse()
    assert response.status == 200 and response.read() == b"a;b\r\n", response.status
    conn.close()
    region.until(lambda: any(a["what"] == "exported" and a["who"] == "demo-drift" and a["by"] == "session" and
                             a["about"] == "reports/2026-10/vinga-2026-10.csv"
                             for a in region.get("/api/v1/audit")[1]["accesses"]), "the row")


def audited(region):
    """What was done above stands in the ledger, in the answer, and in the view."""
    region.until(lambda: region.get("/api/v1/audit?limit=1")[1]["accesses"][0]["about"] == "longest", "the last row")
    region.settled()
    accesses, cursor = [], ""
    while cursor is not None:
        status, page = region.get(f"/api/v1/audit?limit=7{cursor}")
        assert status == 200, page
        accesses += page["accesses"]
        cursor = f"&cursor={page['next']}" if page["next"] is not None else None
    seen = {(a["what"], a["who"], a["by"], a["about"]) for a in accesses}
    for row in (("signed_in", "demo-drift", "session", None), ("signed_out", "demo-drift", "session", None),
                ("signed_in", "anna@example.org", "proxy", None), ("refused", "demo-once", "session", "used before"),
                ("refused", None, "session", None), ("refused", "demo-1489", "session", None),
                ("expired", "demo-drift", "session", "idle"), ("expired", "demo-drift", "session", "longest"),
                ("expired", "demo-1489", "session", "changed")):
        assert row in seen, (row, sorted(map(str, seen)))
    assert not any("nobody-at-all" in str(a) or "19121212" in str(a) or PASSWORD in str(a) for a in accesses)
    refused = [a["count"] for a in accesses if a["what"] == "refused" and a["who"] == "demo-1489"]
    assert refused == [4, 1], f"the first at once, those of its minute in one row when the daemon stops: {refused}"
    assert region.sql("select count(*) from access.noted", "vinga_reader") == str(len(accesses))
    assert region.sql("select count(*) from access.noted where what = 'signed_in' and who = 'anna@example.org'", "vinga_reader") != "0"
    for who in ("demo-drift", "demo-1489"):
        browser = Browser(region)
        if browser.sign_in(who)[0] == 201:
            assert browser.ask("GET", "/api/v1/audit")[0] == 403


def main():
    global HASH
    HASH = password_hash()
    token = hashlib.sha256(b"robot").hexdigest()
    with Region(start=False) as region:
        region.extra = f"people: {region.dir}/people.yaml\nprincipals: {region.dir}/principals.yaml\nreports: {region.dir}/reports\n"
        (region.dir / "reports/2026-10").mkdir(parents=True)
        (region.dir / "reports/2026-10/vinga-2026-10.csv").write_bytes(b"a;b\r\n")
        (region.dir / "principals.yaml").write_text(
            f"principals:\n  - {{ name: robot, roles: [vgr_duty_manager], token_sha256: {token} }}\n")
        (region.dir / "proxy.secret").write_text(SECRET + "\n")
        (region.dir / "proxy.secret").chmod(0o600)
        write_people(region)
        region.write_config()
        region.start()
        parts = (signing_in_and_out, streams_end, other_pages, proxied, many_at_once, used_once, wrong_ones, reloading, exporting,
                 running_out, audited)
        for part in parts:
            if part in (many_at_once, wrong_ones, reloading):  # what was counted of guessing goes with a restart
                region.stop()
                region.start()
            part(region)
        region.stop()
        print(f"{len(parts)} passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
