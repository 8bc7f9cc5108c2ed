"""`fsmobile catalogue [MOTS]`: the procedures, found as in the entry form."""

from argparse import ArgumentParser, Namespace
from typing import Any

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import make_clock, read_settings
from fsmobile.core.catalogue import Catalogue, Procedure
from fsmobile.core.catalogue_search import build_index, rank_procedures
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words and the format."""
    parser.add_argument(
        "words", metavar=_("MOT"), nargs="*", help=_("mots ou débuts de mots ; sinon tout")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """List what the words find, the best first; everything without a word."""
    catalogue = load_catalogue()
    now_ms = make_clock(read_settings(arguments)).now_ms()
    index = build_index(catalogue, local_time(now_ms, DEFAULT_TIMEZONE).date())
    query = " ".join(arguments.words)
    found = [entry.procedure for entry in index.entries]
    if query.strip():
        found = rank_procedures(index, query)
    if arguments.format == "json":
        say_json([_as_json(one) for one in found])
    elif found:
        say_table(
            (_("Code"), _("N°"), _("Démarche"), _("Opérateur"), _("Aide"), "min"),
            [_as_cells(catalogue, one) for one in found],
        )
    else:
        say(_("Aucune démarche ne répond à « {query} ».").format(query=query))
    return 0


def _as_json(procedure: Procedure) -> dict[str, Any]:
    return {
        "code": procedure.procedure_id,
        "number": procedure.number,
        "label": procedure.label,
        "operator": procedure.operator,
        "help": procedure.help.value,
        "minutes": procedure.minutes,
    }


def _as_cells(catalogue: Catalogue, procedure: Procedure) -> tuple[str, ...]:
    operator = None if procedure.operator is None else catalogue.operators.get(procedure.operator)
    return (
        procedure.procedure_id,
        str(procedure.number),
        procedure.label,
        "" if operator is None else operator.short_name,
        label(procedure.help),
        str(procedure.minutes),
    )
