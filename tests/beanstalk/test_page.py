"""The page about Elastic Beanstalk: its commands exist, and its figures are those of the code."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.beanstalk.plan import costs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "elastic-beanstalk.md").read_text(encoding="utf-8")


def test_each_command_of_the_page_exists(app: Flask) -> None:
    named = set(re.findall(r"beanstalk (\w+)", PAGE)) & {"deploy", "status", "logs", "terminate", "policies"}
    assert {"status", "logs", "terminate", "policies"} <= named
    runner = app.test_cli_runner()
    for command in named:
        assert runner.invoke(args=["beanstalk", command, "--help"]).exit_code == 0


def test_each_option_of_the_page_exists(app: Flask) -> None:
    helps = "".join(
        app.test_cli_runner().invoke(args=["beanstalk", name, "--help"]).output for name in ("deploy", "status")
    )
    ours = re.sub(r"\baws [^`\n]*", "", PAGE)  # without the AWS CLI's
    for option in set(re.findall(r"(?<=[ \"`])--[a-z-]+", ours)):
        if option != "--name" or "ARGS" in PAGE:
            assert option in helps, option


def test_each_target_of_make_exists() -> None:
    targets = (ROOT / "Makefile").read_text()
    for name in set(re.findall(r"make (\w+)", PAGE)) & {"bundle", "deploy"}:
        assert re.search(rf"^{name}:.*##", targets, re.MULTILINE)


@pytest.mark.parametrize(("form", "column"), [("single", 1), ("balanced", 2)])
def test_the_costs_are_those_that_the_command_tells(form: str, column: int) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| US dollars a month"))
    assert int(row.split("|")[column + 1]) == round(sum(amount for _, amount in costs(form)))


def test_the_files_of_the_page_exist() -> None:
    for name in re.findall(r"`(\.(?:ebextensions|platform)/[\w./-]+)`", PAGE):
        assert (ROOT / name).exists() or (ROOT / "bundle" / "balanced" / name).exists(), name
