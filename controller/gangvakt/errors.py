"""What can go wrong in the controller.

GangvaktError
+-- Refusal               a value that is out of bounds: source, field, value, allowed
|   +-- BoardError        ... in a board file
|   +-- ImageError        ... in what shall go into a board's flash
|   +-- NameRefused       ... in a municipality, site or sign name
|   +-- SettingRefused    ... in a setting or an option
|   +-- PasswordRefused   ... in a new password
|   +-- Unreadable        ... in a message from a sign
|   +-- BundleRefused     ... in an enrolment bundle
|   +-- AuthorityRefused  ... in a certificate authority that was made elsewhere
|   +-- RequestRefused    ... in a certificate signing request
|   +-- UpdateRefused     ... in an update file, or in whom it is offered to
|   +-- RecordingRefused  ... in a flight recording, or a piece of one
|   +-- BackupRefused     ... in a backup
|   +-- ImportRefused     ... in a row of a file of crossings, with all that is wrong in the file
|   +-- MapRefused        ... in a map below the signs
|   +-- AlarmRefused      ... in a condition, or in what is asked for about alarms
|   +-- MessageRefused    ... in what shall go out to others
|   +-- RelayRefused      ... in a relay, a contact or a way to people
|   +-- LinkRefused       ... in a link that acknowledges alarms
|   +-- ExportRefused     ... in a sealed export
|   +-- RolloutRefused    ... in a rollout, its plan, or an artifact of it
+-- ImageMissing          the official MicroPython image is not here and cannot be fetched
+-- PortTaken             another program listens on the port
+-- FolderUnusable        the data folder cannot be made or written
+-- NoDatabase            no controller has ever worked in the data folder
+-- WouldOverwrite        a file is there already
+-- WouldReplace          a controller has worked where a backup shall go
+-- KeysDamaged           a key or certificate file cannot be read
+-- AuthorityExists       there is a certificate authority already
+-- OverlapRunning        the authority before this one is still needed
+-- AuthorityMissing      there is no certificate authority yet
+-- KeyLocked             the authority's key is encrypted, and its passphrase is not known
+-- StoreError            the database refuses
|   +-- StoreTooNew       it was written by a newer version of this program
|   +-- StoreOutdated     it was written by an older one, and is not to be changed now
|   +-- StoreBusy         a controller works on it
+-- BrokerFailed          the broker does not start, or cannot be reached
|   +-- MosquittoMissing  the program is not installed
+-- LoginRefused          wrong user or password
|   +-- LoginLocked       too many wrong ones: wait
+-- RightMissing          whoever asks may not: what, and who may
+-- FactorSet             a second factor counts already
+-- FactorMissing         there is no second factor
+-- TokenMissing          the user has no such token
+-- TooManyTokens         the user has too many tokens already
+-- ProviderMissing       there is no log-in provider of that name
+-- ProviderFailed        a log-in provider cannot be asked, or says what cannot be believed
+-- UnknownUser           no such member of staff
+-- UserExists            the member of staff is there already
+-- LastUser              nobody who administers all municipalities would be left
+-- ServiceFailed         what a technician asked of a sign at a serial port did not work
|   +-- PortUnusable      the port cannot be opened, or is gone
|   +-- SignSilent        nobody answers at the port
|   +-- SignRefused       the sign refuses: field, value, allowed
|   +-- KerbUnclear       the walk did not show where the kerb line ends
+-- RegistryError         the registry says no; nothing was changed
|   +-- Missing           there is no such site, sign or bundle
|   +-- SiteExists        the site is there already
|   +-- SignExists        the board is a sign already
|   +-- RelayExists       there is a relay of that name already
|   +-- NotPending        what shall be confirmed is not waiting for it
|   +-- Outdated          it was changed since it was read: what, expected, held
|   +-- LifeRefused       a sign's life does not allow the step: state, step, allowed
|   +-- BundleSpent       a bundle that is over, revoked or used up
+-- OrderFailed           a sign cannot be told anything now
|   +-- SignAway          it is not connected
|   +-- SignMute          it does not answer in time
|   +-- RecordingBroken   its recording did not arrive whole
+-- AuditError            the audit, or a second person
|   +-- AuditBroken       its chain does not hold: the first row that does not fit, and why
|   +-- AuditSealBroken   a line of its sealed heads: file, line, why
|   +-- PairRefused       what waits for a second person: number, what, why it cannot be
+-- AlarmError            what was asked of an alarm cannot be; nothing was changed
|   +-- AlarmMissing      there is no such alarm
|   +-- AlarmStepRefused  its state does not allow the step: state, step, allowed
|   +-- AlarmsMoved       another number of alarms than whoever asked had counted
+-- RolloutError          what was asked of a rollout cannot be; nothing was changed
|   +-- RolloutMissing    there is no such rollout
|   +-- RolloutStepRefused  its state does not allow the step: state, step, allowed
|   +-- RolloutMoved      it concerns another number of signs than whoever asked had counted
+-- SteeringError         what shall be done to many signs cannot be; nothing was changed
|   +-- PlanStepRefused   a plan's state does not allow the step: plan, state, step, allowed
|   +-- StillUsed         a template that groups name: template, groups
|   +-- DryRunImpossible  recordings cannot be decided again here: why
|   +-- TokenSpent        a confirmation that is too old, used, or another's
+-- ControllerFailed      the controller cannot be asked, or says no
|   +-- LoggedOut         nobody is logged in there
+-- UpdateKeysMissing     nothing signs updates yet
+-- NobodySigns           neither controller, data folder nor bundle
+-- LabelMissing          a label cannot be printed again: path
+-- PortMissing           no serial port to take, or several and none chosen: candidates
+-- BoardTrouble          a board at a port is not as it must be: port, what, advice
    +-- PortRefused       the port cannot be opened
    +-- BoardSilent       nothing answers there, or it stopped answering
    +-- WrongChip         another chip, or less flash, than the board file says
    +-- OtherSign         another sign than the one that was written answers there
    +-- LineNoisy         what arrives is garbled
    +-- ConnectionLost    the cable or the port went away in the middle
    +-- PowerWeak         the supply broke down while writing
    +-- FlashWorn         the flash holds something else than what was written
    +-- FilesDiffer       interpreter or files on the board are not those of the image
    +-- SelfTestFailed    the sign found fault with itself: rows
    +-- NeverOnline       the controller has not seen the sign in time
    +-- BoardDeclined     what it carries or is shall not be overwritten
    +-- ToolFailed        esptool or mpremote ended with words that are not known here
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class GangvaktError(Exception):
    """Base of all; the text is one line that says what to do."""


class Refusal(GangvaktError):
    """A value was refused: `source` (a file, form or message), `field`, `value`, and what is `allowed`."""

    def __init__(self, source: str, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{source}: {field} is {value!r}; allowed: {allowed}")
        self.source, self.field, self.value, self.allowed = source, field, value, allowed


class BoardError(Refusal):
    """A board file that does not fit."""


class ImageError(Refusal):
    """Contents that are damaged, not the pinned ones, or do not fit into a board's flash."""


