"""Every table, so that the metadata is whole."""

from governance.store.accounts import Often, SignedIn, SignIn
from governance.store.boards import BallotLink, Blob, BoardEntry, Checkpoint, Cosignature, Log, Receipt
from governance.store.consents import Consent
from governance.store.elections import Election, Identity, RollLine, Share, Statement, Style
from governance.store.journal import Deed, Letter
from governance.store.members import Body, Member, MemberRole, Organisation
from governance.store.types import Base

__all__ = [
    "BallotLink",
    "Base",
    "Blob",
    "BoardEntry",
    "Body",
    "Checkpoint",
    "Consent",
    "Cosignature",
    "Deed",
    "Election",
    "Identity",
    "Letter",
    "Log",
    "Member",
    "MemberRole",
    "Often",
    "Organisation",
    "Receipt",
    "RollLine",
    "Share",
    "SignIn",
    "SignedIn",
    "Statement",
    "Style",
]
