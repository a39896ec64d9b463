"""A region as it stands now, for looking at: 49 municipalities, ten services, one outage, two disturbances, one municipality that nobody
measures, a window under way, tickets before and past their time, things that wait for a second person, and last month's fee drafts.
Everything is invented, and comes in through the same doors as real things do."""

import datetime
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
from harness import SOURCE, Region  # noqa: E402

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
INTERVAL = 5 * MINUTE
SERVICES = {"journal_kommun": "Journal för kommunal hälso- och sjukvård", "journal_elevhalsa": "Journal för elevhälsan", "lasoversikt": "Läsöversikt",
            "lakemedel": "Läkemedelslista", "utskrift": "Utskrift", "remiss": "Remiss och svar", "signering": "Signering",
            "informationsutbyte": "Informationsutbyte mellan vårdgivare", "identitetstjanst": "Identitetstjänst", "natverk": "Nätverk"}
DOWN, DEGRADED, UNMEASURED = "1485", ("1439", "1496"), "1492"
LIVE = "1490"  # whose journal a test breaks: measured each second, see break_service
# name: roles, municipality
PEOPLE = {"drift": ("vgr_duty_manager", ""), "sla": ("vgr_sla_manager", ""), "andra-linjen": ("vgr_second_line", ""),
          "linje-1489": ("kommun_first_line", "1489"), "ekonomi-1489": ("kommun_finance", "1489"), "ekonomi": ("vgr_finance", ""),
          "ekonomi-chef": ("vgr_finance", ""), "revisor": ("auditor", ""), "tjanstedesk": ("ingest", ""), "sond": ("ingest", "")}


def now_ms():
    return int(time.time() * 1000)


def iso(at_ms):
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def municipalities():
    return [line.split(",")[0] for line in (SOURCE / "agreements/sample/municipalities.csv").read_text().splitlines()[1:]]


def agreement():
    """The sample's, with other services and probes and with a slot that shows an outage within seconds."""
    text = (SOURCE / "agreements/sample/agreement.yaml").read_text()
    head, tail = text[:text.index("channels:\n")], text[text.index("\nmunicipalities_file:"):]
    rows = ["channels: { mobile: Mobil app, published_app: Publicerad app }", "services:"]
    for name, words in SERVICES.items():
        channels = ", channels: [published_app, mobile]" if name == "journal_kommun" else ""
        rows.append(f"  {name}: {{ name: \"{words}\"{channels}, availability: \"99,8 %\" }}")
    rows.append("probes:")
    for code in municipalities():
        for name in SERVICES:
            interval = "1s" if (code, name) == (LIVE, "signering") else "5min"
            rows.append(f"  - {{ agent: sond, probe: {name}-{code}, service: {name}, municipality: \"{code}\", vantage: local, interval: {interval} }}")
    return head.replace("slot: 10s", "slot: 2s") + "\n".join(rows) + "\n" + tail


