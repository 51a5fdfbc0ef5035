"""`governance-witness`: follows a board, and cosigns that it only ever grew (protocol.md, section 13).

A witness says of a checkpoint: it is signed by the log, and it extends every other that I have cosigned. It does not say
that the entries are right: that is for whoever verifies the record. What it remembers lasts before a cosignature leaves.
"""

import secrets
import time
from hashlib import sha256
from pathlib import Path

import click

from governance.board import checkpoint
from governance.board.checkpoint import LOG, WITNESS, Checkpoint, VerifierKey, read_key
from governance.crypto import signature
from governance.errors import MalformedError, RuleError
from governance.offline import asking, files, following, safe
from governance.offline.asking import FILE, Access, Tool, safe_options
from governance.offline.following import Followed, Log

OWNER = "witness"
_KEEP = safe_options("witness.secret")


@click.group(cls=Tool)
@click.version_option(package_name="governance")
def main() -> None:
    """Follow the board of an election, and cosign that it only grows.

    Exit code 1: a check failed. 2: the input or the call is wrong.
    """


@main.command()
@_KEEP
@click.option("--name", required=True, help="The witness's name in its key, like witness.example.org/one.")
def key(secret: Path, passphrase_file: Path | None, name: str) -> None:
    """Make a witness's key, and print its verifier key for the manifest."""
    seed = secrets.token_bytes(32)
    made = VerifierKey(name, WITNESS, signature.public_key(seed))
    try:
        read_key(str(made), WITNESS)
    except MalformedError:
        msg = "--name: a name without white space and without plus is needed"
        raise MalformedError(msg) from None
    kept = Access(secret, passphrase_file).create(OWNER)
    kept.store({"key": str(made)}, {"name": name, "seed": seed.hex()})
    click.echo(str(made))


@main.command()
@_KEEP
@click.option("--state", type=FILE, default="witness.state", show_default=True, help="What was cosigned so far.")
@click.option("--record", type=click.Path(path_type=Path, exists=True), help="A record file or folder to read from.")
@click.option("--url", help="A server to read from.")
@click.option("--log-key", help="The log's verifier key: needed the first time, remembered from then on.")
@click.option("--out", type=FILE, help="Write the cosigned checkpoint here; it may take the place of an older one.")
def cosign(  # noqa: PLR0913  an option is an argument
    *,
    secret: Path,
    passphrase_file: Path | None,
    state: Path,
    record: Path | None,
    url: str | None,
    log_key: str | None,
    out: Path | None,
) -> None:
    """Check that the log extends what was seen of it, and print the line that cosigns its checkpoint."""
    if (record is None) == (url is None):
        msg = "give --record or --url"
        raise MalformedError(msg)
    if out is not None and out.resolve() in (secret.resolve(), state.resolve()):
        msg = "--out would overwrite what the witness keeps"
        raise MalformedError(msg)
    with Access(secret, passphrase_file).unlocked(OWNER) as (_, kept), files.locked(state):
        log = following.open_url(url) if url else following.open_path(record or Path())
        logs = following.load(state)
        seen = checkpoint.parse(log.checkpoint)
        before = _known(logs, seen, log_key)
        checkpoint.check_log(seen, before.key)  # what follows blames the log, so the log must have signed it
        try:
            after = _extend(before, seen, log)
        except RuleError:
            _keep_evidence(state, seen, log.checkpoint)
            raise
        following.store(state, {**logs, seen.origin: after})
        whole = checkpoint.cosign(log.checkpoint, kept["name"], int(time.time()), bytes.fromhex(kept["seed"]))
    if out is not None:
        files.write(out, whole, files.PUBLIC)
    click.echo(whole[len(log.checkpoint) :].decode(), nl=False)


def _known(logs: dict[str, Followed], seen: Checkpoint, log_key: str | None) -> Followed:
    """The log of this origin as it was last seen.

    Raises:
        RuleError: It has another key than before, or fewer entries.
        MalformedError: It is new, and no key was given for it.
    """
    given = read_key(log_key, LOG) if log_key else None
    known = logs.get(seen.origin)
    if known is None:
        if given is None:
            msg = f"the log {asking.shown(seen.origin)} is new here: give its key with --log-key"
            raise MalformedError(msg)
        return Followed(given)
    if given not in (None, known.key):
        msg = f"the log {asking.shown(seen.origin)} has another key than the one that is followed"
        raise RuleError(msg)
    if seen.size < known.size:
        msg = f"a checkpoint of {known.size} entries was cosigned, and this one is of {seen.size}: it is not cosigned"
        raise RuleError(msg)
    return known


def _extend(before: Followed, seen: Checkpoint, log: Log) -> Followed:
    """The log as the checkpoint has it, grown from what was seen.

    Raises:
        RuleError: It does not follow from it.
    """
    if seen.size == before.size and seen.root != before.root():
        msg = f"there are two checkpoints of {seen.size} entries with different roots: it is not cosigned"
        raise RuleError(msg)
    after = before.grow(log.entries(before.size, seen.size), seen.size, log.checkpoint)
    if after.root() != seen.root:
        msg = f"the checkpoint does not extend the one of {before.size} entries that was cosigned: it is not cosigned"
        raise RuleError(msg)
    return after


def _keep_evidence(state: Path, seen: Checkpoint, data: bytes) -> None:
    """Keep a checkpoint that the log signed and that does not go with the one in the state file."""
    name = f"{state.name}.evidence-{seen.size}-{sha256(data).hexdigest()[:8]}"
    files.write(state.with_name(name), data, files.PUBLIC)
    click.echo(f"Kept as evidence: {state.with_name(name)}, beside the checkpoint in {state}.", err=True)


@main.command()
@click.option("--secret", type=FILE, default="witness.secret", show_default=True, help="The file of secrets.")
@click.option("--state", type=FILE, default="witness.state", show_default=True, help="What was cosigned so far.")
def status(secret: Path, state: Path) -> None:
    """Print the witness's verifier key, and the last checkpoint of each log, without the passphrase."""
    click.echo(asking.told(safe.peek(secret, OWNER), "key"))
    for one in following.load(state).values():
        click.echo(f"{asking.shown(one.key.name)}: {one.size} entries, root {one.root().hex()}")


if __name__ == "__main__":  # pragma: no cover
    main()
