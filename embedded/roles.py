"""Whether a service may assume a role: Lambda and Glue ask before they run anything in its name."""

import json
import re
from urllib.parse import unquote
from xml.etree import ElementTree

from embedded.emulator import Emulator
from embedded.resource_policy import Caller, allows

_DOCUMENT = re.compile(r"<AssumeRolePolicyDocument>(.*?)</AssumeRolePolicyDocument>", re.DOTALL)


async def trusts(emulator: Emulator, role: str, service: str) -> bool:
    """Whether a role (name or ARN) is there and its trust policy names the service (`glue.amazonaws.com`)."""
    answer = await emulator.query("iam", Action="GetRole", Version="2010-05-08", RoleName=role.rpartition("/")[2])
    found = _DOCUMENT.search(answer.body.decode())
    return answer.status == 200 and found is not None and _names(found.group(1), service, emulator.where.account)


def _names(escaped: str, service: str, account: str) -> bool:
    """Whether a trust policy, as GetRole shows it, lets a service assume the role in the name of an account."""
    text = ElementTree.fromstring(f"<p>{escaped}</p>").text or ""  # noqa: S314 - written by the emulator
    try:
        policy = json.loads(unquote(text))
    except ValueError:
        return False
    return allows(policy, Caller(service, source_account=account, action="sts:AssumeRole"))
