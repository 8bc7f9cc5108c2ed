"""An index over the days of a scope, to compare them with a laptop."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order the ops of a scope by their ids, which begin with their instant."""
    op.create_index("op_day", "op", ["scope", "op_id"], unique=False)
