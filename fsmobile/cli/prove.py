"""`fsmobile prove`: random days of a fleet, played on this machine, and what must hold in each."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from itertools import count, islice
from typing import Any

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import complain, say, say_json, say_table
from fsmobile.texts.proof_words import ACTS, FAULTS, PLANTED_MISTAKES, SITUATIONS
from fsmobile.texts.translation import _, n_

PROFILES = ("lite", "full")
WORLDS = 200
PLANTED_WORLDS = 50
"""Within which a planted mistake must be found."""
LINE_SECONDS = 5.0
"""Between two lines, where a line cannot be written again in place."""
SHOWN_SECONDS = 0.2
NO_FAULT = "none"
VIOLATED = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Declare how long to run, from which seed, how real it is, and what to plant."""
    parser.add_argument(
        "--days", type=_positive, metavar="N", help=_("s'arrête après N jours simulés")
    )
    parser.add_argument("--worlds", type=_positive, metavar="N", help=_("s'arrête après N mondes"))
    parser.add_argument("--seed", type=int, metavar="S", help=_("graine du premier monde"))
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default=PROFILES[0],
        help=_("lite : tout en mémoire ; full : fichiers, signatures, zstd et HTTP véritables"),
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help=_("avec full : une base PostgreSQL vide pour le registre"),
    )
    parser.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help=_("se partage entre N processus")
    )
    parser.add_argument(
        "--plant",
        choices=PLANTED_MISTAKES,
        metavar=_("ERREUR"),
        help=_("plante une erreur dans le programme : elle doit être trouvée"),
    )
    parser.add_argument(
        "--list-plants", action="store_true", help=_("liste les erreurs qu'on peut planter")
    )
    parser.add_argument(
        "--faults",
        type=_fault_names,
        metavar=_("PANNE,…"),
        help=_("parmi les pannes tirées, ne garde que celles-ci"),
    )
    parser.add_argument("--steps", type=_positive, metavar="N", help=_("pas joués dans un monde"))
    parser.add_argument(
        "--laptops", type=_positive, metavar="N", help=_("portables du premier bus")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Run worlds; exit 0 when nothing was violated, 1 otherwise."""
    if arguments.list_plants:
        return _list_plants(arguments)
    try:
        # Deferred: a laptop has no registry to simulate; only this command asks for the extra.
        from fsmobile.simulation.batches import Order, minimise_order, run_order
        from fsmobile.simulation.mistakes import MISTAKES
        from fsmobile.simulation.world import LAPTOPS, Cut
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque du registre : {name}.").format(name=error.name))
        complain(_("Installez-la : pip install 'fsmobile[registry]'"))
        return 4
    mistake = MISTAKES[arguments.plant] if arguments.plant else None
    first = arguments.seed if arguments.seed is not None else mistake.first if mistake else 0
    is_cut = (arguments.faults, arguments.steps, arguments.laptops) != (None, None, None)
    cut = Cut(faults=arguments.faults, steps=arguments.steps, laptops=arguments.laptops or LAPTOPS)
    order = Order(
        profile=arguments.profile,
        database=arguments.database,
        plant=arguments.plant,
        cut=cut if is_cut else None,
    )
    counter = LiveCount(shown=arguments.format == "text")
    tally = run_order(
        order,
        islice(count(first), _worlds_max(arguments)),
        jobs=1 if arguments.database else arguments.jobs,
        days=arguments.days,
        on_world=counter.show,
    )
    counter.close(tally)
    replay = None
    if tally.seed is not None and tally.violation is not None:
        if not is_cut:
            cut, tally.violation = minimise_order(order, tally.seed, tally.violation)
        replay = _replay(tally.seed, arguments, cut)
    if arguments.format == "json":
        say_json(_as_json(tally, arguments.plant, replay))
    else:
        _report(tally, arguments.plant, replay)
    return VIOLATED if tally.violation else 0


class LiveCount:
    """The count of what was run so far: in place on a terminal, now and then a line elsewhere."""

    def __init__(self, *, shown: bool) -> None:
        """Start counting now."""
        self._shown = shown
        self._in_place = sys.stdout.isatty()
        self._last = time.monotonic()

    def show(self, tally: Any) -> None:
        """Show the count, if the last one is old enough."""
        now = time.monotonic()
        wait = SHOWN_SECONDS if self._in_place else LINE_SECONDS
        if self._shown and now - self._last >= wait:
            self._last = now
            self._write(tally)

    def close(self, tally: Any) -> None:
        """Show the last count and leave its line."""
        if self._shown:
            self._write(tally)
            if self._in_place:
                say()

    def _write(self, tally: Any) -> None:
        days = int(tally.days)
        faults = ", ".join(
            f"{_(FAULTS[name])} {number}" for name, number in tally.faults.most_common(3)
        )
        line = ", ".join(
            [
                n_("{n} monde", "{n} mondes", tally.worlds).format(n=tally.worlds),
                n_("{n} jour", "{n} jours", days).format(n=days),
                n_("{n} opération", "{n} opérations", tally.ops).format(n=tally.ops),
                n_("{n} perdue", "{n} perdues", tally.lost).format(n=tally.lost),
                n_("{n} doublée", "{n} doublées", tally.doubled).format(n=tally.doubled),
                n_("{n} panne", "{n} pannes", tally.faults.total()).format(n=tally.faults.total()),
            ]
        )
        if faults:
            line += f" ({faults}…)"
        if self._in_place:
            sys.stdout.write(f"\r\x1b[K{line}")
            sys.stdout.flush()
        else:
            say(line)


def _report(tally: Any, plant: str | None, replay: str | None) -> None:
    for title, counts, labels in (
        (_("Actes"), tally.acts, ACTS),
        (_("Pannes"), tally.faults, FAULTS),
        (_("Situations"), tally.situations, SITUATIONS),
    ):
        words = ", ".join(f"{_(labels[name])} {number}" for name, number in counts.most_common())
        say(_("{title} : {words}").format(title=title, words=words or "0"))
    if replay is not None:
        say(_("VIOLATION, graine {seed} : {what}").format(seed=tally.seed, what=tally.violation))
        say(_("Pour la rejouer : {command}").format(command=replay))
    elif plant:
        say(_("L'erreur plantée n'a pas été trouvée : essayez d'autres mondes."))
    else:
        say(_("Rien n'a été violé."))
        if tally.missing:
            names = ", ".join(_(SITUATIONS[name]) for name in tally.missing)
            say(_("Jamais survenu, faute de mondes : {names}").format(names=names))


def _as_json(tally: Any, plant: str | None, replay: str | None) -> dict[str, Any]:
    return {
        "worlds": tally.worlds,
        "first_seed": tally.first,
        "days": round(tally.days, 2),
        "acts": dict(tally.acts),
        "faults": dict(tally.faults),
        "situations": dict(tally.situations),
        "never_seen": tally.missing,
        "ops": tally.ops,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "plant": plant,
        "seed": tally.seed,
        "violation": tally.violation,
        "replay": replay,
    }


def _replay(seed: int, arguments: Namespace, cut: Any) -> str:
    """Return the command that plays the smallest world that breaks."""
    words = ["fsmobile", "prove", "--seed", str(seed), "--worlds", "1"]
    if arguments.profile != PROFILES[0]:
        words += ["--profile", arguments.profile]
    if cut.faults is not None:
        words += ["--faults", ",".join(sorted(cut.faults)) or NO_FAULT]
    if cut.steps is not None:
        words += ["--steps", str(cut.steps)]
    words += ["--laptops", str(cut.laptops)]
    return " ".join([*words, *(["--plant", arguments.plant] if arguments.plant else [])])


def _worlds_max(arguments: Namespace) -> int | None:
    if arguments.worlds is not None:
        return int(arguments.worlds)
    if arguments.plant:
        return PLANTED_WORLDS
    return None if arguments.days is not None else WORLDS


def _list_plants(arguments: Namespace) -> int:
    rows = [[name, _(sentence)] for name, sentence in PLANTED_MISTAKES.items()]
    if arguments.format == "json":
        say_json(dict(rows))
    else:
        say_table([_("Erreur"), _("Ce qu'elle fait")], rows)
    return 0


def _positive(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(_("un nombre entier à partir de 1 : {text}").format(text=text))
    return int(text)


def _fault_names(text: str) -> frozenset[str]:
    """Read names of faults, separated by commas."""
    names = frozenset() if text == NO_FAULT else frozenset(text.split(","))
    if not names <= FAULTS.keys():
        known = ", ".join(FAULTS)
        raise ArgumentTypeError(_("une panne inconnue ; il y a {known}").format(known=known))
    return names
