"""Where the software can be had by whoever does not want to trust the server, and how to know it: an address and a SHA-256."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from governance.errors import RuleError

LONGEST = 500
_DIGEST = re.compile("[0-9a-f]{64}")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
"""Nobody before the name, as in https://ours@elsewhere: people read the beginning of an address."""


@dataclass(frozen=True, slots=True)
class Software:
    """An address, and the SHA-256 of the verifier there, in hexadecimal; either may be empty, the second alone may not."""

    address: str = ""
    digest: str = ""


def software(address: str, digest: str, host: str) -> Software:
    """What an organisation says of the software, as it may be shown to strangers.

    Args:
        address: An https address, or nothing.
        digest: 64 hexadecimal digits, or nothing; spaces between them are passed over.
        host: Of the server that is to be checked.

    Raises:
        RuleError: It cannot be shown so.
    """
    address, digest = address.strip(), "".join(digest.split()).lower()
    if digest and not address:
        msg = "A SHA-256 is of a file, so say too where the file can be had."
        raise RuleError(msg)
    if digest and not _DIGEST.fullmatch(digest):
        msg = "A SHA-256 has 64 digits, 0 to 9 and a to f. `sha256sum governance-verify.pyz` prints it."
        raise RuleError(msg)
    if not address:
        return Software()
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address):
        msg = f"The address of the software begins with https://, has no spaces, and at most {LONGEST} characters."
        raise RuleError(msg)
    if (urlsplit(address).hostname or "").rstrip(".") == host.partition(":")[0].lower():
        msg = "That is the server that the software is to check. Put the software elsewhere, and name that place."
        raise RuleError(msg)
    return Software(address, digest)
