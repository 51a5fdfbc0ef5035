"""An election as members and everybody see it: its page, the booth, the receipt, the board; a ballot to practise on."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha512
from typing import NamedTuple

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from governance.board import canonical, checkpoint
from governance.board import entries as e
from governance.board.checks import CheckError
from governance.board.own_line import OwnLine
from governance.domain.calendar import NAMES
from governance.domain.phases import Phase
from governance.domain.plain import moment
from governance.errors import GovernanceError, MalformedError, NotFoundError, NotPermittedError
from governance.services import (
    boards,
    calendars,
    elections,
    officers,
    release,
    roll,
    running,
    statements,
    voting,
    witnesses,
)
from governance.services.elections import Shown
from governance.services.officers import Person
from governance.services.roll import MayVote
from governance.services.statements import Statement
from governance.web.access import public
from governance.web.errors import explained, status_of
from governance.web.extensions import desk, now, reading
from governance.web.files import integrity
from governance.web.forms import uploads
from governance.web.told import told

bp = Blueprint("voting", __name__)
PAGE = 100
"""Entries on one page of the board."""

_FORM = 2**10
"""Bytes of a form around a file."""
_PLACES = 10
"""Digits of a number of an entry."""

PRACTICE = (
    ("fruit", "A fruit for the meeting", 2, 3, ("Mangoes", "Apples", "Figs", "Oranges", "Plums")),
    ("walk", "Where to walk", 1, 3, ("By the river", "Up the hill", "Through the town")),
)
"""Made-up contests: id, title, places, how many may be ranked, choices."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An election as its page shows it to one reader."""

    shown: Shown
    contests: tuple[e.Contest, ...]
    opens: datetime
    closes: datetime
    voting: bool
    withdrawn: frozenset[tuple[str, str]]
    statements: Mapping[str, Sequence[Statement]]
    contact: str

    @property
    def id(self) -> str:
        return self.shown.id

    @property
    def phase(self) -> Phase:
        return self.shown.phase


class Mine(NamedTuple):
    """What concerns the member who reads: in what they may vote, their line on the roll, whether they voted."""

    may: list[MayVote]
    line: OwnLine | None
    voted: bool | None

    @property
    def contests(self) -> list[MayVote]:
        return [one for one in self.may if not one.why_not]


@bp.get("/elections/<election>")
@public
def page(election: str) -> str:
    with reading() as reader:
        seen = _seen(reader, election)
        mine = _mine(reader, seen)
        found = calendars.show(reader, election, now=now())
    return render_template("elections/page.html", seen=seen, mine=mine, Phase=Phase, found=found, names=NAMES)


@bp.get("/elections/<election>/vote")
@public
def booth(election: str) -> Response:
    """The booth; public, so that the code after the # of a link is taken out of the address before one signs in."""
    with reading() as reader:
        seen = _seen(reader, election)
        mine = _mine(reader, seen)
        manifest = _ctx(reader, election) if seen.voting else ""
    if not seen.voting or (mine is not None and not mine.contests):
        return _private(render_template("voting/shut.html", seen=seen, mine=mine, Phase=Phase))
    told = {
        "member": _reader().id if mine is not None else "",
        "mine": mine,
        "listed": _listed(seen, mine),
        "manifest": manifest,
        "integrity": _integrity("booth.js"),
        "sealing": _integrity("sealing.js"),
    }
    return _private(render_template("voting/booth.html", seen=seen, **told))


@bp.get("/vote/<election>")
@public
def mailed(election: str) -> Response:
    """The booth at the address of the registrar's letters (`governance.offline.letters`), which people may have to type."""
    return booth(election)


@bp.get("/elections/<election>/sealed")
def sealed(election: str) -> Response:
    """Where a ballot is handed in that was sealed with a program of the voter's own; no script is on the page."""
    with reading() as reader:
        seen = _seen(reader, election)
        mine = _mine(reader, seen)
    if not seen.voting or (mine is not None and not mine.contests):
        return _private(render_template("voting/shut.html", seen=seen, mine=mine, Phase=Phase))
    return _private(render_template("voting/sealed.html", seen=seen, problem=""))


@bp.post("/elections/<election>/sealed")
@uploads(voting.MAX_BALLOT + _FORM)
def hand_in(election: str) -> Response:
    """Cast such a ballot: what the booth casts goes the same way. The same file again gets the same receipt."""
    file = request.files.get("file")
    raw = file.read() if file is not None else b""
    if not raw:
        msg = "Choose the file with your sealed vote first."
        raise GovernanceError(msg)
    received = desk().cast(_reader().id, election, raw, now=now())
    with reading() as reader:
        seen = _seen(reader, election)
    return _private(render_template("voting/handed_in.html", seen=seen, received=received))


@bp.errorhandler(GovernanceError)
def refused(error: GovernanceError) -> tuple[Response | str, int]:
    """A ballot that was not taken is told where the next one can be handed in."""
    if request.endpoint != f"{bp.name}.{hand_in.__name__}" or isinstance(error, NotFoundError):
        return explained(error)
    detail = str(error)
    if isinstance(error, MalformedError | CheckError):
        why = detail.rstrip(".")
        detail = (
            f"The ballot box cannot read this file, so nothing was cast ({why}). Was it the one that the program wrote?"
        )
    with reading() as reader:
        seen = _seen(reader, str((request.view_args or {}).get("election")))
    return _private(render_template("voting/sealed.html", seen=seen, problem=detail)), status_of(error)