class MapRefused(Refusal):
    """A map that is no GeoJSON, too large, or somewhere outside of the world."""


class MessageRefused(Refusal):
    """What shall go out and is too long, or nothing that JSON can say."""


class RelayRefused(Refusal):
    """A setting of a relay, a contact or a way to people; secrets are never carried."""


class LinkRefused(Refusal):
    """A link that is forged, too old, used up or called back."""


class ExportRefused(Refusal):
    """A sealed export that was changed, or what cannot be exported."""


class ImageMissing(GangvaktError):
    """The official image `file` is neither given nor cached nor fetched from `url`; `why` not."""

    def __init__(self, file: str, url: str | None, why: str) -> None:
        source = f"download {url} on a computer with a network and give" if url else "give"
        super().__init__(f"{file} is not here ({why}): {source} it with --image FILE")
        self.file, self.url, self.why = file, url, why


class NameRefused(Refusal):
    """A name that cannot stand in a topic, a certificate and a path alike."""


class SettingRefused(Refusal):
    """A setting or command line option out of bounds."""


class PasswordRefused(Refusal):
    """A new password that is too weak; the value is never carried."""


class Unreadable(Refusal):
    """A message that does not follow the wire contract."""


class AuthorityRefused(Refusal):
    """An authority's key or certificate that cannot serve here."""


