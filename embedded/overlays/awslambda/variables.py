"""What a function sees of the environment: AWS's variables, a session of its account, its own; nothing of the host.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from pathlib import Path
from typing import Any

from embedded import sessions
from embedded.functions.calls import Function

# What CreateFunction refuses in a function's own variables.
RESERVED = frozenset(
    (
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    )
)


def log_group(function: Function) -> str:
    """Return where the function's log goes."""
    chosen = (function.config.get("LoggingConfig") or {}).get("LogGroup")
    return str(chosen or f"/aws/lambda/{function.name}")


def logs_json(function: Function) -> bool:
    """Whether the function's log is JSON."""
    return (function.config.get("LoggingConfig") or {}).get("LogFormat") == "JSON"


def environment(function: Function, code: Path, temporary: Path, stream: str, port: int) -> dict[str, str]:
    """Return the whole environment of an execution environment."""
    config: Any = function.config
    own = (config.get("Environment") or {}).get("Variables") or {}
    usual = {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        # Where AWS has one /tmp for each environment; code that names "/tmp" itself writes to the machine's.
        "TMPDIR": str(temporary),
        "HOME": str(temporary),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        # S3 Object Lambda and others put names before the host that no name server knows.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }
    fixed = {
        "AWS_REGION": function.where.region,
        "AWS_DEFAULT_REGION": function.where.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', 'python')}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(function),
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "LAMBDA_TASK_ROOT": str(code),
        "_HANDLER": str(config.get("Handler", "")),
        **_logging(function),
        **sessions.variables(function.where.account),
    }
    return {**usual, **{str(name): str(value) for name, value in own.items()}, **fixed}


def _logging(function: Function) -> dict[str, str]:
    if not logs_json(function):
        return {}
    level = function.config["LoggingConfig"].get("ApplicationLogLevel") or "INFO"
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": str(level)}


def python_path(function: Function, code: Path, layers: Path | None) -> list[str]:
    """Return where modules are looked for before Python's own: the code, then the layers."""
    minor = str(function.config.get("Runtime", ""))
    folders = [layers / "python" / "lib" / minor / "site-packages", layers / "python"] if layers else []
    return [str(code), *(str(folder) for folder in folders if folder.is_dir())]
