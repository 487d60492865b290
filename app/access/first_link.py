"""`flask --app application first-instructor`: a one-time link for whoever may use this computer's shell."""

import click
from flask import Flask

from app import aws
from app.access import links

SECONDS = links.HOUR


def init_app(app: Flask) -> None:
    """Give the application its command."""

    @app.cli.command("first-instructor")
    @click.option("--address", default="", help="where people reach the dashboard, such as https://trellis.example")
    def first_instructor(address: str) -> None:
        """Print a link that makes one instructor's account; it works once, for an hour."""
        try:
            code = links.make(links.FIRST, SECONDS)
        except aws.NoAws:
            raise click.ClickException("No AWS: set AWS_ENDPOINT_URL or credentials.") from None
        click.echo(f"{address.rstrip('/')}/sign-in/link?code={code}")
        click.echo("It makes one instructor's account, once, within an hour.", err=True)
