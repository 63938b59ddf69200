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
|   +-- Outdated          it was changed since it was read: what, expected, held, who, when
|   +-- LifeRefused       a sign's life does not allow the step: state, step, allowed
|   +-- BundleSpent       a bundle that is over, revoked or used up
+-- OrderFailed           a sign cannot be told anything now
|   +-- SignAway          it is not connected
|   +-- SignMute          it does not answer in time
|   +-- RecordingBroken   its recording did not arrive whole
+-- AuditError            the audit, or a second person
|   +-- AuditBroken       its chain does not hold: the first row that does not fit, and why
|   +-- AuditSealBroken   a line of its sealed heads: file, line, why
|   +-- UpdateUnseen      an update that only one person has seen shall go to signs: board, version
|   +-- PairRefused       what waits for a second person: number, what, why it cannot be
+-- AlarmError            what was asked of an alarm cannot be; nothing was changed
|   +-- AlarmMissing      there is no such alarm
|   +-- AlarmStepRefused  its state does not allow the step: state, step, allowed
|   +-- AlarmTaken        somebody was quicker: who, step, when
|   +-- AlarmsMoved       another number of alarms than whoever asked had counted
+-- RolloutError          what was asked of a rollout cannot be; nothing was changed
|   +-- RolloutMissing    there is no such rollout
|   +-- RolloutStepRefused  its state does not allow the step: state, step, allowed
|   +-- RolloutMoved      it concerns another number of signs than whoever asked had counted
+-- SteeringError         what shall be done to many signs cannot be; nothing was changed
|   +-- PlanStepRefused   a plan's state does not allow the step: plan, state, step, allowed
|   +-- StillUsed         a template that groups name: template, groups
|   +-- DryRunImpossible  recordings cannot be decided again here: why
|   +-- ReplayImpossible  a recording cannot be looked at: name, why
|   +-- TokenSpent        a confirmation that is too old, used, or another's
+-- ControllerFailed      the controller cannot be asked, or says no
|   +-- LoggedOut         nobody is logged in there
+-- UpdateKeysMissing     nothing signs updates yet
+-- StreetAway            the broker does not take what a simulated street is told
+-- TooManyReports        so many of a site are open that one more says nothing new
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

from gangvakt.errors.alarms import (
    AlarmError,
    AlarmMissing,
    AlarmRefused,
    AlarmsMoved,
    AlarmStepRefused,
    AlarmTaken,
    ExportRefused,
    LinkRefused,
    MessageRefused,
    RelayRefused,
    TooManyReports,
)
from gangvakt.errors.base import (
    GangvaktError,
    ImportRefused,
    NameRefused,
    PasswordRefused,
    Refusal,
    RowRefusal,
    SettingRefused,
    Unreadable,
)
from gangvakt.errors.boards import (
    BoardDeclined,
    BoardSilent,
    BoardTrouble,
    ConnectionLost,
    FilesDiffer,
    FlashWorn,
    KerbUnclear,
    LineNoisy,
    NeverOnline,
    OtherSign,
    PortMissing,
    PortRefused,
    PortUnusable,
    PowerWeak,
    SelfTestFailed,
    ServiceFailed,
    SignRefused,
    SignSilent,
    ToolFailed,
    WrongChip,
)
from gangvakt.errors.hosting import (
    BackupRefused,
    BrokerFailed,
    FolderUnusable,
    MosquittoMissing,
    NoDatabase,
    PortTaken,
    StoreBusy,
    StoreError,
    StoreOutdated,
    StoreTooNew,
    WouldOverwrite,
    WouldReplace,
)
from gangvakt.errors.orders import (
    DryRunImpossible,
    OrderFailed,
    PlanStepRefused,
    RecordingBroken,
    RecordingRefused,
    ReplayImpossible,
    RolloutError,
    RolloutMissing,
    RolloutMoved,
    RolloutRefused,
    RolloutStepRefused,
    SignAway,
    SignMute,
    SteeringError,
    StillUsed,
    StreetAway,
    TokenSpent,
)
from gangvakt.errors.people import (
    AuditBroken,
    AuditError,
    AuditSealBroken,
    FactorMissing,
    FactorSet,
    LastUser,
    LoginLocked,
    LoginRefused,
    PairRefused,
    ProviderFailed,
    ProviderMissing,
    RightMissing,
    TokenMissing,
    TooManyTokens,
    UnknownUser,
    UpdateUnseen,
    UserExists,
)
from gangvakt.errors.provision import (
    AuthorityExists,
    AuthorityMissing,
    AuthorityRefused,
    BoardError,
    BundleRefused,
    ImageError,
    ImageMissing,
    KeyLocked,
    KeysDamaged,
    LabelMissing,
    MapRefused,
    OverlapRunning,
    RequestRefused,
    UpdateKeysMissing,
    UpdateRefused,
)
from gangvakt.errors.registry import (
    BundleSpent,
    ControllerFailed,
    LifeRefused,
    LoggedOut,
    Missing,
    NobodySigns,
    NotPending,
    Outdated,
    RegistryError,
    RelayExists,
    SignExists,
    SiteExists,
)

