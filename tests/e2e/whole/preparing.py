"""Before voting: the members, the election, the keys, the codes."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.e2e.tools import Computer, compared, finish
from tests.e2e.whole.story import (
    CALENDAR,
    ELECTION,
    HELP,
    MEMBERS,
    OFFICERS,
    REGISTRAR,
    SEATS,
    SECRETARY,
    STAND,
    TITLE,
    TRUSTEES,
    Story,
    approve,
    desk,
    fetch,
    heading,
    press,
    told,
)


def begin(story: Story) -> None:
    """What the operator does: the installation has a name, and one person who can sign in."""
    site = story.site
    first = story.folder / "first.csv"
    first.write_text("email,name,country,region,joined\nsara@example.org,Sara Secretary,France,Europe,2019-01-01\n")
    site.command("db", "upgrade")
    site.command("organisation", "--name", "An organisation", "--host", "vote.example.org", "--contact", HELP)
    site.command("members", "import", first, "--yes")
    site.command("role", SECRETARY, "secretariat")


def by_secretary(story: Story) -> None:
    """Twelve members by CSV, and their roles."""
    site, file = story.site, story.folder / "members.csv"
    file.write_text(MEMBERS, "utf-8")
    page = site.desk(SECRETARY)
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Import a list").click()
    story.look(page, "members-import")
    page.get_by_label("The file").set_input_files(file)
    press(page, "Show what would change")
    heading(page, "What would change")
    story.look(page, "members-preview")
    press(page, "Do this")
    told(page, "Done: 12 new, 0 changed.")
    story.look(page, "members")
    site.command("role", OFFICERS[0], "officer")  # roles that decide take two people, or the operator
    page.get_by_role("link", name="Who does what").click()
    roles = {
        "registrar": (REGISTRAR,),
        "trustee": tuple(TRUSTEES),
        "officer": OFFICERS[1:],
    }
    for role, people in roles.items():
        for email in people:
            page.get_by_label("Member (e-mail or id)").fill(email)
            page.get_by_label("Role").select_option(role)
            page.get_by_label("Why (for the log, and").fill("Appointed by the board.")
            press(page, "Give it")
            told(page, "Asked." if role == "officer" else "Done.")
    story.look(page, "roles")
    page.context.close()
    officer = site.desk(OFFICERS[0])
    role = "the role of officer"
    approve(story, officer, f"Give Omar Officer {role}", f"Give Omar Officer (omar@example.org) {role}")
    officer.context.close()


def set_up(story: Story, officer: Page) -> None:
    """A body, an election, two contests, the officials."""
    officer.get_by_role("link", name="Officer").click()
    story.look(officer, "officer")
    officer.get_by_role("link", name="Set up an election").click()
    officer.get_by_label("Name", exact=True).fill("Advisory group")
    officer.locator("#body_id").fill("advisory-group")
    press(officer, "Add it")
    officer.get_by_label("Title").fill(TITLE)
    officer.get_by_label("Short name, part of every address").fill(ELECTION)
    officer.get_by_label("Begin from").select_option("one-contest")
    for label, moment in CALENDAR.items():
        officer.get_by_label(label).fill(f"{moment:%Y-%m-%dT%H:%M}")
    story.look(officer, "officer-new")
    press(officer, "Begin")
    for name in TRUSTEES.values():
        officer.get_by_label(name).check()
    officer.get_by_label("Registrar").select_option(label="Rania Registrar")
    officer.get_by_label("How many trustees are needed").fill("2")
    press(officer, "Save")
    officer.get_by_label("Title of another contest").fill("Africa")
    press(officer, "Add a contest")
    first = officer.get_by_role("main").get_by_role("listitem").get_by_role("link").first.inner_text()
    contest(story, officer, first, "Advisory group", "")
    contest(story, officer, "Africa", "Africa", "region: Africa")
    story.look(officer, "officer-draft")
    expect(officer.get_by_text("Still to be done before the roll can be frozen")).to_have_count(0)


def contest(story: Story, officer: Page, link: str, title: str, electorate: str) -> None:
    officer.get_by_role("link", name=link, exact=True).click()
    officer.get_by_label("Title").fill(title)
    officer.get_by_label("Places to fill").fill(str(SEATS[title]))
    officer.get_by_label("Fewest ballots that are opened").fill("2")
    officer.get_by_label("Who may vote").fill(electorate)
    for number, name in enumerate(STAND[title], 1):
        row = officer.get_by_role("group", name=f"Candidate {number}", exact=True)
        row.get_by_label("Name").fill(name)
    story.look(officer, "officer-contest")
    press(officer, "Save")


def freeze(story: Story, officers: Sequence[Page], voters: int) -> None:
    officer = officers[0]
    desk(story, officer)
    story.look(officer, "officer-election-draft")
    officer.get_by_role("link", name="Freeze the roll").click()
    expect(officer.get_by_role("main")).to_contain_text(f"All together{voters}")
    story.look(officer, "officer-freeze")
    officer.get_by_label("Why").fill("Membership was cut off.")
    press(officer, "Ask to freeze the roll")
    told(officer, "Asked.")
    story.look(officer, "officer-election-asked")
    approve(story, officers[1], "Freeze the roll")
    desk(story, officer)


def statement(story: Story, officer: Page) -> None:
    """What a candidate says, read later inside the booth."""
    officer.get_by_role("link", name="Statement of Bruno", exact=True).click()
    officer.get_by_label("Statement", exact=True).fill("I will listen first.\nThen I will write down what I heard.")
    story.look(officer, "officer-statement")
    press(officer, "Save")
    told(officer, "Saved.")


# ---- keys and codes --------------------------------------------------------------------------------------------------


def ceremony(story: Story, officers: Sequence[Page]) -> None:
    """Three trustees and the registrar, each with a program and a folder of their own."""
    site, folder = story.site, story.folder
    for email, name in {**story.trustees, story.registrar: "Rania Registrar"}.items():
        tool = "registrar" if email == story.registrar else "trustee"
        computer = Computer(folder / email.partition("@")[0], f"governance-{tool}")
        page = site.desk(email)
        story.keys[email] = (page, computer)
        page.get_by_role("link", name="Hand in your public keys").click()
        story.look(page, f"officials-{tool}-identity")
        computer.run("identity", "--name", name)
        page.get_by_label("The file with your public keys").set_input_files(computer.folder / f"{tool}.public.json")
        press(page, "Hand it in")
        told(page, "Your public keys are here.")
    officer = officers[0]
    desk(story, officer)
    story.look(officer, "officer-election-keys")
    press(officer, "Begin the key ceremony")
    told(officer, "The key ceremony has begun.")
    trustees(story, "commit", compare=True)
    trustees(story, "key")
    trustees(story, "confirm", shares=True)


def trustees(
    story: Story, step: str, who: Sequence[str] = (), *, compare: bool = False, shares: bool = False
) -> list[str]:
    """One step of several trustees, or of all, at once: fetch the record, run the program, hand in what it wrote."""
    running, who = [], who or tuple(story.trustees)
    for email in who:
        page, computer = story.keys[email]
        page.goto(story.page(f"/officials/{story.election}"))
        expect(page.get_by_text("Your turn:").first).to_be_visible()
        story.look(page, f"officials-{step}")
        record = page.get_by_role("link", name="The record as far as it has come")
        words: list[object] = ["--record", fetch(page, record, computer.folder / f"{step}.record.zip")]
        if shares:
            sealed = page.get_by_role("link", name="The sealed shares for you")
            words += ["--shares", fetch(page, sealed, computer.folder / "shares.jsonl")]
        running.append(computer.start(step, *words))
    said = [finish(one) for one in running]
    if compare:
        compared(said)
    for email in who:
        page, computer = story.keys[email]
        page.get_by_label("Your file").set_input_files(computer.folder / f"{step}.contribution")
        press(page, "Hand it in")
        told(page, "Thank you. It stands on the board at place")
    return said


def codes(story: Story, says: str) -> None:
    """The registrar makes the codes on a computer of their own, and hands in the public lists."""
    page, computer = story.keys[story.registrar]
    page.goto(story.page(f"/officials/{story.election}"))
    story.look(page, "officials-codes")
    folder = computer.folder
    record = fetch(page, page.get_by_role("link", name="The record as far as it has come"), folder / "record.zip")
    roll = fetch(page, page.get_by_role("button", name="Download the roll with addresses"), folder / "roll.csv")
    contests = sorted({one for line in roll.read_text().splitlines()[1:] for one in line.split(",")[-1].split()})
    order = sorted(contests, key=lambda one: one == "africa")
    said = computer.run("codes", roll, "--record", record, "--contests", ",".join(order))
    assert says in said
    page.get_by_label("Your file").set_input_files(folder / "credentials.contribution")
    page.get_by_label("The private roll, beside the lists").set_input_files(folder / "rolls.private.json")
    press(page, "Hand it in")
    told(page, "Thank you. The lists are here.")


def announce(story: Story, officers: Sequence[Page]) -> None:
    officer = officers[0]
    desk(story, officer)
    story.look(officer, "officer-election-lists")
    officer.get_by_role("link", name="Announce the election").click()
    officer.get_by_label("Why").fill("All is ready.")
    story.look(officer, "officer-announce")
    press(officer, "Ask for it")
    told(officer, "Asked.")
    approve(story, officers[1], "Announce the election")


def be_ready(story: Story, voters: int) -> None:
    """Every trustee still has their key; the registrar's program mails the codes."""
    trustees(story, "ready", compare=True)
    _, computer = story.keys[story.registrar]
    letter = ("--base-url", story.site.address, "--title", story.title, "--contact", HELP, "--from", story.registrar)
    said = computer.run("send", *letter, "--smtp", story.site.smtp, "--per-minute", "6000")
    assert f"Sent {voters} codes." in said
