"""The functions of the language: how many arguments each takes, and which of them aggregate."""

MANY = 100

# name -> (least, most) arguments
SCALAR: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "floor": (1, 1),
    "greatest": (1, MANY),
    "least": (1, MANY),
    "log": (1, 1),
    "sqrt": (1, 1),
    "bin": (1, 1),
    "datefloor": (2, 2),
    "dateceil": (2, 2),
    "frommillis": (1, 1),
    "tomillis": (1, 1),
    "now": (0, 0),
    "ispresent": (1, 1),
    "coalesce": (1, MANY),
    "isempty": (1, 1),
    "isblank": (1, 1),
    "concat": (1, MANY),
    "ltrim": (1, 2),
    "rtrim": (1, 2),
    "trim": (1, 2),
    "strlen": (1, 1),
    "toupper": (1, 1),
    "tolower": (1, 1),
    "substr": (2, 3),
    "replace": (3, 3),
    "strcontains": (2, 2),
    "jsonparse": (1, 1),
    "jsonstringify": (1, 1),
    "isvalidip": (1, 1),
    "isvalidipv4": (1, 1),
    "isvalidipv6": (1, 1),
    "isipinsubnet": (2, 2),
    "isipv4insubnet": (2, 2),
    "isipv6insubnet": (2, 2),
    "unmask": (1, 1),
}
AGGREGATE: dict[str, tuple[int, int]] = {
    "avg": (1, 1),
    "count": (0, 1),
    "count_distinct": (1, 1),
    "max": (1, 1),
    "min": (1, 1),
    "pct": (2, 2),
    "stddev": (1, 1),
    "sum": (1, 1),
    "earliest": (1, 1),
    "latest": (1, 1),
    "sortsfirst": (1, 1),
    "sortslast": (1, 1),
}
# Commands that AWS has and that are not here: they are named in the refusal.
ELSEWHERE = frozenset(
    ("pattern", "diff", "anomaly", "filterindex", "source", "lookup", "join", "unnest", "subquery", "addtotals")
)
UNITS: dict[str, str] = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("mo", "mon", "month", "months"), "mo"),
    **dict.fromkeys(("q", "qtr", "quarter", "quarters"), "q"),
    **dict.fromkeys(("y", "yr", "year", "years"), "y"),
}
MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
MONTHS = {"mo": 1, "q": 3, "y": 12}
