"""The query protocol of RDS: fields of a form in, an XML document out."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from embedded.errors import Response

NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"
# How RDS names the members of its lists; a list that is not here is always empty.
MEMBERS = {
    "AccountQuotas": "AccountQuota",
    "AvailabilityZones": "AvailabilityZone",
    "DBEngineVersions": "DBEngineVersion",
    "DBInstances": "DBInstance",
    "DBSnapshots": "DBSnapshot",
    "EventCategories": "EventCategory",
    "Events": "Event",
    "OrderableDBInstanceOptions": "OrderableDBInstanceOption",
    "StatusInfos": "DBInstanceStatusInfo",
    "TagList": "Tag",
    "VpcSecurityGroups": "VpcSecurityGroupMembership",
}
# XML 1.0 has no way to write these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def document(operation: str, result: Mapping[str, Any] | None) -> Response:
    """Return an operation's answer; None is that of operations which say nothing."""
    request_id = secrets.token_hex(16)
    inner = "" if result is None else f"<{operation}Result>{members(result)}</{operation}Result>"
    tail = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    body = f'<{operation}Response xmlns="{NAMESPACE}">{inner}{tail}</{operation}Response>'
    return Response(200, {"content-type": "text/xml", "x-amzn-requestid": request_id}, body.encode())


def members(fields: Mapping[str, Any]) -> str:
    """Return the elements of a structure; what is None is left out."""
    return "".join(f"<{name}>{content(name, value)}</{name}>" for name, value in fields.items() if value is not None)


def content(name: str, value: Any) -> str:
    """Return what stands inside one element."""
    if isinstance(value, Mapping):
        return members(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        member = MEMBERS.get(name, "member")
        return "".join(f"<{member}>{content(member, one)}</{member}>" for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return escape(_UNWRITABLE.sub("�", str(value)))
