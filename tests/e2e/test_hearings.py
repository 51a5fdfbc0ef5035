"""The pages of whoever is heard about an objection, of whoever takes one back, and of those who decide, in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from governance.services import ceremony, objections, officers
from tests.e2e.hall import Hall, served
from tests.e2e.looking import Looks
from tests.services.scrutinised import SCRUTINY, begin, challenge, decide, nominated, rejected
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import AT

pytestmark = pytest.mark.browser
SAID = "They said in May that they had left, and nobody has seen them since. By the rules only active members stand."


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    """Two nominations, one admitted, one rejected."""
    with a_stage(tmp_path_factory.mktemp("hearings")) as stage:
        begin(stage)
        nominated(stage, "m1", by="m2")
        nominated(stage, "m3", seconders=["m9"], declared=False)
        stage.now = SCRUTINY
        decide(stage, 1)
        rejected(stage, 2)
        with served(stage, browser) as opened:
            yield opened


def test_an_objection_is_heard(hall: Hall) -> None:
    looks, desk, there = Looks(), f"{hall.address}/officer{AT}/nominations", f"{hall.address}{AT}/nominations"
    with hall.tab("m4") as page:
        page.goto(f"{there}/1/decision")
        page.get_by_label("What is wrong, and why").fill(SAID)
        looks.at(page, "object")
        page.get_by_role("button", name="Object").click()
        expect(page.get_by_text("It is here.")).to_be_visible()
        looks.at(page, "objected")
    with hall.tab("m1") as page:
        page.goto(f"{hall.address}/home")
        looks.at(page, "home-of-the-nominee")
        page.get_by_role("link", name="Somebody objects to your nomination").click()
        expect(page.get_by_text(SAID)).to_be_visible()
        expect(page.get_by_text("Member 4")).to_have_count(0)
        looks.at(page, "hearing-nominee")
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_text("Please say what you think of it.")).to_be_visible()
        looks.at(page, "hearing-empty")
        with hall.tab("m11") as other:
            other.goto(f"{desk}/challenges")
            looks.at(other, "challenges-wait")
            other.get_by_role("link", name="Objection about nomination 1").click()
            looks.at(other, "challenge-too-early")
        page.get_by_label("Your answer").fill("I was ill in May. I am back since June, and the list says so.")
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_text("Whoever decides reads it. We mail")).to_be_visible()
        looks.at(page, "hearing-answered")
    with hall.tab("m11") as page:
        page.goto(f"{desk}/challenges")
        page.get_by_role("link", name="Objection about nomination 1").click()
        expect(page.get_by_text("I was ill in May.")).to_be_visible()
        looks.at(page, "challenge-heard")
        page.get_by_label("No, the decision stays").check()
        page.get_by_label("The reason").fill("The list says that they are active.")
        page.get_by_role("button", name="Answer").click()
        expect(page.get_by_text("Answered.")).to_be_visible()
    with hall.tab("m1") as page:
        page.goto(f"{there}/1/decision")
        looks.at(page, "decision-after")
        page.get_by_role("link", name="What was said, and your answer").click()
        looks.at(page, "hearing-decided")
    assert looks.wrong() == {}


def test_an_appeal_is_heard_and_taken_back(hall: Hall) -> None:
    looks = Looks()
    challenge(hall.stage, "m3", 2, "I had four.")
    with hall.tab("officer") as page:
        page.goto(f"{hall.address}/home")
        page.get_by_role("link", name="Somebody appeals against your decision").click()
        looks.at(page, "hearing-officer")
    with hall.tab("m3") as page:
        page.goto(f"{hall.address}{AT}/nominations/2/decision")
        page.get_by_role("link", name="Take it back").click()
        looks.at(page, "take-back")
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("so it is not answered")).to_be_visible()
        looks.at(page, "taken-back")
    assert looks.wrong() == {}


def test_the_log_has_pages(hall: Hall) -> None:
    looks = Looks()
    with hall.stage.writing() as session:
        for number in range(officers.LINES + 3):
            officers.note(session, "officer", f"did {number}", election=ELECTION, now=hall.stage.now)
    with hall.tab("officer") as page:
        page.goto(f"{hall.address}/officer{AT}/log")
        page.get_by_role("link", name="Older lines").click()
        expect(page.get_by_text("did 2", exact=False).first).to_be_visible()
        looks.at(page, "log-older")
    assert looks.wrong() == {}


@pytest.fixture
def upheld(stage: Stage, browser: Browser) -> Iterator[Hall]:
    """A frozen roll, to which an objection was upheld that the list and the rules do not give."""
    stage.set_up()
    stage.draft()
    stage.freeze()
    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)
        number = objections.lodge(session, "m1", ELECTION, "I live in Africa now.", now=stage.now)
        objections.decide(session, "officer", ELECTION, number, "So it is.", upheld=True, now=stage.now)
    with served(stage, browser) as opened:
        yield opened


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("upheld")) as made:
        yield made


def test_the_roll_is_left_as_it_is(upheld: Hall) -> None:
    looks = Looks()
    with upheld.tab("officer") as page:
        page.goto(f"{upheld.address}/officer{AT}/objections/1")
        page.get_by_text("If no true list and these rules can ever give it").click()
        looks.at(page, "leave-the-roll")
        page.get_by_label("Why (everybody will read it").fill("The answer promised what no rule gives.")
        page.get_by_role("button", name="Ask to leave the roll as it is").click()
        expect(page.get_by_text("Asked.")).to_be_visible()
    with upheld.tab("secretary") as page:
        page.goto(f"{upheld.address}/decisions/1")
        looks.at(page, "leave-approve")
        page.get_by_role("button", name="Approve, and do it").click()
        expect(page.get_by_text("Approved, and done")).to_be_visible()
        page.goto(f"{upheld.address}{AT}/roll")
        looks.at(page, "leave-numbers")
    assert looks.wrong() == {}
