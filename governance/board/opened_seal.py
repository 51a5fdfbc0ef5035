"""A seal that a voter had opened instead of casting it (protocol.md, section 8, “Test the seal”).

The booth hands out {ballot without `proof`, nonces, rankings} and forgets them. Whoever has the manifest and the lists
from elsewhere seals the same rankings with the same nonces again: the bytes must be the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.board import canonical
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.judge import Judge
from governance.crypto import ballot, group, ranking
from governance.crypto.ballot import Ciphertext
from governance.errors import MalformedError, ProofError

Rankings = Mapping[str, tuple[str, ...]]
"""Of each contest: candidates' ids, first preference first."""
_FIELDS = {"ballot", "nonces", "rankings"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What the booth handed out; nothing of it is checked yet but the form."""

    ballot: e.Ballot
    """Its proof is empty."""
    nonces: tuple[int, ...]
    """r_t of each contest."""
    rankings: tuple[tuple[str, ...], ...]
    """Candidates' ids for each contest, first preference first."""

    @property
    def tracker(self) -> str:
        """What the booth showed before it opened the seal."""
        return ballot.tracker(e.unproven_bytes(self.ballot))


def read(data: bytes) -> Opened:
    """Read the file that the booth saves.

    Raises:
        MalformedError: It is none.
    """
    msg = "this is not an opened seal as the booth saves it"
    try:
        value = canonical.parse(data)
        if not isinstance(value, dict) or value.keys() != _FIELDS or "proof" in value["ballot"]:
            raise MalformedError(msg)
        entry = e.parse(canonical.dump({**value["ballot"], "proof": {"commitments": [], "responses": []}}))
        if not isinstance(entry, e.Ballot):
            raise MalformedError(msg)
        return Opened(entry, tuple(map(_nonce, value["nonces"])), tuple(map(_ids, value["rankings"])))
    except (TypeError, ValueError):
        raise MalformedError(msg) from None


def _nonce(text: Any) -> int:
    if not isinstance(text, str) or text != text.lower():
        raise TypeError
    return group.decode_scalar(bytes.fromhex(text))


def _ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError
    return tuple(value)


def check(opened: Opened, judge: Judge) -> Rankings:
    """Check that the seal held what it says, against a record that was judged.

    Returns:
        The ranking of each contest.

    Raises:
        CheckError: It did not, or it is of another election or of no voter of this one.
    """
    manifest, sealed = judge.manifest, opened.ballot
    if manifest is None:
        raise CheckError(Check.ORDER, "the record has no manifest yet")
    if sealed.election != manifest.election:
        raise CheckError(
            Check.BALLOT, f"the seal is of the election {sealed.election}, and the record of {manifest.election}"
        )
    style = judge.style_of(bytes(sealed.credential))
    if style is None:
        raise CheckError(Check.BALLOT, "the seal's credential is on no list of this election")
    if tuple(vote.id for vote in sealed.contests) != style.contests:
        raise CheckError(Check.BALLOT, "the seal is of other contests than its credential votes in")
    if not len(sealed.contests) == len(opened.nonces) == len(opened.rankings):
        raise CheckError(Check.BALLOT, "the seal has not one nonce and one ranking for each contest")
    contests = {contest.id: contest for contest in manifest.contests}
    for vote, nonce, ids in zip(sealed.contests, opened.nonces, opened.rankings, strict=True):
        _check_vote(contests[vote.id], vote, nonce, ids, manifest.public_key)
    return {vote.id: ids for vote, ids in zip(sealed.contests, opened.rankings, strict=True)}


def _check_vote(contest: e.Contest, vote: e.Vote, nonce: int, ids: tuple[str, ...], key: group.Element) -> None:
    numbers = {candidate.id: i for i, candidate in enumerate(contest.candidates)}
    try:
        if nonce == 0:
            raise ProofError("the seal is open: its nonce is zero")
        plain = ranking.seal_code([numbers[one] for one in ids], len(numbers), contest.max_ranks)
        ballot.check_opened(Ciphertext(vote.a, vote.b), plain, key, nonce)
    except KeyError:
        raise CheckError(Check.BALLOT, f"{contest.id}: the ranking names somebody who does not stand") from None
    except MalformedError as error:
        raise CheckError(Check.BALLOT, f"{contest.id}: {error}") from None
