"""A stage as a file: OpenAPI 3 or Swagger 2, JSON or YAML, with or without extensions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TYPES = {"oas30": "OpenAPI 3", "swagger": "Swagger 2"}
FORMS = {"json": "application/json", "yaml": "application/yaml"}
EXTENSIONS = {"": "None", "apigateway": "API Gateway", "postman": "Postman"}
PIECE = 64 * 1024


@dataclass(frozen=True)
class Wanted:
    """Which file is wanted; each part is one of the tables above."""

    stage: str
    type: str = "oas30"
    form: str = "json"
    extensions: str = ""

    @property
    def filename(self) -> str:
        """What the file is called: letters, digits, dots and dashes only."""
        middle = f"-{self.extensions}" if self.extensions else ""
        return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in self.stage) + (
            f"-{self.type}{middle}.{self.form}"
        )


def open_file(client: Any, api: str, wanted: Wanted) -> Iterator[bytes]:
    """Return the file's bytes, piece by piece; AWS is asked at once."""
    parameters = {"parameters": {"extensions": wanted.extensions}} if wanted.extensions else {}
    answer = client.get_export(
        restApiId=api, stageName=wanted.stage, exportType=wanted.type, accepts=FORMS[wanted.form], **parameters
    )
    pieces: Iterator[bytes] = answer["body"].iter_chunks(PIECE)
    return pieces


def imported(client: Any, text: bytes) -> tuple[str, tuple[str, ...]]:
    """Make an API of an OpenAPI or Swagger file; returns its id and AWS's warnings."""
    made = client.import_rest_api(
        failOnWarnings=False, parameters={"endpointConfigurationTypes": "REGIONAL"}, body=text
    )
    return made["id"], tuple(made.get("warnings") or ())
