"""The trustees' key ceremony, the registrar's lists, and the manifest (docs/protocol.md, sections 5 to 7).

Officials work on their own computers and hand in files (`board.contribution`). What stands on the board has been judged;
here it is asked whose file it is and whether it is due.
"""

import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from governance.board import checkpoint, contribution
from governance.board import entries as e
from governance.board.contribution import Contribution, Rolls
from governance.crypto import signature
from governance.crypto.randomness import Draw
from governance.domain.draft import Draft
from governance.domain.names import printable
from governance.domain.nominations import announcement
from governance.domain.phases import Phase, Progress
from governance.domain.plain import text
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import boards, elections, objections, officers, release, roll
from governance.services.officers import Two
from governance.store.boards import Log
from governance.store.elections import Election, Identity, RollLine, Share, Style
from governance.store.vault import vault

MAX_IDENTITY = 4096
_MAX_NAME = 200


# ---- public keys -----------------------------------------------------------------------------------------------------


def take_identity(session: Session, by: str, election: str, data: bytes, *, now: datetime) -> None:
    """Take in an official's public keys, as `governance-trustee identity` or `governance-registrar identity` wrote them.

    Raises:
        NotPermittedError: They are no official of this election.
        MalformedError: The file holds no such keys.
        RuleError: The ceremony has begun, or the keys are somebody else's.
    """
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    trustee = by in draft.trustees
    require_official(draft, by)
    officers.require(session, by, Role.TRUSTEE if trustee else Role.REGISTRAR)
    if elections.progress(session, row).phase not in (Phase.DRAFT, Phase.ROLL):
        msg = "The key ceremony has begun: keys can no longer be changed."
        raise RuleError(msg)
    name, key, box = _read_identity(data, trustee=trustee)
    others = session.scalars(select(Identity).filter_by(election_id=election).where(Identity.member_id != by)).all()
    taken = {one.key for one in others} | {one.box for one in others}
    if key in taken or box in taken - {None}:
        msg = "Another official of this election handed in the same key."
        raise RuleError(msg)
    mine = session.get(Identity, (election, by)) or Identity(election_id=election, member_id=by)
    mine.name, mine.key, mine.box = name, key, box
    session.add(mine)
    officers.note(session, by, f"handed in the keys of “{name}”", election=election, now=now)


def require_official(draft: Draft, by: str) -> None:
    """Check that somebody is an official of this election.

    Raises:
        NotPermittedError: They are not.
    """
    if by not in draft.trustees and by != draft.registrar:
        msg = "Only the trustees and the registrar of this election hand anything in."
        raise NotPermittedError(msg)


def _read_identity(data: bytes, *, trustee: bool) -> tuple[str, bytes, bytes | None]:
    fields = {"name", "identity", "box"} if trustee else {"name", "identity"}
    value: Any = None
    if len(data) <= MAX_IDENTITY:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
    whole = isinstance(value, dict) and value.keys() == fields and all(isinstance(one, str) for one in value.values())
    if not whole:
        who = "trustee" if trustee else "registrar"
        msg = f"This file does not hold the public keys of a {who}: they are in {who}.public.json. It was not kept."
        raise MalformedError(msg)
    name = value["name"].strip()
    if not 0 < len(name) <= _MAX_NAME or not printable(name):
        msg = "The name in the file is empty, too long, or cannot be shown."
        raise MalformedError(msg)
    key, box = _hex(value["identity"]), _hex(value["box"]) if trustee else None
    if not signature.is_good_key(key) or (box is not None and (not signature.is_good_box(box) or box == key)):
        msg = "A key in the file is not a good one."
        raise MalformedError(msg)
    return name, key, box


def _hex(text_: str) -> bytes:
    try:
        return bytes.fromhex(text_) if text_ == text_.lower() and " " not in text_ else b""
    except ValueError:
        return b""


def identities(session: Session, election: str) -> dict[str, str]:
    """The name under which each official handed in keys, by the id of the member."""
    rows = session.scalars(select(Identity).filter_by(election_id=election))
    return {row.member_id: row.name for row in rows}


# ---- the ceremony ----------------------------------------------------------------------------------------------------


def start(session: Session, by: str, election: str, *, now: datetime, draw: Draw = secrets.token_bytes) -> None:
    """Begin the ceremony: make the board's key, and put who the trustees are onto the board.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is not frozen, keys are missing, the ceremony has begun, or voting was to open before now.
    """
    officers.require(session, by, Role.OFFICER)
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    phase = elections.progress(session, row).phase
    if phase is Phase.DRAFT:
        msg = "The roll is frozen before the key ceremony begins."
        raise RuleError(msg)
    if phase is not Phase.ROLL:
        msg = "The key ceremony has begun already."
        raise RuleError(msg)
    if now >= draft.calendar.opens:
        msg = "Voting was to open before now: this election needs a new calendar, and so a new id."
        raise RuleError(msg)
    kept = {one.member_id: one for one in session.scalars(select(Identity).filter_by(election_id=election))}
    missing = [one for one in (*draft.trustees, draft.registrar) if one not in kept]
    if missing:
        who = officers.person(session, missing[0]).name
        msg = f"{who} has not handed in keys yet ({len(missing)} of {len(draft.trustees) + 1} are missing)."
        raise RuleError(msg)
    registrar = kept[draft.registrar]
    entry = e.Ceremony(
        election=election,
        threshold=draft.threshold,
        registrar=e.Registrar(registrar.name, registrar.key),
        trustees=tuple(
            e.Trustee(index, kept[one].name, kept[one].key, kept[one].box or b"")
            for index, one in enumerate(draft.trustees, 1)
        ),
    )
    seed = draw(32)
    origin = f"{officers.organisation(session).host}/{election}"
    session.add(Log(election_id=election, origin=origin, seed=vault(session).seal(boards.SEED, seed), made=now))
    session.flush()
    boards.opened(session, election).append(entry)
    officers.note(session, by, "began the key ceremony", election=election, now=now)


