"""Jobs: the list, and one with its form, runs and script."""

from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.forms import DeleteForm
from app.blueprints.glue.service import asked as asking
from app.blueprints.glue.service import jobs as service
from app.blueprints.glue.service import prices, runs, scripts
from app.blueprints.glue.service.asked import Asked
from app.blueprints.glue.service.jobs import Job
from app.blueprints.glue.service.runs import Run
from app.blueprints.glue.service.scripts import Script
from app.blueprints.glue.views.common import glue
from app.changes import done
from app.roles import EDITOR, needs

BARS = 12


@bp.app_template_filter("dollars")
def dollars(amount: float) -> str:
    """Return US dollars."""
    return prices.money(amount)


@bp.app_template_filter("lasting")
def lasting(seconds: float) -> str:
    """Return a length of time: 8 s, 3 min 20 s, 2 h 5 min."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@bp.get("/")
def jobs() -> Response:
    """List the jobs; `search` is a part of their names or descriptions."""
    found = service.listed(glue(), request.args.get("search", "").strip())
    return respond.page("glue/jobs.html", found, fragment="glue/_jobs.html")


@dataclass(frozen=True)
class Recent:
    """The last runs of a job, newest first."""

    job: str
    runs: tuple[Run, ...]

    @property
    def longest(self) -> int:
        """Seconds of the longest, at least one."""
        return max([1, *(one.elapsed for one in self.runs)])


@bp.get("/<path:job>/recent")
def recent(job: str) -> Response:
    """Show a job's last runs as bars, for the list of jobs."""
    found = Recent(job, runs.of_job(glue(), job, BARS))
    return respond.page("glue/recent.html", found, fragment="glue/_recent.html")


@dataclass(frozen=True)
class JobPage:
    """A job, its form, its newest runs and its script."""

    job: Job
    asked: Asked
    runs: tuple[Run, ...]
    script: Script


@bp.get("/<path:job>/")
def job(job: str) -> Response:
    """Show a job; `repeat` is a run whose arguments the form begins with."""
    found = service.get(glue(), job)
    earlier = request.args.get("repeat", "")
    past = runs.get(glue(), job, earlier) if earlier else None
    return shown(found, asking.blank(found, past))


def shown(found: Job, asked: Asked, code: int = 200) -> Response:
    """Return a job's page with the form as it is."""
    past = runs.of_job(glue(), found.name)
    script = Script(found.script) if respond.wants_fragment() else scripts.get(aws.client("s3"), found.script)
    page = JobPage(found, asked, past, script)
    return respond.page("glue/job.html", page, fragment="glue/_runs.html", status=code, prices=prices)


@bp.get("/<path:job>/delete")
def ask_delete(job: str) -> Response:
    """Ask for the name before a job is deleted."""
    return respond.page("glue/delete.html", service.get(glue(), job), form=DeleteForm())


@bp.post("/<path:job>/delete")
@needs(EDITOR)
def delete(job: str) -> Response:
    """Delete a job whose name was typed."""
    found = service.get(glue(), job)
    form = DeleteForm()
    if form.validate_on_submit() and form.confirm.data == found.name:
        service.delete(glue(), found.name)
        return done(
            {"deleted": found.name}, url_for("glue.jobs"), f"{found.name} is deleted. Its script is still in S3."
        )
    form.confirm.errors = [f"This is not the job's name, which is {found.name}. Nothing was deleted."]
    return respond.page("glue/delete.html", found, form=form, status=422)
