"""The bytes of objects: one as it is, or many as a zip, both passed on while they arrive."""

import re
from dataclasses import replace
from itertools import chain
from urllib.parse import quote

from botocore.exceptions import ClientError
from flask import Response, request
from werkzeug.exceptions import BadRequest

from app import aws
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import archive, downloads, media
from app.blueprints.s3.urls import all_sent, object_route, sent
from app.roles import VIEWER, needs

ALONE = "sandbox; default-src 'none'"
_ONE_RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")


@object_route("raw", methods=["GET"])
def raw(bucket: str, key: str) -> Response:
    """Answer with an object's bytes; pictures are shown, everything else is only handed over as a file."""
    try:
        found = _open(_wanted(bucket, key))
    except downloads.Unchanged as unchanged:
        return Response(status=304, headers={"ETag": unchanged.etag, "Cache-Control": "private, no-cache"})
    response = Response(found, direct_passthrough=True)
    response.status_code = 206 if found.range else 200
    headers = {
        "Content-Type": found.kind if found.kind in media.INLINE else media.UNKNOWN,
        "Content-Length": str(found.length),
        "Content-Disposition": disposition(_file_name(key), found.kind in media.INLINE and not _as_file()),
        "Content-Security-Policy": ALONE,
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "ETag": found.etag,
    }
    response.headers.update(headers)
    response.last_modified = found.modified
    if found.range:
        response.headers["Content-Range"] = found.range
    return response


@bp.post("/<bucket>/bulk/download")
@needs(VIEWER)
def bulk_download(bucket: str) -> Response:
    """Answer with the chosen objects and folders as one zip."""
    keys, folders = all_sent("key"), all_sent("folder")
    if not keys and not folders:
        raise BadRequest("Nothing is selected. Go back and tick some objects.")
    made = archive.Archive(aws.client("s3"), bucket, keys, folders)
    pieces = iter(made)
    first = next(pieces)  # the first object is open before the answer begins: its failure is still a page
    response = Response(chain([first], pieces), mimetype="application/zip", direct_passthrough=True)
    response.call_on_close(pieces.close)
    name = _file_name(sent("prefix").rstrip("/") or made.root.rstrip("/")) or bucket
    response.headers["Content-Disposition"] = disposition(f"{name}.zip", inline=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def disposition(name: str, inline: bool) -> str:
    """Return Content-Disposition with the name in ASCII and, by RFC 8187, in full."""
    kind = "inline" if inline else "attachment"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    full = quote(name.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
    return f'{kind}; filename="{plain}"' + (f"; filename*=UTF-8''{full}" if full != plain else "")


def _as_file() -> bool:
    return request.args.get("download") == "1"


def _file_name(key: str) -> str:
    last = key.rstrip("/").rpartition("/")[2]
    return "".join(c if c.isprintable() else "_" for c in last) or "object"


def _wanted(bucket: str, key: str) -> downloads.Wanted:
    asked = request.headers.get("Range", "")
    return downloads.Wanted(
        bucket,
        key,
        version=request.args.get("versionId") or None,
        range=asked if _ONE_RANGE.fullmatch(asked) else None,  # others may be ignored, says RFC 9110, and are
        if_none_match=request.headers.get("If-None-Match"),
        if_modified_since=request.if_modified_since,
        if_match=request.headers.get("If-Range") if asked and '"' in request.headers.get("If-Range", "") else None,
    )


def _open(wanted: downloads.Wanted) -> downloads.Download:
    client = aws.client("s3")
    try:
        return downloads.open_object(client, wanted)
    except ClientError as error:
        if not wanted.if_match or error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
            raise
        return downloads.open_object(client, replace(wanted, range=None, if_match=None))  # changed: give the whole
