"""Names that generated code invents: local files, environment variables, variables of clients."""

import keyword
import re
from collections.abc import Iterable
from typing import Any

from botocore import xform_name

_LONGEST = 100
_BY_NAME = {"Payload": "payload.json", "ZipFile": "function.zip", "CertificateBody": "certificate.pem"}


def file_name(key: str, otherwise: str = "file.bin") -> str:
    """Return a plain name in the current folder for an object's key: no path, no quoting needed, no leading dash."""
    last = key.rstrip("/").rsplit("/", 1)[-1]
    plain = re.sub(r"[^\w.-]+", "_", last).lstrip(".-_")
    stem, dot, suffix = plain.rpartition(".")
    if len(plain) > _LONGEST:
        plain = (stem[: _LONGEST - 12] + dot + suffix[:11]) if dot else plain[:_LONGEST]
    return plain or otherwise


def body_file(parameters: dict[str, Any], member: str) -> str:
    """Return the local file that stands for the bytes of one parameter."""
    key = parameters.get("Key")
    if member == "Body" and isinstance(key, str):
        return file_name(key)
    return _BY_NAME.get(member) or file_name(xform_name(member, "-")) + ".bin"


def variable_of(path: Iterable[str | int]) -> str:
    """Return the environment variable for a secret, by the parameter's last telling name: MASTER_USER_PASSWORD."""
    words = [part for part in path if isinstance(part, str)]
    name = re.sub(r"\W", "_", xform_name(words[-1] if words else "secret"), flags=re.ASCII).upper()
    return name if name[:1].isalpha() else f"SECRET_{name}"


def client_name(service: str) -> str:
    """Return the variable for a service's client: `s3`, `lambda_`, `bedrock_runtime`."""
    name = service.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name
