"""The lines that each route leaves in the audit: who, what, and which of its states stand there."""

from __future__ import annotations

from .apis import API

# A route below API, and after it each of its lines.
TABLE = """
POST /signs/{municipality}/{site}/{sign}/commands
    admin: command.send, after
PUT /signs/{municipality}/{site}/{sign}/config
    admin: config.want, before, after
POST /signs/{municipality}/{site}/{sign}/config/restore
    admin: config.want, before, after
POST /municipalities/{municipality}/commands/go
    admin: command.send, after
    admin: command.send, after
PUT /municipalities/{municipality}/config-templates/{name}
    admin: config.template.put, after
PUT /municipalities/{municipality}/config-groups/{name}
    admin: config.group.put, after
DELETE /municipalities/{municipality}/config-groups/{name}
    admin: config.group.remove, before
DELETE /municipalities/{municipality}/config-templates/{name}
    admin: config.template.remove, before
POST /municipalities/{municipality}/config-plans
    admin: config.plan.add, after
POST /municipalities/{municipality}/config-plans/{number}/schedule
    admin: config.plan.schedule, before, after
POST /municipalities/{municipality}/config-plans/{number}/stop
    admin: config.plan.stop, before, after
POST /municipalities/{municipality}/config-plans/{number}/roll-back
    admin: config.plan.roll_back, before, after
POST /municipalities/{municipality}/config-plans/{number}/dry-run
    admin: config.plan.try, before, after
POST /sites
    admin: site.add, after
PATCH /sites/{municipality}/{site}
    admin: site.change, before, after
PUT /municipalities/{municipality}
    admin: municipality.put, after
PUT /sites/{municipality}/{site}/file
    admin: site.describe, before, after
POST /site-files
    admin: site.describe, before, after
POST /registrations/{municipality}/{site}/{sign}/abandon
    admin: registration.abandon, before, after
POST /registrations
    admin: registration.begin, after
POST /registrations/{municipality}/{site}/{sign}/confirm
    admin: registration.confirm, before, after
PUT /signs/{municipality}/{site}/{sign}/file
    admin: sign.file, before, after
POST /signs/{municipality}/{site}/{sign}/state
    admin: sign.state, before, after
POST /signs/{municipality}/{site}/{sign}/parts
    admin: sign.part-fit, after
DELETE /signs/{municipality}/{site}/{sign}/parts/{number}
    admin: sign.part-remove, before
POST /signs/{municipality}/{site}/{sign}/repairs
    admin: sign.repair, after
POST /signs/{municipality}/{site}/{sign}/notes
    admin: sign.note, after
POST /registrations/{municipality}/{site}/{sign}/revoke
    admin: registration.revoke, before, after
POST /bundles
    admin: bundle.make, after
POST /bundles/{bundle}/revoke
    admin: bundle.revoke, before, after
POST /signs/{municipality}/{site}/{sign}/photos
    admin: sign.photo-add, after
DELETE /signs/{municipality}/{site}/{sign}/photos/{number}
    admin: sign.photo-delete, before
POST /sign-files
    admin: sign.file, before, after
    admin: sign.state, before, after
POST /alarms/{number}/acknowledge
    admin: alarm.acknowledge, before, after
POST /alarms/{number}/comment
    admin: alarm.comment, before, after
POST /alarms/{number}/assign
    admin: alarm.assign, before, after
POST /alarms/{number}/suspend
    admin: alarm.suspend, before, after
POST /alarms/{number}/resume
    admin: alarm.resume, before, after
POST /alarms/steps
    admin: alarm.acknowledge, before, after
POST /relays
    admin: relay.add, after
PATCH /relays/{name}
    admin: relay.change, before, after
POST /relays/{name}/secret
    admin: relay.change, before, after
DELETE /relays/{name}
    admin: relay.remove, before
POST /contacts
    admin: contact.add, after
PUT /contacts/{number}
    admin: contact.change, before, after
DELETE /contacts/{number}
    admin: contact.remove, before
PUT /channels/{name}
    admin: channel.set, after
DELETE /channels/{name}
    admin: channel.remove, before
PUT /login-providers/{name}
    admin: login-provider.save, after
DELETE /login-providers/{name}
    admin: login-provider.remove, before
POST /artifacts
    admin: artifact.upload, after
POST /rollouts
    admin: rollout.add, after
POST /rollouts/{number}/start
    admin: rollout.start, before, after
POST /rollouts/{number}/pause
    admin: rollout.pause, before, after
POST /rollouts/{number}/resume
    admin: rollout.resume, before, after
POST /rollouts/{number}/abort
    admin: rollout.abort, before, after
POST /rollouts/{number}/roll-back
    admin: rollout.roll_back, before, after
POST /second-factor/confirm
    admin: second-factor.set, no more
POST /second-factor/codes
    admin: second-factor.recovery-code, no more
    admin: second-factor.codes, no more
POST /second-factor/remove
    admin: second-factor.recovery-code, no more
    admin: second-factor.remove, no more
POST /people
    admin: user.add, after
PUT /people/{user}/roles
    admin: user.grants, before, after
POST /people/{user}/lock
    admin: user.lock, no more
POST /people/{user}/unlock
    admin: user.unlock, no more
POST /people/{user}/password
    admin: user.password, after
POST /tokens
    admin: token.add, after
DELETE /tokens/{number}
    admin: token.revoke, after
DELETE /people/{user}/tokens/{number}
    admin: token.revoke, after
DELETE /people/{user}/second-factor
    admin: second-factor.remove, no more
DELETE /people/{user}/sessions
    admin: session.end-all, before, after
PUT /staff-rules
    admin: staff-rules.change, before, after
DELETE /people/{user}
    admin: user.remove, before
POST /approvals
    admin: pair.ask, after
POST /approvals/{number}/refuse
    admin: pair.refuse, before, after
POST /approvals/{number}/approve
    admin: pair.approve, before, after
    eva: rule.change, before, after
    the controller: pair.complete, before, after
POST /approvals/{number}/finish
    admin: pair.complete, before, after
POST /password
    admin: user.password, after
"""


def _lines() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    route = ""
    for line in TABLE.strip().splitlines():
        if line.startswith(" "):
            found[route] += (line.strip(),)
        else:
            route = line.replace(" ", f" {API}", 1)
            found[route] = ()
    return found


LINES = _lines()
