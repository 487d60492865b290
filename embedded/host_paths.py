"""Paths of services that are not here: a bucket may be called so (private names of the emulator, like host.py).

The emulator looks at a few paths before it looks at who signed for which service: a bucket called `health`, `logout`,
`oauth2` or `iceberg-tables` would be answered by its own state, by Cognito or by a catalogue of tables.
"""

from typing import Any


def install(module: Any) -> None:
    """Let these paths go where they are signed for."""
    special = module._handle_special_data_plane_request

    async def data_plane(method: str, path: str, *args: Any, **options: Any) -> Any:
        return None if path.startswith("/iceberg") else await special(method, path, *args, **options)

    async def nothing(*_: Any, **__: Any) -> None:
        return None

    module._HEALTH_PATHS = ()
    module._handle_cognito_get_request = module._handle_cognito_body_request = nothing
    module._handle_special_data_plane_request = data_plane
