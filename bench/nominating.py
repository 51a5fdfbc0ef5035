"""A large body in the middle of its nominations, for the benchmarks."""

from governance.domain.eligibility.templates import DEFAULT
from governance.services import nominations
from tests.services.nominating import accept, nominate, second
from tests.services.nominating import nominating as begun
from tests.services.stage import Stage
from tests.web.browser import AT

NOMINEES, SECONDERS = 60, 3


def nominated(stage: Stage, members: int) -> list[str]:
    """Set the stage: so many members, rules, nominations under way. The addresses that members look at."""
    stage.set_up(members)
    begun(stage, rules=DEFAULT)
    numbers = []
    for number in range(3, 3 * NOMINEES + 3, 3):
        if number % 2:
            made = nominate(stage, f"m{number}")
        else:
            made = nominate(stage, f"m{number + 1}", email=f"m{number}@example.org")
            accept(stage, f"m{number}", made)
        for supporter in range(SECONDERS):
            second(stage, f"m{300 + supporter + number}", made)
        numbers.append(made)
    with stage.reading() as session:
        found = len(nominations.seeking(session, stage.troupe.election, now=stage.now))
    if found != NOMINEES:
        msg = f"{found} are nominated, not {NOMINEES}"
        raise RuntimeError(msg)
    return ["/home", f"{AT}/calendar", f"{AT}/may-i", f"{AT}/nominations", f"{AT}/nominations/{numbers[0]}"]
