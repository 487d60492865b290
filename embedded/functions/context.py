"""The second argument of a handler.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from embedded.functions.faults import Fault


class CognitoIdentity:
    """Who called through a mobile SDK: nobody, here."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class Client:
    """The application that a ClientContext describes."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.installation_id = facts.get("installation_id")
        self.app_title = facts.get("app_title")
        self.app_version_name = facts.get("app_version_name")
        self.app_version_code = facts.get("app_version_code")
        self.app_package_name = facts.get("app_package_name")


class ClientContext:
    """What the caller sent as ClientContext."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.custom = facts.get("custom")
        self.env = facts.get("env")
        self.client = Client(facts["client"]) if isinstance(facts.get("client"), dict) else None


class LambdaContext:
    """What a handler may know of its invocation."""

    def __init__(self, call: Mapping[str, Any]) -> None:
        self.aws_request_id: str = call["request_id"]
        self.invoked_function_arn: str = call["arn"]
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.client_context = _client_context(call.get("client_context"))
        self.identity = CognitoIdentity()
        self.tenant_id: str | None = None
        self._deadline = int(call["deadline"])

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message: object) -> None:
        """Write to the log."""
        sys.stdout.write(str(message))

    def __repr__(self) -> str:
        facts = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return f"LambdaContext([{','.join(f'{name}={value}' for name, value in facts.items())}])"


def _client_context(text: str | None) -> ClientContext | None:
    if not text:
        return None
    try:
        facts = json.loads(text)
    except ValueError as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse Client Context JSON: {error}") from error
    return ClientContext(facts if isinstance(facts, dict) else {})
