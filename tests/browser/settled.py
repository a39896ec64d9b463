"""The scene with a month behind it that can be settled: measured from end to end where it counts, with outages, a window, a cause outside the
provider, and tickets of 1489 that count, do not, and wait."""

import datetime

from scene import DAY, HOUR, INTERVAL, Scene, iso

MEASURED = [(code, service) for code in ("1480", "1489") for service in ("journal_kommun", "remiss")]
TICKETS = 30


def month_before():
    """Its name and its first instant, in UTC."""
    last = datetime.datetime.now(datetime.timezone.utc).replace(day=1) - datetime.timedelta(days=1)
    first = last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.strftime("%Y-%m"), int(first.timestamp() * 1000), last.day


class Settled(Scene):
    def __init__(self, **more):
        self.month, self.first, self.days = month_before()
        super().__init__(**more)

    def stand(self):
        super().stand()
        self.work_of_the_month()
        self.decisions_of_the_month()
        self.settled()

    def apply_agreement(self, directory):
        """Fees begin with the month, so that nothing before it holds a closing back."""
        path = directory / "municipalities.csv"
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head + ",fee_from", *(f"{row},{self.month}" for row in rows)]) + "\n")
        super().apply_agreement(directory)

    def measure(self, hours=6):
        self.samples([[f"{service}-{code}", at, self.seen_then(code, service, (at - self.first) / HOUR), 100] for code, service in MEASURED
                      for at in range(self.first - DAY, self.first + (self.days + 1) * DAY, INTERVAL)])
        super().measure(hours)

    @staticmethod
    def seen_then(code, service, hour):
        if service == "remiss" and 200 < hour < 203 or code == "1489" and 300 < hour < 302:
            return "critical"
        return "warning" if service == "remiss" and 400 < hour < 401 else "ok"

    def work_of_the_month(self):
        for n in range(TICKETS):
            ref, start = f"VGR-{8000 + n}", self.first + 5 * DAY + n * 7 * HOUR
            facts = [dict(status="new", support_line=1, priority=("P1", "P2", "P3", "P4")[n % 4], type="incident", service="remiss", title=f"Ärende {ref}")]
            facts.append(dict(status="in_progress", support_line=1 if n % 6 == 5 else 2))
            if n % 10 != 9:
                facts.append(dict(status="resolved", **({"cause_party": ("vgr", "municipality", "third_party")[n % 3]} if n % 4 else {})))
            for number, (hours, fields) in enumerate(zip((0, 1, 2 + n * 3), facts)):
                self.as_("tjanstedesk", "POST", "/events", {"v": 1, "kind": "ticket.reported", "occurred_ms": start + hours * HOUR, "event_id": f"{ref}/{number}",
                                                           "source_order": number, "municipality": "1489", "body": {"ref": ref, **fields}})

    def decisions_of_the_month(self):
        window = self.as_("sla", "POST", "/windows", {"name": "Byte av lagring", "services": ["journal_kommun"], "from": iso(self.first + 50 * HOUR),
                                                      "to": iso(self.first + 53 * HOUR), "category": "planned", "announced_ms": self.first - 20 * DAY,
                                                      "reason": "slitage"})["window"]
        self.as_("drift", "POST", f"/windows/{window}/approve", {})
        outage = self.as_("drift", "POST", "/outages", {"effect": "cause", "service": "remiss", "municipalities": ["1480"], "from_ms": self.first + 199 * HOUR,
                                                        "to_ms": self.first + 204 * HOUR, "cause": "municipality", "reason": "avgrävd fiber"})["outage"]
        self.as_("sla", "POST", f"/outages/{outage}/approve", {})
