"""What a person decided of each act that is kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the decision, when, by whom and why; nothing is decided yet."""
    op.add_column("quarantine", sa.Column("decision", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("decided_at", sa.BigInteger(), nullable=True))
    op.add_column("quarantine", sa.Column("decided_by", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("reason", sa.Text(), nullable=True))
