"""An election of the demonstration that is in the middle of its nominations: some stand, one is asked, one has declined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Cap, Draft, Span
from governance.domain.eligibility.language import Purpose, RuleSet, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.terms import PHARMA
from governance.services import declarations, elections, eligibility, nominations, running, statements

NOMINATING = "advisory-group-2027"
ASKED = "m041"
"""Who is nominated, and has not answered."""
_DAY = timedelta(days=1)
_LIVED, _YOUTH, _REGIONS = "lived-experience", "youth", "regions"


@dataclass(frozen=True, slots=True)
class _Stands:
    """Somebody who has accepted; `by` is who nominated them, if it was not themselves."""

    member: str
    contest: str
    seconders: tuple[str, ...]
    by: str = ""


_STANDING: Sequence[_Stands] = (
    _Stands("m002", _LIVED, ("m005", "m024")),
    _Stands("m010", _LIVED, ("m009", "m027"), by="m014"),
    _Stands("m008", _YOUTH, ("m004", "m030")),
    _Stands("m016", _REGIONS, ("m018", "m022")),
    _Stands("m024", _REGIONS, ("m025", "m031")),
    _Stands("m035", _REGIONS, ("m037",), by="m036"),
    _Stands("m049", _REGIONS, ("m017", "m029")),
    _Stands("m031", _REGIONS, ("m032", "m018")),
    _Stands("m044", _REGIONS, ("m047", "m029")),
    _Stands("m026", _REGIONS, ("m027", "m022")),
)
"""Two of them are of one country, of which only one can be elected; one still needs a seconder; some lack a declaration."""
_SAID = """
m002|en|I have lived with bipolar disorder since I was nineteen. In Nairobi I lead a group in which people who were in \
hospital together look after each other. The Network asks us for our stories. I want it to ask us for decisions.
m002|sw|Nimeishi na ugonjwa wa bipolar tangu nikiwa na miaka kumi na tisa. Mtandao unatuomba hadithi zetu. Nataka \
utuombe pia maamuzi.
m010|ar|أعمل مع أسر اللاجئين في عمّان منذ ثماني سنوات، وأعرف من تجربتي ما معنى أن يُنتظر العلاج.
m010|en|For eight years I have worked with refugee families in Amman, and I know myself what it is to wait for care.
m008|fr|À Bamako, nous parlons de santé mentale dans les lycées, en bambara et en français.
m008|en|I am twenty-four. In Bamako we talk about mental health in schools, in Bambara and in French.
m016|pt|Sou enfermeiro em Recife. Quero que a Rede escute primeiro quem cuida sem diploma.
m016|en|I am a nurse in Recife. I want the Network to listen first to those who care without a diploma.
m024|en|I have kept the books of small charities for twenty years. Somebody should read ours aloud.
m035|id|Saya psikolog di Yogyakarta dan ingin suara daerah terdengar.
m035|en|I am a psychologist in Yogyakarta, and I want places far from the capitals to be heard.
m031|en|I sat on the board of a patients' association for six years, and I know how slowly good things are done.
m044|en|I work with fishing families after storms. Help that comes once is not care.
m049|en|I train village health workers in western Kenya.
"""
_DECLARED = {
    "m002": "",
    "m010": "",
    "m016": "My employer had a grant from a maker of medicines until 2024.",
    "m024": "",
}
_DECLINED = "m030"
_ASKED = {_DECLINED: "m024", ASKED: "m046"}
"""Who nominated those who have not accepted."""


def begin(
    session: Session, officer: str, *, body: str, trustees: tuple[str, ...], registrar: str, now: datetime
) -> None:
    """Draft the election, pass its notice, nominate: through the services, at times of the last days."""
    calendar = _calendar(now)
    elections.create(
        session,
        officer,
        NOMINATING,
        body=body,
        template="advisory-group",
        title="Advisory group 2027",
        calendar=calendar,
        now=calendar.cutoff,
    )
    draft = elections.draft_of(elections.get(session, NOMINATING))
    version = elections.edit(session, officer, NOMINATING, _whole(draft, trustees, registrar), 1, now=calendar.cutoff)
    eligibility.save(session, officer, NOMINATING, _rules(), version, now=calendar.cutoff)
    running.advance(session, NOMINATING, now=now)
    for place, one in enumerate(_STANDING):
        _stand(session, one, now - (7 - place / 2) * _DAY)
    declined, _ = (_nominate(session, by, _REGIONS, one, now - 2 * _DAY) for one, by in _ASKED.items())
    nominations.decline(session, _DECLINED, NOMINATING, declined, now=now - _DAY)


def _calendar(now: datetime) -> Calendar:
    today = now.replace(second=0, microsecond=0)  # as a form would give it, which knows no seconds
    notice, begin, end, accepted, scrutinised, objected = (today + days * _DAY for days in (-10, -8, 6, 8, 12, 16))
    return Calendar(
        today - 11 * _DAY,
        today + 30 * _DAY,
        today + 44 * _DAY,
        today + 74 * _DAY,
        (
            Span(Period.NOTICE, notice, notice),
            Span(Period.NOMINATIONS, begin, end),
            Span(Period.ACCEPTANCE, begin, accepted),
            Span(Period.SCRUTINY, accepted, scrutinised),
            Span(Period.OBJECTIONS, scrutinised, objected),
        ),
    )


def _whole(draft: Draft, trustees: tuple[str, ...], registrar: str) -> Draft:
    """With officials, and at most one in the whole group from a country."""
    contests = tuple(replace(one, caps=(Cap("country", 1),)) for one in draft.contests)
    return replace(draft, contests=contests, trustees=trustees, registrar=registrar)


def _rules() -> RuleSet:
    lived = named("attribute_in", attribute="lived_experience", values=["yes"])
    young = named("attribute_in", attribute="age_group", values=["18-29"])
    return RuleSet(DEFAULT.purposes, {_LIVED: {Purpose.STAND: lived}, _YOUTH: {Purpose.STAND: young}})


def _stand(session: Session, one: _Stands, at: datetime) -> None:
    number = _nominate(session, one.by or one.member, one.contest, one.member if one.by else "", at)
    if one.by:
        nominations.accept(session, one.member, NOMINATING, number, now=at)
    for seconder in one.seconders:
        nominations.second(session, seconder, NOMINATING, number, now=at + _DAY / 4)
    candidate = nominations.require_writing(session, one.member, NOMINATING, number, now=at)
    said = (line.split("|") for line in _SAID.splitlines() if line.startswith(one.member))
    for _, language, text in said:
        statements.say(session, one.member, NOMINATING, candidate, text, language=language, now=at)
    if one.member in _DECLARED:
        text = _DECLARED[one.member]
        declarations.make(session, one.member, PHARMA, yes=bool(text), text=text, now=at)


def _nominate(session: Session, by: str, contest: str, member: str, at: datetime) -> int:
    email = f"{member}@example.org" if member else ""
    return nominations.nominate(session, by, NOMINATING, contest, email=email, now=at)
