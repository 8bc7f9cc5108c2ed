"""Writes the pages of docs/ that are made from the program: `python -m tools.pages`.

Keys, errors and rules are said once, in the code; a test compares the pages with what this
writes, so that a guide never tells of a key that is gone.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from fsmobile import errors
from fsmobile.cli.exit_codes import exit_code_of
from fsmobile.core.personal_data import TABLE
from fsmobile.core.reports import ENQUIRY_DIMENSIONS
from fsmobile.protocol.scopes import Role
from fsmobile.registry.fleet.rights import RIGHTS, Right
from fsmobile.registry.op_rights import PLACES_OF_KIND
from fsmobile.texts.definitions import (
    COOP_COLUMNS,
    DIMENSIONS,
    FIGURES,
    PASSAGE_COLUMNS,
    VISIT_COLUMNS,
    general_definitions,
)
from fsmobile.texts.filling import fill
from fsmobile.texts.personal_data_words import say_erased, say_seen, say_term, say_why
from fsmobile.texts.schedule_problems import SCHEDULE_SENTENCES
from fsmobile.texts.schedule_remedies import explain_remedy
from fsmobile.texts.sentences import class_sentence
from fsmobile.tui.bindings import COMMANDS, Command, Where
from fsmobile.tui.views.frame import show_key_name
from fsmobile.validation.rules import RULES

DOCS = Path(__file__).parents[1] / "docs"

_PLACES: Mapping[Where, str] = {
    Where.EVERYWHERE: "Partout, hors d'un champ de texte",
    Where.TOUR: "Tournée",
    Where.VISIT: "Une visite ouverte",
    Where.FOLLOW_UPS: "Suites",
    Where.LOGBOOK: "Le carnet de bord (c)",
    Where.SEARCH: "Recherche",
    Where.SYNC: "Synchro",
    Where.REPORT: "Bilans",
    Where.CHECK: "Le contrôle du matin et celui du soir",
    Where.PICK: "Saisie : choisir dans une liste",
    Where.FACTS: "Saisie : la visite",
    Where.NOTE: "Saisie : la note",
    Where.PLANNING: "Planning (coordination)",
    Where.PROMPT: "Planning : une ligne à écrire",
    Where.REVIEW: "Planning : relire avant de publier",
    Where.COMMUNES: "Planning : les communes à prévenir",
    Where.HELP: "Aide",
}


def format_keys() -> str:
    """Return the page of the keys, one table for each place."""
    return "\n".join(_key_lines()) + "\n"


def _key_lines() -> Iterator[str]:
    yield "# Les touches\n"
    yield "Cette page est faite par `python -m tools.pages` ; elle dit les touches du programme."
    yield "Un chiffre se tape aussi sans majuscule sur un clavier français (`&` pour `1`)."
    for where, title in _PLACES.items():
        yield f"\n## {title}\n\n| Touche | Ce qu'elle fait |\n|---|---|"
        for command in COMMANDS:
            if command.where is where:
                yield f"| {_keys_of(command)} | {command.help} |"


def _keys_of(command: Command) -> str:
    return " ".join(f"`{show_key_name(key)}`" for key in command.keys)


def format_errors() -> str:
    """Return the page of the errors, in the order of the tree."""
    return "\n".join(_error_lines()) + "\n"


def _error_lines() -> Iterator[str]:
    yield "# Quand quelque chose ne va pas\n"
    yield "Un message de fsmobile dit ce qui s'est passé, puis quoi faire. **Ce qui est"
    yield "enregistré n'est pas perdu**, même sans réseau, même si l'envoi échoue : continuez à"
    yield "travailler, et synchronisez plus tard. Si le message demande d'appeler le support,"
    yield "lisez-le-lui tel quel ; n'effacez et ne réinstallez rien avant. `fsmobile doctor`"
    yield "regarde ce qui peut aller mal sur le poste et le dit, une ligne pour chaque chose.\n"
    yield "Le tableau est pour les scripts et le support : chaque sorte d'erreur, avec son nom.\n"
    yield "Cette page est faite par `python -m tools.pages`. Six familles, six réactions ; le"
    yield "code de sortie est celui des commandes. Un usage faux d'une commande sort avec 64.\n"
    yield "| Erreur | Ce qui s'est passé | Que faire | Sortie |\n|---|---|---|--:|"
    for kind in _tree(errors.FsmobileError):
        what, next_step = (fill(text, _AN_EXAMPLE) for text in class_sentence(kind))
        yield f"| `{kind.__name__}` | {what} | {next_step} | {_exit_of(kind)} |"


_AN_EXAMPLE: Mapping[str, errors.Param] = {"kind": None, "id": None, "code": None}


def _exit_of(kind: type[errors.FsmobileError]) -> str:
    if kind is errors.FsmobileError:
        return ""
    error = errors.NotFound("", "") if kind is errors.NotFound else kind("")
    return str(exit_code_of(error))


def _tree(kind: type[errors.FsmobileError]) -> Iterator[type[errors.FsmobileError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def format_rules() -> str:
    """Return the page of the faults that a schedule may have."""
    return "\n".join(_rule_lines()) + "\n"


def _rule_lines() -> Iterator[str]:
    yield "# Les fautes d'un planning\n"
    yield "Cette page est faite par `python -m tools.pages`. `fsmobile schedule check` les dit"
    yield "toutes à la fois, avec le fichier, la ligne et, si possible, le mot le plus proche."
    yield "Seule une faute d'écriture du TOML (guillemet ou crochet oublié) cache les suivantes"
    yield "du même fichier, jusqu'à ce qu'elle soit corrigée ; une date impossible ne cache rien."
    yield "ERROR empêche de publier ; WARNING est à vérifier ; INFO est bon à savoir.\n"
    yield "| Code | Gravité | Ce qu'il dit | Que faire |\n|---|---|---|---|"
    severities = {rule.code: str(rule.severity) for rule in RULES}
    for code, sentence in SCHEDULE_SENTENCES.items():
        gravity = severities.get(code, "à la lecture")
        yield f"| `{code}` | {gravity} | {fill(sentence, {})} | {explain_remedy(code)} |"


def format_definitions() -> str:
    """Return the page of what the figures of a report count."""
    return "\n".join(_definition_lines()) + "\n"


def _definition_lines() -> Iterator[str]:
    yield "# Ce que comptent les bilans\n"
    yield "Cette page est faite par `python -m tools.pages`, à partir des textes que portent aussi"
    yield "les exports. Ce qui compte est dans `fsmobile/core/reports.py` (visites) et"
    yield "`fsmobile/core/passage_reports.py` (passages)."
    for text in general_definitions():
        yield f"\n- {text}"
    yield "\n## Les chiffres\n\n| Code | Nom | Ce qui est compté |\n|---|---|---|"
    for code, (name, meaning) in FIGURES.items():
        yield f"| `{code}` | {name} | {meaning} |"
    yield "\n## Les ventilations\n\n| Code (`--by`) | Nom | Ses lignes | Compte |"
    yield "|---|---|---|---|"
    for dimension, (name, meaning) in DIMENSIONS.items():
        counts = "demandes" if dimension in ENQUIRY_DIMENSIONS else "visites, personnes, demandes"
        yield f"| `{dimension.value}` | {name} | {meaning} | {counts} |"
    yield "\n## Les visites, ligne à ligne\n"
    yield "Colonnes de `fsmobile export`, et de `fsmobile import` qui les relit ; seules"
    yield "`date` et `demarche` sont obligatoires.\n"
    yield "| Colonne | Ce qu'elle dit |\n|---|---|"
    for column, meaning in VISIT_COLUMNS.items():
        yield f"| `{column.value}` | {meaning} |"
    yield "\n## Les passages, ligne à ligne\n"
    yield "Colonnes de `fsmobile export --passages`, et de `fsmobile import` qui les relit ; seules"
    yield "`passage` et `etat` sont obligatoires.\n"
    yield "| Colonne | Ce qu'elle dit |\n|---|---|"
    for passage_column, meaning in PASSAGE_COLUMNS.items():
        yield f"| `{passage_column.value}` | {meaning} |"
    yield "\n## Les activités de la Coop de la médiation numérique\n"
    yield "Colonnes de `fsmobile export --coop`, dans l'ordre de la feuille « Activités » de la"
    yield "Coop (2025). `fsmobile import` lit cette feuille, enregistrée en CSV, et ses formes"
    yield "d'avant : « Durée » en toutes lettres, « La démarche est-elle finalisée ? ». Il ne lit"
    yield "ni les noms, ni les notes, ni le genre, ni le statut ; un atelier y devient une visite"
    yield "de plusieurs personnes, et une case dont les lignes se contredisent est laissée vide."
    yield "Seuls la date, la durée et les thématiques sont obligatoires.\n"
    yield "| Colonne | D'où vient ce qui y est écrit |\n|---|---|"
    for coop_column, meaning in COOP_COLUMNS.items():
        yield f"| {coop_column.value} | {meaning} |"


_PRIVACY_MARKS = ("<!-- table : python -m tools.pages -->\n", "<!-- fin de la table -->\n")


def format_privacy() -> str:
    """Return the page on privacy: its prose as it is, its table from the program."""
    return _with_table("confidentialite.md", _PRIVACY_MARKS, _privacy_lines())


def _with_table(name: str, marks: tuple[str, str], lines: Iterator[str]) -> str:
    """Return a page whose prose is written by hand, and whose table is not."""
    begin, end = marks
    head, _old, rest = (DOCS / name).read_text(encoding="utf-8").partition(begin)
    return head + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]


def _privacy_lines() -> Iterator[str]:
    yield (
        "| Enregistrement | Champs | Pourquoi | Combien de temps"
        " | Qui le lit | Effacé | Précautions |"
    )
    yield "|---|---|---|---|---|---|---|"
    for one in TABLE:
        fields = ", ".join(f"`{name}`" for name in one.fields)
        cares = []
        if one.is_free_text:
            cares.append("texte libre contrôlé")
        if one.columns or one.dimensions:
            cares.append("hors des exports, ou masqué sous 5")
        elif one.tells_of_person:
            cares.append("dans aucun export")
        cells = (say_why(one), say_term(one), say_seen(one), say_erased(one), "; ".join(cares))
        yield f"| `{one.record}` | {fields} | {' | '.join(cells)} |"


_RIGHTS_MARKS = ("<!-- rights : python -m tools.pages -->\n", "<!-- end of the rights -->\n")


def format_rights() -> str:
    """Return the threat model: its prose as it is, its tables of rights from the program."""
    return _with_table("security.md", _RIGHTS_MARKS, _rights_lines())


def _rights_lines() -> Iterator[str]:
    yield "\n| account | " + " | ".join(f"`{right}`" for right in Right) + " |"
    yield "|---" * (len(Right) + 1) + "|"
    for role, rights in RIGHTS.items():
        yield f"| `{role}` | " + " | ".join("yes" if one in rights else "" for one in Right) + " |"
    yield "\n| op of a laptop | " + " | ".join(f"`{role}`" for role in Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for kind, places in PLACES_OF_KIND.items():
        said = [", ".join(sorted(places[role])) or "no" for role in Role]
        yield f"| `{kind}` | {' | '.join(said)} |"
    yield ""


PAGES: Mapping[str, Callable[[], str]] = {
    "touches.md": format_keys,
    "erreurs.md": format_errors,
    "regles.md": format_rules,
    "definitions.md": format_definitions,
    "confidentialite.md": format_privacy,
    "security.md": format_rights,
}


def main() -> int:
    """Write the pages."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