STEPS: dict[type[e.Entry], str] = {
    e.TrusteeCommit: "commit",
    e.TrusteeKey: "key",
    e.TrusteeConfirm: "confirm",
    e.TrusteeReady: "ready",
}


def index_of(draft: Draft, by: str) -> int:
    """The index of a trustee of this election.

    Raises:
        NotPermittedError: They are none.
    """
    if by not in draft.trustees:
        msg = "You are not a trustee of this election."
        raise NotPermittedError(msg)
    return draft.trustees.index(by) + 1


def take_key_entry(session: Session, row: Election, index: int, given: Contribution) -> list[int]:
    """Append a trustee's commit, key, confirm or ready entry; keep the shares that come with a key.

    Raises:
        RuleError: It is not due now, or of another trustee.
        CheckError: The judge refuses it.
    """
    stands = elections.progress(session, row)
    board = boards.opened(session, row.id)
    for raw in given.shares:
        _keep_share(session, row.id, stands, index, raw)
    placed = []
    for raw in given.entries:
        entry = e.parse(raw)
        kind = STEPS[type(entry)]
        at = boards.place_of(session, row.id, raw)
        if at is not None:
            placed.append(at)
            continue
        _is_due(stands, kind)
        if getattr(entry, "index", index) != index:
            msg = "This file was made by another trustee than you."
            raise RuleError(msg)
        placed.append(board.append(raw).index)
        stands = elections.progress(session, row)
    return placed


def _is_due(stands: Progress, kind: str) -> None:
    due = {
        "commit": (Phase.CEREMONY, ""),
        "key": (Phase.CEREMONY, "trustee-commit"),
        "confirm": (Phase.CEREMONY, "trustee-key"),
        "ready": (Phase.READINESS, ""),
    }
    phase, before = due[kind]
    if stands.phase is not phase or (kind == "ready" and stands.manifest is None):
        msg = f"“{kind}” is not due now."
        raise RuleError(msg)
    if before and (missing := stands.missing(before)):
        msg = (
            f"“{kind}” is not due yet: {len(missing)} of {len(stands.indices)} trustees have not given the step before."
        )
        raise RuleError(msg)
    if kind == "commit" and stands.done.get("trustee-key"):
        msg = "All trustees have committed already."
        raise RuleError(msg)


def _keep_share(session: Session, election: str, stands: Progress, index: int, raw: bytes) -> None:
    share = contribution.read_share(raw)
    ceremony = stands.ceremony
    if ceremony is None or stands.missing("trustee-commit"):
        msg = "Shares are sent only after every trustee has committed."
        raise RuleError(msg)
    cer = boards.cer(session, election)
    if share.ceremony != cer or share.sender != index or share.to not in stands.indices or share.to == index:
        msg = "A share in the file is of another ceremony, or not from you to another trustee."
        raise RuleError(msg)
    share.check(ceremony.trustees[index - 1].identity)
    kept = session.get(Share, (election, index, share.to))
    if kept is None:
        session.add(Share(election_id=election, sender=index, recipient=share.to, message=raw))
    elif kept.message != raw:
        msg = f"You have sent trustee {share.to} another share already; of each there is one."
        raise RuleError(msg)


def shares_for(session: Session, by: str, election: str) -> bytes:
    """The sealed shares for a trustee, one message a line, as `governance-trustee confirm --shares` reads them.

    Raises:
        NotPermittedError: They are no trustee of this election.
        NotFoundError: Not all of them are there yet.
    """
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    index = index_of(draft, by)
    rows = session.scalars(
        select(Share.message).filter_by(election_id=election, recipient=index).order_by(Share.sender)
    ).all()
    if len(rows) < len(draft.trustees) - 1:
        msg = f"{len(rows)} of {len(draft.trustees) - 1} shares for you are here: wait for the others."
        raise NotFoundError(msg)
    return b"".join(raw + b"\n" for raw in rows)


# ---- the registrar's lists -------------------------------------------------------------------------------------------


