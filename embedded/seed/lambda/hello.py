"""Answers a test event such as {"Temperature": 10, "Wind": -5}, and logs what it knows of itself."""

import logging
from typing import Any

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    logger.info("%s, version %s, %s MB", context.function_name, context.function_version, context.memory_limit_in_mb)
    temperature, wind = event["Temperature"], event["Wind"]
    logger.info("temperature %s, wind %s", temperature, wind)
    return {"message": f"Hello! It is {temperature} degrees, and feels like {temperature + wind}.", "event": event}
