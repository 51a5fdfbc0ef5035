"""Scottish STV against official results, our own vectors, and constraints."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.verifier import constraints
from governance.verifier.count import Terms, count
from tests.verifier.blt import read_blt


def count_file(path: Path) -> Any:
    return read_blt(path).counted("scottish-stv")


def compare(folder: Path, expected: dict[str, Any], blt: Path, *, exact: bool) -> int:
    """Compare stage by stage at the published precision; return the number of cells."""
    found = count_file(blt)
    assert sorted(found["elected"]) == sorted(expected["winners"]), folder
    if not exact:
        return 0
    assert Decimal(found["quota"]) == Decimal(expected["quota"])
    assert found["valid"] == expected["valid_votes"]
    cells = 0
    for stage, published in zip(found["stages"], expected["rounds"], strict=False):
        for name, tally in published["tally"].items():
            places = len(tally.partition(".")[2])
            slack = Decimal("0.005") if places < 4 else Decimal(0)
            assert abs(Decimal(stage["tallies"][name]) - Decimal(tally)) <= slack, (blt, stage["number"], name)
            cells += 1
    return cells


def bulk(shared: Path, step: int) -> tuple[int, int, int]:
    wards = cells = slips = 0
    for case in json.loads((shared / "stv-cases/scot-bulk/manifest.json").read_text())[::step]:
        expected = json.loads((shared / "stv-cases" / case["expected"]).read_text())
        exact = "DIFF" not in case["official_agreement"]
        slips += not exact
        cells += compare(Path(case["id"]), expected, shared / "stv-cases" / case["blt"], exact=exact)
        wards += 1
    return wards, cells, slips


def test_wards(shared: Path) -> None:
    """Every twelfth ward; all 333 in the long run."""
    wards, cells, _ = bulk(shared, 12)
    assert wards == 28
    assert cells > 1000


@pytest.mark.long
def test_all_wards(shared: Path) -> None:
    wards, cells, slips = bulk(shared, 1)
    assert wards == 333
    assert cells > 15_000
    assert slips < 10


@pytest.mark.parametrize("name", ["dundee22_coldside", "dundee22_east_end", "dundee22_strathmartine"])
def test_official_reports_bit_for_bit(shared: Path, name: str) -> None:
    folder = shared / "stv-cases/scot-official" / name
    expected = json.loads((folder / "expected.json").read_text())
    found = count_file(folder / "ballots.blt")
    assert found["elected"] == expected["winners"]
    assert len(found["stages"]) == len(expected["rounds"])
    for stage, published in zip(found["stages"], expected["rounds"], strict=True):
        assert stage["tallies"] == published["tally"]
        assert stage["non_transferable"] == published["nontransferable"]
        assert sorted(stage["elected"]) == sorted(published["elected"])
        assert stage["excluded"] == published["excluded"]


def test_other_scottish_cases(shared: Path) -> None:
    """Whatever else of the manifest is of this rule, by its winners and the tallies of its rounds."""
    seen = 0
    for case in json.loads((shared / "stv-cases/manifest.json").read_text())["cases"]:
        if not case["rule"].startswith("scottish-stv") or case["equal_ranks"] or case["withdrawn"]:
            continue
        try:
            found = count_file(shared / "stv-cases" / case["ballots_file"])
        except ValueError:
            continue
        if case["expected_winners"]:
            assert sorted(found["elected"]) == sorted(case["expected_winners"]), case["id"]
            seen += 1
    assert seen >= 3


def test_own_counts(shared: Path) -> None:
    cases = json.loads((shared / "vectors/protocol-v1/vectors.json").read_text())["count"]["cases"]
    assert len(cases) == 12
    for case in cases:
        terms = Terms(
            case["seats"],
            tuple(case["candidates"]),
            tuple(case["order"]),
            frozenset(case["withdrawn"]),
            "".join(case["reopen"]),
        )
        papers = [(number, tuple(ranking)) for number, ranking in case["papers"]]
        assert count(papers, terms, "scottish-stv") == case["count"]


def test_constraint_vectors(shared: Path) -> None:
    vectors = json.loads((shared / "stv-cases/constraints/vectors.json").read_text())["vectors"]
    assert len(vectors) >= 6
    for vector in vectors:
        names = list(vector["cells"])
        cells = [
            constraints.Cell(
                tuple(i for i, each in enumerate(vector["constraints"]) if name in each["cells"]),
                vector["cells"][name]["elected"],
                vector["cells"][name]["continuing"],
            )
            for name in names
        ]
        bounds = [constraints.Bound(each["min"], each["max"]) for each in vector["constraints"]]
        found = constraints.judge(cells, bounds, vector["seats"])
        assert (found is not None) == vector["feasible"], vector["id"]
        if found is not None:
            guarded, doomed = ({names[place] for place in places} for places in found)
            assert guarded == set(vector["expected"]["guarded"])
            assert doomed == set(vector["expected"]["doomed"])


def _brute(cells: list[constraints.Cell], bounds: list[constraints.Bound], seats: int) -> Any:
    rows: list[list[int]] = [[]]
    for cell in cells:
        rows = [[*row, x] for row in rows for x in range(cell.elected, cell.elected + cell.continuing + 1)]
    fill = min(seats, sum(cell.elected + cell.continuing for cell in cells))
    rows = [
        row
        for row in rows
        if sum(row) == fill
        and all(
            bound.least <= sum(x for x, cell in zip(row, cells, strict=True) if number in cell.signature) <= bound.most
            for number, bound in enumerate(bounds)
        )
    ]
    if not rows:
        return None
    open_cells = [place for place, cell in enumerate(cells) if cell.continuing]
    guarded = {p for p in open_cells if min(row[p] for row in rows) == cells[p].elected + cells[p].continuing}
    doomed = {p for p in open_cells if max(row[p] for row in rows) == cells[p].elected}
    return guarded, doomed


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 2)), st.integers(0, 2), st.integers(0, 3)),
        min_size=1,
        max_size=5,
        unique_by=lambda cell: tuple(sorted(cell[0])),
    ),
    st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 3)), min_size=3, max_size=3),
    st.integers(1, 8),
)
def test_constraints_against_brute_force(drawn: Any, limits: Any, seats: int) -> None:
    cells = [constraints.Cell(tuple(sorted(signature)), e, h) for signature, e, h in drawn]
    bounds = [constraints.Bound(least, least + more) for least, more in limits]
    found = constraints.judge(cells, bounds, seats)
    wanted = _brute(cells, bounds, seats)
    assert (found is None) == (wanted is None)
    if found is not None:
        assert (set(found[0]), set(found[1])) == wanted


def test_two_women_are_guarded() -> None:
    """Hill: 2 seats, at least one woman; the only woman is last and is elected."""
    papers = [(10, ("m1",)), (8, ("m2",)), (1, ("w",))]
    bound = ((constraints.Bound(1, 2), frozenset({"w"})),)
    free = count(papers, Terms(2, ("m1", "m2", "w"), ("m1", "m2", "w")), "scottish-stv")
    bound_count = count(papers, Terms(2, ("m1", "m2", "w"), ("m1", "m2", "w"), constraints=bound), "scottish-stv")
    assert free["elected"] == ["m1", "m2"]
    # m2 has reached the quota too, but m1's election dooms him.
    assert bound_count["elected"] == ["m1", "w"]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.integers(1, 4),
            st.lists(st.tuples(st.integers(1, 30), st.permutations(range(size)), st.integers(0, size)), max_size=12),
            st.sets(st.integers(0, size - 1)),
            st.integers(-1, size - 1),
        )
    )
)
def test_votes_are_conserved(drawn: Any) -> None:
    size, seats, raw, withdrawn, reopen = drawn
    names = tuple(f"c{i}" for i in range(size))
    papers = [(number, tuple(names[i] for i in order[:length])) for number, order, length in raw]
    gone = frozenset(names[i] for i in withdrawn)
    name = names[reopen] if reopen >= 0 and names[reopen] not in gone else ""
    result: Any = count(papers, Terms(seats, names, names[::-1], gone, name), "scottish-stv")
    for stage in result["stages"]:
        total = sum(Decimal(tally) for tally in stage["tallies"].values()) + Decimal(stage["non_transferable"])
        assert total == result["valid"]
        assert not gone.intersection(stage["elected"])
    if not name:
        assert len(result["elected"]) == min(seats, size - len(gone))
