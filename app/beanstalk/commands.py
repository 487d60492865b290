"""`flask --app application beanstalk`: deploy, status, logs, terminate, policies."""

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, current_app
from flask.cli import AppGroup

from app import assumed, aws, awsdata
from app.assumed import Account
from app.beanstalk import deployment, environments, package, plan
from app.beanstalk.clients import Clients, Stopped, explained
from app.beanstalk.deployment import Tools
from app.beanstalk.plan import Order
from app.config import SettingError

HERE = "flask --app application beanstalk"
group = AppGroup("beanstalk", help="Deploy the dashboard to Elastic Beanstalk, look at it, end it.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all of them have."""
    for option in (
        click.option("--region", help="AWS region (default: AWS_DEFAULT_REGION, else us-east-1)"),
        click.option("--environment", default="trellis-demo", show_default=True, help="name of the environment"),
        click.option("--application", default="trellis", show_default=True, help="name of the application"),
    ):
        command = option(command)
    return command


@contextmanager
def _clients(region: str | None) -> Iterator[Clients]:
    """Yield the clients of the person's own credentials, and turn AWS's refusals into words."""
    make = current_app.extensions.get("beanstalk.clients") or _own_clients
    try:
        yield make(region or current_app.extensions["settings"].region)
    except (Stopped, package.NotABundle) as error:
        raise click.ClickException(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(explained(error)) from error


def _own_clients(region: str) -> Clients:
    session = aws.new_session(loader=awsdata.loader())  # a deployment calls what no page does
    return Clients.of(session, region)


def _tools(size: int = 0) -> Tools:
    sent = 0

    def progress(count: int) -> None:
        nonlocal sent
        sent += count
        click.echo(f"\rUploading {sent / 1e6:.1f} of {size / 1e6:.1f} MB", nl=sent >= size)

    override = current_app.extensions.get("beanstalk.sleep")
    return Tools(click.echo, progress=progress, **({"sleep": override} if override else {}))


_accounts = click.option(
    "--accounts",
    envvar=assumed.VARIABLE,
    default="",
    help=f"accounts to choose, a JSON list or its file (default: {assumed.VARIABLE}, else as they are)",
)


def _read_accounts(text: str) -> tuple[Account, ...] | None:
    """Return the accounts that were asked for, None where nothing was said of them."""
    try:
        return assumed.read(text) if text.strip() else None
    except SettingError as error:
        raise click.ClickException(str(error)) from error


@group.command()
@_options
@click.option("--bundle", type=click.Path(path_type=Path), help="the zip file (default: the newest of dist/)")
@click.option("--form", type=click.Choice(["single", "balanced"]), default="single", show_default=True)
@click.option(
    "--access", type=click.Choice(["read", "change"]), default="read", show_default=True, help="of the account"
)
@click.option("--name", default="", help="first part of the elasticbeanstalk.com address of a new environment")
@click.option("--certificate", default="", help="ARN of a certificate, for --form balanced")
@click.option("--domain", "domains", multiple=True, help="a name of your own under which it answers; repeatable")
@_accounts
@click.option("--yes", is_flag=True, help="do not ask before something is made")
def deploy(
    region: str | None,
    environment: str,
    application: str,
    bundle: Path | None,
    form: str,
    access: str,
    name: str,
    certificate: str,
    domains: tuple[str, ...],
    accounts: str,
    yes: bool,
) -> None:
    """Bring a bundle to an environment; what is there already is left as it is."""
    named = (name, certificate, domains, _read_accounts(accounts))
    order = Order(bundle or _newest(), application, environment, form, access, *named)
    if not order.bundle.is_file():
        raise click.ClickException(f"There is no bundle {order.bundle}. Make one: make bundle")
    with _clients(region) as clients:
        made = plan.make(clients, order)
        if made.nothing:
            click.echo(f"{environment} runs {made.label} already: nothing to do.")
            click.echo(f"{plan.scheme(order)}://{(*domains, made.host)[0]}/")
            return
        _ask(order, made, yes)
        with _interruptible(environment):
            address = deployment.carry_out(clients, order, made, _tools(order.bundle.stat().st_size))
    click.echo(f"It runs: {address}")
    if form == "single":
        click.echo(
            "Without a domain and a certificate this address is http: what is typed there can be read on its way."
        )


def _newest() -> Path:
    """Return the newest bundle that was made here."""
    found = sorted(Path("dist").glob("trellis-*.zip"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else Path("dist/trellis.zip")


def _ask(order: Order, made: plan.Plan, yes: bool) -> None:
    for line in plan.lines(order, made):
        click.echo(line)
    for path, _ in deployment.write_policies(Path("dist/policies"), made.place, order):
        click.echo(f"  IAM policy: {path}")
    click.echo(f"  ({HERE} policies shows them)")
    if not yes:
        click.confirm("Go on?", abort=True)


@contextmanager
def _interruptible(environment: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\nStopped watching; AWS goes on by itself. To follow it: {HERE} status --follow")
        click.echo(f"To end it: {HERE} terminate --environment {environment}")
        raise click.exceptions.Exit(130) from None


@group.command()
@_options
@click.option("--follow", is_flag=True, help="show what AWS says until it is done")
def status(region: str | None, environment: str, application: str, follow: bool) -> None:
    """Show an environment's state, health and last events."""
    with _clients(region) as clients:
        found = _demand(clients, application, environment)
        click.echo(f"{environment}: {found['Status']}, version {found.get('VersionLabel') or 'none'}")
        click.echo(f"http://{found.get('CNAME', '(no address yet)')}/")
        if follow:
            with _interruptible(environment):
                for event in environments.follow(clients, application, found, _tools().sleep):
                    click.echo(deployment.shown(event))
        told = environments.health(clients, environment)
        click.echo(f"Health: {told.status} {told.color}".rstrip())
        for cause in told.causes:
            click.echo(f"  {cause}")
        if not follow:
            for event in environments.events(clients, application, environment, most=10):
                click.echo(deployment.shown(event))


def _demand(clients: Clients, application: str, environment: str) -> dict[str, Any]:
    found = environments.find(clients, application, environment)
    if found is None:
        raise Stopped(f"The application {application} has no environment {environment} in {clients.region}.")
    return found


@group.command()
@_options
def logs(region: str | None, environment: str, application: str) -> None:
    """Show the last lines of each instance's logs."""
    with _clients(region) as clients:
        _demand(clients, application, environment)
        read = current_app.extensions.get("beanstalk.read") or _read
        for instance, address in environments.tails(clients, environment, _tools().sleep).items():
            click.echo(f"===== {instance} =====")
            click.echo(read(address))


def _read(address: str) -> str:
    """Return what lies at a presigned address of S3's."""
    if not address.startswith("https://"):
        raise Stopped(f"AWS named an address that is none of S3's: {address}")
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 https alone, see above
        text: str = answer.read().decode("utf-8", "replace")
        return text


@group.command()
@_options
@click.option("--confirm", default="", help="the environment's name, typed again: nobody is asked then")
def terminate(region: str | None, environment: str, application: str, confirm: str) -> None:
    """End an environment; the state table, the bucket and the secrets stay."""
    with _clients(region) as clients:
        _demand(clients, application, environment)
        typed = confirm or click.prompt(f"This ends {environment} and its address. Type its name to go on", default="")
        if typed != environment:
            raise Stopped("That is not its name. Nothing was ended.")
        begun = environments.terminate(clients, environment)
        with _interruptible(environment):
            for event in environments.follow(clients, application, begun, _tools().sleep):
                click.echo(deployment.shown(event))
    click.echo("Ended. What stays: the state table and the bucket (awseb-...), the secrets, the role, the versions.")


@group.command()
@_options
@click.option("--form", type=click.Choice(["single", "balanced"]), default="single", show_default=True)
@click.option("--access", type=click.Choice(["read", "change"]), default="read", show_default=True)
@_accounts
def policies(region: str | None, environment: str, application: str, form: str, access: str, accounts: str) -> None:
    """Show the IAM policies of the instance and of who deploys, and write them to dist/policies."""
    with _clients(region) as clients:
        where = plan.place(clients, application, environment)
        order = Order(Path(), application, environment, form, access, accounts=_read_accounts(accounts))
        for path, text in deployment.write_policies(Path("dist/policies"), where, order):
            click.echo(f"===== {path} =====\n{text}")
