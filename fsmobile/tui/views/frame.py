"""What surrounds every screen: who and when, the tabs, the message, the key bar."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum

from msgspec import Struct

from fsmobile.texts.dates import format_day, format_day_short, format_time
from fsmobile.texts.translation import _, mark, n_
from fsmobile.tui.bindings import Command, command
from fsmobile.tui.lines import Line, Role, Span, cells, cut, fit, line, spread

NARROWEST, LOWEST = 80, 20
"""Below this size one line says so; recording stays possible by command."""
WIDE = 120
UNIT_MIN = 4


class Light(StrEnum):
    """State of the exchange with the registry."""

    IN_STEP = "in_step"
    WAITING = "waiting"
    """Something waits, or the last exchange was not today; no try has failed."""
    OFFLINE = "offline"
    """The last try of this run failed."""
    UNTRIED = "untried"
    """There never was an exchange, and none was tried in this run: nobody knows."""
    SENDING = "sending"
    ATTENTION = "attention"
    NOT_ENROLLED = "not_enrolled"


class Network(Struct, frozen=True, kw_only=True):
    """What the top right corner says."""

    light: Light
    waiting: int = 0
    """Acts recorded here that no receipt covers."""
    done: int = 0
    total: int = 0
    """While sending."""
    loading: str = ""
    """While the history of the bus is loaded: how far that is, in words."""
    last_at: time | None = None
    """Local time of the last exchange."""
    last_day: date | None = None
    """Its day, when that is not today."""
    refused: int = 0


class Frame(Struct, frozen=True, kw_only=True):
    """Who works, with what, when."""

    unit_name: str
    agent_name: str
    """Empty before anybody said who is working."""
    now: datetime
    """Local time of the structure."""
    network: Network
    alarm: str = ""
    """The one blocking alarm: the disk is full."""
    notice: str = ""
    """Said beside the date: the demo's shifted clock."""


SCREENS = (
    ("tour", "1", mark("Tournée")),
    ("follow_ups", "2", mark("Suites")),
    ("search", "4", mark("Recherche")),
    ("planning", "5", mark("Planning")),
    ("sync", "6", mark("Synchro")),
    ("report", "7", mark("Bilans")),
)
"""The screens that are built, with the numbers they keep for ever."""


def header_line(frame: Frame, width: int) -> Line:
    """Draw the first line: bus, agent, date, hour; the network at the right, in words."""
    day = format_day(frame.now.date()) if width >= WIDE else format_day_short(frame.now.date())
    right = _network(frame.network)
    if frame.alarm:
        right = line(("✗ " + frame.alarm + " ", Role.BAD))
    tail = line(
        " · " + day + " ",
        (format_time(frame.now.time()), Role.HEAD),
        *([(" · " + frame.notice, Role.WARN)] if frame.notice else []),
        " ",
    )
    # The bus is what everybody aboard knows: its name is the first to be cut, then the agent's;
    # a question has a shorter form.
    room = width - 1 - cells(tail.text) - cells(right.text)
    agent = " · " + (frame.agent_name or _("qui travaille ? F3"))
    if not frame.agent_name and cells(frame.unit_name + agent) > room:
        agent = " · " + _("qui ? F3")
    unit = cut(frame.unit_name, max(UNIT_MIN, room - cells(agent)))
    left = line((" " + unit + cut(agent, max(0, room - cells(unit))), Role.HEAD), *tail.spans)
    return spread(left, right, width)


