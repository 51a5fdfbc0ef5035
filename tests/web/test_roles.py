"""Who does what: given and taken away by page, never by oneself."""

from collections.abc import Callable

from governance.domain.signing_in import Role
from governance.services import officers
from tests.services.stage import Stage
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
PAGE = "/members/roles/"


def roles(stage: Stage, member: str) -> frozenset[Role]:
    with stage.reading() as session:
        return officers.person(session, member).roles - {Role.MEMBER}


def test_a_role_is_given_by_address_and_taken_away_again(stage: Stage, as_: As) -> None:
    secretary = as_("secretary")

    given = secretary.post(PAGE, {"member": "M1@example.org", "role": "trustee", "why": "elected"})

    assert (given.status_code, roles(stage, "m1")) == (302, frozenset({Role.TRUSTEE}))
    with stage.reading() as session:
        assert (officers.log(session, "officer")[0].what, officers.log(session, "officer")[0].why) == (
            "made m1 trustee",
            "elected",
        )
    assert "Take this role away from Member 1" in words(secretary.get(PAGE))
    taken = secretary.post(f"{PAGE}take", {"member": "m1", "role": "trustee"})
    assert (taken.status_code, roles(stage, "m1")) == (302, frozenset())


def test_what_cannot_be_done_is_said_and_changes_nothing(stage: Stage, as_: As) -> None:
    officer, before = as_("officer"), roles(stage, "officer")

    nobody = officer.post(PAGE, {"member": "who@example.org", "role": "trustee"})
    odd = officer.post(PAGE, {"member": "m1", "role": "member"})
    own = officer.post(f"{PAGE}take", {"member": "officer", "role": "officer"})

    assert (nobody.status_code, "Nobody among the members" in words(nobody)) == (422, True)
    assert odd.status_code == 422
    assert (own.status_code, "Somebody else has to change your roles." in words(own)) == (403, True)
    assert (roles(stage, "m1"), roles(stage, "officer")) == (frozenset(), before)
