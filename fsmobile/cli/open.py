"""`fsmobile` or `fsmobile open`: the screens, one screen program for each home."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from fsmobile.cli.unlocking import is_unlocked, prepare, unlock
from fsmobile.cli.wiring import (
    copy_once,
    make_desk,
    notice_restore,
    open_laptop,
    read_settings,
    renew_store,
    sync_once,
)
from fsmobile.config import Settings, make_home
from fsmobile.errors import InvalidInput, StoreBusy
from fsmobile.store.database import is_alone
from fsmobile.store.key_header import load_header, make_header
from fsmobile.store.locks import try_lock
from fsmobile.texts.translation import _
from fsmobile.tui.app import FsmobileApp
from fsmobile.tui.lock import Gate
from fsmobile.tui.palette import Extra
from fsmobile.usecases.desk import Desk


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--schedules",
        type=Path,
        metavar=_("DOSSIER"),
        help=_("dossier de travail de la coordination (sinon celui de ce poste)"),
    )


def run(arguments: Namespace) -> int:
    """Open the screens on this laptop."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInput("no_terminal")
    settings = read_settings(arguments)
    make_home(settings)
    lock = try_lock(settings.screen_lock_path)
    if lock is None:
        raise StoreBusy("screen_already_open", home=str(settings.home))
    try:
        return show_screens(settings, arguments.schedules)
    finally:
        lock.release()


def show_screens(settings: Settings, planning_path: Path | None = None) -> int:
    """Run the screens until the person leaves."""
    workspace = os.environ.get("FSMOBILE_DEMO")
    extras: Sequence[Extra] = ()
    notice = ""
    if workspace:
        # Deferred: only the demo knows how to pull its own plug.
        from fsmobile.cli.demo_keys import demo_extras, demo_notice

        extras, notice = demo_extras(Path(workspace)), demo_notice()
    with ExitStack() as stack:

        def sit_down() -> Desk:
            desk = make_desk(settings)
            stack.callback(desk.replica.close)
            return desk

        gate = _make_gate(settings, sit_down)
        desk = sit_down() if gate is None or is_unlocked(settings) else None
        app = FsmobileApp(
            desk,
            lambda on_progress, why: sync_once(settings, on_progress, why),
            make_copy=lambda: copy_once(settings),
            open_beside=lambda desk: replace(desk, replica=open_laptop(settings)),
            gate=gate,
            extras=extras,
            notice=lambda desk: _full(desk) or _restored(settings, desk) or notice,
            ascii_only=settings.glyphes == "ascii",
            syncs_by_itself=settings.synchro == "auto",
            planning_path=planning_path or settings.planning_path,
            on_crash=lambda text: _write_log(settings.log_path, text),
        )
        app.run()
        if app.is_open:
            copy_once(settings)
    if app.trouble is not None:
        raise app.trouble
    return app.return_code or 0


def _full(desk: Desk) -> str:
    if is_alone(desk.replica.connection):
        return _(
            "Le disque est plein : la journée se lit, rien ne s'enregistre."
            " Libérez de la place, puis rouvrez fsmobile."
        )
    return ""


def _restored(settings: Settings, desk: Desk) -> str:
    if notice_restore(settings, desk.replica):
        return _("Ce portable a été restauré : il continue, rien n'est perdu. Synchronisez.")
    return ""


def _make_gate(settings: Settings, sit_down: Callable[[], Desk]) -> Gate | None:
    """Say how the screens are unlocked; None where the store is plain."""
    header = make_header(settings.header_path, settings.store_path)
    if not header.is_encrypted:
        return None

    def check(passphrase: str) -> None:
        # Read again: a passphrase may have been changed since.
        unlock(settings, load_header(settings.header_path), passphrase)

    return Gate(
        check=check,
        renew=lambda tell: renew_store(settings, lambda text, _is_done: tell(text)),
        open_desk=sit_down,
        prepare=prepare,
        idle_minutes=settings.verrouillage,
    )


def _write_log(path: Path, text: str) -> None:
    """Write a crash down; a disk that is full must not hide the crash itself."""
    with suppress(OSError), path.open("a", encoding="utf-8") as log:
        log.write(text + "\n")
