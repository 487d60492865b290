"""The one door to boto3: a session per process, a client per service, region and identity."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.utils import parse_timestamp
from flask import Flask, current_app, g, session

from app import awsdata, recorder
from app.config import Settings
from app.guarding import PARTIQL as PARTIQL
from app.guarding import ReadOnly as ReadOnly
from app.guarding import is_read as is_read
from app.guarding import refuse_but, refuse_readers, refuse_table, refuse_until

IDENTITY_SECONDS = 300
NOBODY_SECONDS = 5  # for so long nobody looks again for credentials that were not there: a second, off EC2
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Watcher = Callable[[Any, str, bool], None]  # a client's events, its region, whether its account is a real one

CONFIG = Config(
    connect_timeout=3,
    read_timeout=60,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=32,
    # Over TLS boto3 signs no S3 payload either; over loopback to sign one costs a third of an upload's time. What
    # arrives is still proved by its checksum.
    s3={"payload_signing_enabled": False},
    # Whole: botocore would put its own together anew for each call, a twentieth of what a call costs.
    user_agent=f"trellis Boto3/{boto3.__version__} Botocore/{botocore.__version__}",
)

# Unless told, botocore signs links by the old version 2, which newer regions and encrypted objects refuse.
S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4"))
# A function runs for up to 15 minutes, and a call that is sent again runs it again: it is waited for, never retried.
LAMBDA_CONFIG = CONFIG.merge(Config(read_timeout=910, retries={"total_max_attempts": 1, "mode": "standard"}))
CONFIGS = {"s3": S3_CONFIG, "lambda": LAMBDA_CONFIG}


class NoAws(Exception):
    """Neither an endpoint nor credentials are there: nothing can be called."""


@dataclass(frozen=True)
class Identity:
    """Where the calls go, and as whom: `kind` is "embedded", "aws" or "none".

    `reason` says why who asks can change nothing; it is empty where they can.
    """

    kind: str
    account: str = ""
    arn: str = ""
    problem: str = ""
    reason: str = ""

    @property
    def read_only(self) -> bool:
        """Whether who asks can change nothing: a real account on which changes are off, or a role that only reads."""
        return bool(self.reason)

    @property
    def label(self) -> str:
        """The account as people write it: AWS's 1234-5678-9012, the embedded one's plain digits."""
        digits = self.account
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}" if self.kind == "aws" and digits else digits


def new_session() -> Any:
    """Return a boto3 session that keeps no documentation, and that reads the times in answers quickly.

    The times are half of what parsing a long listing costs.
    """
    core = botocore.session.get_session()
    core.register_component("data_loader", awsdata.loader(core.get_config_variable("data_path")))
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
    return boto3.Session(botocore_session=core)


def _timestamp(value: Any) -> datetime:
    """Return a time; ISO 8601, which most services send, and HTTP's dates by Python itself, all else by botocore."""
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and value.endswith(" GMT"):
        return parsedate_to_datetime(value)
    parsed: datetime = parse_timestamp(value)
    return parsed


