"""What people did, in a chain that only grows, and what waits for a second person."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
