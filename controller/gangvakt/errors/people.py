"""Errors around people: log-in, rights, accounts, the audit, second persons."""

from __future__ import annotations

from gangvakt.errors.base import GangvaktError


class LoginRefused(GangvaktError):
    """User or password is wrong; which of them is not told."""

    def __init__(self, text: str = "user or password is wrong") -> None:
        super().__init__(text)


class LoginLocked(LoginRefused):
    """Too many failed log-ins; the next one counts after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many failed log-ins: wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


class RightMissing(GangvaktError):
    """Whoever asks may not do `what`; `allowed` says who may."""

    def __init__(self, what: str, allowed: str) -> None:
        super().__init__(f"you may not give or do {what}; allowed: {allowed}")
        self.what, self.allowed = what, allowed


class FactorSet(GangvaktError):
    """`user` has a second factor that counts."""

    def __init__(self, user: str) -> None:
        super().__init__(f"{user!r} has a second factor already: remove it first")
        self.user = user


class FactorMissing(GangvaktError):
    """`user` has no second factor, or none that counts."""

    def __init__(self, user: str) -> None:
        super().__init__(f"{user!r} has no second factor: set one up first")
        self.user = user


class TokenMissing(GangvaktError):
    """`user` has no token of this `number` that could be revoked."""

    def __init__(self, number: int, user: str) -> None:
        super().__init__(f"{user!r} has no token {number}, or it is revoked already")
        self.number, self.user = number, user


class TooManyTokens(GangvaktError):
    """`user` has `most` tokens that are not over."""

    def __init__(self, user: str, most: int) -> None:
        super().__init__(f"{user!r} has {most} tokens already: revoke one first")
        self.user, self.most = user, most


class ProviderMissing(GangvaktError):
    """Nobody set up a log-in provider called `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no log-in provider {name!r}: `gangvakt oidc list` shows all")
        self.name = name


class ProviderFailed(GangvaktError):
    """The log-in provider `name` cannot be asked, or says what cannot be believed: `why`."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"log-in at {name!r} failed: {why}")
        self.name, self.why = name, why


class UnknownUser(GangvaktError):
    """There is no member of staff called `user`."""

    def __init__(self, user: str) -> None:
        super().__init__(f"there is no user {user!r}")
        self.user = user


class UserExists(GangvaktError):
    """The member of staff `user` is there already."""

    def __init__(self, user: str) -> None:
        super().__init__(f"there is a user {user!r} already: `gangvakt user grant` changes what he may")
        self.user = user


class LastUser(GangvaktError):
    """Without `user` nobody would be left who administers all municipalities."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"{user!r} is the last who administers all municipalities:"
            " add another with --role administrator --all first"
        )
        self.user = user


class AuditError(GangvaktError):
    """Of the audit and of what takes two people."""


class AuditBroken(AuditError):
    """The chain does not hold; `number` is the first row that does not fit."""

    def __init__(self, number: int, why: str) -> None:
        advice = "keep the database as it is, and compare it with a backup"
        super().__init__(f"audit: row {number} does not fit: {why}; {advice}")
        self.number, self.why = number, why


class AuditSealBroken(AuditError):
    """A `line` in the `file` of sealed heads is none that this controller wrote."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}: line {line}: {why}; compare it with a copy, or with the log")
        self.file, self.line, self.why = file, line, why


class UpdateUnseen(AuditError):
    """An update that only one person has seen shall go to signs."""

    def __init__(self, board: str, version: str) -> None:
        super().__init__(
            f"update {version} for {board}: no second person has approved it: `gangvakt firmware admit FILE` "
            "asks for one, then do the same again"
        )
        self.board, self.version = board, version


class PairRefused(AuditError):
    """What was asked of the pair `number` cannot be, or cannot be by this person."""

    def __init__(self, number: int, what: str, why: str) -> None:
        super().__init__(f"approval {number}: {what} refused: {why}")
        self.number, self.what, self.why = number, what, why
