"""The door to AWS: a client per service, region and identity, made once."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, has_request_context, session

from app import context, recorder
from app.awssession import CONFIG, CONFIGS
from app.awssession import new_session as new_session
from app.config import Settings
from app.guarding import PARTIQL as PARTIQL
from app.guarding import ReadOnly as ReadOnly
from app.guarding import is_read as is_read
from app.guarding import refuse_but, refuse_readers, refuse_until
from app.identities import Gate as Gate
from app.identities import Identity as Identity
from app.identities import NoAws as NoAws

IDENTITY_SECONDS = 300
NOBODY_SECONDS = 5  # for so long nobody looks again for credentials that were not there: a second, off EC2
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Watcher = Callable[[Any, str, bool, str], None]  # a client's events, region, whether its account is real, and its name


class Aws:
    """The clients of one identity: this process's own, or (app.assumed) a person in one of several accounts."""

    name = ""  # of the account, in TRELLIS_ACCOUNTS

    def __init__(self, settings: Settings, session_factory: Callable[[], Any] = new_session):
        self._default_region = settings.region
        self._session = session_factory()
        self._clients: dict[tuple[str, ...], Any] = {}
        self._identities: dict[str, tuple[float, Identity]] = {}
        self._regions: dict[str, tuple[str, ...]] = {}
        self._nobody_until = 0.0
        self._lock = threading.Lock()
        self.gate = Gate()
        self.watchers: list[Watcher] = []  # each is shown the events of every new client

    def client(self, service: str, region: str) -> Any:
        """Return the shared boto3 client of a service in a region; raises NoAws where none can be made."""
        return self._kept((service, region), lambda: self._make(service, region))

    def _kept(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        found = self._clients.get(key)
        if found is None:
            with self._lock:
                found = self._clients.get(key) or make()
                self._clients[key] = found
        return found

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
        self._watch(client, region, real=self._is_real(client))
        return client

    def _is_real(self, client: Any) -> bool:
        return not is_loopback(client.meta.endpoint_url)

    def _watch(self, client: Any, region: str, real: bool) -> None:
        """Have a client's calls recorded, and those refused that may not be."""
        events = client.meta.events
        recorder.attach(events, region)
        for watcher in self.watchers:
            watcher(events, region, real, self.name)
        refuse = refuse_until(lambda: self.gate.until) if real else refuse_readers
        events.register_first("before-parameter-build", refuse)

    def state(self, region: str, table: str) -> Any:
        """Return a DynamoDB client that changes one table, the dashboard's own, whoever asks, and nothing else."""

        def make() -> Any:
            client = self._bare("dynamodb", region)
            client.meta.events.register_first("before-parameter-build", refuse_but(table), "trellis-state")
            return client

        return self._kept(("state", region), make)

    def sts(self, region: str) -> Any:
        """Return an STS client whose calls nobody sees, with which roles are assumed."""
        return self._kept(("assume", region), lambda: self._bare("sts", region))

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
            return Identity("none", problem=str(error), name=self.name)
        kind = "aws" if self._is_real(sts) else "embedded"
        try:
            answer = sts.get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            return Identity(kind, problem=str(error), name=self.name)
        return Identity(kind, answer["Account"], answer["Arn"], name=self.name)

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


def home() -> Aws:
    """Return this process's own Aws, which keeps the dashboard's state, whoever asks."""
    found: Aws = context.extension("aws")
    return found


def account() -> str:
    """Return the name of the account that this person has chosen, empty for the process's own credentials."""
    if not has_request_context():
        return ""
    kept = context.kept()
    if "who" not in kept:
        return ""
    if "account" not in kept:
        chosen = session.get("account")
        kept.account = chosen if chosen in context.extension("accounts").named else ""
    found: str = kept.account
    return found


def door() -> Aws:
    """Return the Aws of who asks, in the account that they have chosen: nobody else's clients are in it."""
    name = account()
    if not name:
        return home()
    who = context.kept().who
    found: Aws = context.extension("accounts").door(home(), name, who.id, who.name)
    return found


def region() -> str:
    """Return the region that this person has chosen, or the default of the account."""
    kept = context.kept()
    name: str | None = kept.get("region")
    if name is None:
        chosen = session.get("region")
        name = chosen if chosen in door().regions() else _usual_region()
        kept.region = name
    return name


def _usual_region() -> str:
    named: str = context.extension("accounts").region(account())
    usual: str = context.extension("settings").region
    return named or usual


def client(service: str) -> Any:
    """Return the boto3 client of a service for this request's region."""
    return door().client(service, region())


def identity() -> Identity:
    """Return where this request's calls go, and why who asks can change nothing, if so."""
    return _told(door().identity(region()))


def own_identity() -> Identity:
    """Return the same for the process's own credentials, with which the dashboard keeps its state."""
    if not account():
        return identity()
    return _told(home().identity(context.extension("settings").region))


def _told(found: Identity) -> Identity:
    reason: str = context.extension("why_off")(found)
    return _marked(found, reason) if reason else found


@lru_cache(64)
def _marked(found: Identity, reason: str) -> Identity:
    return replace(found, reason=reason)
