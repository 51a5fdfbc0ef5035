"""A second person for what cannot be undone; ceremonies that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("election_id", sa.String(length=64), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["member.id"], name=op.f("fk_consent_asked_by_member")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_consent_election_id_election")),
        sa.ForeignKeyConstraint(["settled_by"], ["member.id"], name=op.f("fk_consent_settled_by_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_election_id"), "consent", ["election_id"], unique=False)
    op.add_column("deed", sa.Column("second", sa.String(length=64), nullable=True))
    op.add_column("election", sa.Column("abandoned", sa.DateTime(timezone=True), nullable=True))
    op.add_column("election", sa.Column("abandoned_why", sa.Text(), nullable=True))
