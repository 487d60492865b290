"""After a start: instances go on where a stop, or a kill -9, left them."""

import logging

from embedded.overlays.rds.ending import finish
from embedded.overlays.rds.lifecycle import Servers
from embedded.overlays.rds.records import Instance

logger = logging.getLogger("embedded.rds")


def resume(servers: Servers) -> None:
    """Begin what each instance needs; snapshots that were cut off have failed."""
    book = servers.book
    if not book.instances and not book.snapshots and not servers.has_place():
        return
    removed = servers.place.remove_others(book.directories())
    if removed:
        logger.info("Removed what no DB instance or snapshot has: %s", ", ".join(removed))
    finals = {instance.final_snapshot for instance in book.instances}
    for snapshot in book.snapshots:
        if snapshot.status == "creating" and snapshot.resource_id not in finals:
            snapshot.status = "failed"
            book.tell(snapshot, "The snapshot failed: the embedded AWS ended while it was made.", "failure")
    for instance in list(book.instances):
        _resume(servers, instance)
    book.save()


def _resume(servers: Servers, instance: Instance) -> None:
    if instance.status == "deleting":
        servers.begin(instance, lambda one: finish(servers, one))
    elif instance.status in ("stopping", "stopped"):
        instance.status = "stopped"
    elif instance.initialised:
        instance.status = "starting"
        servers.begin(instance, lambda one: _start(servers, one))
    elif instance.restoring:
        instance.status = "creating"
        servers.begin(instance, servers.restore)
    else:
        instance.status = "creating"
        servers.begin(instance, servers.create)


async def _start(servers: Servers, instance: Instance) -> None:
    await servers.start(instance)
    servers.become(instance, "available", "DB instance restarted", "availability")
