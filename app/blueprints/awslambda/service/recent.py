"""How often functions ran and failed in the last hour, as CloudWatch counted it: one call for 250 functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

MOST = 500  # metrics of one call
NAMES = ("Invocations", "Errors")
PERIOD = 300


@dataclass(frozen=True)
class Counts:
    """Invocations and errors by function; a function that is not there was not counted: it did not run."""

    invocations: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    unread: str = ""


def counts(client: Any, functions: Sequence[str], now: datetime | None = None) -> Counts:
    """Return the counts of the last hour; `unread` says why there are none."""
    end = now or datetime.now(UTC)
    found: dict[str, dict[str, int]] = {name: {} for name in NAMES}
    asked = [(metric, function) for function in functions for metric in NAMES]
    try:
        for at in range(0, len(asked), MOST):
            _ask(client, asked[at : at + MOST], end, found)
    except ClientError as error:
        return Counts(unread=error.response["Error"].get("Message", "") or str(error))
    except BotoCoreError as error:
        return Counts(unread=str(error))
    return Counts(found["Invocations"], found["Errors"])


def _ask(client: Any, asked: Sequence[tuple[str, str]], end: datetime, found: dict[str, dict[str, int]]) -> None:
    queries = [_query(at, metric, function) for at, (metric, function) in enumerate(asked)]
    given = {"MetricDataQueries": queries, "StartTime": end - timedelta(hours=1), "EndTime": end}
    token: dict[str, str] = {}
    while True:
        answer = client.get_metric_data(**given, **token)
        for one in answer["MetricDataResults"]:
            if one["Values"]:
                metric, function = asked[int(one["Id"][1:])]
                found[metric][function] = found[metric].get(function, 0) + int(sum(one["Values"]))
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def _query(at: int, metric: str, function: str) -> dict[str, Any]:
    dimension = {"Name": "FunctionName", "Value": function}
    named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": [dimension]}
    return {"Id": f"m{at}", "MetricStat": {"Metric": named, "Period": PERIOD, "Stat": "Sum"}}
