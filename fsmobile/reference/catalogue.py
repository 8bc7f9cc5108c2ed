"""The bundled catalogue: operators and counter labels."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from fsmobile.core.catalogue import Catalogue, Operator, Procedure, Theme
from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visits import HelpKind
from fsmobile.reference.resources import read_text


@cache
def load_catalogue() -> Catalogue:
    """Read operators and procedures, in the order of the file."""
    content = json.loads(read_text("catalogue.json"))
    operators = map(_read_operator, content["operateurs"])
    procedures = map(_read_procedure, content["demarches"])
    return Catalogue(
        operators={operator.operator_id: operator for operator in operators},
        procedures={procedure.procedure_id: procedure for procedure in procedures},
    )


def _read_operator(entry: Mapping[str, Any]) -> Operator:
    return Operator(
        operator_id=OperatorId(entry["code"]),
        name=entry["nom"],
        short_name=entry["sigle"],
        share=entry.get("part", 0.0),
        former_names=tuple(entry.get("anciens_noms", ())),
        nicknames=tuple(entry.get("surnoms", ())),
        valid_from=_read_date(entry.get("depuis")),
        valid_until=_read_date(entry.get("jusqu_au")),
        is_inferred=entry.get("deduit", False),
    )


def _read_procedure(entry: Mapping[str, Any]) -> Procedure:
    return Procedure(
        procedure_id=ProcedureId(entry["code"]),
        label=entry["libelle"],
        number=entry["numero"],
        operator=OperatorId(entry["operateur"]) if "operateur" in entry else None,
        theme=Theme(entry["theme"]) if "theme" in entry else None,
        help=HelpKind(entry["aide"]),
        minutes=entry["minutes"],
        synonyms=tuple(entry.get("synonymes", ())),
        official=tuple(entry.get("officiel", ())),
        weight=entry["poids"],
        valid_from=_read_date(entry.get("depuis")),
        valid_until=_read_date(entry.get("jusqu_au")),
    )


def _read_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