class RequestRefused(Refusal):
    """A certificate signing request, or a certificate, that is not signed for or taken in."""


class UpdateRefused(Refusal):
    """An update that is damaged, not signed as it must be, or not for the sign it is offered to."""


class RecordingRefused(Refusal):
    """A flight recording, or a piece of one, that is damaged or out of order."""


class BackupRefused(Refusal):
    """A backup that is damaged, or of another format."""


class AlarmRefused(Refusal):
    """A condition, or what is asked for about alarms, that is out of bounds."""


@dataclass(frozen=True)
class RowRefusal:
    """What is wrong in one row: its `line` or number in the file, `field`, `value` and what is `allowed`."""

    line: int
    field: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} is {self.value!r}; allowed: {self.allowed}"


class ImportRefused(Refusal):
    """Of a file nothing was taken; `rows` is all that is wrong in it, of which this tells the first."""

    def __init__(self, source: str, rows: Sequence[RowRefusal]) -> None:
        first = rows[0]
        super().__init__(f"{source} line {first.line}", first.field, first.value, first.allowed)
        self.rows = tuple(rows)


class AlarmError(GangvaktError):
    """What was asked of alarm `alarm` cannot be; nothing was changed."""

    def __init__(self, alarm: int, text: str) -> None:
        super().__init__(text)
        self.alarm = alarm


class AlarmMissing(AlarmError):
    """There is no such alarm."""

    def __init__(self, alarm: int) -> None:
        super().__init__(alarm, f"there is no alarm {alarm}: `gangvakt alarm list` shows those that are open")


class AlarmStepRefused(AlarmError):
    """Its `state` does not allow `step`, but what is `allowed`."""

    def __init__(self, alarm: int, state: str, step: str, allowed: str) -> None:
        super().__init__(alarm, f"alarm {alarm}: step is {step!r}; allowed while it is {state}: {allowed}")
        self.state, self.step, self.allowed = state, step, allowed


class AlarmTaken(AlarmError):
    """`who` took `step` at UTC ms `at_ms`, which somebody who acts on what he saw before does not know."""

    def __init__(self, alarm: int, who: str, step: str, at_ms: int) -> None:
        then = "allowed: your step, once you have looked at it again"
        super().__init__(alarm, f"alarm {alarm}: {who} was quicker, with {step!r}; {then}")
        self.who, self.step, self.at_ms = who, step, at_ms


class AlarmsMoved(AlarmError):
    """`count` alarms fit what was asked for, not the `expected` ones that somebody confirmed."""

    def __init__(self, count: int, expected: int) -> None:
        super().__init__(0, f"count is {expected}; allowed: {count}, as many fit now: look at them again")
        self.count, self.expected = count, expected


class TooManyReports(GangvaktError):
    """Of `site` so `many` reports of faults are open that one more says nothing new."""

    def __init__(self, site: str, many: int) -> None:
        super().__init__(f"{site}: {many} reports are open already, and are being looked at; allowed: fewer")
        self.site, self.many = site, many


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


