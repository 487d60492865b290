"""One package per AWS service; each exports `bp` and `nav`, and is found here without being named."""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from flask import Blueprint

GROUPS = ("", "Storage", "Databases", "Compute", "Integration", "Monitoring", "Learn")


@dataclass(frozen=True)
class Status:
    """A service's state for the overview: one short fact and whether it can be used."""

    text: str
    usable: bool = True


@dataclass(frozen=True)
class Nav:
    """A blueprint's place in the navigation; `icon` names a symbol in static/icons.svg."""

    label: str
    endpoint: str
    group: str
    icon: str
    about: str = ""
    order: int = 50
    status: Callable[[], Status] | None = None


def discover() -> Iterator[tuple[Blueprint, Nav | None]]:
    """Yield every blueprint package's `bp` and `nav` (None keeps it out of the navigation)."""
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            package = import_module(f"{__name__}.{module.name}")
            yield package.bp, package.nav
