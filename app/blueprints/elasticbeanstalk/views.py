"""Applications, versions and environments: seen, deployed, swapped, ended."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError
from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from app import aws, respond
from app.beanstalk.clients import Clients
from app.beanstalk.package import NotABundle
from app.blueprints import Status
from app.blueprints.elasticbeanstalk import service
from app.blueprints.elasticbeanstalk.forms import DeployForm, SwapForm, TerminateForm, UploadForm
from app.changes import done
from app.roles import EDITOR, needs

bp = Blueprint("elasticbeanstalk", __name__, url_prefix="/elasticbeanstalk")
NOT_HERE = "Not available on the embedded AWS"
View = Callable[..., Response]


def client() -> Any:
    """Return the Elastic Beanstalk client of this request's region."""
    return aws.client("elasticbeanstalk")


def clients() -> Clients:
    """Return the clients of the functions that the deploy command uses as well."""
    return Clients(client(), aws.client("s3"), None, None, None, aws.region())


def status() -> Status:
    """Say for the overview whether the service is there; asks nothing."""
    return Status(NOT_HERE, usable=False) if aws.identity().kind == "embedded" else Status("")


def or_not_here(view: View) -> View:
    """Show that the service is not there, where the embedded AWS says so."""

    @wraps(view)
    def shown(*arguments: Any, **named: Any) -> Response:
        try:
            return view(*arguments, **named)
        except ClientError as error:
            if error.response["Error"]["Code"] not in service.CANNOT:
                raise
            return respond.page("elasticbeanstalk/not_here.html", {"available": False, "reason": NOT_HERE})

    return shown


@bp.get("/")
@or_not_here
def applications() -> Response:
    """List the applications with their environments."""
    return respond.page("elasticbeanstalk/applications.html", service.listed(client()))


@bp.get("/<application>/")
@or_not_here
def application(application: str) -> Response:
    """Show an application's versions and environments."""
    return _application(application, UploadForm())


def _application(name: str, form: UploadForm, code: int = 200) -> Response:
    found = service.application(client(), name)
    return respond.page("elasticbeanstalk/application.html", found, form=form, status=code)


@bp.post("/<application>/versions")
@needs(EDITOR)
@or_not_here
def upload(application: str) -> Response:
    """Make a version of a zip file."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _application(application, form, 422)
    try:
        label = service.upload(clients(), application, form.bundle.data.filename or "", form.bundle.data.stream)
    except NotABundle as error:
        form.bundle.errors = [str(error)]
        return _application(application, form, 422)
    where = url_for("elasticbeanstalk.application", application=application)
    return done({"version": label}, where, f"{label} is stored. AWS looks at it now; then it can be deployed.")


@bp.get("/<application>/<environment>/")
@or_not_here
def environment(application: str, environment: str) -> Response:
    """Show an environment; while AWS works on it, its state and events follow by themselves."""
    if respond.wants_fragment():
        look = service.look(clients(), application, environment)
        page = service.EnvironmentPage(look, (), ())
        again, was_working = respond.polling(), "round" in request.args
        return respond.page("", page, fragment="elasticbeanstalk/_look.html", poll=again, was_moving=was_working)
    return _environment(application, environment, DeployForm(), SwapForm())


def _environment(application: str, environment: str, deploying: DeployForm, swapping: SwapForm) -> Response:
    page = service.page(clients(), application, environment)
    _fill(page, deploying, swapping)
    code = 422 if deploying.errors or swapping.errors else 200
    template = "elasticbeanstalk/environment.html"
    return respond.page(template, page, status=code, deploying=deploying, swapping=swapping, poll=respond.polling())


def _fill(page: service.EnvironmentPage, deploying: DeployForm, swapping: SwapForm) -> None:
    deploying.version.choices = [(one.label, one.label) for one in page.versions]
    swapping.other.choices = [(name, name) for name in page.others]


@bp.post("/<application>/<environment>/deploy")
@needs(EDITOR)
@or_not_here
def deploy(application: str, environment: str) -> Response:
    """Bring a version to an environment."""
    form, page = DeployForm(), service.page(clients(), application, environment)
    _fill(page, form, SwapForm())
    if not form.validate_on_submit():
        return _environment(application, environment, form, SwapForm(formdata=None))
    service.deploy(client(), application, environment, form.version.data)
    return done({"version": form.version.data}, _place(application, environment), f"{form.version.data} is on its way.")


@bp.post("/<application>/<environment>/swap")
@needs(EDITOR)
@or_not_here
def swap(application: str, environment: str) -> Response:
    """Swap the addresses of two environments."""
    form, page = SwapForm(), service.page(clients(), application, environment)
    _fill(page, DeployForm(formdata=None), form)
    if not form.validate_on_submit():
        return _environment(application, environment, DeployForm(formdata=None), form)
    service.swap(client(), environment, form.other.data)
    told = f"{environment} and {form.other.data} swap their addresses. Names may take some minutes to follow."
    return done({"swapped": [environment, form.other.data]}, _place(application, environment), told)


@bp.get("/<application>/<environment>/terminate")
@or_not_here
def ask_terminate(application: str, environment: str) -> Response:
    """Ask for the name before an environment is ended."""
    found = service.look(clients(), application, environment)
    return respond.page("elasticbeanstalk/terminate.html", found, form=TerminateForm())


@bp.post("/<application>/<environment>/terminate")
@needs(EDITOR)
@or_not_here
def terminate(application: str, environment: str) -> Response:
    """End an environment whose name was typed."""
    found, form = service.look(clients(), application, environment), TerminateForm()
    if form.validate_on_submit() and form.confirm.data == environment:
        service.terminate(clients(), environment)
        return done({"ending": environment}, _place(application, environment), f"AWS ends {environment}.")
    form.confirm.errors = [f"This is not the environment's name, which is {environment}. Nothing was ended."]
    return respond.page("elasticbeanstalk/terminate.html", found, form=form, status=422)


def _place(application: str, environment: str) -> str:
    return url_for("elasticbeanstalk.environment", application=application, environment=environment)
