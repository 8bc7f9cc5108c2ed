"""The words of a code typed when they are asked for: they stand in no list of processes."""

import subprocess

from tests.end_to_end.bus_world import BusWorld


def test_a_laptop_is_enrolled_by_words_that_are_on_no_command_line(world: BusWorld) -> None:
    world.start_registry()
    home = world.folder / "neuf"
    words = " ".join(world.code())
    command = world.command("enrol", world.url, "--plain", "--name", "neuf", home=home)
    assert not set(words.split()) & set(command)
    done = subprocess.run(
        command, input=f"{words}\n", env=world.environment, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "inscrit" in done.stdout
    again = subprocess.run(
        world.command("enrol", world.url, "--plain", home=world.folder / "sans"),
        input="", env=world.environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert again.returncode == 3
    assert "12" in again.stderr


def test_the_code_is_shown_as_a_picture_too(world: BusWorld) -> None:
    shown = world.run_registry("enrol-code", "--unit", "bus-charente/bus-1", "--qr")
    assert shown.code == 0
    assert "▀" in shown.out or "█" in shown.out or "▄" in shown.out