__all__ = [
    "AlarmError",
    "AlarmMissing",
    "AlarmRefused",
    "AlarmStepRefused",
    "AlarmTaken",
    "AlarmsMoved",
    "AuditBroken",
    "AuditError",
    "AuditSealBroken",
    "AuthorityExists",
    "AuthorityMissing",
    "AuthorityRefused",
    "BackupRefused",
    "BoardDeclined",
    "BoardError",
    "BoardSilent",
    "BoardTrouble",
    "BrokerFailed",
    "BundleRefused",
    "BundleSpent",
    "ConnectionLost",
    "ControllerFailed",
    "DryRunImpossible",
    "ExportRefused",
    "FactorMissing",
    "FactorSet",
    "FilesDiffer",
    "FlashWorn",
    "FolderUnusable",
    "GangvaktError",
    "ImageError",
    "ImageMissing",
    "ImportRefused",
    "KerbUnclear",
    "KeyLocked",
    "KeysDamaged",
    "LabelMissing",
    "LastUser",
    "LifeRefused",
    "LineNoisy",
    "LinkRefused",
    "LoggedOut",
    "LoginLocked",
    "LoginRefused",
    "MapRefused",
    "MessageRefused",
    "Missing",
    "MosquittoMissing",
    "NameRefused",
    "NeverOnline",
    "NoDatabase",
    "NobodySigns",
    "NotPending",
    "OrderFailed",
    "OtherSign",
    "Outdated",
    "OverlapRunning",
    "PairRefused",
    "PasswordRefused",
    "PlanStepRefused",
    "PortMissing",
    "PortRefused",
    "PortTaken",
    "PortUnusable",
    "PowerWeak",
    "ProviderFailed",
    "ProviderMissing",
    "RecordingBroken",
    "RecordingRefused",
    "Refusal",
    "RegistryError",
    "RelayExists",
    "RelayRefused",
    "ReplayImpossible",
    "RequestRefused",
    "RightMissing",
    "RolloutError",
    "RolloutMissing",
    "RolloutMoved",
    "RolloutRefused",
    "RolloutStepRefused",
    "RowRefusal",
    "SelfTestFailed",
    "ServiceFailed",
    "SettingRefused",
    "SignAway",
    "SignExists",
    "SignMute",
    "SignRefused",
    "SignSilent",
    "SiteExists",
    "SteeringError",
    "StillUsed",
    "StoreBusy",
    "StoreError",
    "StoreOutdated",
    "StoreTooNew",
    "StreetAway",
    "TokenMissing",
    "TokenSpent",
    "TooManyReports",
    "TooManyTokens",
    "ToolFailed",
    "UnknownUser",
    "Unreadable",
    "UpdateKeysMissing",
    "UpdateRefused",
    "UpdateUnseen",
    "UserExists",
    "WouldOverwrite",
    "WouldReplace",
    "WrongChip",
]
