"""Trellis's own commands: `python -m app up` starts everything, `reset` empties the embedded AWS."""

import argparse
import sys
from collections.abc import Sequence

from app import config, packages, supervise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = config.load()
        home = settings.home.resolve()
        if chosen.command == "install":
            supervise.embedded_python()
            return 0
        if chosen.command == "reset":
            return supervise.reset(home)
        packages.install_mariadb(supervise.say, settings.install != "no")
        return supervise.up(home, chosen.port, chosen.workers)
    except (supervise.CannotStart, config.SettingError) as error:
        print(f"trellis: {error}", file=sys.stderr)  # noqa: T201 the command line's own output
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the embedded AWS and the dashboard; Ctrl-C stops both")
    up.add_argument("--port", type=int, default=5000, help="the dashboard's port (default: 5000)")
    up.add_argument("--workers", type=int, default=1, help="worker processes of the dashboard (default: 1)")
    commands.add_parser("install", help="install the embedded AWS without starting it")
    commands.add_parser("reset", help="empty the embedded AWS")
    return parser
