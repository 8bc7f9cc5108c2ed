"""The keys that a laptop signed with before it renewed its own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remember former keys: what they signed is only kept apart."""
    op.add_column("device", sa.Column("former_keys", sa.LargeBinary(), nullable=True))
