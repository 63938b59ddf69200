"""Webhooks: CloudEvents by POST, signed, to whoever has given an address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.relay.cloud_events import BATCH, ONE, encode
from gangvakt.relay.http import Poster
from gangvakt.relay.outcome import Outcome
from gangvakt.relay.signing import secrets_at, sign
from gangvakt.relay.targets import LONGEST_URL, Target
from gangvakt.store.outbox import Message

MOST_BATCH = 100


class WebhookOptions(BaseModel):
    """Where to, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Where to post.", max_length=LONGEST_URL, examples=["https://example.no/in"])
    allow_private: bool = Field(
        False, description="It may be this computer or in its network, and then also http://."
    )
    batch: int = Field(
        1, ge=1, le=MOST_BATCH, description="Messages in a request; more than 1 sends the batched form."
    )

    @model_validator(mode="after")
    def _checked(self) -> WebhookOptions:
        Target.parse(self.url, allow_private=self.allow_private)
        return self


class Webhook:
    """A relay to one address. `held` are the secrets that it keeps (relay.signing)."""

    def __init__(
        self,
        options: WebhookOptions,
        held: str,
        source: str,
        poster: Poster | None = None,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self.most = options.batch
        self._target = Target.parse(options.url, allow_private=options.allow_private)
        self._held, self._source, self._clock_ms = held, source, clock_ms
        self._poster = poster or Poster()

    async def deliver(self, batch: Sequence[Message]) -> Outcome:
        batched = self.most > 1
        body = encode(batch, self._source, batched=batched)
        now_ms = self._clock_ms()
        headers = sign(secrets_at(self._held, now_ms), _name(batch), body, now_ms // 1000)
        return await self._poster.post(
            self._target, body, {**headers, "content-type": BATCH if batched else ONE}
        )

    async def close(self) -> None:
        await self._poster.close()


def _name(batch: Sequence[Message]) -> str:
    """The message's own id; of several, one that stays while they come together."""
    if len(batch) == 1:
        return batch[0].id
    return hashlib.sha256(" ".join(message.id for message in batch).encode()).hexdigest()[:32]
