"""The stop review as tables that leave the laptop: sentences and figures, small counts masked."""

from fsmobile.core.journal import JournalAct
from fsmobile.core.reports import MASKED
from fsmobile.core.stop_review import Season, mask_total, mask_visits, quiet_seasons
from fsmobile.formats.tables import Row, Table, count_rows
from fsmobile.store import journal
from fsmobile.texts.dates import format_date, format_minutes, format_number
from fsmobile.texts.stop_review_words import (
    describe_attendance,
    describe_loss,
    describe_move,
    describe_neighbours,
    describe_quiet,
    describe_reached,
    describe_road,
    explain_review,
    format_rate,
    format_visits,
    season_name,
    verdict_name,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, write_tables
from fsmobile.usecases.stop_review import ReviewedStop, StopReview


def export_review(desk: Desk, review: StopReview, form: Form) -> bytes:
    """Return the review as the bytes of a file, and log it.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    tables = review_tables(desk, review)
    written = write_tables(review_title(desk, review), tables, form)
    log_review(desk, review, form, count_rows(tables))
    return written


def log_review(desk: Desk, review: StopReview, form: str, rows: int) -> None:
    """Write down that a review left the laptop."""
    span = f"{review.period.first.isoformat()}..{review.period.last.isoformat()}"
    what = f"review {form} {span}"
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, what, rows)


def review_title(desk: Desk, review: StopReview) -> str:
    """Return what a review is of, in words."""
    return _("Revue des arrêts du bus {unit}, du {first} au {last}").format(
        unit=desk.unit_id,
        first=format_date(review.period.first),
        last=format_date(review.period.last),
    )


def review_tables(desk: Desk, review: StopReview) -> tuple[Table, ...]:
    """Return the review as tables: where to look, season by season, what would change."""
    lead: tuple[Row, ...] = (
        (_("chiffres de ce poste, le"), desk.now().isoformat(" ", "minutes")[:16]),
        *((text,) for text in explain_review(review.threshold)),
    )
    return (
        Table(
            name=_("Les arrêts, du moins au plus fréquenté"),
            lead=lead,
            header=(
                *(_("arrêt"), _("situation"), _("passages tenus"), _("sans visite")),
                *(_("visites"), _("ouverture"), _("visites par heure")),
            ),
            rows=tuple(_summary(stop) for stop in review.stops),
        ),
        Table(
            name=_("Ce que changerait chaque arrêt"),
            header=(_("arrêt"), _("ce qui est en jeu")),
            rows=tuple((stop.name, " ".join(describe_stop(review, stop))) for stop in review.stops),
        ),
        Table(
            name=_("Par saison"),
            header=(
                *(_("arrêt"), _("saison"), _("passages tenus"), _("visites")),
                *(_("ouverture"), _("visites par heure")),
            ),
            rows=tuple(row for stop in review.stops for row in season_rows(stop)),
        ),
        Table(
            name=_("Par heure de début"),
            header=(_("arrêt"), _("heure"), _("visites")),
            rows=tuple(row for stop in review.stops for row in _hour_rows(stop)),
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


def season_rows(stop: ReviewedStop) -> list[tuple[str, ...]]:
    """Return the seasons of a stop; where visits are masked, so is their rate."""
    shown = mask_visits({season: one.visits for season, one in stop.seasons.items()})
    rows: list[tuple[str, ...]] = []
    for season in Season:
        if season in stop.seasons:
            one, visits = stop.seasons[season], shown[season]
            rate = "—" if visits == MASKED else format_rate(one.per_hour)
            rows.append(
                (
                    *(stop.name, season_name(season), format_number(one.passages)),
                    *(format_visits(visits), format_minutes(one.open_minutes), rate),
                )
            )
    return rows


def _summary(stop: ReviewedStop) -> Row:
    total = stop.total
    visits = mask_total(total.visits)
    return (
        *(stop.name, verdict_name(stop.verdict), total.passages, total.without_visit),
        *(format_visits(visits), format_minutes(total.open_minutes)),
        "—" if visits == MASKED else format_rate(total.per_hour),
    )


def _hour_rows(stop: ReviewedStop) -> list[Row]:
    shown = mask_visits({f"{hour:02}": visits for hour, visits in stop.hours.items()})
    return [
        (stop.name, _("{n} h").format(n=int(hour)), format_visits(visits))
        for hour, visits in sorted(shown.items())
    ]
