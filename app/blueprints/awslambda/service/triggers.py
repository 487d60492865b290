"""What invokes a function: S3 notifications, event source mappings, API Gateway; what else its policy lets in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import notifications, policy
from app.blueprints.awslambda.service.functions import Function
from app.blueprints.awslambda.service.notifications import Notification
from app.blueprints.awslambda.service.policy import Permission, Policy

MOST = 50  # buckets that are asked
_API = re.compile(r"arn:[\w-]+:execute-api:[\w-]+:\d+:(?P<id>\w+)/(?P<stage>[^/]*)/(?P<method>[^/]*)/?(?P<path>.*)")


@dataclass(frozen=True)
class FromBucket:
    """A bucket that may invoke the function, and what it tells it about; `unread` says why that is not known."""

    bucket: str
    notifications: tuple[Notification, ...] = ()
    unread: str = ""


@dataclass(frozen=True)
class SourceMapping:
    """An event source mapping: a queue or stream that Lambda reads for the function."""

    uuid: str
    source: str
    state: str
    batch: int = 0


@dataclass(frozen=True)
class FromApi:
    """A method of an API that may invoke the function; `gone` is one of an API that is not there any more."""

    api: str
    method: str
    path: str
    name: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Triggers:
    """All that invokes a function, as far as it is known."""

    policy: Policy
    buckets: tuple[FromBucket, ...] = ()
    mappings: tuple[SourceMapping, ...] = ()
    apis: tuple[FromApi, ...] = ()
    others: tuple[Permission, ...] = ()
    unread: str = ""

    @property
    def any(self) -> bool:
        """Whether something points to the function."""
        invoking = any(not one.gone for one in self.apis)
        return bool(invoking or self.mappings or any(one.notifications or one.unread for one in self.buckets))


def of(clients: Mapping[str, Any], function: Function) -> Triggers:
    """Return what invokes a function: its policy names the buckets and APIs, Lambda its mappings."""
    found = policy.get(clients["lambda"], function.name)
    mappings, unread = _mappings(clients["lambda"], function.name)
    names = dict.fromkeys(
        one.source.partition(":::")[2] for one in found.permissions if one.who == "S3" and ":::" in one.source
    )
    buckets = tuple(_bucket(clients["s3"], name, function) for name in list(names)[:MOST] if "*" not in name)
    apis = named(clients["apigateway"], [one.source for one in found.permissions])
    others = tuple(one for one in found.permissions if one.who != "S3" and not _api(one.source))
    return Triggers(found, buckets, mappings, apis, others, unread)


def _mappings(client: Any, name: str) -> tuple[tuple[SourceMapping, ...], str]:
    try:
        pages = client.get_paginator("list_event_source_mappings").paginate(FunctionName=name)
        every = [one for page in pages for one in page["EventSourceMappings"]]
    except ClientError as error:
        return (), error.response["Error"].get("Message", "") or str(error)
    return tuple(
        SourceMapping(one["UUID"], one.get("EventSourceArn", ""), one.get("State", ""), one.get("BatchSize", 0))
        for one in every
    ), ""


def _bucket(client: Any, name: str, function: Function) -> FromBucket:
    try:
        every = notifications.read(notifications.get(client, name))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return FromBucket(name)
        return FromBucket(name, unread=error.response["Error"].get("Message", "") or str(error))
    return FromBucket(name, tuple(one for one in every if _is(one.target, function)))


def _is(target: str, function: Function) -> bool:
    return target == function.arn or target.startswith(f"{function.arn}:")


def _api(source: str) -> FromApi | None:
    found = _API.fullmatch(source)
    return FromApi(found["id"], found["method"], f"/{found['path']}") if found else None


def named(client: Any, sources: list[str]) -> tuple[FromApi, ...]:
    """Return the APIs among these ARNs with their names; where AWS does not tell one, its id has to do."""
    apis = [api for source in sources if (api := _api(source))]
    ids = list(dict.fromkeys(one.api for one in apis))[:MOST]
    known = {id: _name(client, id) for id in ids}
    return tuple(replace(one, **known.get(one.api, {})) for one in apis)


def _name(client: Any, api: str) -> dict[str, Any]:
    try:
        return {"name": client.get_rest_api(restApiId=api)["name"]}
    except ClientError as error:
        return {"gone": error.response["Error"]["Code"] == "NotFoundException"}


def writes_into(needs: Any, bucket: str) -> bool:
    """Whether code puts objects into a bucket, as far as its needs say: the trigger would then trigger itself."""
    resources = [one.resource for one in needs if one.action == "s3:PutObject"]
    return any(resource in ("*", "arn:aws:s3:::*/*") or f":::{bucket}/" in resource for resource in resources)


def add(clients: Mapping[str, Any], function: Function, wanted: Notification, bucket: str, account: str) -> None:
    """Let the bucket invoke the function, and have it do so. Raises notifications.Conflict, ClientError.

    The permission comes first: S3 tries the function when it takes the notification.
    """
    there = notifications.read(notifications.get(clients["s3"], bucket))
    other = notifications.overlap(wanted, there)
    if other is not None:
        raise notifications.Conflict(notifications.explain(other))
    fresh = _permit(clients["lambda"], function, wanted.id, bucket, account)
    try:
        notifications.add(clients["s3"], bucket, wanted)
    except (ClientError, notifications.Conflict):
        if fresh:
            policy.remove(clients["lambda"], function.name, wanted.id)
        raise


def _permit(client: Any, function: Function, sid: str, bucket: str, account: str) -> bool:
    """Add the permission; returns whether it is new."""
    partition = function.arn.split(":")[1]
    try:
        client.add_permission(
            FunctionName=function.name,
            StatementId=sid,
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn=f"arn:{partition}:s3:::{bucket}",
            SourceAccount=account,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceConflictException":
            return False  # of this very trigger, made before: the id says which
        raise
    return True


def remove(clients: Mapping[str, Any], function: Function, bucket: str, id: str) -> bool:
    """Remove a bucket's notification, and the permission of the same name; returns whether it was there."""
    went = notifications.remove(clients["s3"], bucket, id)
    found = policy.get(clients["lambda"], function.name)
    if any(one.sid == id for one in found.permissions):
        policy.remove(clients["lambda"], function.name, id)
    return went