@bp.get("/elections/<election>/ballots/<index>/receipt.json")
@public
def receipt_file(election: str, index: str) -> Response:
    """A receipt at the newest checkpoint, as the booth saves it: it holds nothing that the board does not."""
    place = int(index) if index.isascii() and index.isdecimal() and len(index) <= _PLACES else -1
    with reading() as reader:
        received = voting.receipt(reader, election, place)
        raw = boards.entries(reader, election, start=place, limit=1)[0][1]
    proof = {"checkpoint": received.checkpoint.decode(), "index": place, "proof": [one.hex() for one in received.path]}
    kept = {"ballot": b64encode(raw).decode(), "election": election, "receipt": canonical.dump(proof).decode()}
    response = Response(canonical.dump(kept), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{election}-receipt.json")
    return response


@bp.get("/elections/<election>/receipt")
@public
def receipt(election: str) -> Response:
    """Checks receipts; hands in what was cast and never acknowledged, for which it needs to know who is signed in."""
    with reading() as reader:
        seen = _seen(reader, election)
    member = _reader().id if current_user.is_authenticated else ""
    return _private(
        render_template("voting/receipt.html", seen=seen, member=member, integrity=_integrity("receipt.js"))
    )


@bp.get("/elections/<election>/board")
@public
def board(election: str) -> str:
    given = request.args.get("from", "0")
    start = int(given) if given.isascii() and given.isdecimal() and len(given) < PAGE else 0
    with reading() as reader:
        seen = _seen(reader, election)
        signed = witnesses.head(reader, election)
        size = boards.size(reader, election)
        standing = witnesses.standing(reader, election)
        start = min(start, size - 1) // PAGE * PAGE
        listed = [
            told(index, raw, seen.contests) for index, raw in boards.entries(reader, election, start=start, limit=PAGE)
        ]
        prints = _fingerprints(reader, seen, signed)
        tells = _tells(reader, election)
        announced = release.announced(reader, election)
    return render_template(
        "elections/board.html",
        seen=seen,
        checkpoint=signed.decode(),
        size=size,
        start=start,
        page=PAGE,
        entries=listed,
        prints=prints,
        standing=standing,
        tells=tells,
        announced=announced,
        scripts={name: found for name in release.SCRIPTS if (found := integrity(name))},
        release=release.name(),
        finished=seen.phase in (Phase.COUNTED, Phase.CANCELLED),
    )


@bp.get("/practice")
@public
def practice() -> str:
    """A ballot to practise on, with the way back to the election from whose page one came."""
    back = request.args.get("election", "")
    if back:
        with reading() as reader:
            _seen(reader, back)
    contests = [
        {
            "id": id_,
            "title": title,
            "seats": seats,
            "max_ranks": most,
            "candidates": [{"id": f"c{i}", "name": name, "reopen": False} for i, name in enumerate(names)],
        }
        for id_, title, seats, most, names in PRACTICE
    ]
    scripts = {"integrity": _integrity("booth.js"), "sealing": _integrity("sealing.js")}
    return render_template("voting/practice.html", listed=contests, back=back, **scripts)


def _seen(session: Session, election: str) -> Seen:
    shown = elections.show(session, election)
    if shown.phase is Phase.DRAFT:
        raise NotFoundError("There is no such election, or it has not been announced yet.")
    stands, draft = shown.progress, shown.draft
    manifest = stands.manifest
    return Seen(
        shown,
        manifest.contests if manifest else tuple(one.entry() for one in roll.with_quorum(session, election, draft)),
        moment(manifest.opens) if manifest else draft.calendar.opens,
        moment(stands.closes) if stands.closes else draft.calendar.closes,
        stands.is_voting(now()),
        frozenset(stands.withdrawn),
        statements.every(session, election),
        officers.organisation(session).contact,
    )


def _mine(session: Session, seen: Seen) -> Mine | None:
    if not current_user.is_authenticated:
        return None
    who = _reader().id
    may = roll.may_vote(session, seen.id, who)
    try:
        line = roll.my_line(session, seen.id, who)
    except NotFoundError:
        return Mine(may, None, None)
    return Mine(may, line, voting.has_voted(session, who, seen.id))


def _tells(session: Session, election: str) -> bool:
    """Whether whoever reads may publish a notice."""
    if not current_user.is_authenticated:
        return False
    try:
        running.require_notice(session, _reader().id, election)
    except NotPermittedError:
        return False
    return True


def _reader() -> Person:
    person: Person = current_user.person
    return person


def _listed(seen: Seen, mine: Mine | None) -> list[e.Contest]:
    """What the booth lists at once: the contests of whoever is signed in."""
    entitled = {one.contest for one in mine.contests} if mine is not None else set()
    return [one for one in seen.contests if one.id in entitled]


def _ctx(session: Session, election: str) -> str:
    """What all of an announced election is bound to (docs/protocol.md, section 7)."""
    return sha512(boards.manifest(session, election)).hexdigest()


def _fingerprints(session: Session, seen: Seen, signed: bytes) -> list[tuple[str, str, str]]:
    """What a reader compares with what was published elsewhere: by the names that the verifiers print, and in words."""
    prints = [("ceremony", "who the trustees are", boards.cer(session, seen.id).hex())]
    manifest = seen.shown.progress.manifest
    if manifest is not None:
        prints += [
            ("manifest", "the candidates, the rules and who may vote", _ctx(session, seen.id)),
            ("origin", "the name of the log that the record is of", manifest.board.origin),
            ("log key", "the key that signs that log", manifest.board.key),
        ]
    newest = checkpoint.parse(signed)
    return [*prints, ("root", f"all that stands on the board, up to entry {newest.size - 1}", newest.root.hex())]


def _private(text: str) -> Response:
    response = make_response(text)
    response.headers["Cache-Control"] = "no-store"
    return response


def _integrity(name: str) -> str:
    """What the page says of the script that it loads; the script is what was built, or the browser refuses it."""
    found = integrity(name)
    if not found:
        current_app.logger.error("The browser's part has not been built: make has to make %s", name)
        abort(503)
    return found
