"""What an instance costs a month: a small table of on-demand prices, so that a form can name it before it is sent.

Single-AZ, us-east-1, in US dollars; a standby costs the same again. The numbers were compared on the day below with
several tables that others publish, which agree. AWS's own pages decide, and the form leads to them.
"""

from dataclasses import dataclass

AS_OF = "2026-11-24"
PAGES = {engine: f"https://aws.amazon.com/rds/{engine}/pricing/" for engine in ("mysql", "mariadb")} | {
    "postgres": "https://aws.amazon.com/rds/postgresql/pricing/"
}
FREE = "https://aws.amazon.com/free/"
HOURS = 730  # of a month, as AWS counts them
STORAGE = {"gp2": 0.115, "gp3": 0.115}  # a GiB and month


@dataclass(frozen=True)
class InstanceClass:
    """One class: its size in words, and its price by the hour for MySQL and MariaDB, and for PostgreSQL."""

    name: str
    cpus: int
    memory: int
    mysql: float
    postgres: float

    def hourly(self, engine: str) -> float:
        """Return the price of an hour for an engine."""
        return self.postgres if engine == "postgres" else self.mysql


CLASSES = {
    found.name: found
    for found in (
        InstanceClass("db.t4g.micro", 2, 1, 0.016, 0.016),
        InstanceClass("db.t3.micro", 2, 1, 0.017, 0.018),
        InstanceClass("db.t4g.small", 2, 2, 0.032, 0.032),
        InstanceClass("db.t3.small", 2, 2, 0.034, 0.036),
        InstanceClass("db.t4g.medium", 2, 4, 0.065, 0.065),
        InstanceClass("db.t3.medium", 2, 4, 0.068, 0.072),
        InstanceClass("db.m6g.large", 2, 8, 0.152, 0.159),
        InstanceClass("db.m5.large", 2, 8, 0.171, 0.178),
    )
}
FREE_TIER = ("db.t3.micro", "db.t4g.micro")
FREE_STORAGE = 20


def monthly(engine: str, instance_class: str, storage: int, multi_az: bool = False, kind: str = "gp2") -> float | None:
    """Return the price of a month in US dollars, None for a class that the table does not have."""
    found = CLASSES.get(instance_class)
    if found is None:
        return None
    whole = found.hourly(engine) * HOURS + STORAGE.get(kind, STORAGE["gp2"]) * storage
    return round(whole * (2 if multi_az else 1), 2)
