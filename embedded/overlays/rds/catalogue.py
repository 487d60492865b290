"""What can be created here: engines with the servers behind them, and instance classes, which are names only."""

from dataclasses import dataclass
from typing import Any

from embedded.databases.engine import Engine
from embedded.databases.mariadb import MariaDb
from embedded.databases.postgres import Postgres
from embedded.overlays.rds.parameters import Fault

SERVERS: dict[str, Engine] = {"mariadb": MariaDb(), "postgres": Postgres()}
CLASSES = tuple(
    f"db.{family}.{size}"
    for family, sizes in (
        ("t3", ("micro", "small", "medium", "large")),
        ("t4g", ("micro", "small", "medium", "large")),
        ("m5", ("large", "xlarge")),
        ("m6g", ("large", "xlarge")),
        ("m7g", ("large", "xlarge")),
        ("r6g", ("large", "xlarge")),
    )
    for size in sizes
)
STORAGE_TYPES = ("gp2", "gp3", "standard")


@dataclass(frozen=True)
class Offer:
    """One engine of RDS as it is offered here."""

    engine: str
    server: str
    port: int
    licence: str
    longest_name: int
    longest_password: int
    description: str

    @property
    def behind(self) -> Engine:
        """The server that runs it."""
        return SERVERS[self.server]

    @property
    def version(self) -> str:
        """The true version: for mysql it says that MariaDB serves it."""
        version = self.behind.version()
        return f"{version}-MariaDB" if self.engine == "mysql" else version

    @property
    def family(self) -> str:
        """The name that RDS gives the parameters of a major version."""
        parts = self.version.split(".")
        return f"{self.engine}{parts[0]}" if self.engine == "postgres" else f"{self.engine}{parts[0]}.{parts[1]}"

    def check_version(self, wanted: str) -> None:
        """Refuse a version that is not here: nothing pretends to be another one."""
        if wanted and wanted != self.version and not f"{self.version}".startswith(f"{wanted}."):
            there = f"the embedded AWS has {self.version}"
            raise Fault("InvalidParameterCombination", f"Cannot find version {wanted[:40]} for {self.engine}: {there}.")


OFFERS = {
    offer.engine: offer
    for offer in (
        Offer("mariadb", "mariadb", 3306, "general-public-license", 16, 41, "MariaDB Community Edition"),
        Offer("mysql", "mariadb", 3306, "general-public-license", 16, 41, "MySQL family, served by MariaDB"),
        Offer("postgres", "postgres", 5432, "postgresql-license", 63, 128, "PostgreSQL"),
    )
}


def offer_for(engine: str) -> Offer:
    """Return the offer for an engine; a Fault where there is none, or no server for it on this machine."""
    offer = OFFERS.get(engine.lower())
    if offer is None:
        offered = ", ".join(OFFERS)
        raise Fault("InvalidParameterValue", f"Invalid DB engine: {engine[:40]}. The embedded AWS has {offered}.")
    if missing := offer.behind.missing():
        raise Fault("InvalidParameterCombination", f"The engine {offer.engine} is not available: {missing}.")
    return offer


def present() -> list[Offer]:
    """Return the offers whose server is on this machine."""
    return [offer for offer in OFFERS.values() if not offer.behind.missing()]


def version_of(offer: Offer) -> dict[str, Any]:
    """Return one engine version as DescribeDBEngineVersions shows it."""
    return {
        "Engine": offer.engine,
        "EngineVersion": offer.version,
        "DBParameterGroupFamily": offer.family,
        "DBEngineDescription": offer.description,
        "DBEngineVersionDescription": f"{offer.description} {offer.version}",
        "SupportsLogExportsToCloudwatchLogs": False,
        "SupportsReadReplica": False,
        "SupportsGlobalDatabases": False,
        "SupportsParallelQuery": False,
        "Status": "available",
        "MajorEngineVersion": offer.family.removeprefix(offer.engine),
    }


def option_of(offer: Offer, instance_class: str, region: str) -> dict[str, Any]:
    """Return one way to order an instance as DescribeOrderableDBInstanceOptions shows it."""
    return {
        "Engine": offer.engine,
        "EngineVersion": offer.version,
        "DBInstanceClass": instance_class,
        "LicenseModel": offer.licence,
        "AvailabilityZones": [{"Name": f"{region}a"}],
        "MultiAZCapable": False,
        "ReadReplicaCapable": False,
        "Vpc": True,
        "SupportsStorageEncryption": False,
        "StorageType": "gp2",
        "SupportsIops": False,
        "SupportsEnhancedMonitoring": False,
        "SupportsIAMDatabaseAuthentication": False,
        "SupportsPerformanceInsights": False,
        "MinStorageSize": 20,
        "MaxStorageSize": 65536,
        "SupportsStorageAutoscaling": True,
    }
