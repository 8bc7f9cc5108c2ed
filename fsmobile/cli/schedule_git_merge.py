"""`fsmobile schedule git-merge`: what git runs to merge one file of a schedule."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.output import complain
from fsmobile.cli.wiring import read_settings
from fsmobile.formats.toml_editing import format_toml_value
from fsmobile.protocol.merge import Conflict
from fsmobile.store.files import write_durably
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.git_merging import merge_texts

IN_CONFLICT = 1
"""What git takes for a conflict."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what git gives: `%O %A %B %P`."""
    parser.add_argument("base", type=Path, metavar=_("BASE"))
    parser.add_argument("mine", type=Path, metavar=_("ICI"), help=_("reçoit le résultat"))
    parser.add_argument("theirs", type=Path, metavar=_("AILLEURS"))
    parser.add_argument("path", metavar=_("CHEMIN"), help=_("nom du fichier dans le dépôt"))


def run(arguments: Namespace) -> int:
    """Merge into the file that git gives as ours; 1 when somebody must choose."""
    read_settings(arguments)
    try:
        base, mine, theirs = (
            file.read_bytes().decode()
            for file in (arguments.base, arguments.mine, arguments.theirs)
        )
    except UnicodeDecodeError:
        complain(_("{path} : l'un des deux fichiers n'est pas en UTF-8 ; rien n'a été réuni.")
                 .format(path=arguments.path))  # fmt: skip
        return IN_CONFLICT
    merged = merge_texts(arguments.path, base, mine, theirs, names=(_("ici"), _("ailleurs")))
    write_durably(arguments.mine, merged.text.encode())
    for conflict in merged.conflicts:
        complain(describe_choice(conflict))
    if merged.conflicts:
        complain(
            n_(
                "{path} : {n} choix à faire entre les marques <<<<<<< et >>>>>>>, puis git add.",
                "{path} : {n} choix à faire entre les marques <<<<<<< et >>>>>>>, puis git add.",
                len(merged.conflicts),
            ).format(path=arguments.path, n=len(merged.conflicts))
        )
    return IN_CONFLICT if merged.conflicts else 0


def describe_choice(conflict: Conflict) -> str:
    """Say what each side made of one key."""
    key = conflict.key or _("le fichier entier")
    return _("{path}, {key} : {mine} ici, {theirs} ailleurs (avant : {base})").format(
        path=conflict.file,
        key=key,
        mine=_shown(conflict.mine),
        theirs=_shown(conflict.theirs),
        base=_shown(conflict.base),
    )


def _shown(value: object) -> str:
    if value is None:
        return _("supprimé ou absent")
    if isinstance(value, dict) or (isinstance(value, str) and "\n" in value):
        return _("modifié")
    return format_toml_value(value)
