"""`governance-trustee`: what a trustee does, away from the server (protocol.md, sections 6, 9 and 10).

Files in, files out. Secrets are kept in one file under a passphrase; what is handed in is public, or sealed.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

import click

from governance.board import entries as e
from governance.board import making
from governance.board.contribution import Contribution
from governance.board.judge import Phase
from governance.crypto import ceremony, randomness
from governance.domain.names import printable
from governance.errors import MalformedError, RuleError
from governance.offline import asking, files, keyring, opening, prefix, safe, shares, words
from governance.offline.asking import FILE, OUT, Access, Tool, safe_options, told, tracker
from governance.offline.keyring import OWNER, Keyring
from governance.offline.prefix import Prefix

COMPARED = "Have you compared this with the trustees and the registrar, in a call or in person?"
_MAX_NAME = 200
_NEW, _KEEP = safe_options(
    "trustee.secret",
    meaning="which roots you compared and which lists you opened since is forgotten, so ask the others",
)


@click.group(cls=Tool)
@click.version_option(package_name="governance")
def main() -> None:
    """Make the key of an election together with the other trustees, mix its votes, open them.

    The order: identity, commit, key, confirm, ready; after the close mix and decrypt. Exit code 1: a check failed. 2:
    the input or the call is wrong.
    """


@dataclass(frozen=True, slots=True)
class Call:
    """What every step is given."""

    access: Access
    record: Path
    expect: str | None
    out: Path

    def write(self, made: Contribution) -> None:
        """Write what is to be handed in."""
        files.write(self.out, made.dump(), files.PUBLIC, anew=True)
        click.echo(f"Written: {self.out}. Hand it in: on the page “Keys and files”, or to the officer.")


def step(out: str, compares: str = "") -> Callable[[Callable[..., None]], click.Command]:
    """A command that reads the record so far and writes a contribution.

    Args:
        out: The name of what it writes.
        compares: What `--expect` is, where the step asks for a comparison.
    """

    def add(command: Callable[..., None]) -> click.Command:
        @wraps(command)
        def run(*, access: Access, record: Path, out: Path, expect: str | None = None, **rest: Any) -> None:
            access.outputs(out)
            command(Call(access, record, expect, out), **rest)

        options = [
            _KEEP,
            click.option("--record", type=FILE, required=True, help="The record so far, as the server hands it out."),
            click.option("--out", type=OUT, default=out, show_default=True, help="What to hand in."),
        ]
        if compares:
            told = f"{compares}, as the others see it: then it is compared, and not asked for."
            options.append(click.option("--expect", metavar="VALUE", help=told))
        decorated: Callable[..., None] = run
        for option in reversed(options):
            decorated = option(decorated)
        return main.command(command.__name__)(decorated)

    return add


# ---- the key ---------------------------------------------------------------------------------------------------------


@main.command()
@_NEW
@click.option("--name", required=True, help="Your name, as the public record will show it.")
@click.option("--out", type=OUT, default="trustee.public.json", show_default=True, help="The public keys.")
def identity(access: Access, name: str, out: Path) -> None:
    """Make your two keys, for one election; hand the public file to the officer."""
    if not name.strip() or len(name) > _MAX_NAME or not printable(name):
        msg = f"a name has letters, and at most {_MAX_NAME}"
        raise MalformedError(msg)
    access.outputs(out)
    made = access.create(OWNER)
    kept = Keyring(made, name.strip(), secrets.token_bytes(32), secrets.token_bytes(32))
    kept.store()
    public = {field: kept.plain()[field] for field in ("name", "identity", "box")}
    files.write(out, (json.dumps(public, ensure_ascii=False, indent=2) + "\n").encode(), files.PUBLIC, anew=True)
    click.echo(
        f"Written: {access.path} (keep it, and a copy elsewhere) and {out} (hand it in: on the page “Keys and files”, or to the officer)."
    )


@step("commit.contribution", "The first 120 bits of the ceremony's hash, in groups of four")
def commit(call: Call) -> None:
    """Check the ceremony with the others, make your part of the key, and commit to it."""
    with keyring.unlocked(call.access) as mine:
        so_far = prefix.read(call.record)
        if mine.ceremony:
            mine.belongs(so_far)
        if so_far.judge.phase is not Phase.CEREMONY or so_far.keys.key_entries:
            msg = "the trustees have committed already: the ceremony is past this step"
            raise RuleError(msg)
        trustee = _own(mine, so_far)
        click.echo(words.ceremony(so_far.keys, trustee.index))
        if not mine.ceremony or call.expect is not None:
            asking.compare("The ceremony", tracker(so_far.keys.cer), COMPARED, call.expect)
        if not mine.ceremony:
            _begin(mine, so_far, trustee)
        made = making.trustee_commit(_own_key(mine), mine.identity)
        if so_far.keys.commits.get(trustee.index, made.commit) != made.commit:
            msg = "the record has a commit of yours that was not made with this file: an older copy of it cannot go on"
            raise RuleError(msg)
        mine.store()
        call.write(Contribution(entries=(e.dump(made),)))


def _own(mine: Keyring, so_far: Prefix) -> e.Trustee:
    """The place in the ceremony where this file's keys stand."""
    public = mine.plain()
    for trustee in so_far.keys.entry.trustees:
        if (trustee.identity.hex(), trustee.box.hex()) == (public["identity"], public["box"]):
            return trustee
    msg = "the ceremony does not list your keys: do not go on, and tell the officer"
    raise RuleError(msg)


