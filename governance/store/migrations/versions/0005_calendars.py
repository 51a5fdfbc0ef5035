"""Versions of announced calendars, and which of their moments the clock has passed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("posted", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_calendar_version_election_id_election")
        ),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "calendar_passage",
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("edge", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_calendar_passage_election_id_election")
        ),
        sa.PrimaryKeyConstraint("election_id", "number", name=op.f("pk_calendar_passage")),
        sa.UniqueConstraint("election_id", "period", "edge", name=op.f("uq_calendar_passage_election_id_period_edge")),
    )
