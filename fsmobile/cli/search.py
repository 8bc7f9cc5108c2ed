"""`fsmobile search`: any word of what the bus recorded, the newest first."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import complain, count_up, say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.reports import stop_key
from fsmobile.texts.dates import format_number, format_numeric_day
from fsmobile.texts.labels import label_short
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.search import (
    FILTERS,
    SIFT_LINES,
    SIFT_ROUNDS,
    Finder,
    SearchHit,
    SearchPage,
    SearchQuery,
    read_query,
)
from fsmobile.usecases.visits import agent_name

ROWS = 40
SHORT_ID = 8
OPTIONS = ("lieu", "demarche", "operateur", "agent", "issue", "note", "depuis", "jusque")
"""Filters that are options too."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words, and the filters as options."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar=_("MOTS"),
        help=_("mots, et filtres comme {filters}").format(filters=" ".join(map(_shown, FILTERS))),
    )
    for name in OPTIONS:
        parser.add_argument(f"--{name}", metavar=_("MOT"))
    parser.add_argument("--limit", type=int, default=ROWS, help=_("lignes au plus"))
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Search once."""
    words = [
        *arguments.words,
        *(
            f"{name}:{'-'.join(getattr(arguments, name).split())}"
            for name in OPTIONS
            if getattr(arguments, name)
        ),
    ]
    query = read_query(" ".join(words))
    with working_desk(arguments) as desk:
        finder = Finder(desk)
        page = _find(finder, query, max(1, arguments.limit))
        hits = finder.load(page.found)
        if query.unknown:
            complain(_("Pas compris : {words}").format(words=" ".join(query.unknown)))
        if arguments.format == "json":
            say_json([_described(desk, hit) for hit in hits])
        else:
            _say(desk, hits, has_more=page.has_more)
    return 0


def _find(finder: Finder, query: SearchQuery, limit: int) -> SearchPage:
    """Return the first lines; what no index holds is looked for as far back as it takes."""
    page, read = finder.find(query, limit=limit), 0
    while page.has_more and not page.found:
        read += SIFT_ROUNDS * SIFT_LINES
        page = finder.find(query, below=page.below, limit=limit)
        is_over = bool(page.found) or not page.has_more
        count_up(_("{n} lignes lues…").format(n=format_number(read)), is_over)
    return page


def _say(desk: Desk, hits: tuple[SearchHit, ...], *, has_more: bool) -> None:
    if not hits:
        say(_("Rien de tel sur ce poste."))
        return
    say_table(
        (_("Date"), _("Lieu"), _("Démarche"), _("Issue"), _("Agent"), _("Nom")),
        [tuple(str(value) for value in list(_described(desk, hit).values())[1:-1]) for hit in hits],
    )
    if has_more:
        say(_("Il y en a d'autres : précisez, ou donnez « --limit »."))


def _described(desk: Desk, hit: SearchHit) -> dict[str, object]:
    if hit.follow_up is not None:
        follow_up = hit.follow_up.follow_up
        return {
            "kind": "follow_up",
            "date": format_numeric_day(follow_up.opened_on),
            "place": ""
            if follow_up.place_id is None
            else name_stop(desk, f"@{follow_up.place_id}"),
            "what": follow_up.task,
            "outcome": _("suite"),
            "agent": agent_name(desk, hit.follow_up.agent_id),
            "name": hit.follow_up.follow_up_id[-SHORT_ID:],
            "id": hit.follow_up.follow_up_id,
        }
    if hit.visit is None:
        return {}
    visit = hit.visit.visit
    names = desk.catalogue.procedures
    outcomes = dict.fromkeys(label_short(one.outcome) for one in visit.enquiries)
    return {
        "kind": "visit",
        "date": format_numeric_day(visit.service_date),
        "place": name_stop(desk, stop_key(visit.passage_id)),
        "what": " + ".join(
            names[one.procedure].label if one.procedure in names else one.procedure
            for one in visit.enquiries
        ),
        "outcome": _("annulée") if hit.visit.is_void else ", ".join(outcomes),
        "agent": agent_name(desk, hit.visit.agent_id),
        "name": hit.visit.visit_id[-SHORT_ID:],
        "id": hit.visit.visit_id,
    }


def _shown(name: str) -> str:
    return f"{name}:…"
