"""The report: every rule, names in every direction of writing, 60 candidates, nothing that runs."""

import re
from html.parser import HTMLParser
from random import Random  # noqa: TID251  examples are no secrets
from xml.etree import ElementTree as ET

import pytest
from markupsafe import escape

from governance.count import rules
from governance.count.ballots import Profile
from governance.report import page, pdf, svg, table, words
from governance.report.layout import drawings
from governance.report.subject import LEAST, Subject, distinct, papers

NAMES = ("Ann <b>", "Bo & Co", 'Cy "D"', "שרה כהן", "محمد الفاتح", "李小龙", "Zoë", "Zoë", "Ян")
RULES = [*rules.RULES]


def subject(rule: str = "scottish-stv", *, candidates: int = len(NAMES), seed: int = 1, voters: int = 300) -> Subject:
    chance = Random(seed)  # noqa: S311  examples are no secrets
    everybody = range(candidates)
    cast = [(1, tuple(chance.sample(everybody, chance.randint(0, min(8, candidates))))) for _ in range(200)]
    names = distinct([NAMES[one % len(NAMES)] for one in everybody])
    count = rules.count(
        rule, Profile(names, cast), seats=1 if rule == "irv" else 3, order=everybody, withdrawn=[candidates - 1]
    )
    return Subject("Board <2026>", count, names, papers=papers(cast, voters=voters))


