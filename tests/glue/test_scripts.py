"""The drawer's scripts of Glue's pages run as they stand, in a process of their own."""

import html
import subprocess
import sys

import pytest
from flask.testing import FlaskClient

from tests.embedded.process import Embedded


@pytest.mark.parametrize("path", ["/glue/", "/glue/copy/", "/glue/runs", "/glue/triggers", "/glue/catalog"])
def test_a_pages_script_runs(client: FlaskClient, embedded: Embedded, path: str) -> None:
    text = client.get(path).get_data(as_text=True)
    script = html.unescape(text.split('data-fill="script"')[1].split(">", 1)[1].split("</code>")[0])
    assert 'client("glue"' in script
    ran = subprocess.run([sys.executable, "-c", script], env=embedded.env, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, f"{path}\n{script}\n{ran.stderr}"