def _begin(mine: Keyring, so_far: Prefix, trustee: e.Trustee) -> None:
    """Draw the polynomial and make the key entry that will be committed to."""
    keys = so_far.keys
    mine.ceremony, mine.election, mine.index = keys.cer, keys.entry.election, trustee.index
    draw = secrets.token_bytes
    mine.coefficients = [randomness.scalar(draw) for _ in range(keys.entry.threshold)]
    nonce = randomness.scalar(draw)
    mine.key = e.dump(making.trustee_key(keys.cer, trustee.index, mine.coefficients, nonce, mine.identity))


def _own_key(mine: Keyring) -> e.TrusteeKey:
    entry = e.parse(mine.key)
    if not isinstance(entry, e.TrusteeKey):  # pragma: no cover  the file was authenticated
        msg = "this file holds no key entry"
        raise MalformedError(msg)
    return entry


@step("key.contribution")
def key(call: Call) -> None:
    """Once all have committed: show the key that you committed to, and seal a share for every other trustee."""
    with keyring.unlocked(call.access) as mine:
        so_far = prefix.read(call.record)
        mine.belongs(so_far)
        keys = so_far.keys
        if len(keys.commits) < keys.n:
            missing = ", ".join(str(j) for j in range(1, keys.n + 1) if j not in keys.commits)
            msg = f"not all trustees have committed yet (missing: {missing}): no key may be shown before"
            raise RuleError(msg)
        if keys.commits[mine.index] != sha512(mine.key).digest():
            msg = "the record has a commit of yours that was not made with this file: an older copy of it cannot go on"
            raise RuleError(msg)
        if not mine.shares:
            mine.shares = [
                making.share_message(
                    mine.ceremony, mine.index, other, ceremony.share_for(mine.coefficients, other.index), mine.identity
                )
                for other in keys.entry.trustees
                if other.index != mine.index
            ]
            mine.store()
        call.write(Contribution(entries=(mine.key,), shares=tuple(mine.shares)))


@step("confirm.contribution")
@click.option(
    "--shares",
    "given",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="The sealed shares for you: a file of them, or the other trustees' key.contribution. May be repeated.",
)
def confirm(call: Call, given: tuple[Path, ...]) -> None:
    """Open the shares from all others, check each, keep your share of the key, and say that all fits."""
    with keyring.unlocked(call.access) as mine:
        so_far = prefix.read(call.record)
        mine.belongs(so_far)
        keys = so_far.keys
        if len(keys.dealings) < keys.n:
            msg = "not all trustees have shown their key yet"
            raise RuleError(msg)
        if keys.key_entries[mine.index] != mine.key:
            msg = "the record has a key of yours that was not made with this file: an older copy of it cannot go on"
            raise RuleError(msg)
        if not mine.secret:
            mine.secret = shares.combine(mine, keys, given)
            mine.coefficients = []
        parsed = {j: e.parse(raw) for j, raw in keys.key_entries.items()}
        together = {j: entry for j, entry in parsed.items() if isinstance(entry, e.TrusteeKey)}
        made = e.dump(making.trustee_confirm(mine.index, together, mine.identity))
        if mine.confirm not in (b"", made):
            msg = "you have confirmed other keys for this ceremony: it must end"
            raise RuleError(msg)
        mine.confirm = made
        mine.holds_share(so_far)
        mine.store()
        click.echo("Every share fits. Your share of the key is in your file: keep a copy of it elsewhere, now.")
        call.write(Contribution(entries=(made,)))


