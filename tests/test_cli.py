"""The command line starts at once: it loads nothing of the dashboard or of AWS."""

import subprocess
import sys

from tests.test_supervise import ROOT


def test_the_command_line_loads_no_dashboard() -> None:
    program = "import sys; import app.cli; print(*sorted({'flask', 'boto3', 'botocore', 'jinja2'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""
