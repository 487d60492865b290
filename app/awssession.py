"""boto3 itself: how it calls, and sessions that read no documentation."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import botocore
import botocore.session
from botocore.config import Config
from botocore.utils import parse_timestamp

from app import awsdata
from app.codegen.actions import TABLES

CONFIG = Config(
    connect_timeout=3,
    read_timeout=60,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=32,
    # Over TLS boto3 signs no S3 payload either; over loopback to sign one costs a third of an upload's time. What
    # arrives is still proved by its checksum.
    s3={"payload_signing_enabled": False},
    # Whole: botocore would put its own together anew for each call, a twentieth of what a call costs.
    user_agent=f"trellis Boto3/{boto3.__version__} Botocore/{botocore.__version__}",
)

# Unless told, botocore signs links by the old version 2, which newer regions and encrypted objects refuse.
S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4"))
# A function runs for up to 15 minutes, and a call that is sent again runs it again: it is waited for, never retried.
LAMBDA_CONFIG = CONFIG.merge(Config(read_timeout=910, retries={"total_max_attempts": 1, "mode": "standard"}))
# What the dashboard calls, as the tables of the drawer's code have it, and what botocore calls by itself for a service.
# STS stays whole: credentials may come from any of its operations.
OF_BOTOCORE = {"s3": {"CreateSession"}, "dynamodb": {"DescribeEndpoints"}}
CALLED = {name: {*table, *OF_BOTOCORE.get(name, ())} for name, table in TABLES.items() if name != "sts"}
CONFIGS = {"s3": S3_CONFIG, "lambda": LAMBDA_CONFIG}


def new_session(credentials: Any = None, loader: Any = None) -> Any:
    """Return a boto3 session that knows what the dashboard calls (CALLED), and that reads times in answers quickly.

    The times are half of what parsing a long listing costs. `credentials` are used in place of those that boto3 finds;
    a `loader` of another session's shares the descriptions that it has read.
    """
    core = botocore.session.get_session()
    core.register_component("data_loader", loader or awsdata.loader(core.get_config_variable("data_path"), CALLED))
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    if credentials is not None:
        core._credentials = credentials
    return boto3.Session(botocore_session=core)


def timestamp(value: Any) -> datetime:
    """Return a time; ISO 8601, which most services send, and HTTP's dates by Python itself, all else by botocore."""
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and value.endswith(" GMT"):
        return parsedate_to_datetime(value)
    parsed: datetime = parse_timestamp(value)
    return parsed