class Scene(Region):
    def __init__(self, config="", web=None):
        rows = "".join(f"  - {{ name: {name}, roles: [{role}], token_sha256: {digest(name)}{scope(municipality)} }}\n"
                       for name, (role, municipality) in PEOPLE.items())
        self.principals = "principals:\n" + rows
        self.web = web
        self.batch = 0
        super().__init__(config=config)

    def write_config(self):
        (self.dir / "principals.yaml").write_text(self.principals)
        self.extra += f"principals: {self.dir}/principals.yaml\n"
        if self.web:
            self.extra += f"web_root: \"{self.web}\"\n"
        super().write_config()

    def as_(self, who, method, path, body=None, expect=(200, 201)):
        """One request with a principal's token."""
        import http.client
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        conn.request(method, "/api/v1" + path, body=None if body is None else json.dumps(body),
                     headers={"Authorization": f"Bearer {who}", **({} if body is None else {"Content-Type": "application/json"})})
        response = conn.getresponse()
        text = response.read()
        conn.close()
        assert response.status in expect, (who, method, path, response.status, text[:400])
        return json.loads(text)

    def samples(self, rows):
        """[probe, at_ms, state, latency_ms, text], in batches."""
        for first in range(0, len(rows), 1000):
            self.as_("sond", "POST", "/agents/batches", {"boot_id": "scene", "batch": self.batch, "sent_ms": now_ms(), "samples": rows[first:first + 1000]})
            self.batch += 1

    def measure(self, hours=6):
        """What the probes saw up to now."""
        end = now_ms() - 2000
        rows = []
        for code in municipalities():
            for name in SERVICES:
                if code == UNMEASURED or (code, name) == (LIVE, "signering"):
                    continue
                for at in range(end - hours * HOUR, end + 1, INTERVAL):
                    rows.append([f"{name}-{code}", at, self.seen(code, name, end - at), 180])
        self.samples(rows)
        self.break_service("ok")

    @staticmethod
    def seen(code, name, age):
        if code == DOWN and name == "journal_kommun" and age < 72 * MINUTE:
            return "critical"
        if code == DEGRADED[0] and name == "lasoversikt" and age < 18 * MINUTE:
            return "warning"
        if code == DEGRADED[1] and name == "utskrift" and age < 31 * MINUTE:
            return "warning"
        if code == "1489" and name == "remiss" and 180 * MINUTE < age < 218 * MINUTE:
            return "critical"
        return "ok"

    def break_service(self, state, seconds=8):
        """The live probe's last seconds, one sample each."""
        end = now_ms() - 500
        self.samples([[f"signering-{LIVE}", at, state, 20] for at in range(end - seconds * 1000, end + 1, 1000)])

    def ticket(self, ref, code, age_minutes, priority="P2", line=2, **more):
        start = now_ms() - age_minutes * MINUTE
        facts = [(start, dict(status="new", support_line=1, priority=priority, type="incident", service="journal_kommun", title=f"Ärende {ref}", **more))]
        if line == 2:
            facts.append((start + MINUTE, dict(status="in_progress", support_line=2)))
        for number, (at, fields) in enumerate(facts):
            self.as_("tjanstedesk", "POST", "/events", {"v": 1, "kind": "ticket.reported", "occurred_ms": at, "event_id": f"{ref}/{number}",
                                                       "source_order": number, "municipality": code, "body": {"ref": ref, **fields}})

    def fact(self, ref, code, number, age_minutes, **fields):
        self.as_("tjanstedesk", "POST", "/events", {"v": 1, "kind": "ticket.reported", "occurred_ms": now_ms() - age_minutes * MINUTE,
                                                   "event_id": f"{ref}/{number}", "source_order": number, "municipality": code, "body": {"ref": ref, **fields}})

    def tickets(self):
        self.ticket("VGR-10231", DOWN, 70, "P1")
        self.ticket("VGR-10240", "1496", 31, "P2")
        self.ticket("VGR-10199", DOWN, 300, "P1")
        self.ticket("VGR-10244", "1489", 225, "P1", line=1)
        self.ticket("VGR-10202", "1489", 400, "P2")
        self.fact("VGR-10202", "1489", 9, 380, status="pending", pending_reason="pending_municipality")
        for n, code in enumerate(municipalities()[:30]):
            self.ticket(f"VGR-{10300 + n}", code, 20 + n * 13, ("P3", "P2", "P4")[n % 3], line=1 + n % 2)
        # last month's, resolved: what its fee drafts count
        month = datetime.datetime.now(datetime.timezone.utc).replace(day=1, hour=9, minute=0, second=0, microsecond=0) - datetime.timedelta(days=20)
        for n in range(60):
            code, ref = municipalities()[n % 49], f"VGR-{9000 + n}"
            start = int(month.timestamp() * 1000) + n * 3 * HOUR
            for number, (at, fields) in enumerate([(start, dict(status="new", support_line=1, priority="P3", type="incident", title=f"Ärende {ref}")),
                                                   (start + HOUR, dict(status="in_progress", support_line=2)),
                                                   (start + (2 + n % 40) * HOUR, dict(status="resolved", **({"cause_party": "vgr"} if n % 7 == 0 else {})))]):
                self.as_("tjanstedesk", "POST", "/events", {"v": 1, "kind": "ticket.reported", "occurred_ms": at, "event_id": f"{ref}/{number}",
                                                           "source_order": number, "municipality": code, "body": {"ref": ref, **fields}})
        return month.strftime("%Y-%m")

    def decisions(self):
        """Windows, an outage record, a rate and a disturbance: some under way, some waiting for a second person."""
        start = now_ms()
        window = self.as_("sla", "POST", "/windows", {"name": "Uppgradering av mobilklienten", "services": ["natverk"], "municipalities": ["1484", "1427"],
                                                      "from": iso(start - HOUR), "to": iso(start + 2 * HOUR), "category": "planned",
                                                      "announced_ms": start - 20 * DAY, "reason": "ny version"})["window"]
        self.as_("drift", "POST", f"/windows/{window}/approve", {})
        self.as_("sla", "POST", "/windows", {"name": "Databasunderhåll", "services": ["journal_kommun"], "from": iso(start + 12 * DAY), "to": iso(start + 12 * DAY + 4 * HOUR),
                                             "category": "planned", "reason": "säkerhetsuppdatering"})
        self.as_("drift", "POST", "/outages", {"effect": "cause", "service": "journal_kommun", "municipalities": [DOWN], "from_ms": start - 72 * MINUTE,
                                               "cause": "supplier", "reason": "leverantören har bekräftat fel i lastbalanseraren"})
        self.as_("ekonomi", "POST", "/rates", {"index": "vgr-index", "year": 2027, "rate_ppb": 21000000, "reason": "beslut i november"}, expect=(200, 201, 409, 422))
        self.as_("drift", "POST", "/comments", {"month": iso(start - 30 * DAY)[:7], "kpi": "resolution_met", "cause": "två långa ärenden",
                                                "action": "ny rutin för jour", "owner": "driftchef"})

    def tell(self):
        draft = {"kind": "disturbance", "title": "Avbrott i journalen i Uddevalla", "text": "Journalen går inte att öppna. Felsökning pågår hos leverantören.",
                 "advice": "Använd läsöversikten och pappersrutinen.", "services": ["journal_kommun"], "municipalities": [DOWN], "started": iso(now_ms() - 72 * MINUTE)}
        name = self.as_("drift", "POST", "/disturbances", draft)["disturbance"]
        self.as_("drift", "POST", f"/disturbances/{name}/publish", {**draft, "next_update": iso(now_ms() + 40 * MINUTE)})
        self.as_("drift", "POST", "/disturbances", {**draft, "title": "Utskrift går långsamt i Skövde", "municipalities": ["1496"], "services": ["utskrift"]})
        return name

    def apply_agreement(self, directory):
        self.vinga("agreement", "apply", directory, "--reason", "scen")

    def stand(self):
        """All of it. Returns the month before this one."""
        directory = self.dir / "agreement"
        directory.mkdir()
        (directory / "agreement.yaml").write_text(agreement())
        for name in ("municipalities.csv", "larm.yaml"):
            (directory / name).write_bytes((SOURCE / "agreements/sample" / name).read_bytes())
        self.apply_agreement(directory)
        self.vinga("register", "users", SOURCE / "agreements/sample/users.csv")
        self.measure()
        month = self.tickets()
        self.decisions()
        self.tell()
        return month


def digest(name):
    import hashlib
    return hashlib.sha256(name.encode()).hexdigest()


def scope(municipality):
    return f', municipality: "{municipality}"' if municipality else ""


if __name__ == "__main__":  # for looking around: scene.py WEB_ROOT
    with Scene(web=sys.argv[1]) as scene:
        scene.stand()
        print(f"http://127.0.0.1:{scene.port}/vagg   tokens: {', '.join(PEOPLE)}", flush=True)
        scene.daemon.wait()
