"""After the close: mixing, opening, the result; and what it has to be."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from governance.board import canonical
from governance.board import entries as e
from governance.board.record import RecordFile
from tests.e2e.tools import compared, program
from tests.e2e.whole.preparing import trustees
from tests.e2e.whole.story import (
    CALENDAR,
    ELECTION,
    SEATS,
    STAND,
    Story,
    fetch,
    heading,
)


def close_and_open(story: Story) -> None:
    """Voting closes by the clock; then its votes are opened."""
    story.site.clock.now = CALENDAR["Voting closes"] + timedelta(minutes=1)
    anybody = story.site.context().new_page()
    anybody.goto(story.page(f"/vote/{ELECTION}"))
    heading(anybody, "Voting has closed")
    story.look(anybody, "booth-closed")
    anybody.goto(story.page(f"/elections/{ELECTION}/board"))
    expect(anybody.get_by_text("with 9 ballots on the board")).to_be_visible()
    anybody.context.close()
    open_votes(story)


def open_votes(story: Story) -> None:
    """Two trustees mix, one after the other; two of three open. Their sessions have ended meanwhile."""
    for email, (page, computer) in story.keys.items():
        page.context.close()
        story.keys[email] = (story.site.desk(email), computer)
    first, second, third = story.trustees
    said = trustees(story, "mix", [first], compare=True) + trustees(story, "mix", [second], compare=True)
    said += trustees(story, "decrypt", [first, third])
    compared(said[:2])


def result(story: Story) -> Path:
    """The result as anybody reads it; gives the record that anybody can download."""
    page = story.site.context().new_page()
    page.goto(story.page("/"))
    story.look(page, "result")
    for title, elected in counted(story).items():
        part = page.get_by_role("region", name=title, exact=True)
        assert part.locator(".winners li").all_inner_texts() == elected
    path = fetch(page, page.get_by_role("link", name="Download the record"), story.folder / "record.zip")
    page.goto(story.page(f"/elections/{ELECTION}"))
    story.look(page, "election-counted")
    page.context.close()
    return path


def counted(story: Story) -> dict[str, list[str]]:
    """Who is elected by the rankings that were cast, as `governance count` has it."""
    elected = {}
    for title, names in STAND.items():
        papers = [vote[title] for vote in story.votes.values() if vote.get(title)]
        lines = [f"{len(names)} {SEATS[title]}"]
        lines += [" ".join(["1", *(str(names.index(name) + 1) for name in paper), "0"]) for paper in papers]
        lines += ["0", *(f'"{name}"' for name in names), f'"{title}"']
        file = story.folder / "papers.blt"
        file.write_text("\n".join(lines) + "\n")
        elected[title] = json.loads(program("governance", "count", file, "--json"))["elected"]
    return elected


def verified(record: Path) -> None:
    """Both verifiers accept it, and say that of the same record."""
    reports = [
        json.loads(program(*tool, record, "--json")) for tool in (("governance", "verify"), ("governance-verify",))
    ]
    assert [report["ok"] for report in reports] == [True, True]
    assert reports[0]["root"] == reports[1]["root"]


def papers(path: Path) -> dict[str, Counter[tuple[str, ...]]]:
    """What was counted, by the record."""
    found: dict[str, Counter[tuple[str, ...]]] = {}
    with path.open("rb") as file:
        source = RecordFile(file)
        entries = [e.parse(raw) for raw in source.entries()]
        manifest = next(one for one in entries if isinstance(one, e.Manifest))
        names = {(contest.id, one.id): one.name for contest in manifest.contests for one in contest.candidates}
        titles = {contest.id: contest.title for contest in manifest.contests}
        for entry in entries:
            if isinstance(entry, e.Result):
                blob = canonical.parse(b"".join(source.chunks(entry.ballots.sha256)))
                listed = Counter({tuple(names[entry.contest, id_] for id_ in ids): n for n, ids in blob["papers"]})
                found[titles[entry.contest]] = listed + Counter({(): blob["blank"]})
    return found


def cast_papers(story: Story) -> dict[str, Counter[tuple[str, ...]]]:
    """What was cast, as it was written down."""
    return {title: Counter(tuple(vote[title]) for vote in story.votes.values() if title in vote) for title in STAND}
