"""Rights of people: roles, second factors, tokens, log-ins of the municipality."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet."""
