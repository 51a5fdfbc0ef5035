"""The shares of the key that the other trustees sealed for this one (protocol.md, section 6)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from governance.board import contribution
from governance.board import entries as e
from governance.board.contribution import MAX_SHARE, Share
from governance.board.setup import MAX_TRUSTEES, Keys
from governance.crypto import ceremony
from governance.errors import MalformedError, ProofError, RuleError
from governance.offline import files
from governance.offline.asking import shown
from governance.offline.keyring import Keyring

_MOST = 2**21
"""Bytes of a file of shares: a contribution has an entry beside them."""


def combine(mine: Keyring, keys: Keys, paths: Sequence[Path]) -> int:
    """x_j from the own share and one good share of every other trustee.

    What the named trustee did not sign, anybody can have sent: it is passed over with a warning, and is nobody's fault.

    Raises:
        MalformedError: A file holds no shares.
        RuleError: A share is missing, or a trustee signed two: whose, and what that means.
        ProofError: A share is bad: whose, and what that means.
    """
    found: dict[int, Share] = {}
    for path, share in ((given, one) for given in paths for one in _read(given)):
        if share.to != mine.index or share.sender == mine.index:
            continue
        if why := _foreign(mine, keys, share):
            click.echo(f"Warning: a share in {shown(str(path))} is passed over: {why}.", err=True)
            continue
        if found.setdefault(share.sender, share) != share:
            msg = f"there are two different shares for you{_must_end(keys, share.sender)}"
            raise RuleError(msg)
    total = [ceremony.share_for(mine.coefficients, mine.index)]
    for trustee in keys.entry.trustees:
        if trustee.index == mine.index:
            continue
        if trustee.index not in found:
            who = f"trustee {trustee.index} ({shown(trustee.name)})"
            msg = f"the share for you from {who} is missing: ask for it; if it cannot be had, the ceremony must end"
            raise RuleError(msg)
        total.append(_open(mine, keys, trustee, found[trustee.index]))
    return ceremony.combine_shares(total)


def _foreign(mine: Keyring, keys: Keys, share: Share) -> str:
    """Why a share is not one of this ceremony's trustees at all; empty if it is."""
    if share.ceremony != mine.ceremony:
        return "it is of another ceremony"
    if share.sender > keys.n:
        return f"it says that it is from trustee {share.sender}, and there are {keys.n}"
    try:
        share.check(keys.entry.trustees[share.sender - 1].identity)
    except ProofError:
        return f"it says that it is from trustee {share.sender}, who did not sign it"
    return ""


def _open(mine: Keyring, keys: Keys, sender: e.Trustee, share: Share) -> int:
    try:
        value = ceremony.open_share(share.enc, share.ct, mine.ceremony, sender.index, mine.index, mine.box)
        ceremony.check_share(value, mine.index, sender.index, keys.dealings[sender.index])
    except MalformedError:
        msg = f"the share for you is bad, it does not fit what they committed to{_must_end(keys, sender.index)}"
        raise ProofError(msg) from None
    return value


def _must_end(keys: Keys, sender: int) -> str:
    name = shown(keys.entry.trustees[sender - 1].name)
    return (
        f": the ceremony must end, and the share was that of trustee {sender} ({name}); tell the officer and the others"
    )


def _read(path: Path) -> Iterator[Share]:
    """The shares in a file: a contribution, or one message a line.

    Raises:
        MalformedError: It is neither.
    """
    data = files.read(path, _MOST)
    if data.startswith(contribution.MAGIC):
        raws: Sequence[bytes] = contribution.read(data).shares
    else:
        raws = data.removesuffix(b"\n").split(b"\n")
    if len(raws) > MAX_TRUSTEES**2 or any(len(raw) > MAX_SHARE for raw in raws):
        msg = f"{path} is no file of trustees' shares"
        raise MalformedError(msg)
    yield from map(contribution.read_share, raws)