class Checked(HTMLParser):
    """Fails on what is not closed; gathers tags, their attributes and the words."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data


@pytest.mark.parametrize("rule", RULES)
def test_a_page_is_whole_and_runs_nothing(rule: str) -> None:
    shown = subject(rule)

    seen = Checked(page.write(shown).decode())

    assert not {tag for tag, _ in seen.tags} & {"script", "img", "link", "iframe", "b<"}
    assert not [attrs for _, attrs in seen.tags if any(name.startswith("on") or name == "style" for name in attrs)]
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    said = re.sub(r"\s+", " ", seen.words)
    assert said.index("Elected " + shown.winners[0]) < said.index("How the places were filled") < said.index("Round by")
    assert f"its name in the record is {rule}." in said
    assert "200 ballots" not in said  # 200 were cast, but some are blank
    assert f"{shown.count.valid} ballots were counted" in said


@pytest.mark.parametrize("rule", RULES)
def test_the_table_has_heads_a_caption_and_a_cell_for_every_candidate_and_round(rule: str) -> None:
    shown = subject(rule)

    seen = Checked(page.write(shown).decode())

    kinds = [tag for tag, _ in seen.tags]
    assert kinds.count("caption") == kinds.count("table") >= 1
    assert {attrs.get("scope") for tag, attrs in seen.tags if tag == "th"} == {"col", "row"}
    cells = sum(len(row.cells) for block in table.blocks(shown, page.ROUNDS) for row in (*block.rows, *block.foot))
    assert kinds.count("td") == cells
    assert len(next(table.blocks(shown, page.ROUNDS)).rows) == len(NAMES)


def test_sixty_candidates_and_their_rounds_come_in_blocks_that_fit_a_page() -> None:
    shown = subject("irv", candidates=60, seed=3)
    blocks = [*table.blocks(shown, page.ROUNDS)]
    parts = [*drawings(shown)]

    assert len(shown.count.stages) > 40
    assert [stage.number for block in blocks for stage in block.stages] == [
        stage.number for stage in shown.count.stages
    ]
    assert max(len(block.stages) for block in blocks) <= page.ROUNDS
    assert [part.first for part in parts][1:] == [part.last for part in parts][:-1]
    assert parts[-1].last == len(shown.count.stages)
    assert pdf.write(shown).startswith(b"%PDF-")


@pytest.mark.parametrize("rule", RULES)
def test_the_drawing_is_to_scale_and_within_its_frame(rule: str) -> None:
    for drawing in drawings(subject(rule)):
        image = ET.fromstring(str(svg.sankey(drawing, "x")))  # noqa: S314  our own

        assert image.attrib["role"] == "img"
        assert image.attrib["aria-label"].startswith("How votes moved, rounds ")
        for ribbon in drawing.ribbons:
            assert ribbon.height > 0
            assert 0 <= min(ribbon.y1, ribbon.y2) <= max(ribbon.y1, ribbon.y2) + ribbon.height < drawing.height + 0.5
            assert 0 <= ribbon.x1 < ribbon.x2 <= drawing.width
        for here in {node.x for node in drawing.nodes}:
            column = [node for node in drawing.nodes if node.x == here]
            arriving = sum(ribbon.height for ribbon in drawing.ribbons if ribbon.x2 == here)
            leaving = sum(ribbon.height for ribbon in drawing.ribbons if abs(ribbon.x1 - here - 8) < 0.01)
            whole = sum(node.height for node in column)
            assert arriving == 0 or abs(arriving - whole) < 0.01
            assert leaving == 0 or abs(leaving - whole) < 0.01


def test_bars_name_everybody_who_stood() -> None:
    shown = subject()

    drawn = "".join(svg.bars(shown, "b"))

    for one, name in enumerate(shown.names):
        assert (str(escape(name)) in drawn) == (one not in shown.count.withdrawn)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_told_with_its_numbers(rule: str) -> None:
    shown = subject(rule)

    said = " ".join(words.rule(shown))

    first = words.short(shown.count.votes(shown.count.stages[0].quota))
    assert f"{shown.count.valid} ballots were counted" in said
    assert f" {first} " in said
    assert words.NAMES[rule] in said


def test_rules_are_not_told_in_the_same_words() -> None:
    told = {rule: " ".join(words.rule(subject(rule))[1:-1]) for rule in RULES}

    assert len({re.sub(r"[0-9.]+", "", one) for one in told.values()}) == len(RULES)


def test_few_ballots_have_no_statistics() -> None:
    few = [(LEAST - 1, (0, 1))]

    assert papers(few) is None
    assert papers([*few, (1, ())]) is not None
    assert papers([*few, (1, ())], least=LEAST + 1) is None
    assert papers(few, least=2) is None


def test_figures_are_sums() -> None:
    found = papers([(20, (0, 1)), (3, (2,)), (5, ()), (1, (1,))], invalid=2, voters=93)

    assert found is not None
    assert (found.ballots, found.blank, found.invalid) == (31, 5, 2)
    assert found.lengths == {1: 4, 2: 20}
    assert found.turnout == "33.3"


def test_the_same_report_is_the_same_bytes() -> None:
    assert pdf.write(subject()) == pdf.write(subject())
    assert page.write(subject()) == page.write(subject())


def test_a_pdf_logs_no_letter_of_a_name(caplog: pytest.LogCaptureFixture) -> None:
    pdf.write(subject())

    assert not [record for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize("valid", [0, 1])
def test_a_count_of_no_papers_has_a_report(valid: int) -> None:
    count = rules.count("meek-prf", Profile(("Ann", "Bob"), [(1, (0,))] * valid), seats=1, order=[0, 1])
    shown = Subject("", count, count.candidates)

    assert "Ann" in Checked(page.write(shown).decode()).words
    assert pdf.write(shown)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_not_one_with_the_others_has_a_pattern_and_not_a_colour_alone(rule: str) -> None:
    """Who sees no colours, or a print without them, tells votes that moved, stayed and were lost, and the two bars."""
    shown = subject(rule)
    for number, drawing in enumerate(drawings(shown)):
        image = ET.fromstring(str(svg.sankey(drawing, f"s{number}")))  # noqa: S314  our own
        known = {one.attrib["id"]: one for one in image.iter("pattern")}
        assert {one.find("circle") is not None for one in known.values()} == {True, False}  # dots; stripes
        paints = {kind: [one.get("fill") for one in image.iter("path") if one.get("class") == kind] for kind in LANES}
        assert len(paints["flow-moved"]) == sum(one.moved for one in drawing.ribbons)
        assert set(paints["flow-moved"]) <= {f"url(#s{number}-hatch)"}
        assert set(paints["flow-lost"]) <= {f"url(#s{number}-dots)"}
        assert set(paints["flow-kept"]) <= {None}
        assert {f"s{number}-hatch", f"s{number}-dots"} == known.keys()
    for number, drawn in enumerate(svg.bars(shown, "b")):
        image = ET.fromstring(str(drawn))  # noqa: S314  our own
        first, last = (
            [one for one in image.iter("rect") if one.get("class") == kind] for kind in ("bar-first", "bar-last")
        )
        patterns = {f"url(#{one.attrib['id']})" for one in image.iter("pattern") if one.find("path") is not None}
        assert len(first) == len(last) > 0, number
        assert {one.get("fill") for one in first} == patterns
        assert {one.get("fill") for one in last} == {None}


LANES = ("flow-moved", "flow-lost", "flow-kept")
