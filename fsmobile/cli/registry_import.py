"""`fsmobile registry import FILE`: takes in a stick and writes the answer beside it."""

from argparse import Namespace
from pathlib import Path

from fsmobile.cli.output import say
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.errors import NotFound
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.sticks import import_stick
from fsmobile.store.files import write_durably
from fsmobile.texts.translation import _, n_

SUFFIX = ".fsack"


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Take a stick in; doing it twice changes nothing more."""
    path: Path = arguments.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound("file", str(path)) from error
    imported = import_stick(site.open(), data, load_wire_dictionary())
    answer = path.with_suffix(SUFFIX)
    write_durably(answer, imported.answer)
    say(
        n_(
            "{name} ({unit}) : {n} acte nouveau.",
            "{name} ({unit}) : {n} actes nouveaux.",
            imported.applied,
        ).format(name=imported.device.name, unit=imported.device.unit, n=imported.applied)
    )
    say(_("Réponse écrite : {path}. Sur le portable :").format(path=answer))
    say(f"  fsmobile bundle import {answer.name}")
    if imported.refused:
        say(_("À régler sur le portable : {names}").format(names=", ".join(imported.refused)))
    return 0
