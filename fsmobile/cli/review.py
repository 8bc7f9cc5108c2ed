"""`fsmobile review`: the stops and the label, for those who decide where the bus goes."""

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from typing import Any

from fsmobile.cli.arguments import add_format, positive_number
from fsmobile.cli.files import add_output, give_file
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.report import add_period, chosen_period
from fsmobile.cli.wiring import working_desk
from fsmobile.core.periods import Period, span_of
from fsmobile.core.stop_review import THRESHOLD, mask_total, mask_visits
from fsmobile.texts.label_words import explain_sheet
from fsmobile.texts.stop_review_words import (
    explain_review,
    format_rate,
    format_visits,
    verdict_name,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, name_scope
from fsmobile.usecases.label_sheet import (
    criteria_rows,
    export_label_sheet,
    label_title,
    log_label,
    make_label_sheet,
)
from fsmobile.usecases.stop_review import ReviewedStop, StopReview, review_period, review_stops
from fsmobile.usecases.stop_review_exports import (
    describe_stop,
    export_review,
    log_review,
    review_title,
)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what is reviewed, over which days, and in which form."""
    parser.add_argument(
        "what",
        choices=("stops", "label"),
        help=_("stops : chaque arrêt, ce qu'il reçoit et coûte ; label : la fiche de l'audit"),
    )
    add_period(parser)
    parser.add_argument(
        "--threshold",
        type=positive_number,
        default=THRESHOLD,
        metavar=_("VISITES"),
        help=_("visites par heure d'ouverture sous lesquelles un arrêt se discute (sinon 1,3)"),
    )
    add_format(parser, "text", "json", *Form)
    add_output(parser)


def run(arguments: Namespace) -> int:
    """Write one review."""
    with working_desk(arguments) as desk:
        if arguments.what == "stops":
            _review_stops(arguments, desk)
        else:
            _show_label(arguments, desk)
    return 0


def _reviewed_days(arguments: Namespace, desk: Desk) -> Period:
    """Return the days asked for, or the last two years."""
    if arguments.period or arguments.first or arguments.last:
        return chosen_period(arguments, desk)
    return review_period(desk.today())


def _label_days(arguments: Namespace, desk: Desk) -> Period:
    """Return the days asked for, or the last twelve months."""
    if arguments.period or arguments.first or arguments.last:
        return chosen_period(arguments, desk)
    return span_of(desk.today() - timedelta(days=364), desk.today())


def _review_stops(arguments: Namespace, desk: Desk) -> None:
    review = review_stops(desk, _reviewed_days(arguments, desk), arguments.threshold)
    match arguments.format:
        case "json":
            log_review(desk, review, "json", len(review.stops))
            say_json(
                {
                    "unit": desk.unit_id,
                    "from": review.period.first.isoformat(),
                    "to": review.period.last.isoformat(),
                    "threshold": review.threshold,
                    "stops": [_described(stop) for stop in review.stops],
                    "notes": explain_review(review.threshold),
                }
            )
        case "text":
            _say_review(desk, review)
        case form:
            give_file(export_review(desk, review, Form(form)), arguments.output)


def _say_review(desk: Desk, review: StopReview) -> None:
    say(f"{review_title()} · {name_scope(desk, review.period)}")
    for sentence in explain_review(review.threshold):
        say(sentence)
    say()
    say_table(
        (_("arrêt"), _("situation"), _("passages tenus"), _("visites"), _("visites par heure")),
        [
            (
                stop.name,
                verdict_name(stop.verdict),
                str(stop.total.passages),
                format_visits(stop.total.visits),
                format_rate(stop.total.per_hour),
            )
            for stop in review.stops
        ],
    )
    for stop in review.stops:
        say()
        say(stop.name)
        for sentence in describe_stop(review, stop):
            say(f"  {sentence}")


def _described(stop: ReviewedStop) -> dict[str, Any]:
    """Return a stop as it may leave the laptop; a masked count is -1, its rate left out."""
    shown = mask_visits({season: one.visits for season, one in stop.seasons.items()})
    effect, total = stop.effect, stop.total
    return {
        "stop": stop.code,
        "name": stop.name,
        "verdict": stop.verdict.value,
        "passages": total.passages,
        "without_visit": total.without_visit,
        "visits": mask_total(total.visits),
        "open_minutes": total.open_minutes,
        "seasons": {
            season.value: {
                "passages": one.passages,
                "visits": shown[season],
                "open_minutes": one.open_minutes,
            }
            for season, one in stop.seasons.items()
        },
        "hours": mask_visits({f"{hour:02}": visits for hour, visits in stop.hours.items()}),
        "passages_per_year": stop.passages_per_year,
        "kilometres_per_year": round(stop.road.kilometres),
        "driving_minutes_per_year": round(stop.road.minutes),
        "reached": None if effect is None else effect.reached,
        "lost": None
        if effect is None
        else [{"code": one.code, "population": one.population} for one in effect.lost],
        "move": None
        if effect is None or effect.move is None
        else {"code": effect.move.locality.code, "gained": effect.move.gained},
    }


def _show_label(arguments: Namespace, desk: Desk) -> None:
    sheet = make_label_sheet(desk, _label_days(arguments, desk))
    match arguments.format:
        case "json":
            log_label(desk, sheet, "json", len(sheet.standings))
            say_json(
                {
                    "unit": desk.unit_id,
                    "from": sheet.period.first.isoformat(),
                    "to": sheet.period.last.isoformat(),
                    "criteria": [
                        dict(zip(("name", "standing", "expected", "evidence"), row, strict=True))
                        | {"code": code.value, "standing": standing.value}
                        for row, (code, standing) in zip(
                            criteria_rows(desk, sheet), sheet.standings.items(), strict=True
                        )
                    ],
                    "notes": explain_sheet(),
                }
            )
        case "text":
            say(f"{label_title()} · {name_scope(desk, sheet.period)}")
            for sentence in explain_sheet():
                say(sentence)
            for name, standing, expected, evidence in criteria_rows(desk, sheet):
                say()
                say(f"{name} : {standing}")
                say(f"  {_('attendu')} : {expected}")
                say(f"  {evidence}")
        case form:
            give_file(export_label_sheet(desk, sheet, Form(form)), arguments.output)
