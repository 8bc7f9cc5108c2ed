"""The form of a visit over the tour, which stays readable beside or around it."""

from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, beside, indented, rule
from fsmobile.tui.screens.entry import EntryPage
from fsmobile.tui.screens.tour import TourPage
from fsmobile.tui.stage import Page
from fsmobile.tui.views.panel import panel_width

BOX_ROWS = 19
"""The form of a visit in a narrow window."""


def draw_page(page: Page, tour: TourPage, width: int, height: int) -> list[Line]:
    """Draw a page; the form goes in the panel of a wide window, in a box in a narrow one."""
    if not isinstance(page, EntryPage):
        return page.lines(width, height)
    right = panel_width(width)
    if right:
        left = width - right - 1
        panel = [rule(right, _("Visite")), *indented(page.panel_lines(right - 2, height - 1))]
        return beside(tour.body_lines(left, height, has_keys=False), panel, width, left)
    above = tour.title_lines(width)
    box = page.lines(width, min(height - 1, BOX_ROWS))
    below = tour.recent_lines(width, height - len(above) - len(box))
    return [*above, *box, *below]
