"""Mixing and decrypting, and what a trustee's tool must be sure of before it does (protocol.md, section 10).

(a) The record holds so far, as a beginning of one, with the quorum of cosignatures; (b) it extends every checkpoint seen;
(c) this computer's clock is past the announced close; (d) the trustees see one root of the tree that ends with `close`.
That root, and of each contest the only list that was ever opened, are kept for ever. The share of the key is applied to
the points of those lists, and to no other. What the record says that this trustee did, and the file of secrets does not
know, was done with a newer copy of the file: it is taken over from the record, once somebody has said that the newer copy
is lost.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from governance.board import entries as e
from governance.board import making
from governance.board.contribution import Contribution
from governance.board.judge import Judge, Phase
from governance.board.tally import Tally
from governance.crypto import decryption, shuffle
from governance.errors import RuleError
from governance.offline import asking, prefix, words
from governance.offline.asking import Access, tracker
from governance.offline.keyring import Keyring
from governance.offline.prefix import Prefix

COMPARED = "Have you compared this root with the other trustees, in a call or in person?"


def now() -> datetime:
    """This computer's clock."""
    return datetime.now(UTC)


def read(path: Path, mine: Keyring, access: Access) -> Prefix:
    """(a) and (b): verify a record with its manifest, and compare it with the last checkpoint seen.

    Its own checkpoint is remembered once the trustee is ready for this manifest, which says who the log and the witnesses
    are: before that, anybody could have made it.

    Raises:
        CheckError: It does not hold, or lacks the quorum.
        RuleError: It is of another ceremony, has no manifest, does not extend what was seen, or knows more of this
            trustee than the file of secrets.
    """
    so_far = prefix.read(path, [mine.seen_size])
    mine.belongs(so_far)
    _ = so_far.manifest  # or it is said that there is none
    if mine.seen_root:
        if so_far.size < mine.seen_size:
            msg = (
                f"this record has {so_far.size} entries, and you have seen one with {mine.seen_size}: "
                "take the newest; if this is the newest, entries were taken back, and the others must know"
            )
            raise RuleError(msg)
        if so_far.roots[mine.seen_size] != mine.seen_root:
            msg = (
                f"this record does not extend the one you have seen: its first {mine.seen_size} entries are others; "
                "there are two boards, so stop here, keep both files, and tell the others"
            )
            raise RuleError(msg)
    if done := _forgotten(mine, so_far):
        access.accept(f"the record has what you did and this copy of your file does not know: {', '.join(done)}")
        _recall(mine, so_far)
    if mine.context == so_far.judge.ctx:
        remember(mine, so_far)
    return so_far


def remember(mine: Keyring, so_far: Prefix) -> None:
    """Keep the checkpoint of a record, unless an equal or longer one is kept."""
    if so_far.size > mine.seen_size:
        mine.seen_size, mine.seen_root = so_far.size, so_far.root
        mine.store()


def _forgotten(mine: Keyring, so_far: Prefix) -> list[str]:
    """The trustee's own steps that the record has, and the file of secrets has not."""
    judge = so_far.judge
    done = ["ready"] if mine.index in so_far.keys.ready and not mine.context else []
    done += [
        f"mix of {name}" for name, one in judge.tallies.items() if mine.index in one.mixers and not mine.close_root
    ]
    opened = [name for name, one in judge.tallies.items() if mine.index in one.decrypted and name not in mine.opened]
    return done + [f"opening of {name}" for name in opened]


def _recall(mine: Keyring, so_far: Prefix) -> None:
    """Take over from the record what binds this trustee for ever: the manifest, and each list that was opened."""
    for name, one in so_far.judge.tallies.items():
        if mine.index in one.decrypted:
            mine.opened.setdefault(name, sha256(one.last).digest())
    if mine.index in so_far.keys.ready and not mine.context:
        mine.context = so_far.judge.ctx
    mine.store()


def begin(mine: Keyring, so_far: Prefix, expected: str | None) -> None:
    """(c) and (d), and that these are the secrets of this election.

    Raises:
        RuleError: Nothing may be mixed or opened now; the sentence says why.
    """
    judge = so_far.judge
    mine.holds_share(so_far)
    if mine.context != judge.ctx:
        msg = "you were never ready for this manifest: nothing of it is mixed or opened with your key"
        raise RuleError(msg)
    if judge.phase is Phase.CANCELLED:
        msg = "the election was cancelled: nothing is mixed or opened"
        raise RuleError(msg)
    moment = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    if moment < judge.closes:
        msg = (
            f"voting closes {words.moment(judge.closes)}, and this computer's clock says {words.moment(moment)}: "
            "nothing is mixed or opened before the close"
        )
        raise RuleError(msg)
    if judge.phase is not Phase.CLOSED:
        msg = "the record has no close yet: take the newest"
        raise RuleError(msg)
    if mine.close_root not in (b"", so_far.at_close):
        msg = (
            f"the record up to its close is another than the one you compared ({tracker(mine.close_root)}): "
            "there are two boards, so stop here, keep both files, and tell the others"
        )
        raise RuleError(msg)
    if not mine.close_root or expected is not None:
        asking.compare("The root of the record up to its close", tracker(so_far.at_close), COMPARED, expected)
    if mine.close_root != so_far.at_close:
        mine.close_root = so_far.at_close
        mine.store()


