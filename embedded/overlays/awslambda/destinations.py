"""Where an asynchronous event goes when it was taken, or when it never was: destinations and dead-letter queues.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import base64
import json
import logging
from typing import Any
from urllib.parse import quote

from embedded.book import Record
from embedded.emulator import Emulator
from embedded.functions.calls import Function, Outcome
from embedded.overlays.awslambda.words import stamp

logger = logging.getLogger("embedded.awslambda")


async def deliver(emulator: Emulator, function: Function, event: Record, condition: str, outcome: Outcome) -> None:
    """Send the record of a call to its destination, and the event itself to the dead-letter queue of what failed."""
    kind = "OnSuccess" if condition == "Success" else "OnFailure"
    wanted = (function.asynchronous.get("DestinationConfig") or {}).get(kind) or {}
    if wanted.get("Destination"):
        text = json.dumps(described(function, event, condition, outcome))
        await _send(emulator, wanted["Destination"], text, {}, kind.removeprefix("On"))
    letter = (function.config.get("DeadLetterConfig") or {}).get("TargetArn")
    if letter and kind == "OnFailure":
        message = json.loads(outcome.body or b"{}").get("errorMessage", condition)
        facts = {"RequestID": event["id"], "ErrorCode": "200", "ErrorMessage": str(message)[:1024]}
        await _send(emulator, letter, base64.b64decode(event["payload"]).decode("utf-8", "replace"), facts)


def described(function: Function, event: Record, condition: str, outcome: Outcome) -> dict[str, Any]:
    """Return the record of a call, as a destination gets it."""
    parts = function.arn.split(":")
    arn = function.arn if len(parts) > 7 else f"{function.arn}:$LATEST"
    told: dict[str, Any] = {
        "version": "1.0",
        "timestamp": stamp(),
        "requestContext": {
            "requestId": event["id"],
            "functionArn": arn,
            "condition": condition,
            "approximateInvokeCount": event["attempts"],
        },
        "requestPayload": json.loads(base64.b64decode(event["payload"])),
    }
    if event["attempts"]:
        error = {"functionError": "Unhandled"} if outcome.error else {}
        told["responseContext"] = {"statusCode": 200, "executedVersion": function.version, **error}
        told["responsePayload"] = json.loads(outcome.body or b"null")
    return told


async def _send(emulator: Emulator, arn: str, text: str, facts: dict[str, str], how: str = "Failure") -> None:
    service, name = arn.split(":")[2], arn.rpartition(":")[2]
    answer: Any
    if service == "sqs":
        status, answer = await _send_to_queue(emulator, name, text, facts)
    elif service == "sns":
        fields = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": arn, "Message": text}
        for number, (key, value) in enumerate(facts.items(), 1):
            prefix = f"MessageAttributes.entry.{number}"
            fields |= {f"{prefix}.Name": key, f"{prefix}.Value.DataType": _kind(key)}
            fields[f"{prefix}.Value.StringValue"] = value
        response = await emulator.query("sns", **fields)
        status, answer = response.status, response.body
    elif service == "lambda":
        path = f"/2015-03-31/functions/{quote(arn, safe='')}/invocations"
        response = await emulator.rest(
            "lambda", path, "POST", text.encode(), headers={"x-amz-invocation-type": "Event"}
        )
        status, answer = response.status, response.body
    elif service == "events":
        entry = {"Source": "lambda", "DetailType": f"Lambda Function Invocation Result - {how}", "Detail": text}
        entries = {"Entries": [{**entry, "EventBusName": name.rpartition("/")[2]}]}
        status, answer = await emulator.json("events", "AWSEvents.PutEvents", entries)
    else:
        status, answer = 400, f"{service} is no destination here"
    if status >= 300:
        logger.warning("%s did not take what a function left: %s", arn, answer)


async def _send_to_queue(emulator: Emulator, name: str, text: str, facts: dict[str, str]) -> tuple[int, Any]:
    status, answer = await emulator.json("sqs", "AmazonSQS.GetQueueUrl", {"QueueName": name})
    if status != 200:
        return status, answer
    attributes = {key: {"DataType": _kind(key), "StringValue": value} for key, value in facts.items()}
    fields = {"QueueUrl": answer["QueueUrl"], "MessageBody": text, "MessageAttributes": attributes}
    return await emulator.json("sqs", "AmazonSQS.SendMessage", fields)


def _kind(fact: str) -> str:
    return "Number" if fact == "ErrorCode" else "String"
