"""`fsmobile demo`: a real registry, a real laptop, a day of the Charente bus, in a moment.

Everything is in a temporary folder. The registry is a process of its own; « no network »
means that it is not running. `--headless` lives the day without a terminal.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from fsmobile.cli.arguments import iso_date
from fsmobile.cli.demo_keys import NETWORK_MARK
from fsmobile.cli.demo_world import DemoWorld, build_world
from fsmobile.cli.output import say
from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _

POLL_SECONDS = 0.2
RESET_TERMINAL = (
    "\x1b[?1049l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1000l\x1b[?2004l\x1b[<u\x1b[?25h"
)
"""Leaves the alternate screen, the mouse and paste modes that a killed program left on."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the day and the headless mode."""
    parser.add_argument("--date", type=iso_date, help=_("jour de la démonstration"))
    parser.add_argument(
        "--headless", action="store_true", help=_("toute une journée, sans terminal")
    )
    parser.add_argument("--keep", type=Path, metavar=_("DOSSIER"), help=_("garde tout dans…"))


def run(arguments: Namespace) -> int:
    """Run the demo in a folder that goes with it, or in the one to keep."""
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        return _run_in(arguments.keep.resolve(), arguments)
    with tempfile.TemporaryDirectory(prefix="fsmobile-demo-", ignore_cleanup_errors=True) as folder:
        return _run_in(Path(folder), arguments)


def _run_in(workspace: Path, arguments: Namespace) -> int:
    say(_("Préparation : un registre, le planning de la Charente, un portable…"))
    world = build_world(workspace, arguments.date, has_past=not arguments.headless)
    try:
        say(_("La démonstration se passe le {day}.").format(day=format_day(world.day)))
        if arguments.headless:
            # Deferred: the day without a terminal is a story of its own.
            from fsmobile.cli.demo_day import live_a_day

            return live_a_day(world)
        return _show(world)
    finally:
        world.registry.stop()


def _show(world: DemoWorld) -> int:
    """Show the screens, again after each pulled plug, then sync and count."""
    world.registry.stop()
    while True:
        code = _run_screens(world)
        if code not in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
            break
        sys.stdout.write(RESET_TERMINAL)
        say(_("Prise arrachée (kill -9). Le portable redémarre…"))
        time.sleep(1)
    if code != 0:
        return code
    world.registry.start()
    say(_("De retour à la base : le portable envoie ce qu'il a."))
    synced = subprocess.run(world.command("sync"), env=world.environment, check=False)
    say(_("Ce que tient le registre :"))
    subprocess.run(world.registry_command("status"), env=world.environment, check=False)
    return synced.returncode


def _run_screens(world: DemoWorld) -> int:
    """Run the screens in a process of their own; the registry follows the network's switch."""
    restore_terminal = _remember_terminal()
    screens = subprocess.Popen(
        world.command("open"), env=world.environment | {"FSMOBILE_DEMO": str(world.workspace)}
    )
    # Ctrl+C belongs to the screens; the demo only waits for them.
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while screens.poll() is None:
            world.registry.follow(wanted=(world.workspace / NETWORK_MARK).exists())
            time.sleep(POLL_SECONDS)
    finally:
        signal.signal(signal.SIGINT, previous)
        restore_terminal()
    return screens.returncode


def _remember_terminal() -> Callable[[], None]:
    """Return what puts the terminal back as it is now, whatever a killed program leaves."""
    try:
        # Deferred and optional: Windows has no termios, and needs none here.
        import termios
    except ImportError:
        return lambda: None
    terminal = sys.stdin.fileno()
    if not os.isatty(terminal):
        return lambda: None
    state = termios.tcgetattr(terminal)
    return lambda: termios.tcsetattr(terminal, termios.TCSANOW, state)
