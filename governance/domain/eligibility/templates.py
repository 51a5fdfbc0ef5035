"""Sets of rules to begin with; the first one is in force where an officer has saved none."""

from collections.abc import Mapping
from types import MappingProxyType

from governance.domain.eligibility.language import Group, Join, Node, Purpose, RuleSet, named

_ACTIVE = named("status_is", statuses=["active"])
_BY_CUTOFF = named("member_for_days", days=0, at="cutoff")
_APART = named("not_official")


def _all(*nodes: Node) -> Group:
    return Group(Join.ALL, nodes)


def _rules(*, vote: Node, second: Node, stand: Node, sit: Node) -> RuleSet:
    given = {
        Purpose.VOTE: vote,
        Purpose.NOMINATE: vote,
        Purpose.SECOND: second,
        Purpose.STAND: stand,
        Purpose.SIT: sit,
    }
    return RuleSet(MappingProxyType(given))


_MEMBERS = _all(_ACTIVE, _BY_CUTOFF)
DEFAULT = _rules(vote=_MEMBERS, second=_MEMBERS, stand=_all(_ACTIVE, _BY_CUTOFF, _APART), sit=_ACTIVE)
"""Whoever was a member at the cut-off, and still is one; who runs an election does not stand in it."""

_MONTH = _all(_ACTIVE, named("member_for_days", days=30, at="cutoff"))
_DECLARED = named("declaration_made", what="interests")
SETTLED = _rules(
    vote=_MONTH,
    second=_all(*_MONTH.parts, _APART),
    stand=_all(_ACTIVE, named("member_for_days", days=90, at="cutoff"), _APART, named("no_suspension"), _DECLARED),
    sit=_all(_ACTIVE, named("no_suspension"), _DECLARED),
)

_WORK = Group(
    Join.ANY, (named("count_at_least", what="contributions", least=50), named("exception_granted", what="voting"))
)
CONTRIBUTORS = _rules(
    vote=_all(_ACTIVE, _WORK),
    second=_all(_ACTIVE, _WORK, _APART),
    stand=_all(_ACTIVE, _APART, named("affiliation_at_most", attribute="employer", most=2)),
    sit=_ACTIVE,
)

TEMPLATES: Mapping[str, tuple[str, RuleSet]] = MappingProxyType(
    {
        "members": ("Members at the cut-off (as long as nothing else is chosen)", DEFAULT),
        "settled": ("Members of some time: 30 days to vote, 90 days and declared interests to stand", SETTLED),
        "contributors": ("Contributors: 50 contributions or an exception to vote, two of one employer", CONTRIBUTORS),
    }
)
