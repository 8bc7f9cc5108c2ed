"""The screen of the communes as lines: who is to be told of what, who told whom."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from fsmobile.core.ids import AgentId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.commune_steps import describe_step
from fsmobile.texts.labels import label_short
from fsmobile.texts.translation import _, mark, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, select, wrap_text
from fsmobile.usecases.commune_notices import CommuneLine, NoticeList, NoticeProgress

NAME_WIDTH = 24
COUNT_WIDTH = 18
WORD_WIDTH = 12
LABEL_WIDTH = 11
_PROGRESS = {
    NoticeProgress.TO_TELL: (mark("à prévenir"), Role.WARN),
    NoticeProgress.TOLD: (mark("prévenue"), Role.PLAIN),
    NoticeProgress.ACKNOWLEDGED: (mark("a répondu"), Role.GOOD),
}


class CommunesView(Struct, frozen=True, kw_only=True):
    """Everything the screen of the communes shows."""

    notices: NoticeList
    tree: ScheduleTree | None
    names: Mapping[AgentId, str]
    """Of those who told somebody."""
    cursor: int = 0


def commune_lines(view: CommunesView, width: int, height: int) -> list[Line]:
    """Draw the list, and below it what is to be told to the chosen commune."""
    rows = [rule(width, _title(view.notices))]
    if view.notices.is_waiting:
        waits = _("Une publication attend l'envoi (6, s) : sa liste viendra avec son reçu.")
        rows.append(line((" " + waits, Role.WARN)))
    lines = view.notices.lines
    if not lines:
        told = _("Personne à prévenir : ce qui est publié ne change rien pour les communes.")
        return [*rows, line("   " + told)]
    detail = _detail_lines(view, lines[view.cursor], width)[: max(6, height * 2 // 3)]
    room = max(1, height - len(rows) - len(detail))
    first = max(0, min(view.cursor - room // 2, len(lines) - room))
    for index in range(first, min(len(lines), first + room)):
        row = _row(view, lines[index], width)
        rows.append(select(row, width) if index == view.cursor else row)
    rows += [Line()] * (height - len(rows) - len(detail))
    return [*rows, *detail]


def _title(notices: NoticeList) -> str:
    if not notices.revision:
        return _("Communes à prévenir")
    parts = [_("Communes · révision {n}").format(n=notices.revision)]
    counts = dict.fromkeys(NoticeProgress, 0)
    for one in notices.lines:
        counts[one.progress] += 1
    told = (
        n_("{n} à prévenir", "{n} à prévenir", counts[NoticeProgress.TO_TELL]),
        n_("{n} prévenue", "{n} prévenues", counts[NoticeProgress.TOLD]),
        n_("{n} a répondu", "{n} ont répondu", counts[NoticeProgress.ACKNOWLEDGED]),
    )
    parts += [text.format(n=n) for text, n in zip(told, counts.values(), strict=True) if n]
    return " · ".join(parts)


def _row(view: CommunesView, one: CommuneLine, width: int) -> Line:
    sign = "!" if one.progress is NoticeProgress.TO_TELL else " "
    word, role = _PROGRESS[one.progress]
    delta = one.after - one.before
    counted = n_("{n} passage", "{n} passages", one.after).format(n=one.after)
    counted = f"{counted} ({delta:+d})" if delta else counted
    last = one.state.steps[-1] if one.state.steps else None
    who = ""
    if last is not None and one.progress is not NoticeProgress.TO_TELL:
        day = f"{last.on.day}/{last.on.month}"
        who = " · ".join(filter(None, (day, view.names[last.agent_id], label_short(last.channel))))
    state, state_role = ("✓", Role.GOOD) if one.is_received else (_("à env."), Role.DIM)
    if one.progress is NoticeProgress.TO_TELL and one.is_received:
        state = " "
    state_width = cells(_("à env.")) + 1
    room = width - 3 - NAME_WIDTH - COUNT_WIDTH - WORD_WIDTH - state_width
    return line(
        (f" {sign} ", Role.WARN),
        (pad(one.village.name, NAME_WIDTH), Role.HEAD),
        (pad(counted, COUNT_WIDTH), Role.WARN if delta < 0 else Role.PLAIN),
        (pad(_(word), WORD_WIDTH), role),
        (pad(state, state_width), state_role),
        (pad(who, max(0, room)), Role.DIM),
    )


def _detail_lines(view: CommunesView, one: CommuneLine, width: int) -> list[Line]:
    rows = [rule(width, one.village.name)]
    is_told = one.progress is not NoticeProgress.TO_TELL
    sentences = () if view.tree is None else ChangeWords(view.tree).tell(one.changes)
    rows += _labelled(_("Déjà dit") if is_told else _("À dire"), sentences, width, Role.PLAIN)
    notices = dict.fromkeys(x.after[0].notice for x in one.changes if x.after)
    rows += _labelled(_("Affiche"), [f"« {text} »" for text in notices if text], width, Role.ACCENT)
    contact = one.state.contact
    reach = " · ".join(filter(None, (contact.email, contact.phone)))
    rows += _labelled(_("Contact"), [reach or _("inconnu : c l'écrit")], width, Role.PLAIN)
    steps = [describe_step(step, view.names[step.agent_id]) for step in one.state.steps]
    rows += _labelled(_("Suivi"), steps[-3:] or [_("pas encore prévenue")], width, Role.DIM)
    return rows


def _labelled(name: str, texts: Sequence[str], width: int, role: Role) -> list[Line]:
    rows: list[Line] = []
    for text in texts:
        for part in wrap_text(text, width - LABEL_WIDTH - 4):
            shown = name if not rows else ""
            rows.append(line(("   " + pad(shown, LABEL_WIDTH), Role.DIM), (part, role)))
    return rows