class Aws:
    """The clients of this process."""

    def __init__(self, settings: Settings, session_factory: Callable[[], Any] = new_session):
        self._default_region = settings.region
        self._session = session_factory()
        self._clients: dict[tuple[str, str], Any] = {}
        self._identities: dict[str, tuple[float, Identity]] = {}
        self._regions: dict[str, tuple[str, ...]] = {}
        self._nobody_until = 0.0
        self._lock = threading.Lock()
        self._own_table = refuse_table(settings.state_table)
        self.changes_until = 0.0  # epoch seconds until which a real account may be changed: app.access.switch sets it
        self.watchers: list[Watcher] = []  # each is shown the events of every new client

    def client(self, service: str, region: str) -> Any:
        """Return the shared boto3 client of a service in a region; raises NoAws where none can be made."""
        key = (service, region)
        found = self._clients.get(key)
        if found is not None:
            return found
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(service, region)
            return self._clients[key]

    def read(self, services: Iterable[str]) -> None:
        """Read botocore's descriptions of services ahead; nothing is called, and no credentials are needed."""
        core = self._session._session
        loader = core.get_component("data_loader")
        for service in services:
            loader.load_service_model(service, "service-2")
            loader.load_service_model(service, "endpoint-rule-set-1")
        loader.load_data_with_path("endpoints")

    def _bare(self, service: str, region: str) -> Any:
        """Return a new client whose calls nobody sees."""
        if time.monotonic() < self._nobody_until:
            raise NoAws
        if self._session.get_credentials() is None:
            self._nobody_until = time.monotonic() + NOBODY_SECONDS
            raise NoAws
        return self._session.client(service, region_name=region, config=CONFIGS.get(service, CONFIG))

    def _make(self, service: str, region: str) -> Any:
        client = self._bare(service, region)
        self._watch(client, region, real=not is_loopback(client.meta.endpoint_url))
        return client

    def _watch(self, client: Any, region: str, real: bool) -> None:
        """Have a client's calls recorded, and those refused that may not be."""
        events = client.meta.events
        recorder.attach(events, region)
        for watcher in self.watchers:
            watcher(events, region, real)
        refuse = refuse_until(lambda: self.changes_until) if real else refuse_readers
        events.register_first("before-parameter-build", refuse)
        events.register_first("before-parameter-build.dynamodb", self._own_table)

    def state(self, region: str, table: str) -> Any:
        """Return a DynamoDB client that changes one table, the dashboard's own, whoever asks, and nothing else."""
        key = ("state", region)
        found = self._clients.get(key)
        if found is None:
            with self._lock:
                found = self._clients[key] = self._clients.get(key) or self._bare("dynamodb", region)
                found.meta.events.register_first("before-parameter-build", refuse_but(table), "trellis-state")
        return found

    def identity(self, region: str) -> Identity:
        """Return who the calls are made as; asked of STS once in five minutes, and not part of the record."""
        when, known = self._identities.get(region, (0.0, None))
        if known is not None and time.monotonic() - when < (IDENTITY_SECONDS if known.account else 2):
            return known
        with recorder.unrecorded():
            identity = self._ask_identity(region)
        self._identities[region] = (time.monotonic(), identity)
        return identity

    def is_real(self, region: str) -> bool:
        """Whether the account of a region is known to be a real one; nobody is asked."""
        known = self._identities.get(region)
        return known is not None and known[1].kind == "aws"

    def _ask_identity(self, region: str) -> Identity:
        try:
            sts = self.client("sts", region)
        except (NoAws, BotoCoreError) as error:
            return Identity("none", problem=str(error))
        kind = "embedded" if is_loopback(sts.meta.endpoint_url) else "aws"
        try:
            answer = sts.get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            return Identity(kind, problem=str(error))
        return Identity(kind, answer["Account"], answer["Arn"])

    def regions(self, service: str = "s3") -> tuple[str, ...]:
        """Return the names of the regions in which a service exists."""
        if service not in self._regions:
            self._regions[service] = tuple(sorted(self._session.get_available_regions(service)))
        return self._regions[service]


def is_loopback(url: str) -> bool:
    """Whether an endpoint lies on this computer."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def init_app(app: Flask, session_factory: Callable[[], Any] = new_session) -> None:
    """Give the application its door to AWS."""
    app.extensions["aws"] = Aws(app.extensions["settings"], session_factory)


def door() -> Aws:
    """Return this application's Aws."""
    found: Aws = current_app.extensions["aws"]
    return found


def region() -> str:
    """Return the region that this person has chosen, or the default."""
    name: str | None = g.get("region")
    if name is None:
        chosen = session.get("region")
        name = chosen if chosen in door().regions() else current_app.extensions["settings"].region
        g.region = name
    return name


def client(service: str) -> Any:
    """Return the boto3 client of a service for this request's region."""
    return door().client(service, region())


def identity() -> Identity:
    """Return where this request's calls go, and why who asks can change nothing, if so."""
    found = door().identity(region())
    return _marked(found, current_app.extensions["why_off"](found))


@lru_cache(64)
def _marked(found: Identity, reason: str) -> Identity:
    return replace(found, reason=reason)
