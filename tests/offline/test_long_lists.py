"""More factors than one proof covers, in one contribution (protocol.md, section 10: runs of 32,768)."""

from hashlib import sha256

import pytest

from governance.board import contribution, making
from governance.board import entries as e
from governance.board.contribution import Contribution
from governance.crypto import decryption, equality, group, randomness, shuffle
from governance.errors import ProofError

SHORT = 8
"""So long are runs where a test tries much: with real ones each check takes seconds."""
SECRET = 5_000_000_007
PLACE = decryption.Place(bytes(64), "board", 1)


def a_list(count: int) -> bytes:
    points = group.each(lambda i: group.multiply_base(i + 1), count + 1)
    return b"".join(points[i] + points[i + 1] for i in range(count))


def opening(sealed: bytes) -> tuple[e.Decrypt, bytes]:
    """The entry and the factors, after they have been a file."""
    made, blob = making.decrypt(PLACE, SECRET, sealed, randomness.stream(b"a long list"), bytes(32))
    read = contribution.read(Contribution(entries=(e.dump(made),), blobs=(blob,)).dump())
    entry = e.parse(read.entries[0])
    assert isinstance(entry, e.Decrypt)
    return entry, read.blobs[0]


def check(sealed: bytes, entry: e.Decrypt, blob: bytes) -> None:
    proofs = [equality.Proof(one.c, one.s) for one in entry.proofs]
    decryption.check(PLACE, group.multiply_base(SECRET), shuffle.read_list(sealed), group.decode_list(blob), proofs)


def test_each_run_has_its_proof() -> None:
    sealed = a_list(equality.RUN + 1)
    entry, blob = opening(sealed)

    assert equality.RUN == 32_768
    assert len(entry.proofs) == 2
    assert entry.factors == e.Ref(sha256(blob).digest(), 32 * 32_769)
    check(sealed, entry, blob)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, e.Decrypt, bytes]:
    """Three runs, the last one short."""
    monkeypatch.setattr(equality, "RUN", SHORT)
    sealed = a_list(2 * SHORT + 3)
    return sealed, *opening(sealed)


Opened = tuple[bytes, e.Decrypt, bytes]


@pytest.mark.parametrize("where", range(2 * SHORT + 3))
def test_a_wrong_factor_is_found_in_whichever_run(short: Opened, where: int) -> None:
    sealed, entry, blob = short
    wrong = blob[: 32 * where] + group.multiply_base(5) + blob[32 * where + 32 :]

    with pytest.raises(ProofError):
        check(sealed, entry, wrong)


@pytest.mark.parametrize(("one", "two"), [(0, 1), (SHORT - 1, SHORT), (0, 2 * SHORT)])
def test_errors_that_balance_are_found_in_one_run_and_across_two(short: Opened, one: int, two: int) -> None:
    sealed, entry, blob = short
    extra = group.multiply_base(7)
    factors = group.decode_list(blob)
    factors[one], factors[two] = group.add(factors[one], extra), group.subtract(factors[two], extra)

    with pytest.raises(ProofError):
        check(sealed, entry, b"".join(factors))
