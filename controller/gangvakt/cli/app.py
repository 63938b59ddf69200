"""All commands, and how their errors reach people: one line, and an exit code that is not 0."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import Abort, Exit, TyperException

from gangvakt import __version__
from gangvakt.cli import (
    alarm,
    approval,
    audit,
    boards,
    broker,
    bundle,
    ca,
    command,
    config,
    dead_letters,
    doctor,
    enroll,
    erase,
    export,
    firmware,
    flash,
    forget,
    ground,
    image,
    label,
    login,
    logs,
    map,
    municipality,
    oidc,
    public,
    recordings,
    relay,
    rollout,
    second_factor,
    selftest,
    serve,
    shell,
    sign,
    site,
    token,
    user,
    walk,
)
from gangvakt.errors import GangvaktError

PROGRAM = "gangvakt"
INTERRUPTED = 130  # what shells give for Ctrl-C
NOBODY_ANSWERS = "nobody is there to answer: give --yes, or the option for it that --help names"

app = typer.Typer(
    name=PROGRAM,
    help="Watches and steers a fleet of pedestrian-warning signs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.command("enroll", epilog=enroll.EXAMPLES)(enroll.enroll)
app.command("enroll-simulator", epilog=enroll.SIMULATOR_EXAMPLES)(enroll.enroll_simulator)
app.command("image", epilog=image.EXAMPLES)(image.image)
app.command("flash", epilog=flash.FLASH_EXAMPLES)(flash.flash)
app.command("replace", epilog=flash.REPLACE_EXAMPLES)(flash.replace)
app.command("erase", epilog=erase.EXAMPLES)(erase.erase)
app.command("label", epilog=label.EXAMPLES)(label.label)
app.add_typer(boards.app, name="boards")
app.add_typer(broker.app, name="broker")
app.command("login", epilog=login.EXAMPLES)(login.login)
app.command("logout", epilog=login.LOGOUT_EXAMPLES)(login.logout)
app.command("sync", epilog=bundle.SYNC_EXAMPLES)(bundle.sync)
app.add_typer(map.app, name="map")
app.add_typer(municipality.app, name="municipality")
app.add_typer(site.app, name="site")
app.add_typer(sign.app, name="sign")
app.add_typer(bundle.app, name="bundle")
app.add_typer(alarm.app, name="alarm")
app.add_typer(public.app, name="public")
app.add_typer(config.app, name="config")
app.command("command", epilog=command.EXAMPLES)(command.command)
app.add_typer(dead_letters.app, name="dead-letters")
app.command("selftest", epilog=selftest.EXAMPLES)(selftest.selftest)
app.command("walk", epilog=walk.EXAMPLES)(walk.walk)
app.command("doctor", epilog=doctor.EXAMPLES)(doctor.doctor)
app.command("logs", epilog=logs.EXAMPLES)(logs.logs)
app.command("recordings", epilog=recordings.PORT_EXAMPLES)(recordings.recordings)
app.command("shell", epilog=shell.EXAMPLES)(shell.shell)
app.command("backup", epilog=ground.BACKUP_EXAMPLES)(ground.backup)
app.command("restore", epilog=ground.RESTORE_EXAMPLES)(ground.restore)
app.command("migrate", epilog=ground.MIGRATE_EXAMPLES)(ground.migrate)
app.command("export", epilog=export.EXAMPLES)(export.export)
app.add_typer(relay.app, name="relay")
app.add_typer(firmware.app, name="firmware")
app.add_typer(rollout.app, name="rollout")
app.add_typer(ca.app, name="ca")
user.app.command("forget", epilog=forget.FORGET_EXAMPLES)(forget.forget)
user.app.command("same", epilog=forget.SAME_EXAMPLES)(forget.same)
app.add_typer(user.app, name="user")
app.add_typer(token.app, name="token")
app.add_typer(second_factor.app, name="second-factor")
app.add_typer(oidc.app, name="oidc")
app.add_typer(audit.app, name="audit")
app.add_typer(approval.app, name="approval")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    try:
        code = app(args=list(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
    except GangvaktError as error:
        return _complain(str(error), 1)
    except TyperException as error:
        return _complain(error.format_message(), error.exit_code)
    except Exit as ended:
        return ended.exit_code
    except Abort as ended:
        return _aborted(ended)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _aborted(ended: Abort) -> int:
    """A question that met the end of its input, or Ctrl-C: Typer raises the same for both."""
    if not isinstance(ended.__context__, EOFError):
        return INTERRUPTED
    if ended.__cause__ is None:  # raised at the question itself, whose line stands open
        typer.echo(err=True)
    return _complain(NOBODY_ANSWERS, 1)


def _complain(text: str, code: int) -> int:
    line = " ".join(text.split())
    if line:
        typer.echo(f"{PROGRAM}: {line}", err=True)
    return code