@step("ready.contribution", "The first 120 bits of the manifest's hash, in groups of four")
def ready(call: Call) -> None:
    """Check the manifest, see what it means, and show that your share of the key is still there."""
    with keyring.unlocked(call.access) as mine:
        so_far = opening.read(call.record, mine, call.access)
        entry, judge = so_far.manifest, so_far.judge
        if judge.phase is not Phase.MANIFEST:
            msg = "voting has opened or was cancelled already: readiness comes before it"
            raise RuleError(msg)
        mine.holds_share(so_far)
        if mine.context not in (b"", judge.ctx):
            msg = "you have said that you are ready for another manifest of this ceremony: one is all there can ever be"
            raise RuleError(msg)
        click.echo(words.manifest(entry, so_far.keys))
        if not mine.context or call.expect is not None:
            question = "Is this the election that was agreed, and does this value match the others' (call, in person)?"
            asking.compare("The manifest", tracker(judge.ctx), question, call.expect)
        if not mine.ready:
            nonce = randomness.scalar(secrets.token_bytes)
            made = making.trustee_ready(judge.ctx, mine.index, mine.secret, nonce, mine.identity)
            mine.context, mine.ready = judge.ctx, e.dump(made)
            mine.store()
            opening.remember(mine, so_far)
        call.write(Contribution(entries=(mine.ready,)))


# ---- after the close -------------------------------------------------------------------------------------------------

_contests = click.option("--contest", "only", multiple=True, metavar="ID", help="Only this contest. May be repeated.")
AT_CLOSE = "The first 120 bits of the root of the tree that ends with the close, in groups of four"


@step("mix.contribution", AT_CLOSE)
@_contests
def mix(call: Call, only: tuple[str, ...]) -> None:
    """Mix the sealed votes of every contest that waits for it, so that nobody can tell whose is whose."""
    with keyring.unlocked(call.access) as mine:
        so_far = opening.read(call.record, mine, call.access)
        opening.begin(mine, so_far, call.expect)
        call.write(opening.mix(mine, so_far, only))


@step("decrypt.contribution", AT_CLOSE)
@_contests
def decrypt(call: Call, only: tuple[str, ...]) -> None:
    """Give your part of opening the mixed votes: of each contest one list, once and for all."""
    with keyring.unlocked(call.access) as mine:
        so_far = opening.read(call.record, mine, call.access)
        opening.begin(mine, so_far, call.expect)
        call.write(opening.decrypt(mine, so_far, only))


# ---- status ----------------------------------------------------------------------------------------------------------

NEXT = {
    "commit": "key, once all trustees have committed",
    "key": "confirm, once all keys stand and the shares for you are there",
    "confirm": "ready, once the manifest stands",
    "ready": "mix, after the close; then decrypt",
    "compared the close": "mix or decrypt",
    "decrypt": "nothing, unless another contest is to be opened",
}


@main.command()
@click.option("--secret", type=FILE, default="trustee.secret", show_default=True, help="The file of secrets.")
def status(secret: Path) -> None:
    """Say what a file of secrets holds and what comes next, without its passphrase."""
    plain = safe.peek(secret, OWNER)
    said = plain.get("done")
    done = [one for one in NEXT if isinstance(said, list) and one in said]
    click.echo(f"Trustee    {told(plain, 'name')}")
    click.echo(f"identity   {told(plain, 'identity')}")
    click.echo(f"box        {told(plain, 'box')}")
    if plain.get("ceremony"):
        click.echo(f"Election   {told(plain, 'election')}, trustee {told(plain, 'index')}")
        click.echo(f"ceremony   {told(plain, 'ceremony')}")
    else:
        click.echo("Election   none yet")
    click.echo(f"Done       {', '.join(['identity', *done])}")
    click.echo(f"Next       {NEXT[done[-1]] if done else 'commit, once the ceremony stands'}")
    fingerprint = sha256(files.read(secret, safe.MAX_SIZE)).hexdigest()[:16]
    click.echo(f"The file   {fingerprint}: a copy with another value here is older or newer than this one.")


if __name__ == "__main__":  # pragma: no cover
    main()
