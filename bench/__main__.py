"""`python -m bench [NAME ...] [--quick]`: run every bench, or the named ones; exit code 1 when a limit is missed."""

import argparse
import pkgutil
import sys
from importlib import import_module

import bench


def main() -> int:
    """Run the benches: every module here that has a `figures(quick)` function."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="which benches (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer rounds")
    chosen = parser.parse_args()
    found = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    figures = []
    for name in chosen.names or found:
        module = import_module(f"bench.{name}")
        if hasattr(module, "figures"):
            figures += module.figures(chosen.quick)
    missed = [figure for figure in figures if not figure.holds]
    print(f"\n{len(figures)} figures, {len(missed)} outside their limit")
    return 1 if missed else 0


sys.exit(main())