def _network(network: Network) -> Line:
    waiting = n_("{n} à envoyer", "{n} à envoyer", network.waiting).format(n=network.waiting)
    first = Span("○ " + _("poste non inscrit"))
    match network.light:
        case Light.IN_STEP:
            at = "" if network.last_at is None else " " + format_time(network.last_at)
            first = Span("● " + _("à jour") + at, Role.GOOD)
        case Light.WAITING:
            if network.waiting:
                return line(*_counts(network, Span("○ " + waiting)), " ")
            at = "" if network.last_day is None else format_day_short(network.last_day)
            first = Span("○ " + _("dernier échange {at}").format(at=at))
        case Light.UNTRIED:
            if network.waiting:
                return line(*_counts(network, Span("○ " + waiting)), " ")
            first = Span("○ " + _("aucun échange encore"))
        case Light.OFFLINE:
            first = Span("○ " + _("hors ligne"))
        case Light.SENDING:
            sending = _("envoi {done}/{total}").format(done=network.done, total=network.total)
            first = Span("↻ " + (_("historique") if network.loading else sending), Role.ACCENT)
        case Light.ATTENTION:
            first = Span("! " + _("à regarder"), Role.WARN)
        case Light.NOT_ENROLLED:
            pass
    parts: list[Span] = [first]
    if network.waiting and network.light is not Light.SENDING:
        parts.append(Span(" · " + waiting))
    return line(*_counts(network, *parts), " ")


def _counts(network: Network, *parts: Span) -> list[Span]:
    """Add how many acts were refused, if any."""
    if not network.refused:
        return list(parts)
    refused = n_("! {n} refusé", "! {n} refusés", network.refused).format(n=network.refused)
    return [*parts, Span(" · "), Span(refused, Role.WARN)]


def tab_line(current: str, screens: Sequence[str], width: int) -> Line:
    """Draw the tabs of the screens that this person has."""
    parts: list[Span] = []
    for screen_id, number, name in (one for one in SCREENS if one[0] in screens):
        text = f"{number} {_(name)}"
        parts.append(
            Span(f"[{text}]", Role.HEAD) if screen_id == current else Span(f" {text} ", Role.DIM)
        )
    return fit(line(*parts), width)


class Hint(Struct, frozen=True, kw_only=True):
    """A key of the bar."""

    command_id: str
    is_other: bool = False
    """Show the label of the key's other state."""
    label: str = ""
    """A label for this moment, already translated, instead of the catalogue's."""


def key_bar_line(hints: Sequence[Hint], width: int) -> tuple[Line, tuple[int, ...]]:
    """Draw the key bar; also return at which cell each hint starts, for the mouse.

    Hints that do not fit are left out whole, and the last one (help) always stays.
    """
    room = width - 1
    texts = [_hint_spans(hint) for hint in hints]
    sizes = [sum(cells(span.text) for span in spans) + 2 for spans in texts]
    kept = list(range(len(texts)))
    while kept and sum(sizes[index] for index in kept) - 2 > room and len(kept) > 1:
        kept.pop(-2)
    spans: list[Span] = [Span(" ")]
    starts = [-1] * len(texts)
    at = 1
    for index in kept:
        starts[index] = at
        spans += [*texts[index], Span("  ")]
        at += sizes[index]
    return fit(line(*spans), width), tuple(starts)


def _hint_spans(hint: Hint) -> list[Span]:
    found = command(hint.command_id)
    label = hint.label or _(found.label_other if hint.is_other else found.label)
    return [Span(show_key(found), Role.KEY), Span(" " + label)]


_SHOWN = {
    "enter": "⏎",
    "escape": mark("Échap"),
    "backspace": "⌫",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": mark("PgHaut"),
    "pagedown": mark("PgBas"),
    "home": mark("Début"),
    "end": mark("Fin"),
    " ": mark("Espace"),
}


def show_key_name(key: str) -> str:
    """Write one key as a keyboard or a help page does."""
    if key in _SHOWN:
        return _(_SHOWN[key])
    if key.startswith("ctrl+"):
        return "^" + key[5:]
    return key.upper() if len(key) > 1 else key


def show_key(found: Command) -> str:
    """Write the key of a command for the bar."""
    return found.shown or show_key_name(found.keys[0])


def too_small_line(width: int) -> Line:
    """Say that the window is too small."""
    return fit(line((_("Agrandir à {w}×{h}").format(w=NARROWEST, h=LOWEST), Role.WARN)), width)
