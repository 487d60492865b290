"""The small pictures of the gallery."""

import re

from flask import Response, current_app, make_response, request

from app import aws
from app.access.switch import changeable
from app.blueprints.s3.service import thumbnails
from app.blueprints.s3.urls import object_route
from app.blueprints.s3.views.common import cache_bucket
from app.config import Settings
from app.guarding import housekeeping

FOREVER = "private, max-age=31536000, immutable"  # the address holds the ETag: what it shows never changes
ETAG = re.compile("[!#-~]{0,200}")
ALONE = "sandbox; default-src 'none'"


@object_route("thumbnail", methods=["GET"])
def thumbnail(bucket: str, key: str) -> Response:
    """Answer with an object's thumbnail as WebP.

    Where there is none to make, a neutral icon with status 200: an `img` shows it, the gallery logs no error, and the
    browser may keep it; `X-Trellis-Preview` says why in a word.
    """
    asked = request.args.get("v", "").strip('"')
    wanted = asked if ETAG.fullmatch(asked) else ""  # it is sent as a header
    with housekeeping():
        found = thumbnails.thumbnail(aws.client("s3"), cache(), bucket, key, wanted)
    response = make_response(found.small.body)
    response.mimetype = "image/webp"
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Trellis-Preview"] = f"none; reason={found.small.reason}" if found.small.reason else "made"
    facts = found.small.facts()
    response.headers["X-Trellis-Picture"] = "; ".join(f"{k}={v}" for k, v in facts.items() if k != "reason")
    steady = wanted == found.etag and not found.small.reason
    response.headers["Cache-Control"] = FOREVER if steady else "private, no-cache"
    response.set_etag(found.etag)
    response.make_conditional(request)
    return response


def cache() -> thumbnails.Cache:
    """Return the bucket that keeps this account's and region's thumbnails."""
    settings: Settings = current_app.extensions["settings"]
    who = aws.identity()
    return thumbnails.Cache(
        bucket=cache_bucket(),
        owner=who.account,
        region=aws.region(),
        writable=changeable(who),  # not who asks: the next one is shown the same
        most_pixels=settings.max_megapixels * 1_000_000,
    )
