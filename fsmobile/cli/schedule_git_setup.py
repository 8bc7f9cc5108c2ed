"""`fsmobile schedule git-setup`: git merges the files of a schedule key by key."""

import shlex
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import add_schedule_folder
from fsmobile.cli.output import say
from fsmobile.cli.wiring import read_settings
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.store.files import write_durably
from fsmobile.texts.translation import _

DRIVER = "tournees"
ATTRIBUTES = f"*.toml merge={DRIVER}"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder."""
    add_schedule_folder(parser)


def run(arguments: Namespace) -> int:
    """Install the merge driver in the repository, and what names it in the folder."""
    read_settings(arguments)
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise NotFound("folder", str(folder))
    _git(folder, "rev-parse", "--show-toplevel")
    program = f"{shlex.quote(Path(sys.executable).as_posix())} -m fsmobile"
    _git(folder, "config", f"merge.{DRIVER}.name", "fsmobile : réunion des plannings, clé par clé")
    _git(folder, "config", f"merge.{DRIVER}.driver", f"{program} schedule git-merge %O %A %B %P")
    attributes = folder / ".gitattributes"
    if _add_line(attributes):
        say(_("Écrit : {path}, à ajouter au dépôt (git add).").format(path=attributes))
    _install_check(folder, program)
    say(
        _(
            "git réunit maintenant ces fichiers clé par clé. Chaque copie du dépôt a besoin de"
            " cette commande une fois."
        )
    )
    return 0


def _add_line(attributes: Path) -> bool:
    """Add our line to the attributes, whatever else they say; tell whether it was not there."""
    text = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    if ATTRIBUTES in text.splitlines():
        return False
    before = text if not text or text.endswith("\n") else f"{text}\n"
    write_durably(attributes, f"{before}{ATTRIBUTES}\n".encode())
    return True


def _install_check(folder: Path, program: str) -> None:
    """Check after each merge: two clean edits can still put one bus in two villages."""
    top = Path(_git(folder, "rev-parse", "--show-toplevel"))
    hook = top / _git(top, "rev-parse", "--git-path", "hooks/post-merge")
    command = f"{program} schedule check {shlex.quote(folder.resolve().as_posix())}"
    if hook.exists():
        if command not in hook.read_text(encoding="utf-8", errors="replace"):
            say(
                _("{path} existe déjà : ajoutez-y « {command} ».").format(
                    path=hook, command=command
                )
            )
        return
    hook.parent.mkdir(parents=True, exist_ok=True)
    write_durably(hook, f"#!/bin/sh\n{command}\n".encode(), mode=0o777)
    say(_("Après chaque réunion, le planning est contrôlé (crochet post-merge)."))


def _git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says.

    Raises:
        NotFound: there is no git here.
        InvalidInput: the folder is in no repository, or git refuses.
    """
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise NotFound("git", "git") from error
    if done.returncode:
        raise InvalidInput("git_refuses", path=str(folder), detail=done.stderr.strip())
    return done.stdout.strip()
