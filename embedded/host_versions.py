"""S3's list of versions with its names encoded (private names of the emulator, like host.py).

XML cannot hold every key: control characters are forbidden in it, and readers change a carriage return. Clients ask for
`encoding-type=url`, which the emulator heeds for objects and not for versions.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
"""

import re
from typing import Any
from xml.sax.saxutils import unescape

from embedded.host_sums import Answer

_NAMES = re.compile(rb"<(Key|Prefix|Delimiter|KeyMarker|NextKeyMarker)>(.*?)</\1>", re.DOTALL)
_ENTITIES = {"&quot;": '"', "&apos;": "'", "&#13;": "\r", "&#10;": "\n", "&#09;": "\t"}


def install(s3: Any) -> None:
    """Encode what the list names where it is asked for."""
    listed = s3._list_object_versions

    def encoded(bucket: str, parameters: dict[str, Any]) -> Answer:
        answer: Answer = listed(bucket, parameters)
        status, headers, body = answer
        if status != 200 or s3._qp(parameters, "encoding-type") != "url":
            return answer
        made = _NAMES.sub(name, body).replace(b"<MaxKeys>", b"<EncodingType>url</EncodingType><MaxKeys>", 1)
        return status, headers, made

    def name(found: re.Match[bytes]) -> bytes:
        text = s3._url_encode(unescape(found[2].decode(), _ENTITIES))
        return b"<%b>%b</%b>" % (found[1], text.encode(), found[1])

    s3._list_object_versions = encoded
