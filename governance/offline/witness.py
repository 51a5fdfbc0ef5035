"""`governance-witness`: follows a board, and cosigns that it only ever grew (protocol.md, section 13).

A witness says of a checkpoint: it is signed by the log, and it extends every other that I have cosigned. It does not say
that the entries are right: that is for whoever verifies the record. What it has cosigned is kept sealed in one file with
its key: without its history the key is not there either. It lasts before a cosignature leaves.
"""

import base64
import secrets
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from governance.board import checkpoint
from governance.board.checkpoint import LOG, WITNESS, Checkpoint, VerifierKey, read_key
from governance.crypto import signature
from governance.domain.names import printable
from governance.errors import MalformedError, RuleError
from governance.offline import asking, files, following, safe
from governance.offline.asking import FILE, OUT, Access, Tool, safe_options
from governance.offline.fetching import Server
from governance.offline.following import Followed, Log

OWNER = "witness"
MAX_LOGS = 128
MAX_ORIGIN = 200
MAX_EVIDENCE = 8
"""Contradictions of one log that are kept; one is proof enough."""
_EVIDENCE = ".evidence-"
_NEW, _KEEP = safe_options(
    "witness.secret",
    "--begin-anew",
    "what was cosigned since is forgotten, and if a log then shows another history, this witness vouches for both",
)


@click.group(cls=Tool)
@click.version_option(package_name="governance")
def main() -> None:
    """Follow the board of an election, and cosign that it only grows.

    Exit code 1: a check failed. 2: the input or the call is wrong.
    """


@main.command()
@_NEW
@click.option("--name", required=True, help="The witness's name in its key, like witness.example.org/one.")
def key(access: Access, name: str) -> None:
    """Make a witness's key, and print its verifier key for the manifest."""
    seed = secrets.token_bytes(32)
    made = VerifierKey(name, WITNESS, signature.public_key(seed))
    try:
        read_key(str(made), WITNESS)
    except MalformedError:
        name = ""
    if not 0 < len(name) <= MAX_ORIGIN or not printable(name):
        msg = "--name: a name of letters that can be seen, without white space and without plus, is needed"
        raise MalformedError(msg) from None
    _store(access.create(OWNER), {"name": name, "seed": seed.hex()}, {})
    click.echo(str(made))


def _store(kept: safe.Safe, value: dict[str, Any], logs: dict[str, Followed]) -> None:
    """Keep key and history; they last before this returns."""
    made = VerifierKey(value["name"], WITNESS, signature.public_key(bytes.fromhex(value["seed"])))
    told = [f"{one.key.name}: {one.size} entries, root {one.root().hex()}" for one in logs.values()]
    kept.store({"key": str(made), "logs": told}, {**value, "logs": following.dump(logs)})


@main.command()
@_KEEP
@click.option("--record", type=click.Path(path_type=Path, exists=True), help="A record file or folder to read from.")
@click.option("--url", help="A server to read from.")
@click.option("--post", is_flag=True, help="With --url: hand the cosignature in there.")
@click.option("--minutes", type=click.IntRange(1, 1440), default=15, show_default=True, help="What it may take in all.")
@click.option("--log-key", help="The log's verifier key: needed the first time, remembered from then on.")
@click.option("--out", type=OUT, help="Write the cosigned checkpoint here; it may take the place of an older one.")
def cosign(  # noqa: PLR0913  an option is an argument
    *,
    access: Access,
    record: Path | None,
    url: str | None,
    post: bool,
    minutes: int,
    log_key: str | None,
    out: Path | None,
) -> None:
    """Check that the log extends what was seen of it, and print the line that cosigns its checkpoint."""
    if (record is None) == (url is None) or (post and url is None):
        msg = "give --record or --url; --post goes with --url"
        raise MalformedError(msg)
    if out is not None:
        access.apart(out)
    if out is not None and _is_evidence(access.path, out):
        msg = "--out would overwrite evidence that the witness keeps"
        raise MalformedError(msg)
    if out is not None and out.exists() and not checkpoint.looks_like_one(files.read(out, checkpoint.MAX_CHECKPOINT)):
        msg = "--out would overwrite a file that is no checkpoint"
        raise MalformedError(msg)
    with access.unlocked(OWNER) as (kept, value):
        logs = following.load(value["logs"])
    # Not locked meanwhile: a log that answers slowly must not keep the witness from others.
    log = following.open_url(url, 60 * minutes) if url else following.open_path(record or Path())
    seen = checkpoint.parse(log.checkpoint)
    before = _known(logs, seen, log_key)
    checkpoint.check_log(seen, before.key)  # what follows blames the log, so the log must have signed it
    try:
        after = _extend(before, seen, log)
    except RuleError:
        _keep_evidence(access.path, before, seen)
        raise
    with files.locked(access.path):
        logs = following.load(kept.read()["logs"])
        if logs.get(seen.origin, Followed(before.key)) != before:
            msg = "another command has cosigned this log meanwhile: call again"
            raise RuleError(msg)
        _store(kept, value, logs | {seen.origin: after})
        whole = checkpoint.cosign(log.checkpoint, value["name"], int(time.time()), bytes.fromhex(value["seed"]))
    if out is not None:
        files.write(out, whole, files.PUBLIC)
    line = whole[len(log.checkpoint) :]
    click.echo(line.decode(), nl=False)
    if post and url is not None:
        Server(url, 60 * minutes).post("/cosignatures", after.text + line)


