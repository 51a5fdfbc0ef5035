"""Members are persons or organisations; when a line came into the list; objections to lines of the roll."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("member", sa.Column("kind", sa.String(length=32), nullable=False, server_default="individual"))
    op.add_column("member", sa.Column("delegate", sa.Text(), nullable=False, server_default=""))
    op.add_column("member", sa.Column("entered", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "roll_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("election_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=True),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("corrected", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_roll_objection_by_id_member")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_roll_objection_decided_by_member")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_roll_objection_election_id_election")),
        sa.ForeignKeyConstraint(["line_id"], ["member.id"], name=op.f("fk_roll_objection_line_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_objection")),
    )
    op.create_index(op.f("ix_roll_objection_election_id"), "roll_objection", ["election_id"], unique=False)
