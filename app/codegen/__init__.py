"""Recorded calls as boto3, AWS CLI and IAM. Pure: no Flask, no network; botocore's models are the only source."""

from app.codegen.assumed import AssumedRole
from app.codegen.cli import command, commands
from app.codegen.iam import Context, covered, missing, policy, policy_text, statements
from app.codegen.python import python, script
from app.codegen.steps import Step, collapse, condense, step_of

__all__ = [
    "AssumedRole",
    "Context",
    "Step",
    "collapse",
    "command",
    "commands",
    "condense",
    "covered",
    "missing",
    "policy",
    "policy_text",
    "python",
    "script",
    "statements",
    "step_of",
]
