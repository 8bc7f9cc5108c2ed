"""`fsmobile schedule show REV [FILE]`: one revision, or one of its files."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json, say_text
from fsmobile.cli.schedule_log import as_json, describe_revision
from fsmobile.cli.wiring import working_desk
from fsmobile.errors import NotFound
from fsmobile.texts.translation import _
from fsmobile.usecases.schedule_history import load_revision


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the revision, the file and the format."""
    parser.add_argument("revision", type=int, metavar=_("RÉVISION"))
    parser.add_argument("file", nargs="?", metavar=_("FICHIER"))
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Show a revision and its files, or the text of one file."""
    with working_desk(arguments) as desk:
        line, files = load_revision(desk, arguments.revision)
        names = desk.names
    if arguments.file is not None:
        text = files.get(arguments.file)
        if text is None:
            raise NotFound("file", arguments.file)
        if arguments.format == "json":
            say_json({"revision": line.revision, "path": arguments.file, "text": text})
        else:
            say_text(text.removesuffix("\n"))
        return 0
    if arguments.format == "json":
        say_json(as_json(line) | {"files": sorted(files)})
        return 0
    for told in describe_revision(line, names):
        say(told)
    say(_("Fichiers :"))
    for path in sorted(files):
        say(f"    {path}")
    return 0
