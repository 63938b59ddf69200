"""What the controller and its commands tell each other about people, with its bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

USER_PATTERN = r"^[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}$"
PLACE_PATTERN = r"^(\*|[a-z0-9][a-z0-9-]{0,31})$"
LABEL_PATTERN = r"^[^\x00-\x1f\x7f]+$"
MOST_PLACES = 500
LONGEST_LABEL = 64
LONGEST_CODE = 32
MOST_DAYS, USUAL_DAYS = 365, 90
HIGHEST_NUMBER = 2**31 - 1

RoleWord = Literal["viewer", "operator", "technician", "administrator"]
Place = Annotated[str, Field(pattern=PLACE_PATTERN, max_length=32)]
Roles = Annotated[dict[Place, RoleWord], Field(max_length=MOST_PLACES)]
User = Annotated[str, Field(pattern=USER_PATTERN)]
ROLES_SAY = "The role in each municipality; `*` stands for all of them."
ROLES_EXAMPLES = [{"lillestrom": "operator"}]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class CodeIn(_In):
    code: Annotated[str, Field(min_length=6, max_length=LONGEST_CODE)] = Field(
        description="Six figures of the authenticator, or a recovery code.", examples=["123456"]
    )


class ProofIn(_In):
    password: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        description="The password, again: a session alone does not change what protects the account.",
        examples=["correct horse battery"],
    )


class FactorOut(_Out):
    on: bool = Field(description="A code is asked for at log-in.", examples=[True])
    codes_left: int = Field(description="Recovery codes that were not used yet.", examples=[10])


class SetUpOut(_Out):
    """Told once. It counts when a code was confirmed."""

    secret: str = Field(description="For an authenticator without a camera.", examples=["JBSWY3DPEHPK3PXP"])
    uri: str = Field(
        description="What the QR code says.", examples=["otpauth://totp/Gangvakt:kari?secret=JBSWY3DP"]
    )
    svg: str = Field(description="The QR code as a picture.", examples=["<svg/>"])


class CodesOut(_Out):
    codes: tuple[str, ...] = Field(
        description="Recovery codes, told once; each opens once.", examples=[["abcd-efgh-jkmn-pqrs"]]
    )


class ConfirmedOut(CodesOut):
    token: str = Field(
        description="For `Authorization: Bearer`; all other sessions ended.", examples=["0v5nq0a2uVt7"]
    )


class SessionOut(_Out):
    id: str = Field(description="What it is called; it opens nothing.", examples=["9f3ac01b9f3ac01b"])
    created_ms: int = Field(description="Log-in, UTC ms since 1970.", examples=[1800000000000])
    seen_ms: int = Field(
        description="When it was used last, to a minute, UTC ms since 1970.", examples=[1800000000000]
    )
    address: str = Field(description="Where it was begun from.", examples=["192.0.2.17"])
    agent: str = Field(description="With which program it was begun.", examples=["Mozilla/5.0"])
    current: bool = Field(description="It is the one that asks.", examples=[True])


class SessionsOut(_Out):
    items: tuple[SessionOut, ...] = Field(description="The one that was used last comes first.")


class EndedOut(_Out):
    ended: int = Field(description="How many sessions ended.", examples=[2])


class TokenIn(_In):
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL, pattern=LABEL_PATTERN)] = Field(
        description="What it is for.", examples=["weather screen"]
    )
    role: RoleWord = Field(default="viewer", description="At most the owner's.", examples=["viewer"])
    municipalities: Annotated[tuple[Place, ...], Field(max_length=MOST_PLACES)] | None = Field(
        default=None, description="Where it opens something; null: wherever its owner has a role."
    )
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = Field(
        default=USUAL_DAYS, description="How long it opens something.", examples=[90]
    )


class TokenOut(_Out):
    id: int = Field(description="Its number.", examples=[3])
    user: str = Field(description="Whose it is.", examples=["kari"])
    name: str = Field(description="What it is for.", examples=["weather screen"])
    role: RoleWord = Field(description="At most this, and at most what its owner may.", examples=["viewer"])
    municipalities: tuple[str, ...] | None = Field(
        description="Where it opens something; null: wherever its owner has a role.", examples=[["drammen"]]
    )
    created_ms: int = Field(description="When it was made, UTC ms since 1970.", examples=[1800000000000])
    expires_ms: int = Field(description="When it ends, UTC ms since 1970.", examples=[1807776000000])
    used_ms: int | None = Field(
        description="When it was used last, to a minute, UTC ms since 1970.", examples=[1800000000000]
    )
    revoked_ms: int | None = Field(
        description="When it was revoked, UTC ms since 1970.", examples=[1800000000000]
    )


class TokenMadeOut(TokenOut):
    token: str = Field(description="For `Authorization: Bearer`; told once.", examples=["gvt_0v5nq0a2uVt7"])


class TokensOut(_Out):
    items: tuple[TokenOut, ...] = Field(description="Newest first, those that are over as well.")


class PersonIn(_In):
    user: User = Field(description="The name at log-in.", examples=["kari"])
    roles: Roles = Field(description=ROLES_SAY, examples=ROLES_EXAMPLES)


class RolesIn(_In):
    roles: Roles = Field(description=ROLES_SAY, examples=ROLES_EXAMPLES)


class PersonOut(_Out):
    user: str = Field(description="The name at log-in.", examples=["kari"])
    roles: dict[str, RoleWord] = Field(description=ROLES_SAY, examples=ROLES_EXAMPLES)
    must_change: bool = Field(description="Has a one-time password.", examples=[False])
    locked: bool = Field(description="Nobody gets in as this user.", examples=[False])
    second_factor: bool = Field(description="A code is asked for at log-in.", examples=[True])
    logs_in_at: str | None = Field(
        description="The issuer where this user logs in; null: here, with a password.",
        examples=["https://id.example.no"],
    )


class PasswordOut(_Out):
    user: str = Field(description="Whose.", examples=["kari"])
    one_time_password: str = Field(
        description="Told once; it opens only the choice of another.", examples=["abcde-fghjk-mnpqr-stuvw"]
    )


class RulesIn(_In):
    administrators_need_second_factor: bool = Field(
        description="Administrators may do nothing before they have one.", examples=[True]
    )


class RulesOut(RulesIn):
    model_config = ConfigDict(frozen=True, extra="ignore")
