"""Answers that the embedded AWS does not give: throttled, denied, gone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.retries.standard import ExponentialBackoff
from flask import Flask


class Body:
    """The part of urllib3's answer that botocore reads."""

    def __init__(self, content: bytes):
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Yield the body."""
        yield self._content


@contextmanager
def answering(
    app: Flask, operation: str, code: str, message: str, times: int = 1000, service: str = "dynamodb"
) -> Iterator[list[int]]:
    """Have an operation of this application's client refused so many times; yields a list that counts them."""
    with app.app_context():
        client = app.extensions["aws"].client(service, "us-east-1")
    asked: list[int] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        asked.append(len(asked))
        if len(asked) > times:
            return None
        body = json.dumps({"__type": f"com.amazonaws#{code}", "message": message}).encode()
        headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "REQUEST"}
        return AWSResponse(request.url, 400, headers, Body(body))

    event = f"before-send.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, answer, unique_id="answers")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.01)  # botocore waits seconds between tries
            yield asked
    finally:
        client.meta.events.unregister(event, unique_id="answers")
