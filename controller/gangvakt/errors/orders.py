"""Errors around what signs are told: commands, recordings, configurations, rollouts."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.errors.base import GangvaktError, Refusal


class RecordingRefused(Refusal):
    """A flight recording, or a piece of one, that is damaged or out of order."""


class RolloutRefused(Refusal):
    """A plan, a rule or an artifact of a rollout out of bounds, or not for the signs it is meant for."""


class RolloutError(GangvaktError):
    """What was asked of rollout `rollout` cannot be; nothing was changed."""

    def __init__(self, rollout: int, text: str) -> None:
        super().__init__(text)
        self.rollout = rollout


class RolloutMissing(RolloutError):
    """There is no such rollout."""

    def __init__(self, rollout: int) -> None:
        super().__init__(rollout, f"there is no rollout {rollout}: `gangvakt rollout list` shows them")


class RolloutStepRefused(RolloutError):
    """Its `state` does not allow `step`, but what is `allowed`."""

    def __init__(self, rollout: int, state: str, step: str, allowed: str) -> None:
        super().__init__(
            rollout, f"rollout {rollout}: step is {step!r}; allowed while it is {state}: {allowed}"
        )
        self.state, self.step, self.allowed = state, step, allowed


class RolloutMoved(RolloutError):
    """It concerns `count` signs, not the `expected` ones that somebody confirmed."""

    def __init__(self, rollout: int, count: int, expected: int) -> None:
        text = f"rollout {rollout}: count is {expected}; allowed: {count}, so many signs it concerns now"
        super().__init__(rollout, f"{text}: look at it again")
        self.count, self.expected = count, expected


class SteeringError(GangvaktError):
    """What shall be done to many signs cannot be; nothing was changed."""


class PlanStepRefused(SteeringError):
    """The `state` of `plan` does not allow `step`, but what is `allowed`."""

    def __init__(self, plan: int, state: str, step: str, allowed: str) -> None:
        super().__init__(f"plan {plan}: step is {step!r}; allowed while it is {state}: {allowed}")
        self.plan, self.state, self.step, self.allowed = plan, state, step, allowed


class StillUsed(SteeringError):
    """`groups` name `template`."""

    def __init__(self, template: str, groups: Sequence[str]) -> None:
        super().__init__(f"template {template} is used by {', '.join(groups)}: take it out of them first")
        self.template, self.groups = template, tuple(groups)


class DryRunImpossible(SteeringError):
    """Recordings cannot be decided again on this computer, because of `why`."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no dry run here: {why}")
        self.why = why


class ReplayImpossible(SteeringError):
    """A recording, the file `name`, cannot be looked at, because of `why`."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"recording {name} cannot be replayed: {why}")
        self.name, self.why = name, why


class TokenSpent(SteeringError):
    """A confirmation that nobody waits for any more."""

    def __init__(self) -> None:
        super().__init__(
            "token is too old, used or another's; allowed: one of the last 5 minutes: ask for the count anew"
        )


class OrderFailed(GangvaktError):
    """The `sign` cannot be told anything now."""

    def __init__(self, sign: str, text: str) -> None:
        super().__init__(f"{sign} {text}")
        self.sign = sign


class SignAway(OrderFailed):
    """It is not connected, and a command must not wait for it."""

    def __init__(self, sign: str) -> None:
        super().__init__(sign, "is not connected: try again when it is online")


class SignMute(OrderFailed):
    """No answer to `verb` within `waited_s`; the command may still have been obeyed."""

    def __init__(self, sign: str, verb: str, waited_s: float) -> None:
        super().__init__(
            sign, f"did not answer {verb} within {waited_s:.0f} s: look at its status before sending it again"
        )
        self.verb, self.waited_s = verb, waited_s


class StreetAway(GangvaktError):
    """The broker does not take what the simulated street `site` is told."""

    def __init__(self, site: str) -> None:
        super().__init__(f"{site}: the broker is not reached: try again when the street moves")
        self.site = site


class RecordingBroken(OrderFailed):
    """Recording `number` did not arrive whole, because of `why`."""

    def __init__(self, sign: str, number: int, why: str) -> None:
        super().__init__(sign, f"did not send recording {number} whole ({why}): fetch it again")
        self.number, self.why = number, why
