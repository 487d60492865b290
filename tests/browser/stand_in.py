"""Applications that gunicorn serves to a browser test in the place of ones over a real account.

`real` takes the embedded AWS of its environment for a real account; `beanstalk` is one with Elastic Beanstalk, whose
answers are those of a file: TRELLIS_TEST_ANSWERS names a JSON object of answers by operation.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from flask import Flask

from app import create_app
from tests.real_account import RealAws


class FromEnvironment:
    """The embedded AWS that the environment names, as far as a client of it goes."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()

    def own_client(self, service: str) -> Any:
        """Return a client, which for Elastic Beanstalk answers from the file."""
        made = self._session.client(service)
        if service == "elasticbeanstalk":
            made.meta.events.register("before-call.elastic-beanstalk", _answer)
        return made


def _answer(model: Any, **_: Any) -> tuple[AWSResponse, Any]:
    path = Path(os.environ["TRELLIS_TEST_ANSWERS"])
    found = json.loads(path.read_text(), object_hook=_with_times).get(model.name, {})
    status = 400 if "Error" in found else 200
    return AWSResponse("https://elasticbeanstalk.amazonaws.com", status, {}, None), found


def _with_times(found: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(value) for name, value in found.items() if "Date" in name}
    return {**found, **times}


def real() -> Flask:
    """Return the dashboard over what it takes for a real account."""
    made = create_app()
    own = made.extensions["aws"]
    aws = made.extensions["aws"] = RealAws(made.extensions["settings"], FromEnvironment())  # type: ignore[arg-type]
    aws.watchers = own.watchers
    return made
