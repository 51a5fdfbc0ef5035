"""Every table, so that the metadata is whole."""

from governance.store.accounts import Often, RecoveryCode, SecondStep, SignedIn, SignIn
from governance.store.boards import BallotLink, Blob, BoardEntry, Checkpoint, Cosignature, Log, Receipt
from governance.store.calendars import CalendarPassage, CalendarVersion
from governance.store.consents import Consent
from governance.store.declarations import Declaration
from governance.store.elections import Election, Identity, RollLine, Share, Statement, Style
from governance.store.eligibility import FrozenRules, RuleVersion
from governance.store.journal import Deed, Letter
from governance.store.members import Body, Member, MemberRole, Organisation
from governance.store.nominations import NominationEvent, NominationRow, Photo
from governance.store.objections import Objection
from governance.store.seats import (
    Application,
    Appointment,
    AppointmentDecision,
    Certificate,
    InstrumentFile,
    ResultChallenge,
    SeatContest,
    SeatEntry,
    SeatOutsider,
    SeatRequest,
    VerifierReport,
)
from governance.store.types import Base

__all__ = [
    "Application",
    "Appointment",
    "AppointmentDecision",
    "BallotLink",
    "Base",
    "Blob",
    "BoardEntry",
    "Body",
    "CalendarPassage",
    "CalendarVersion",
    "Certificate",
    "Checkpoint",
    "Consent",
    "Cosignature",
    "Declaration",
    "Deed",
    "Election",
    "FrozenRules",
    "Identity",
    "InstrumentFile",
    "Letter",
    "Log",
    "Member",
    "MemberRole",
    "NominationEvent",
    "NominationRow",
    "Objection",
    "Often",
    "Organisation",
    "Photo",
    "Receipt",
    "RecoveryCode",
    "ResultChallenge",
    "RollLine",
    "RuleVersion",
    "SeatContest",
    "SeatEntry",
    "SeatOutsider",
    "SeatRequest",
    "SecondStep",
    "Share",
    "SignIn",
    "SignedIn",
    "Statement",
    "Style",
    "VerifierReport",
]