def _chosen(judge: Judge, only: Sequence[str]) -> list[Tally]:
    """The contests that were asked for, in the manifest's order.

    Raises:
        RuleError: One is unknown.
    """
    unknown = [name for name in only if name not in judge.tallies]
    if unknown:
        msg = f"there is no contest {unknown[0]}"
        raise RuleError(msg)
    return [tally for name, tally in judge.tallies.items() if not only or name in only]


def _tell_waiting(why: dict[str, str]) -> None:
    for name, reason in why.items():
        click.echo(f"  {name}: {reason}")


def mix(mine: Keyring, so_far: Prefix, only: Sequence[str]) -> Contribution:
    """Mix every contest that may be mixed by this trustee now.

    Raises:
        RuleError: There is none.
    """
    entries, blobs = [], []
    waiting: dict[str, str] = {}
    for tally in _chosen(so_far.judge, only):
        name = tally.contest.id
        why = _no_mix(mine, tally)
        if why:
            waiting[name] = why
            continue
        click.echo(words.contest_list(tally, sha256(tally.last).digest()) + ": you mix it now")
        place = shuffle.Place(so_far.judge.ctx, name, len(tally.mixers) + 1, tally.public_key)
        entry, output, proof = making.mix(place, mine.index, tally.last, secrets.token_bytes, mine.identity)
        entries.append(e.dump(entry))
        blobs += [output, proof]
    _tell_waiting(waiting)
    if not entries:
        msg = "there is nothing for you to mix now"
        raise RuleError(msg)
    return Contribution(entries=tuple(entries), blobs=tuple(blobs))


def _no_mix(mine: Keyring, tally: Tally) -> str:
    """Why this trustee does not mix a contest now; empty if they do."""
    if tally.void or tally.size < tally.contest.min_ballots:
        return "too few ballots, so it is never opened"
    if tally.decrypted or tally.opened or tally.elected is not None:
        return "it is being opened, or was"
    return "you have mixed it" if mine.index in tally.mixers else ""


def decrypt(mine: Keyring, so_far: Prefix, only: Sequence[str]) -> Contribution:
    """Open every contest that has been mixed enough; of each the one list that this file will ever open.

    Raises:
        RuleError: Another list of the contest was opened before, or there is nothing to open.
    """
    due: list[Tally] = []
    waiting: dict[str, str] = {}
    for tally in _chosen(so_far.judge, only):
        why = _no_decrypt(mine, tally)
        if why:
            waiting[tally.contest.id] = why
            continue
        digest = sha256(tally.last).digest()
        before = mine.opened.get(tally.contest.id, digest)
        if before != digest:
            msg = (
                f"contest {tally.contest.id}: you have opened the list {tracker(before)}, and this one is "
                f"{tracker(digest)}: of a contest, one list is opened, ever"
            )
            raise RuleError(msg)
        due.append(tally)
        click.echo(words.contest_list(tally, digest) + ": you open it now, and no other of this contest ever")
    _tell_waiting(waiting)
    if not due:
        msg = "there is nothing for you to open now"
        raise RuleError(msg)
    mine.opened |= {tally.contest.id: sha256(tally.last).digest() for tally in due}
    mine.store()  # before anything is made with the key
    entries, blobs = [], []
    for tally in due:
        place = decryption.Place(so_far.judge.ctx, tally.contest.id, mine.index)
        entry, factors = making.decrypt(place, mine.secret, tally.last, secrets.token_bytes, mine.identity)
        entries.append(e.dump(entry))
        blobs.append(factors)
    return Contribution(entries=tuple(entries), blobs=tuple(blobs))


def _no_decrypt(mine: Keyring, tally: Tally) -> str:
    """Why this trustee does not open a contest now; empty if they do."""
    if tally.void or tally.size < tally.contest.min_ballots:
        return "too few ballots, so it is never opened"
    if tally.opened or tally.elected is not None:
        return "it has been opened"
    if mine.index in tally.decrypted:
        return "you have given your part"
    missing = tally.least_mixers - len(tally.mixers)
    return f"{words.several(missing, 'trustee has', 'trustees have')} to mix it first" if missing > 0 else ""
