"""The key of the installation: 32 bytes in a file of mode 0600, made once by a command, never by the application."""

import os
import secrets
from pathlib import Path

from governance.store.vault import KEY

NAME = "secret.key"


def read_key(folder: Path) -> bytes | None:
    """The key, if it was made; what is not 32 bytes long is refused when the database is opened."""
    path = folder / NAME
    return path.read_bytes() if path.is_file() else None


def make_key(folder: Path) -> Path | None:
    """Make the key if there is none; gives its path if it was made. It is written whole, or not at all."""
    path = folder / NAME
    if path.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{NAME}.{secrets.token_hex(4)}"
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)
    finally:
        new.unlink()
    return path
