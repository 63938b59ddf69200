"""A log-in provider (OpenID Connect) as it is set up, with its bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.provision.people_wire import LABEL_PATTERN, MOST_PLACES, Roles

NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
# In the clear only to this computer: whoever could change what the provider says could come in as anybody.
URL_PATTERN = r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[^\s?#]*)?)$"
LONGEST_URL = 255
LONGEST_VALUE = 128
MOST_SCOPES = 20

Url = Annotated[str, Field(pattern=URL_PATTERN, max_length=LONGEST_URL)]
Label = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE, pattern=LABEL_PATTERN)]
ROLES_BY_VALUE = [{"traffic": {"lillestrom": "operator"}, "it": {"*": "administrator"}}]


class ProviderOptions(BaseModel):
    """`roles`: what each value of `roles_claim` gives; without a claim, roles are given here by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Label = Field(description="What stands on the button.", examples=["Lillestrøm kommune"])
    scopes: Annotated[tuple[Label, ...], Field(max_length=MOST_SCOPES)] = Field(
        default=("openid", "profile", "email"),
        description="What is asked of the provider; openid is always asked.",
    )
    user_claim: Label = Field(
        default="preferred_username",
        description="What a new user is called by here.",
        examples=["preferred_username"],
    )
    roles_claim: Label | None = Field(
        default=None, description="Says at each log-in what somebody may here.", examples=["groups"]
    )
    roles: Annotated[dict[Label, Roles], Field(max_length=MOST_PLACES)] = Field(
        default={}, description="The roles that each value of the claim gives.", examples=ROLES_BY_VALUE
    )
    everybody: Roles = Field(
        default={},
        description="The roles of everybody who can log in there.",
        examples=[{"lillestrom": "viewer"}],
    )
    address: Url | None = Field(
        default=None,
        description="Where browsers reach this controller, where a proxy does not say it.",
        examples=["https://signs.example.no"],
    )


class ProviderIn(BaseModel):
    """Set up as a whole; without `client_secret` the one that is known stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Url = Field(
        description="The provider, as its own document spells it.", examples=["https://id.example.no"]
    )
    client_id: Label = Field(description="What this controller is called there.", examples=["gangvakt"])
    client_secret: Annotated[str, Field(max_length=512)] | None = Field(
        default=None, description="What it proves that with; never told again.", examples=["s3cret"]
    )
    options: ProviderOptions = Field(description="What it is for.")


class ProviderOut(BaseModel):
    """Without its secret."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(description="What it is called.", examples=["lillestrom"])
    issuer: str = Field(
        description="The provider, as its own document spells it.", examples=["https://id.example.no"]
    )
    client_id: str = Field(description="What this controller is called there.", examples=["gangvakt"])
    has_secret: bool = Field(description="A secret is known.", examples=[True])
    options: ProviderOptions = Field(description="What it is for.")


class ProvidersOut(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    items: tuple[ProviderOut, ...] = Field(description="Ordered by their names.")