class UpdateKeysMissing(GangvaktError):
    """`folder` has no keys that sign updates."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no keys sign updates yet: make them with `gangvakt firmware keys init`")
        self.folder = folder


class PortTaken(GangvaktError):
    """Another program listens on `port`; `option` is the command line option that chooses another."""

    def __init__(self, port: int, option: str) -> None:
        super().__init__(
            f"port {port} is taken: choose another with {option} or stop the program that uses it"
        )
        self.port, self.option = port, option


class FolderUnusable(GangvaktError):
    """`folder` cannot be made or written, because of `cause`."""

    def __init__(self, folder: Path, cause: OSError) -> None:
        reason = cause.strerror or type(cause).__name__
        super().__init__(f"cannot write to {folder}: {reason}; choose another folder or change its rights")
        self.folder = folder


class NoDatabase(GangvaktError):
    """No controller has ever worked in `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: there is no database yet: name another folder, or start `gangvakt serve` on it"
        )
        self.folder = folder


class WouldOverwrite(GangvaktError):
    """`path` is there already and nobody asked to replace it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: use --force to replace it")
        self.path = path


class WouldReplace(GangvaktError):
    """The folder `data` or the database `store` holds a controller, and nobody asked to replace it."""

    def __init__(self, data: Path, store: str) -> None:
        super().__init__(
            f"{data} or {store} is not empty: --yes replaces both, and keeps the folder beside; "
            "`gangvakt backup` saves both before"
        )
        self.data, self.store = data, store


class KeysDamaged(GangvaktError):
    """A key or certificate in `path` cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is no readable key or certificate ({why}): restore it from a backup")
        self.path = path


class AuthorityExists(GangvaktError):
    """`folder` holds an authority, which signs what is known of the fleet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds a certificate authority already: `gangvakt ca renew` makes its successor"
        )
        self.folder = folder


class OverlapRunning(GangvaktError):
    """The authority before the present one is trusted until `ends`, a day; signs may still depend on it."""

    def __init__(self, ends: str) -> None:
        super().__init__(
            f"the authority before this one is trusted until {ends}, and signs that were away since the last "
            "renewal know no other: wait, or give them up with --force"
        )
        self.ends = ends


class AuthorityMissing(GangvaktError):
    """`folder` holds no authority."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no certificate authority: make one with `gangvakt ca init`; "
            "to try it out, `gangvakt serve` makes one without a passphrase"
        )
        self.folder = folder


class KeyLocked(GangvaktError):
    """The key in `path` is encrypted; `given`: a passphrase was tried, and it was not the right one."""

    def __init__(self, path: Path, *, given: bool) -> None:
        what = "does not open with the passphrase given" if given else "is encrypted"
        super().__init__(
            f"{path} {what}: give its passphrase in GANGVAKT_CA_PASSPHRASE or by --passphrase-file"
        )
        self.path, self.given = path, given


class StoreError(GangvaktError):
    """The database refused; nothing of the transaction was stored."""


class StoreTooNew(StoreError):
    """The database carries `revision`, which this version does not know."""

    def __init__(self, store: str, revision: str) -> None:
        super().__init__(
            f"{store} was written by a newer version of Gangvakt (revision {revision}): install that version"
        )
        self.store, self.revision = store, revision


class StoreOutdated(StoreError):
    """The database is at revision `at`, where `to` is needed."""

    def __init__(self, store: str, at: str | None, to: str) -> None:
        super().__init__(f"{store} is at revision {at}, not {to}: run `gangvakt migrate` first")
        self.store, self.at, self.to = store, at, to


class StoreBusy(StoreError):
    """A controller works on the database."""

    def __init__(self, store: str) -> None:
        super().__init__(f"{store} is in use: stop the controller first")
        self.store = store


class BrokerFailed(GangvaktError):
    """The MQTT broker did not start."""


class MosquittoMissing(BrokerFailed):
    """There is no program `mosquitto`."""

    def __init__(self) -> None:
        super().__init__(
            "mosquitto is not installed: `sudo apt install mosquitto` (Debian, Ubuntu; version 2 or later),"
            " or try with --broker embedded"
        )


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


class PortMissing(GangvaktError):
    """There is no serial port to take, or there are several `candidates` and none was chosen."""

    def __init__(self, text: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.candidates = tuple(candidates)


class ServiceFailed(GangvaktError):
    """What was asked of the sign at serial port `port` did not work."""

    def __init__(self, port: str, text: str) -> None:
        super().__init__(f"{port}: {text}")
        self.port = port


class PortUnusable(ServiceFailed):
    """The port cannot be opened, or went away, because of `why`; `text` where more is known of it."""

    def __init__(self, port: str, why: str, text: str | None = None) -> None:
        advice = "see that the cable is in, no other program uses it and you may use it (`gangvakt doctor`)"
        super().__init__(port, text or f"cannot be used ({why}): {advice}")
        self.why = why


class SignSilent(ServiceFailed):
    """No answer to `verb` within `waited_s`; `last` is the last line that was printed."""

    def __init__(self, port: str, verb: str, waited_s: float, last: str) -> None:
        heard = f"; it last printed {last[:120]!r}" if last else "; it printed nothing"
        advice = "is its app running? Restart the board, or flash it"
        super().__init__(port, f"no answer to {verb} within {waited_s:.0f} s{heard}: {advice}")
        self.verb, self.waited_s, self.last = verb, waited_s, last


class SignRefused(ServiceFailed):
    """The sign refuses `verb`: `field`, `value` and what is `allowed`."""

    def __init__(self, port: str, verb: str, field: str, value: object, allowed: str) -> None:
        super().__init__(port, f"{verb} refused: {field} is {value!r}; allowed: {allowed}")
        self.verb, self.field, self.value, self.allowed = verb, field, value, allowed


class KerbUnclear(ServiceFailed):
    """The walk did not show the kerb line, because of `why`."""

    def __init__(self, port: str, why: str) -> None:
        super().__init__(port, f"kerb line not learned: {why}; walk again, or type it in with --kerb")
        self.why = why


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


class BundleRefused(Refusal):
    """A bundle file that is damaged, of another kind, or locked with another passphrase."""


class RegistryError(GangvaktError):
    """The registry of sites and signs says no; nothing was changed."""


class Missing(RegistryError):
    """There is no `kind` called `name`."""

    def __init__(self, kind: str, name: str, remedy: str = "") -> None:
        super().__init__(f"there is no {kind} {name}" + (f": {remedy}" if remedy else ""))
        self.kind, self.name = kind, name


class SiteExists(RegistryError):
    """The `site` is there already."""

    def __init__(self, site: str) -> None:
        super().__init__(f"the site {site} is there already: change it with `gangvakt site set {site}`")
        self.site = site


class RelayExists(RegistryError):
    """There is a relay called `name` already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the relay {name} is there already: change it with `gangvakt relay set {name}`")
        self.name = name


class SignExists(RegistryError):
    """The board `mac` is the registered sign `sign` since the UTC time `since`; `replacing` it should have
    taken another sign's place.
    """

    def __init__(self, mac: str, sign: str, since: str, *, replacing: bool = False) -> None:
        advice = "--again gives it a new identity"
        if replacing:
            advice = f"take another board, or revoke that sign first with `gangvakt sign revoke {sign}`"
        super().__init__(f"the board {mac} is registered as {sign} since {since}: {advice}")
        self.mac, self.sign, self.since = mac, sign, since


class NotPending(RegistryError):
    """`sign` is not waiting to be confirmed with this certificate, because of `why`."""

    def __init__(self, sign: str, why: str) -> None:
        super().__init__(f"{sign} cannot be registered, {why}: flash the board again")
        self.sign, self.why = sign, why


class Outdated(RegistryError):
    """`what` is at version `held`, not at the `expected` one that whoever changes it has read."""

    def __init__(self, what: str, expected: int, held: int) -> None:
        super().__init__(
            f"{what}: version is {expected}; allowed: {held}, somebody changed it: read it again"
        )
        self.what, self.expected, self.held = what, expected, held


class LifeRefused(RegistryError):
    """`sign` is in `state`, which `step` may not follow."""

    def __init__(self, sign: str, state: str, step: str, allowed: str) -> None:
        super().__init__(f"{sign}: state is {step!r}; allowed after {state}: {allowed}")
        self.sign, self.state, self.step, self.allowed = sign, state, step, allowed


class BundleSpent(RegistryError):
    """Nothing more is signed by `bundle`, because of `why`."""

    def __init__(self, bundle: str, why: str) -> None:
        super().__init__(f"bundle {bundle} signs no more, {why}: make another with `gangvakt bundle make`")
        self.bundle, self.why = bundle, why


class ControllerFailed(GangvaktError):
    """The controller at `url` did not do what it was asked for; `may_be_done` when its answer is missing.

    `rows` are those of a file that it refuses.
    """

    def __init__(
        self, url: str, text: str, *, may_be_done: bool = False, rows: Sequence[RowRefusal] = ()
    ) -> None:
        super().__init__(text)
        self.url, self.may_be_done, self.rows = url, may_be_done, tuple(rows)

    @classmethod
    def unreachable(cls, url: str, why: str, *, a_bundle_would_do: bool) -> ControllerFailed:
        advice = "check the network, or use --bundle" if a_bundle_would_do else "check the network"
        return cls(url, f"cannot reach the controller at {url} ({why}): {advice}", may_be_done=True)


class LoggedOut(ControllerFailed):
    """Nobody is logged in at the controller, or no longer."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"not logged in at {url}: run `gangvakt login {url}`")


class NobodySigns(GangvaktError):
    """Neither a controller, nor a data folder, nor a bundle was named."""

    def __init__(self) -> None:
        super().__init__("nobody to ask: run `gangvakt login URL`, or name --data FOLDER or --bundle FILE")


class LabelMissing(GangvaktError):
    """`path` holds no facts of a label."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not tell what stood on the label: name the folder with --label-dir")
        self.path = path


class BoardTrouble(GangvaktError):
    """A board at `port` is not as it must be: `what` happened, and the `advice` that goes with it."""

    def __init__(self, port: str, what: str, advice: str) -> None:
        super().__init__(f"{port}: {what}: {advice}")
        self.port, self.what, self.advice = port, what, advice


class PortRefused(BoardTrouble):
    """The port cannot be opened: busy, gone or forbidden."""


class BoardSilent(BoardTrouble):
    """Nothing answers at the port, or it stopped answering."""


class WrongChip(BoardTrouble):
    """Another chip, or less flash, than the board file says."""


class OtherSign(BoardTrouble):
    """Another sign than the one that was written answers at the port."""


class LineNoisy(BoardTrouble):
    """What arrives from the board is garbled."""


class ConnectionLost(BoardTrouble):
    """The cable or the port went away in the middle."""


class PowerWeak(BoardTrouble):
    """The board's supply broke down while it was written."""


class FlashWorn(BoardTrouble):
    """The flash holds something else than what was written."""


class FilesDiffer(BoardTrouble):
    """Interpreter or files on the board are not those that were written."""


class SelfTestFailed(BoardTrouble):
    """The sign found fault with itself; `rows` names what."""

    def __init__(self, port: str, rows: Sequence[str]) -> None:
        super().__init__(
            port,
            f"the self-test found {', '.join(rows)}",
            "mend that and run the command again",
        )
        self.rows = tuple(rows)


class NeverOnline(BoardTrouble):
    """The controller has not seen the sign in time."""


class BoardDeclined(BoardTrouble):
    """The board carries something, or is a sign, that shall not be overwritten."""


class ToolFailed(BoardTrouble):
    """A tool ended in a way that is not known here; `what` is its last word."""


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
