"""A trial beside the published plan as lines: the figures, the sentence, the villages."""

from msgspec import Struct

from fsmobile.texts.translation import _
from fsmobile.texts.trial_words import Row
from fsmobile.tui.lines import Line, Role, line, pad, rule, wrap_text

NAME_WIDTH, FIGURE_WIDTH = 26, 14


class TrialView(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    name: str
    against: str
    """`publié`, or the working folder before anything was published."""
    rows: tuple[Row, ...]
    summary: str
    villages: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Name, passages before and after, what changes."""


def trial_lines(view: TrialView, width: int) -> list[Line]:
    """Draw a comparison; as long as it must be."""
    rows = [
        rule(width, _("Essai « {name} » · un an").format(name=view.name)),
        line(
            (pad("", NAME_WIDTH), Role.DIM),
            (pad(view.against, FIGURE_WIDTH, right=True), Role.DIM),
            (pad(_("essai"), FIGURE_WIDTH, right=True), Role.DIM),
            (pad(_("écart"), FIGURE_WIDTH, right=True), Role.DIM),
        ),
    ]
    for name, before, after, delta in view.rows:
        rows.append(
            line(
                pad(" " + name, NAME_WIDTH),
                pad(before, FIGURE_WIDTH, right=True),
                pad(after, FIGURE_WIDTH, right=True),
                (pad(delta, FIGURE_WIDTH, right=True), _role(delta)),
            )
        )
    rows += [Line(), *(line(" " + part) for part in wrap_text(view.summary, width - 2))]
    if view.villages:
        rows.append(rule(width, _("Commune par commune")))
    for name, counts, sentences in view.villages:
        rows.append(line((" " + pad(name, NAME_WIDTH), Role.HEAD), (counts, Role.PLAIN)))
        for sentence in sentences:
            rows += [line(("   " + part, Role.DIM)) for part in wrap_text(sentence, width - 4)]
    return rows


def _role(delta: str) -> Role:
    return Role.DIM if delta == "=" else Role.ACCENT
