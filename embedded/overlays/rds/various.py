"""The operations on tags, events and the catalogue, and the lists that are empty here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from embedded.overlays.rds import rules, show
from embedded.overlays.rds.catalogue import CLASSES, offer_for, option_of, present, version_of
from embedded.overlays.rds.context import Call
from embedded.overlays.rds.parameters import TAGS, Fault
from embedded.overlays.rds.records import Event, Instance, Snapshot

PAGING = ("MaxRecords", "Marker", "Filters")
# There are none of these here, which is a true answer; one that is asked for by name is not found.
EMPTY = {
    "DescribeDBClusters": ("DBClusters", "DBClusterIdentifier", "DBClusterNotFoundFault"),
    "DescribeDBClusterSnapshots": (
        "DBClusterSnapshots",
        "DBClusterSnapshotIdentifier",
        "DBClusterSnapshotNotFoundFault",
    ),
    "DescribeDBInstanceAutomatedBackups": (
        *("DBInstanceAutomatedBackups", "DbiResourceId", "DBInstanceAutomatedBackupNotFound"),
    ),
    "DescribeDBParameterGroups": ("DBParameterGroups", "DBParameterGroupName", "DBParameterGroupNotFound"),
    "DescribeDBProxies": ("DBProxies", "DBProxyName", "DBProxyNotFoundFault"),
    "DescribeDBSubnetGroups": ("DBSubnetGroups", "DBSubnetGroupName", "DBSubnetGroupNotFoundFault"),
    "DescribeEventSubscriptions": ("EventSubscriptionsList", "SubscriptionName", "SubscriptionNotFound"),
    "DescribeGlobalClusters": ("GlobalClusters", "GlobalClusterIdentifier", "GlobalClusterNotFoundFault"),
    "DescribeOptionGroups": ("OptionGroupsList", "OptionGroupName", "OptionGroupNotFoundFault"),
    "DescribePendingMaintenanceActions": ("PendingMaintenanceActions", "ResourceIdentifier", "ResourceNotFoundFault"),
}


def empty(call: Call, operation: str) -> dict[str, Any]:
    """Answer one of the Describe operations whose list is always empty here."""
    element, name, code = EMPTY[operation]
    if call.parameters.given(name):
        raise Fault(code, f"{call.parameters.text(name)[:80]} not found.", 404)
    return {element: []}


def engine_versions(call: Call) -> dict[str, Any]:
    """DescribeDBEngineVersions: what is installed on this machine."""
    given = call.parameters
    given.allow("Engine", "EngineVersion", "DBParameterGroupFamily", "DefaultOnly", "IncludeAll", *PAGING)
    wanted = given.filters("engine", "status")
    engine, version, family = (given.text(name) for name in ("Engine", "EngineVersion", "DBParameterGroupFamily"))
    kept = [
        offer
        for offer in present()
        if engine in ("", offer.engine)
        and (not version or f"{offer.version}.".startswith(f"{version}."))
        and family in ("", offer.family)
        and offer.engine in wanted.get("engine", {offer.engine})
    ]
    page = show.page(kept, given, lambda offer: offer.engine, version_of)
    return {"DBEngineVersions": page["Page"], "Marker": page["Marker"]}


def orderable(call: Call) -> dict[str, Any]:
    """DescribeOrderableDBInstanceOptions."""
    given = call.parameters
    given.allow("Engine", "EngineVersion", "DBInstanceClass", "LicenseModel", "Vpc", *PAGING)
    offer = offer_for(given.required("Engine"))
    offer.check_version(given.text("EngineVersion"))
    wanted = given.text("DBInstanceClass")
    classes = [name for name in CLASSES if wanted in ("", name)]
    page = show.page(classes, given, str, lambda name: option_of(offer, name, call.region))
    return {"OrderableDBInstanceOptions": page["Page"], "Marker": page["Marker"]}


def attributes(call: Call) -> dict[str, Any]:
    """DescribeAccountAttributes: the limits that hold here, with what is used of them."""
    used = {"DBInstances": (len(call.book.instances), rules.INSTANCES)}
    used["ManualSnapshots"] = (len(call.book.snapshots), rules.SNAPSHOTS)
    quotas = [{"AccountQuotaName": name, "Used": have, "Max": most} for name, (have, most) in used.items()]
    return {"AccountQuotas": quotas}


def events(call: Call) -> dict[str, Any]:
    """DescribeEvents: the last hour, unless another time is asked for."""
    given = call.parameters
    asked = ("SourceIdentifier", "SourceType", "StartTime", "EndTime", "Duration", "EventCategories")
    given.allow(*asked, *PAGING)
    source, kind = given.text("SourceIdentifier").lower(), given.text("SourceType")
    if source and not kind:
        raise Fault("InvalidParameterCombination", "SourceType is required with SourceIdentifier.")
    end = given.moment("EndTime") or datetime.now(UTC) + timedelta(seconds=1)
    start = given.moment("StartTime") or end - timedelta(minutes=given.number("Duration", 1, 20160, 60))
    categories = set(given.texts("EventCategories"))

    def wanted(event: Event) -> bool:
        where = (event.account, event.region) == (call.account, call.region)
        about = source in ("", event.source) and kind in ("", event.kind)
        return (
            where
            and about
            and start <= show.moment(event.time) <= end
            and {event.category} <= (categories or {event.category})
        )

    kept = [event for event in call.book.events if wanted(event)]
    page = show.page(kept, given, lambda event: f"{event.time:020.6f} {event.arn}", show.event)
    return {"Events": page["Page"], "Marker": page["Marker"]}


def tagged(call: Call) -> Instance | Snapshot:
    """Return the resource that a call about tags names."""
    name = call.parameters.required("ResourceName")
    records: list[Instance | Snapshot] = [*call.instances(), *call.snapshots()]
    for record in records:
        if record.arn == name:
            return record
    if not name.startswith("arn:aws:rds:"):
        raise Fault("InvalidParameterValue", f"Invalid resource name: {name[:120]}.")
    kind = "DBSnapshotNotFound" if ":snapshot:" in name else "DBInstanceNotFound"
    raise Fault(kind, f"{name[:200]} not found.", 404)


def add_tags(call: Call) -> None:
    """AddTagsToResource."""
    call.parameters.allow("ResourceName", "Tags")
    record = tagged(call)
    tags = {**record.tags, **call.parameters.tags()}
    if len(tags) > TAGS:
        raise Fault("InvalidParameterValue", f"A resource has {TAGS} tags at most.")
    record.tags = tags
    call.book.save()


def remove_tags(call: Call) -> None:
    """RemoveTagsFromResource."""
    call.parameters.allow("ResourceName", "TagKeys")
    record, keys = tagged(call), set(call.parameters.texts("TagKeys"))
    record.tags = {key: value for key, value in record.tags.items() if key not in keys}
    call.book.save()


def list_tags(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    call.parameters.allow("ResourceName", "Filters")
    return {"TagList": show.tag_list(tagged(call).tags)}


OPERATIONS: dict[str, Callable[[Call], dict[str, Any] | None]] = {
    "AddTagsToResource": add_tags,
    "DescribeAccountAttributes": attributes,
    "DescribeDBEngineVersions": engine_versions,
    "DescribeEvents": events,
    "DescribeOrderableDBInstanceOptions": orderable,
    "ListTagsForResource": list_tags,
    "RemoveTagsFromResource": remove_tags,
}