def _known(logs: dict[str, Followed], seen: Checkpoint, log_key: str | None) -> Followed:
    """The log of this origin as it was last seen.

    Raises:
        RuleError: It has another key than before, or fewer entries; or one log more is too many.
        MalformedError: It is new, and no key was given for it.
    """
    given = read_key(log_key, LOG) if log_key else None
    known = logs.get(seen.origin)
    if known is None:
        if given is None:
            msg = f"the log {asking.shown(seen.origin)} is new here: give its key with --log-key"
            raise MalformedError(msg)
        if len(logs) >= MAX_LOGS or len(seen.origin) > MAX_ORIGIN:
            msg = f"a witness follows at most {MAX_LOGS} logs with names of at most {MAX_ORIGIN} letters: make another key"
            raise RuleError(msg)
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
    after = before.grow(log.entries(before.size, seen.size), seen.size, _alone(seen, before.key))
    if after.root() != seen.root:
        msg = f"the checkpoint does not extend the one of {before.size} entries that was cosigned: it is not cosigned"
        raise RuleError(msg)
    return after


def _alone(seen: Checkpoint, key: VerifierKey) -> bytes:
    """A checkpoint with one line of the log's, and no other."""
    line = next(data for name, data in seen.signatures if name == key.name and data.startswith(key.id))
    return seen.text + f"\n\N{EM DASH} {key.name} {base64.b64encode(line).decode()}\n".encode()


def _is_evidence(secret: Path, out: Path) -> bool:
    return out.name.startswith(secret.name + _EVIDENCE) and files.are_one(out.parent, secret.parent)


def _keep_evidence(secret: Path, before: Followed, seen: Checkpoint) -> None:
    """Keep two checkpoints that the log signed and that do not go together."""
    start = f"{secret.name}{_EVIDENCE}{before.key.id.hex()}-"
    if sum(path.name.startswith(start) for path in secret.parent.iterdir()) > MAX_EVIDENCE:
        return
    for size, data in ((before.size, before.text), (seen.size, _alone(seen, before.key))):
        if data:
            path = secret.with_name(f"{start}{size}-{sha256(data).hexdigest()[:8]}")
            files.write(path, data, files.PUBLIC)
            click.echo(f"Kept as evidence: {path}", err=True)


@main.command()
@click.option("--secret", type=FILE, default="witness.secret", show_default=True, help="The file of secrets.")
def status(secret: Path) -> None:
    """Print the witness's verifier key, and what it last cosigned of each log, without the passphrase."""
    plain = safe.peek(secret, OWNER)
    click.echo(asking.told(plain, "key"))
    logs = plain.get("logs")
    for one in logs if isinstance(logs, list) else ():
        click.echo(asking.shown(str(one)))


if __name__ == "__main__":  # pragma: no cover
    main()
