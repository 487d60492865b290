"""The Versions tab: publish, point an alias, compare."""

from dataclasses import dataclass

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import functions
from app.blueprints.awslambda.service import versions as service
from app.blueprints.awslambda.service.functions import Function
from app.blueprints.awslambda.service.versions import Row, Versions
from app.blueprints.awslambda.views.common import client, refusal
from app.changes import done
from app.problems import Problem
from app.roles import EDITOR, needs


@dataclass(frozen=True)
class VersionsPage:
    """The versions and aliases, and what AWS refused."""

    versions: Versions
    problem: Problem | None = None

    @property
    def function(self) -> Function:
        """The function."""
        return self.versions.function


@bp.get("/<function>/versions")
def versions(function: str) -> Response:
    """Show versions and aliases."""
    return _page(function)


def _page(function: str, problem: Problem | None = None) -> Response:
    try:
        found = service.listed(client(), function)
    except ClientError as error:
        raise functions.absent(error, function) from error
    return respond.page(
        "awslambda/versions.html", VersionsPage(found, problem), status=problem.status if problem else 200
    )


@bp.post("/<function>/versions")
@needs(EDITOR)
def publish(function: str) -> Response:
    """Publish a version with a `description`."""
    found = functions.get(client(), function)
    try:
        number = service.publish(client(), found, request.form.get("description", "").strip()[:256])
    except ClientError as error:
        return _page(function, refusal(error, function))
    return done(
        {"version": number}, url_for("awslambda.versions", function=function), f"Version {number} is published."
    )


@bp.post("/<function>/aliases")
@needs(EDITOR)
def point(function: str) -> Response:
    """Let the alias `alias`, made where there is none, name `version`."""
    alias, version = request.form.get("alias", "").strip(), request.form.get("version", "").strip()
    there = any(one.name == alias for one in service.listed(client(), function).aliases)
    try:
        service.point(client(), function, alias, version, there)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            return _page(function, refusal(error))
        said = "An alias is of letters, digits, hyphens and underscores, and no number."
        return _page(function, Problem(422, "Not an alias", said, "Choose another name.", "ValidationException"))
    here = url_for("awslambda.versions", function=function)
    return done({"alias": alias, "version": version}, here, f"{alias} is version {version} now.")


@dataclass(frozen=True)
class ComparePage:
    """Two versions beside each other."""

    function: Function
    left: Function
    right: Function
    rows: tuple[Row, ...]


@bp.get("/<function>/compare")
def compare(function: str) -> Response:
    """Compare two versions: `left`, `right`."""
    names = [request.args.get(name, "") or "$LATEST" for name in ("left", "right")]
    left, right = (functions.get(client(), function, name) for name in names)
    return respond.page("awslambda/compare.html", ComparePage(left, left, right, service.compare(left, right)))
