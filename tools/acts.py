"""Writes docs/gestes.md, what each act of a coordinator takes and writes: `python -m tools.acts`.

Each act is done by its keys on the program's own screen, in a copy of the example of the Creuse.
"""

import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fsmobile.tui.shell import Shell
from fsmobile.tui.views.frame import show_key_name
from tests.tui.planning_samples import a_planning_shell, page_of

PAGE = Path(__file__).parents[1] / "docs" / "gestes.md"
HOLIDAY = "g 1 / 1 1 / 2 0 2 7 enter"
"""Monday 1 November 2027: the pass of Saint-Vaury is lost to a public holiday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to the chosen passage."""

    name: str
    """French, as the page says it."""
    keys: str
    """Separated by spaces, from the passage on."""
    before: str = ""
    """Keys that bring the passage into the state that the act is about; not counted."""

    @property
    def count(self) -> int:
        """Return how many keys it takes."""
        return len(self.keys.split())


ACTS = (
    Act(name="annuler ce passage", keys="x 1 1"),
    Act(name="annuler la demi-journée", keys="x 2 1"),
    Act(name="annuler la journée", keys="x 3 2"),
    Act(name="annuler celui-ci et les suivants", keys="x 4"),
    Act(name="annuler tous les passages de l'arrêt", keys="x 5"),
    Act(name="rétablir un passage annulé", keys="x 1", before="x 1 1"),
    Act(name="déplacer ce passage", keys="m 1 1"),
    Act(name="déplacer celui-ci et les suivants", keys="m 3 2"),
    Act(name="déplacer toute la sortie", keys="m 3 3"),
    Act(name="un autre lieu, cette fois", keys="l 1 1 5"),
    Act(name="un autre lieu, à partir de ce jour", keys="l 1 2"),
    Act(name="un autre lieu, toujours", keys="l 1 3"),
    Act(name="d'autres heures, cette fois", keys="h 1 1 5"),
    Act(name="d'autres heures, à partir de ce jour", keys="h 1 2"),
    Act(name="d'autres heures, toujours", keys="h 1 3"),
    Act(name="un autre équipage, cette fois", keys="a 1 1 4"),
    Act(name="un autre équipage, à partir de ce jour", keys="a 1 2"),
    Act(name="un autre équipage, toujours", keys="a 1 3"),
    Act(name="un passage de plus", keys="n 1"),
    Act(name="un passage de rattrapage", keys="n 1", before="x 1 1"),
    Act(name="maintenir un jour férié, cette fois", keys="f 1", before=HOLIDAY),
    Act(name="maintenir tous les jours fériés", keys="f 3", before=HOLIDAY),
    Act(name="échanger deux arrêts, cette fois", keys="i 1"),
    Act(name="échanger deux arrêts, à partir de ce jour", keys="i 2"),
    Act(name="échanger deux arrêts, toujours", keys="i 3"),
    Act(name="un bus de secours, la journée", keys="v 1 1 1"),
    Act(name="un bus de secours, la semaine", keys="v 1 2 1"),
    Act(name="un bus de secours, ce passage", keys="v 1 3 1"),
    Act(name="un autre bus à partir de ce jour", keys="v 1 4"),
    Act(name="un autre bus, toujours", keys="v 1 5"),
    Act(name="fermer le service un jour", keys="d 1 1"),
    Act(name="fermer le service une semaine", keys="d 2 1"),
    Act(name="fermer le service jusqu'au 4", keys="d 3 4 enter 1"),
)
"""From Thursday 26 November 2026, La Souterraine, unless `before` goes elsewhere."""


def perform(act: Act, shell: Shell) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Press the keys of an act; return the files before and after it."""
    folder = page_of(shell).planning.path
    for key in act.before.split():
        shell.press(key)
    before = read_folder(folder)
    for key in act.keys.split():
        shell.press(key)
    return before, read_folder(folder)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def diff_lines(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """Return what an act writes, as a diff without context."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        if before.get(name) == after.get(name):
            continue
        base = name if name in before else _continued(name, before)
        state = " (retiré)" if name not in after else ""
        if name not in before:
            state = f" (nouveau, continue {base})" if base else " (nouveau)"
        lines.append(f"# {name}{state}")
        old, new = before.get(base, b"").decode(), after.get(name, b"").decode()
        found = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
        lines += [line for line in found if line[:2] not in ("--", "++", "@@") and line[1:].strip()]
    return lines


def _continued(name: str, files: Mapping[str, bytes]) -> str:
    """Return the version that a new one continues, or nothing."""
    folder = name.rpartition("/")[0]
    if not folder.startswith("tournees/"):
        return ""
    return max((one for one in files if one.startswith(f"{folder}/") and one < name), default="")


def make_page() -> str:
    """Return the page: the table, then what each act writes."""
    rows = [
        "# Les gestes de la coordination",
        "",
        "Cette page est faite par `python -m tools.acts` : chaque geste y est fait par ses touches",
        "sur l'écran *Planning*, dans une copie de l'exemple de la Creuse, depuis le passage de",
        "La Souterraine, jeudi 26 novembre 2026. Les touches se comptent depuis le passage choisi.",
        "Une version nouvelle est un fichier entier : la page montre en quoi elle diffère de celle",
        "qu'elle continue.",
        "",
        "| geste | touches | nombre | lignes écrites |",
        "|---|---|--:|--:|",
    ]
    details: list[str] = []
    for act in ACTS:
        with TemporaryDirectory() as folder:
            lines = diff_lines(*perform(act, a_planning_shell(Path(folder) / "creuse")))
        shown = " ".join(f"`{show_key_name(key)}`" for key in act.keys.split())
        written = sum(line[:1] in "+-" for line in lines)
        rows.append(f"| {act.name} | {shown} | {act.count} | {written} |")
        details += ["", f"## {act.name[0].upper()}{act.name[1:]}", "", "```diff", *lines, "```"]
    return "\n".join([*rows, *details]) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
