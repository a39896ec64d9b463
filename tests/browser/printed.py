"""Numbers as the pages print them in Swedish, written from the rules and not from the pages: ratios are cut and never rounded, thousands and
units stand behind hard spaces."""

import json

from rig import HERE

HARD = "\u00a0"
WORDS = json.loads((HERE.parents[1] / "dashboards/web/i18n/sv.json").read_text())


def word(group, name):
    return WORDS.get(f"{group}.{name}", name)


def whole(n):
    return ("−" if n < 0 else "") + f"{abs(n):,}".replace(",", HARD)


def ppm(num, den):
    return None if den == 0 else num * 1_000_000 // den


def percent(value, decimals=2):
    return "–" if value is None else decimal(value * 10**decimals // 10_000, decimals) + HARD + "%"


def decimal(n, decimals):
    """A whole number of the last decimal's."""
    ones, rest = divmod(n, 10**decimals)
    return f"{whole(ones)},{rest:0{decimals}}"


def ratio(value):
    return "–" if value is None else decimal(value // 10_000, 2)


def kronor(ore):
    return ("−" if ore < 0 else "") + decimal(abs(ore), 2) + HARD + "kr"


def duration(seconds):
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if days > 0:
        return f"{days} d" + (f" {hours} h" if hours > 0 else "")
    if hours > 0:
        return f"{hours} h" + (f" {minutes} min" if minutes > 0 else "")
    return f"{minutes} min" if minutes > 0 else f"{seconds} s"


def exact(seconds):
    return f"{seconds} s" if seconds < 60 else f"{duration(seconds)} ({whole(seconds)} s)"


def seconds_of(text):
    """What `exact` was made of."""
    return int(text.split("(")[-1].split(HARD + "s")[0].split(" s")[0].replace(HARD, ""))
