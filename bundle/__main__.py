"""`python -m bundle`: write dist/trellis-<version>.zip, check it, and say how large it is."""

import argparse
import hashlib
import sys
from pathlib import Path

from app.beanstalk import package
from bundle import checks, contents


def main(arguments: list[str] | None = None) -> int:
    """Build one bundle and return the exit code."""
    chosen = _parser().parse_args(arguments)
    path = Path(chosen.output) if chosen.output else contents.ROOT / "dist" / f"trellis-{contents.version()}.zip"
    try:
        files = contents.members(chosen.form, chosen.dirty)
    except contents.CannotBundle as error:
        print(f"bundle: {error}", file=sys.stderr)  # noqa: T201 the command line's own output
        return 2
    contents.write(path, files)
    found = checks.run(path)
    for problem in found:
        print(f"bundle: {problem}", file=sys.stderr)  # noqa: T201
    if found:
        path.unlink()
        print("bundle: nothing was kept, for these reasons.", file=sys.stderr)  # noqa: T201
        return 1
    _tell(path, len(files), chosen.form)
    return 0


def _tell(path: Path, count: int, form: str) -> None:
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{shown}  {form}, {count} files, {path.stat().st_size:,} bytes")  # noqa: T201
    print(f"SHA-256 {digest}\nversion {package.label(path)}")  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument("--form", choices=contents.FORMS, default="single", help="one instance, or several behind TLS")
    parser.add_argument("--dirty", action="store_true", help="take the files as they are, not those of the last commit")
    parser.add_argument("--output", help="where to write (default: dist/trellis-<version>.zip)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
