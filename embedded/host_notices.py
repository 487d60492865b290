"""S3's notifications say who and whose (private names of the emulator, which fills these in as "EXAMPLE")."""

import base64
import copy
import secrets
from collections.abc import Callable
from typing import Any

_DELIVERIES = ("_deliver_event_to_lambda", "_deliver_event_to_sqs", "_deliver_event_to_sns")


def install(s3: Any) -> None:
    """Complete every event on its way to a function, a queue or a topic."""
    for name in _DELIVERIES:
        setattr(s3, name, _completing(s3, getattr(s3, name)))


def _completing(s3: Any, deliver: Callable[..., None]) -> Callable[..., None]:
    def completed(arn: str, payload: dict[str, Any], *given: Any) -> None:
        told = copy.deepcopy(payload)
        for record in told.get("Records", ()):
            owner = s3._bucket_owner_account(record["s3"]["bucket"]["name"]) or ""
            # Callers are accounts here: there is no finer name.
            record["userIdentity"] = {"principalId": f"AWS:{s3.get_account_id()}"}
            record["responseElements"] = {
                "x-amz-request-id": secrets.token_hex(8).upper(),
                "x-amz-id-2": base64.b64encode(secrets.token_bytes(56)).decode(),
            }
            record["s3"]["bucket"]["ownerIdentity"] = {"principalId": s3._canonical_owner_id(owner)}
        deliver(arn, told, *given)

    return completed
