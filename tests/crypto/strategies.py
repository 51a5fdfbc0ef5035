"""What the protocol's values look like to Hypothesis."""

from hypothesis import strategies as st

from governance.crypto import group

scalars = st.integers(1, group.ORDER - 1)
elements = scalars.map(group.multiply_base)
seeds = st.binary(min_size=8, max_size=8)


@st.composite
def contests(draw: st.DrawFn) -> tuple[int, int]:
    """(candidates, limit of preferences) of a contest that the codec takes."""
    candidates = draw(st.integers(1, 54))
    return candidates, draw(st.integers(1, candidates))


@st.composite
def rankings(draw: st.DrawFn) -> tuple[int, int, tuple[int, ...]]:
    """(candidates, limit, a ranking)."""
    candidates, limit = draw(contests())
    order = draw(st.permutations(range(candidates)))
    return candidates, limit, tuple(order[: draw(st.integers(0, limit))])
