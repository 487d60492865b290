"""Reads .ebextensions as Elastic Beanstalk does: YAML without CloudFormation's short tags, known keys and options."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bundle import options

KEYS = {"option_settings", "Resources", "files", "commands", "container_commands", "packages", "services"}
SECRET_WORDS = ("SECRET", "PASSWORD", "FIRST_INSTRUCTOR")
MOST_PROPERTIES = 4096  # bytes of all environment properties together
# What Beanstalk's own template holds and ours may name.
OWN = ("AWSEBV2LoadBalancer", "AWSEBAutoScalingGroup", "AWSEBSecurityGroup")


class _Strict(yaml.SafeLoader):
    """YAML in which a repeated key is an error: Elastic Beanstalk would lose one of the two."""


def _mapping(loader: _Strict, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=deep) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.YAMLError(f"{sorted(twice)[0]} stands twice, line {node.start_mark.line + 1}")
    return dict(loader.construct_pairs(node, deep=True))


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> dict[str, Any]:
    """Return one file; raises yaml.YAMLError where it is none (short tags are unknown to this reader as well)."""
    found = yaml.load(path.read_text(encoding="utf-8"), _Strict)  # noqa: S506 derives from SafeLoader
    if not isinstance(found, dict):
        raise yaml.YAMLError("it is no mapping")
    return found


def files(folder: Path) -> list[Path]:
    """Return the files that Elastic Beanstalk reads, in its order."""
    return sorted((folder / ".ebextensions").glob("*.config"))


def problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the .ebextensions of an unpacked bundle."""
    seen: dict[tuple[str, str], str] = {}
    size = 0
    strangers = {path.name for path in (folder / ".ebextensions").iterdir()} - {path.name for path in files(folder)}
    yield from (f".ebextensions/{name} would not be read: its name must end with .config" for name in sorted(strangers))
    for path in files(folder):
        try:
            content = read(path)
        except yaml.YAMLError as error:
            yield f".ebextensions/{path.name}: {error}"
            continue
        yield from (f".ebextensions/{path.name}: unknown key {key}" for key in content.keys() - KEYS)
        for namespace, name, value in settings(content):
            size += len(f"{name}={value},") if namespace.endswith(":application:environment") else 0
            yield from (f".ebextensions/{path.name}: {each}" for each in _setting(namespace, name, seen, path.name))
    if size > MOST_PROPERTIES:
        yield f".ebextensions: the properties have {size:,} bytes, over {MOST_PROPERTIES:,}"


def settings(content: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield namespace, name and value of a file's options."""
    for namespace, options_of in (content.get("option_settings") or {}).items():
        for name, value in options_of.items():
            yield str(namespace), str(name), value


def _setting(namespace: str, name: str, seen: dict[tuple[str, str], str], file: str) -> Iterator[str]:
    if problem := options.problem(namespace, name):
        yield problem
    if (namespace, name) in seen:
        yield f"{namespace} {name} is set in {seen[namespace, name]} already"
    if namespace.endswith(":application:environment") and any(word in name for word in SECRET_WORDS):
        yield f"{name} is a secret: it belongs under environmentsecrets"
    seen[namespace, name] = file


def template(folder: Path) -> str:
    """Return the Resources as a CloudFormation template, with stand-ins for what Elastic Beanstalk adds itself."""
    resources: dict[str, Any] = {}
    for path in files(folder):
        resources.update(read(path).get("Resources") or {})
    text = json.dumps(resources)
    parameters = {name: {"Type": "String"} for name in OWN if f'"Ref": "{name}"' in text}
    known = _options_read(resources)
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Parameters": parameters, "Resources": known})


def _options_read(value: Any) -> Any:
    """Put each Fn::GetOptionSetting's default in its place: CloudFormation itself does not know that function."""
    if isinstance(value, dict):
        if list(value) == ["Fn::GetOptionSetting"]:
            return value["Fn::GetOptionSetting"]["DefaultValue"]
        return {key: _options_read(inner) for key, inner in value.items()}
    return [_options_read(inner) for inner in value] if isinstance(value, list) else value
