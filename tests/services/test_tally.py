"""From the close to the result: who may hand in what, when, and that the result follows by itself."""

import io
from dataclasses import replace

import pytest

from governance.board import entries as e
from governance.board import making, tally, verify
from governance.board.checks import CheckError
from governance.board.contribution import Contribution, read
from governance.board.record import RecordFile
from governance.domain.phases import Phase
from governance.errors import NotPermittedError, RuleError
from governance.services import contributions, elections, publication, running
from tests.services.stage import ELECTION, TWO, Stage, a_draft


@pytest.fixture
def closed(stage: Stage) -> Stage:
    stage.until_open(6)
    with stage.writing() as session:
        for i in range(1, 7):
            stage.troupe.vote(session, f"m{i}", [(i % 4, (i + 1) % 4), (i % 3,)][: 1 + (i % 3 == 0)], stage.now)
    stage.close()
    return stage


def mix(stage: Stage, i: int, *contests: str) -> bytes:
    with stage.reading() as session:
        return stage.troupe.trustees[i].mix(stage.troupe.judge(session), *(contests or ("board", "africa")))


def decrypt(stage: Stage, i: int, *contests: str) -> bytes:
    with stage.reading() as session:
        return stage.troupe.trustees[i].decrypt(stage.troupe.judge(session), *(contests or ("board", "africa")))


def hand_in(stage: Stage, i: int, data: bytes) -> list[int]:
    with stage.writing() as session:
        return contributions.take(session, f"t{i + 1}", ELECTION, data, now=stage.now)


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


def test_the_result_is_published_as_soon_as_enough_trustees_have_opened(closed: Stage) -> None:
    for i in (2, 0):
        hand_in(closed, i, mix(closed, i))
    hand_in(closed, 1, decrypt(closed, 1))
    assert phase(closed) is Phase.TALLY

    hand_in(closed, 2, decrypt(closed, 2))

    assert phase(closed) is Phase.COUNTED
    with closed.reading() as session:
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    record = RecordFile(file)
    assert sorted(record.others()) == ["README.txt", "africa.blt", "africa.json", "board.blt", "board.json"]
    report = verify.check(record)
    assert report.failure is None
    assert {name: one.ballots for name, one in report.contests.items()} == {"board": 6, "africa": 2}


def test_contests_may_be_opened_one_after_the_other(closed: Stage) -> None:
    for name in ("africa", "board"):
        for i in (0, 1):
            hand_in(closed, i, mix(closed, i, name))
        for i in (1, 2):
            hand_in(closed, i, decrypt(closed, i, name))

    assert phase(closed) is Phase.COUNTED


def test_the_same_file_twice_changes_nothing(closed: Stage) -> None:
    data = mix(closed, 0)
    placed = hand_in(closed, 0, data)
    size = closed.size()

    assert hand_in(closed, 0, data) == placed
    assert closed.size() == size


def test_a_mix_of_an_older_list_is_refused(closed: Stage) -> None:
    mine, other = mix(closed, 0), mix(closed, 1)
    hand_in(closed, 1, other)

    with pytest.raises(CheckError, match="mixer 1 comes where mixer 2 should"):
        hand_in(closed, 0, mine)


def test_nobody_mixes_twice_or_opens_too_early(closed: Stage) -> None:
    hand_in(closed, 0, mix(closed, 0))

    with pytest.raises(RuleError, match="mixed it already"):
        hand_in(closed, 0, mix(closed, 0))
    with pytest.raises(RuleError, match="1 more trustee has to mix"):
        hand_in(closed, 1, decrypt(closed, 1))


def test_nobody_opens_twice_and_nothing_is_mixed_once_it_is_being_opened(closed: Stage) -> None:
    for i in (0, 1):
        hand_in(closed, i, mix(closed, i))
    late = mix(closed, 2)
    hand_in(closed, 1, decrypt(closed, 1))

    with pytest.raises(RuleError, match="given your part already"):
        hand_in(closed, 1, decrypt(closed, 1))
    with pytest.raises(RuleError, match="mixed no more"):
        hand_in(closed, 2, late)


def test_a_third_part_is_refused_once_the_result_stands(closed: Stage) -> None:
    for i in (0, 1):
        hand_in(closed, i, mix(closed, i))
    third = decrypt(closed, 0)
    for i in (1, 2):
        hand_in(closed, i, decrypt(closed, i))

    with pytest.raises(RuleError, match="until the result stands"):
        hand_in(closed, 0, third)


def test_nobody_hands_in_for_another(closed: Stage) -> None:
    data = mix(closed, 0)

    with pytest.raises(RuleError, match="another trustee"):
        hand_in(closed, 1, data)
    with closed.writing() as session, pytest.raises(NotPermittedError):
        contributions.take(session, "officer", ELECTION, data, now=closed.now)


def test_a_wrong_proof_leaves_the_board_as_it_was(closed: Stage) -> None:
    size = closed.size()
    given = read(mix(closed, 0, "board"))
    entry, (output, proof) = e.parse(given.entries[0]), given.blobs
    assert isinstance(entry, e.Shuffle)
    wrong = proof[:-32] + bytes([proof[-32] ^ 1]) + proof[-31:]
    seed = closed.troupe.trustees[0].seed
    forged = e.dump(making.sign(replace(entry, proof=tally.ref(wrong)), seed))

    with pytest.raises(CheckError, match="section 9, shuffle"):
        hand_in(closed, 0, Contribution(entries=(forged,), blobs=(output, wrong)).dump())
    assert closed.size() == size
    hand_in(closed, 0, Contribution(entries=given.entries, blobs=given.blobs).dump())
    assert closed.size() == size + 1


def test_nothing_is_mixed_before_the_close_or_after_a_cancellation(stage: Stage) -> None:
    stage.until_open(6, a_draft())
    with stage.writing() as session:
        for i in (1, 2):
            stage.troupe.vote(session, f"m{i}", [(0,)], stage.now)
    stage.close()
    data = mix(stage, 0, "board")
    with stage.writing() as session:
        running.cancel(session, TWO, ELECTION, "A reason.", now=stage.now)

    with pytest.raises(RuleError, match="after voting has closed"):
        hand_in(stage, 0, data)
