"""libsodium's ristretto255 and Ed25519-point functions, loaded once; only `group` imports this module.

The wheel `rbcl` carries libsodium itself, so a fresh machine needs no system library. Two of its habits are mended here:
its Python wrappers ignore return codes (ours are all checked, in `group`), and each import leaves the unpacked library in
the temporary folder (it is mapped by then, so the file is unlinked at once).
"""

import contextlib
import ctypes
import os

from rbcl import _sodium as _library  # the handle that the package's own wrappers use

with contextlib.suppress(OSError):
    os.unlink(_library._name)  # noqa: PTH108, SLF001  Path would do nothing more; ctypes keeps the path there

_BYTES = ctypes.c_char_p


def _function(name: str, inputs: int) -> "ctypes._NamedFuncPointer":
    """A C function of one output buffer and `inputs` input buffers that returns 0 or -1."""
    function = getattr(_library, name)
    function.argtypes = [_BYTES] * (1 + inputs)
    function.restype = ctypes.c_int
    return function  # type: ignore[no-any-return]


if _library.sodium_init() < 0:  # pragma: no cover  would mean that the machine has no randomness
    msg = "libsodium cannot start on this machine"
    raise RuntimeError(msg)

buffer = ctypes.create_string_buffer
multiply = _function("crypto_scalarmult_ristretto255", 2)
multiply_base = _function("crypto_scalarmult_ristretto255_base", 1)
add = _function("crypto_core_ristretto255_add", 2)
subtract = _function("crypto_core_ristretto255_sub", 2)
from_hash = _function("crypto_core_ristretto255_from_hash", 1)
is_valid = _library.crypto_core_ristretto255_is_valid_point
is_valid.argtypes = [_BYTES]
is_valid.restype = ctypes.c_int