def take_lists(session: Session, by: str, election: str, given: Contribution, rolls: Rolls, *, now: datetime) -> None:
    """Take in the registrar's signed lists of credentials and the private roll that they speak of.

    Raises:
        NotPermittedError: They are not this election's registrar.
        RuleError: Not due now, or the lists are not of exactly the frozen roll.
        MalformedError: Lists and roll do not fit each other.
        ProofError: A list is not signed by the registrar's key.
    """
    row = elections.get(session, election)
    if by != elections.draft_of(row).registrar:
        msg = "Only the registrar of this election hands in lists."
        raise NotPermittedError(msg)
    officers.require(session, by, Role.REGISTRAR)
    stands = elections.progress(session, row)
    if stands.phase is not Phase.CREDENTIALS or stands.ceremony is None:
        msg = "The lists are due after every trustee has confirmed the key, and before the election is announced."
        raise RuleError(msg)
    cer = boards.cer(session, election)
    if (rolls.election, rolls.ceremony) != (election, cer) or not given.credentials:
        msg = "The lists or the roll are of another election, or of another ceremony."
        raise RuleError(msg)
    rolls.check(given.credentials)
    styles = {roll.split(style.contests): style for style in roll.styles_of(session, election)}
    if rolls.styles.keys() != styles.keys():
        msg = "The lists have other styles of ballot than the frozen roll."
        raise RuleError(msg)
    for contests, style in styles.items():
        frozen = {(voter.member, voter.name) for voter in roll.voters(session, election, style.number)}
        if {(voter.member, voter.name) for voter in rolls.styles[contests]} != frozen:
            msg = f"The list for {', '.join(contests)} is not of the voters on the frozen roll."
            raise RuleError(msg)
    board = boards.opened(session, election)
    board.put(*given.blobs)
    for listed in given.credentials:
        message = e.credentials_bytes(election, cer, listed)
        signature.check(stands.ceremony.registrar.identity, message, listed.signature, "the list of credentials")
        _keep_list(session, styles[listed.contests], listed, rolls)
    officers.note(session, by, "handed in the lists of credentials", election=election, now=now)


def _keep_list(session: Session, style: Style, listed: e.Credentials, rolls: Rolls) -> None:
    voters = rolls.styles[listed.contests]
    style.listed, style.root = e.to_json(listed), listed.roll.root
    for voter in voters:
        session.execute(
            update(RollLine).filter_by(election_id=style.election_id, member_id=voter.member).values(salt=voter.salt)
        )


# ---- the manifest ----------------------------------------------------------------------------------------------------


def check_publish(session: Session, election: str, *, now: datetime) -> None:
    """Check that the election may be announced now.

    Raises:
        RuleError: It is not due, a contest could never be opened, or voting was to open before now.
    """
    row = elections.get(session, election)
    phase = elections.progress(session, row).phase
    if phase is not Phase.CREDENTIALS or not all(style.listed for style in roll.styles_of(session, election)):
        msg = "The election is announced once, after the registrar has handed in the lists of credentials."
        raise RuleError(msg)
    objections.require_settled(session, election)
    roll.require_openable(session, election)
    if now >= elections.draft_of(row).calendar.opens:
        msg = "Voting was to open before now: this election needs a new calendar, and so a new id."
        raise RuleError(msg)


def publish(session: Session, by: Two, election: str, *, now: datetime, why: str = "", booth: str = "") -> bytes:
    """Announce the election: the manifest binds everything that a vote will mean. It cannot be taken back.

    `booth` is what the board is to say of the voting page (`release.body`).

    Returns:
        The bytes of the manifest.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: It is not due, or voting was to open before now.
        CheckError: The judge refuses it, and says why.
    """
    elections.require_two(session, by, election)
    check_publish(session, election, now=now)
    styles = roll.styles_of(session, election)
    draft = elections.draft_of(elections.get(session, election))
    board = boards.opened(session, election)
    keys = board.judge.keys
    if keys is None:  # pragma: no cover  the phase says that the ceremony is over
        raise RuleError("There is no ceremony.")
    log = checkpoint.VerifierKey(board.origin, checkpoint.LOG, signature.public_key(board.seed))
    manifest = e.Manifest(
        version=1,
        election=election,
        title=draft.title,
        ceremony=keys.cer,
        public_key=keys.public_key(),
        opens=text(draft.calendar.opens),
        closes=text(draft.calendar.closes),
        contests=tuple(contest.entry() for contest in roll.with_quorum(session, election, draft)),
        credentials=tuple(_listed(style) for style in styles),
        board=e.Board(board.origin, str(log), draft.witnesses, draft.quorum),
        revotes=draft.revotes,
    )
    raw = e.dump(manifest)
    board.append(raw)
    if draft.unopposed:
        board.append(e.Notice(text(now), announcement.SUBJECT, announcement.body(draft.unopposed)))
    if booth:
        board.append(e.Notice(text(now), release.SUBJECT, booth))
    officers.note(session, by, "announced the election", election=election, now=now, why=why)
    return raw


def _listed(style: Style) -> e.Credentials:
    """The registrar's list, as it was handed in and checked."""
    kept = style.listed or {}
    return e.Credentials(
        contests=tuple(kept["contests"]),
        count=kept["count"],
        sha256=bytes.fromhex(kept["sha256"]),
        size=kept["size"],
        roll=e.Roll(kept["roll"]["count"], bytes.fromhex(kept["roll"]["root"])),
        signature=bytes.fromhex(kept["signature"]),
    )
