"""Files that a command writes: where the person says, whole, or nothing."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from fsmobile.cli.output import complain
from fsmobile.store.files import write_durably
from fsmobile.texts.translation import _


def add_output(parser: ArgumentParser) -> None:
    """Let a command say where its file goes."""
    parser.add_argument(
        "--output",
        type=Path,
        metavar=_("FICHIER"),
        help=_("écrit dans ce fichier (sinon sur la sortie)"),
    )


def give_file(data: bytes, path: Path | None) -> None:
    """Write a file, or give its bytes to who reads the output.

    Raises:
        NotFound: the folder is not there.
        StoreFull: no room; what was there before is still there.
    """
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_durably(path, data)
    complain(_("Écrit et relu : {path}. Ce fichier n'est pas chiffré.").format(path=path))
