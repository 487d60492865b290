"""The drawer's scripts of Glue's pages run as they stand, in a process of their own."""

import html
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.embedded.process import Embedded


@pytest.mark.parametrize("path", ["/glue/", "/glue/copy/", "/glue/runs", "/glue/triggers", "/glue/catalog"])
def test_a_pages_script_runs(client: FlaskClient, embedded: Embedded, tmp_path: Path, path: str) -> None:
    text = client.get(path).get_data(as_text=True)
    script = html.unescape(text.split('data-fill="script"')[1].split(">", 1)[1].split("</code>")[0])
    assert 'client("glue"' in script
    command = [sys.executable, "-c", script]  # it may write the object that the page read
    ran = subprocess.run(command, cwd=tmp_path, env=embedded.env, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, f"{path}\n{script}\n{ran.stderr}"
