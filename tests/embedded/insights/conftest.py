"""Log groups to ask about: each module fills its own."""

import itertools

import pytest

from tests.embedded.insights.asking import Asking
from tests.embedded.process import Embedded

_numbers = itertools.count()


@pytest.fixture(scope="module")
def asking(embedded_aws: Embedded) -> Asking:
    """An empty log group of the module's own."""
    made = Asking(embedded_aws.client("logs"), f"group-{next(_numbers)}")
    made.client.create_log_group(logGroupName=made.group)
    return made
