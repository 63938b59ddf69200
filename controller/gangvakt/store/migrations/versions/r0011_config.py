"""Templates and groups of configurations, and when they are applied."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
