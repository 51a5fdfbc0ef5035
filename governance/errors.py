"""The errors that are expected and explained, in plain words, to the person who caused them."""


class GovernanceError(Exception):
    """Base of every expected error; its text is one plain sentence."""


class NotFoundError(GovernanceError):
    """What was asked for does not exist."""


class NotPermittedError(GovernanceError):
    """This person may not do that."""


class RuleError(GovernanceError):
    """A rule of the election or of the organisation forbids this now."""


class MalformedError(GovernanceError):
    """Bytes from outside have the wrong form."""


class ProofError(MalformedError):
    """Well-formed, but the proof does not hold."""
