"""The stop review as tables that leave the laptop: sentences and figures, small counts masked."""

from collections.abc import Iterator, Sequence

from fsmobile.core.journal import JournalAct
from fsmobile.core.reports import MASKED
from fsmobile.core.stop_review import (
    Attendance,
    Season,
    Verdict,
    mask_total,
    mask_visits,
    quiet_seasons,
)
from fsmobile.formats.tables import Cell, Meter, Row, Table, Tone, count_rows
from fsmobile.store import journal
from fsmobile.texts.stop_review_words import (
    describe_attendance,
    describe_loss,
    describe_move,
    describe_neighbours,
    describe_quiet,
    describe_reached,
    describe_road,
    explain_review,
    season_name,
    verdict_name,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, name_moment, name_scope, write_tables
from fsmobile.usecases.report_exports import show_count
from fsmobile.usecases.stop_review import ReviewedStop, StopReview

_TONES = {
    Verdict.ABOVE: Tone.GOOD,
    Verdict.SEASONAL: Tone.OPEN,
    Verdict.BELOW: Tone.POOR,
}


def export_review(desk: Desk, review: StopReview, form: Form) -> bytes:
    """Return the review as the bytes of a file, and log it.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    tables = review_tables(desk, review)
    written = write_tables(review_title(), name_scope(desk, review.period), tables, form)
    log_review(desk, review, form, count_rows(tables))
    return written


def log_review(desk: Desk, review: StopReview, form: str, rows: int) -> None:
    """Write down that a review left the laptop."""
    span = f"{review.period.first.isoformat()}..{review.period.last.isoformat()}"
    what = f"review {form} {span}"
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, what, rows)


def review_title() -> str:
    """Name the review."""
    return _("Revue des arrêts")


def review_tables(desk: Desk, review: StopReview) -> tuple[Table, ...]:
    """Return the review as tables: where to look, what would change, when people come."""
    seasons = [one for one in Season if any(one in stop.seasons for stop in review.stops)]
    hours = sorted({hour for stop in review.stops for hour in stop.hours})
    return (
        Table(
            name=_("Les arrêts, du moins au plus fréquenté"),
            lead=(name_moment(desk),),
            notes=tuple(explain_review(review.threshold)),
            header=(
                *(_("arrêt"), _("situation"), _("visites par heure"), _("visites")),
                *(_("passages tenus"), _("sans visite"), _("ouverture (heures)")),
            ),
            rows=tuple(map(_summary, review.stops)),
            tones={verdict_name(verdict): tone for verdict, tone in _TONES.items()},
            meter=Meter(column=2, mark=round(review.threshold, 2)),
        ),
        Table(
            name=_("Ce que changerait chaque arrêt"),
            header=(_("arrêt"), _("ce qui est en jeu")),
            rows=tuple(
                (stop.name, "\n".join(describe_stop(review, stop))) for stop in review.stops
            ),
        ),
        Table(
            name=_("Par saison"),
            header=(
                _("arrêt"),
                *(
                    column
                    for season in map(season_name, seasons)
                    for column in (
                        _("{season} : visites").format(season=season),
                        _("{season} : par heure").format(season=season),
                    )
                ),
            ),
            rows=tuple((stop.name, *_seasons(stop, seasons)) for stop in review.stops),
        ),
        Table(
            name=_("Visites par heure de début"),
            header=(_("arrêt"), *(_("{n} h").format(n=hour) for hour in hours)),
            rows=tuple((stop.name, *_hours(stop, hours)) for stop in review.stops),
        ),
    )


def describe_stop(review: StopReview, stop: ReviewedStop) -> list[str]:
    """Say what a stop receives, costs and holds up, and what moving it would do."""
    sentences = [
        describe_quiet(quiet_seasons(stop.seasons, review.threshold), review.threshold),
        describe_attendance(stop.total),
    ]
    if stop.effect is None:
        sentences.append(_("Le planning de l'année qui vient ne le dessert pas."))
    else:
        sentences += [
            describe_reached(stop.effect),
            describe_neighbours(stop.effect, review.names),
            describe_loss(stop.effect),
            describe_road(stop.road, stop.passages_per_year),
            describe_move(stop.effect),
        ]
    return [one for one in sentences if one]


def _summary(stop: ReviewedStop) -> Row:
    total = stop.total
    visits = mask_total(total.visits)
    return (
        *(stop.name, verdict_name(stop.verdict), _rate(total, visits), show_count(visits)),
        *(total.passages, total.without_visit, round(total.open_minutes / 60, 1)),
    )


def _seasons(stop: ReviewedStop, seasons: Sequence[Season]) -> Iterator[Cell]:
    """Give the visits and the rate of each season; where the one is masked, so is the other."""
    shown = mask_visits({season: one.visits for season, one in stop.seasons.items()})
    for season in seasons:
        held = stop.seasons.get(season, Attendance())
        visits = shown.get(season, 0)
        yield from (show_count(visits), _rate(held, visits)) if held.passages else (None, None)


def _hours(stop: ReviewedStop, hours: Sequence[int]) -> Iterator[Cell]:
    shown = mask_visits({f"{hour:02}": visits for hour, visits in stop.hours.items()})
    for hour in hours:
        visits = shown.get(f"{hour:02}")
        yield None if visits is None else show_count(visits)


def _rate(held: Attendance, visits: int) -> Cell:
    return "—" if visits == MASKED or held.per_hour is None else round(held.per_hour, 2)
