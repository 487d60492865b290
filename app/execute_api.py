"""Where the stages of REST APIs answer, on AWS and on the embedded AWS, and how an API is known by its template."""

from typing import Any
from urllib.parse import quote, urlsplit

from app.aws import is_loopback

TEMPLATE_TAG = "trellis:template"
UPLOAD = "upload"  # the template of an API that stores pictures
UPLOAD_NAME = "UploadImageToS3"  # the same API made by hand
# A picture to try it with: a PNG of one green pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mPQr/UHAAHaAPx/WuYiAAAAAElFTkSuQmCC"
UPLOAD_PAGE = f"/apigateway/new?template={UPLOAD}"


def base(client: Any, api: str, stage: str) -> str:
    """Return the address of a stage's root, without a slash at its end; `client` is API Gateway's.

    The embedded AWS answers under a path of its endpoint, AWS itself under the host of the API's own
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html).
    """
    endpoint = client.meta.endpoint_url
    safe = quote(stage, safe="")
    if is_loopback(endpoint):
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}/_aws/execute-api/{quote(api, safe='')}/{safe}"
    suffix = "amazonaws.com.cn" if client.meta.region_name.startswith("cn-") else "amazonaws.com"
    return f"https://{quote(api, safe='')}.execute-api.{client.meta.region_name}.{suffix}/{safe}"
