"""A disk for tests: what a real process did to it, and every image a power cut could leave.

The process runs under strace. What it wrote is durable once its file was flushed, a name once
its folder was: until then any part of it may be there after the cut, a write even by halves.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

CALLS = (
    "openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,sendto"
)
SECTOR = 512

_LINE = re.compile(r"^(\d+) +(.*)$")
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(.*)$")
_PATH = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)")
_KNOWN = frozenset(CALLS.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a process did."""

    act: str
    """`write`, `cut` (to a size), `flush`, `create`, `rename`, `unlink`, `tell` or `send`."""
    path: str = ""
    to: str = ""
    """New name of what was renamed."""
    offset: int = 0
    """Where was written, or the size that was cut to."""
    data: bytes = b""


def find_strace() -> str:
    """Return the tracer; skip where none works."""
    found = shutil.which("strace")
    if found is not None:
        trial = [found, "-f", "--seccomp-bpf", "-e", "trace=write", "true"]
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return found
    pytest.skip("strace does not work here: apt-get install strace")


def trace(command: Sequence[str], environment: Mapping[str, str], log: Path) -> list[Step]:
    """Run a command to its end; return what it did to files, told and sent, in order."""
    traced = [find_strace(), "-f", "-y", "-xx", "-s", "100000", "--seccomp-bpf", "-e",
              "signal=none", "-e", f"trace={CALLS}", "-o", str(log), *command]  # fmt: skip
    done = subprocess.run(traced, env=dict(environment), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(_read_steps(log.read_text(encoding="ascii").splitlines()))


def _whole_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield each call on one line, at its end: threads interrupt one another."""
    begun: dict[str, str] = {}
    for line in lines:
        found = _LINE.match(line)
        assert found is not None, line
        process, rest = found.groups()
        if rest.endswith("<unfinished ...>"):
            begun[process] = rest.removesuffix("<unfinished ...>")
        elif rest.startswith("<... "):
            yield begun.pop(process) + rest.partition(" resumed>")[2]
        elif not rest.startswith(("+++", "---")):
            yield rest


def _read_steps(lines: Sequence[str]) -> Iterator[Step]:
    places: dict[str, int] = {}
    """Where the next `write` of a descriptor goes."""
    for line in _whole_lines(lines):
        found = _CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        name, arguments, result, rest = found[1], found[2], int(found[3]), found[4]
        assert name in _KNOWN, name
        texts = [_bytes(text).decode() for text in _PATH.findall(arguments)[:2]] if name in (
            "openat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir"
        ) else []  # fmt: skip
        file = _FILE.match(arguments)
        if file is not None and arguments[file.end() :].startswith(">(deleted)"):
            continue  # Another file has its name by now: nobody finds this one after a cut.
        match name:
            case "openat":
                places[str(result)] = 0
                assert "O_APPEND" not in arguments or "O_CREAT" not in arguments or "log" in line
                if "O_CREAT" in arguments:
                    yield Step(act="create", path=_bytes(rest.strip("<>")).decode())
                if "O_TRUNC" in arguments:
                    yield Step(act="cut", path=_bytes(rest.strip("<>")).decode(), offset=0)
            case "lseek":
                places[_number(file)] = result
            case "write" if arguments.startswith(("1<", "2<")):
                yield Step(act="tell", data=_data(arguments))
            case "write":
                place = places.get(_number(file), 0)
                places[_number(file)] = place + result
                yield Step(act="write", path=_name(file), offset=place, data=_data(arguments))
            case "pwrite64":
                offset = int(arguments.rpartition(", ")[2])
                yield Step(act="write", path=_name(file), offset=offset, data=_data(arguments))
            case "ftruncate":
                size = int(arguments.rpartition(", ")[2])
                yield Step(act="cut", path=_name(file), offset=size)
            case "fsync" | "fdatasync":
                yield Step(act="flush", path=_name(file))
            case "mkdir":
                yield Step(act="create", path=texts[0], to="folder")
            case "unlink" | "unlinkat":
                yield Step(act="unlink", path=texts[0])
            case "rename" | "renameat" | "renameat2":
                yield Step(act="rename", path=texts[0], to=texts[1])
            case "sendto":
                yield Step(act="send")


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _data(arguments: str) -> bytes:
    found = _PATH.search(arguments)
    assert found is not None, arguments[:200]
    return _bytes(found[1])


def _name(file: re.Match[str] | None) -> str:
    assert file is not None
    return _bytes(file[2]).decode()


def _number(file: re.Match[str] | None) -> str:
    assert file is not None
    return file[1]


@dataclass(slots=True)
class _Inode:
    """A file's content: what is durable, and what was done since its last flush."""

    durable: bytes = b""
    pending: list[Step] = field(default_factory=list)

    def content(self, pending: Sequence[Step]) -> bytes:
        content = bytearray(self.durable)
        for step in pending:
            if step.act == "cut":
                content = content[: step.offset].ljust(step.offset, b"\0")
            else:
                content = content.ljust(step.offset, b"\0")
                content[step.offset : step.offset + len(step.data)] = step.data
        return bytes(content)


@dataclass(slots=True)
class Disk:
    """One folder on a medium, and what a power cut could leave of it; its own name is durable."""

    folder: str
    names: dict[str, _Inode] = field(default_factory=dict)
    """As running programs see them."""
    durable: dict[str, _Inode] = field(default_factory=dict)
    pending: list[Step] = field(default_factory=list)
    """Names made, changed and taken away since the folder's last flush."""
    inodes: dict[int, _Inode] = field(default_factory=dict)
    """Of the pending `create` steps, by their place in `pending`."""

    def put(self, name: str, content: bytes) -> None:
        """Let a file have been there, flushed, before all that happens."""
        self.names[name] = self.durable[name] = _Inode(durable=content)

    def take(self, step: Step) -> None:
        """Let one step happen."""
        if step.act in ("tell", "send"):
            return
        if step.path == self.folder and step.act == "flush":
            self._flush_names()
        elif step.path.startswith(self.folder + "/"):
            self._take(step, step.path.removeprefix(self.folder + "/"))

    def _take(self, step: Step, name: str) -> None:
        match step.act:
            case "create":
                if name not in self.names:
                    inode = self.names[name] = _Inode()
                    self.inodes[len(self.pending)] = inode
                    self.pending.append(step)
            case "rename":
                self.names[step.to.removeprefix(self.folder + "/")] = self.names.pop(name)
                self.pending.append(step)
            case "unlink":
                del self.names[name]
                self.pending.append(step)
            case "flush":
                inode = self.names[name]
                inode.durable = inode.content(inode.pending)
                inode.pending = []
            case _:
                self.names[name].pending.append(step)

    def _flush_names(self) -> None:
        self.durable = self._names_after(len(self.pending))
        self.pending = []
        self.inodes = {}

    def _names_after(self, count: int) -> dict[str, _Inode]:
        names = dict(self.durable)
        for place, step in enumerate(self.pending[:count]):
            name = step.path.removeprefix(self.folder + "/")
            match step.act:
                case "create":
                    names[name] = self.inodes[place]
                case "rename":
                    names[step.to.removeprefix(self.folder + "/")] = names.pop(name)
                case _:
                    names.pop(name)
        return names

    def least(self, _random: Random) -> dict[str, bytes]:
        """Return the image that holds only what was flushed."""
        return {name: inode.durable for name, inode in self._names_after(0).items()}

    def most(self, _random: Random) -> dict[str, bytes]:
        """Return the image that holds all that was done."""
        names = self._names_after(len(self.pending))
        return {name: inode.content(inode.pending) for name, inode in names.items()}

    def any(self, random: Random) -> dict[str, bytes]:
        """Return one of the images between: names up to some point, any part of the writes."""
        names = self._names_after(random.randint(0, len(self.pending)))
        return {name: inode.content(_part(inode.pending, random)) for name, inode in names.items()}


def _part(pending: Sequence[Step], random: Random) -> list[Step]:
    """Return a part of what was not flushed: the first steps, any of them, or torn ones."""
    match random.choice(("first", "any", "torn")):
        case "first":
            return list(pending[: random.randint(0, len(pending))])
        case "any":
            return [step for step in pending if random.random() < 0.5]
        case _:
            return [piece for step in pending for piece in _torn(step, random)]


def _torn(step: Step, random: Random) -> Iterator[Step]:
    """Yield the sectors of a write that reached the medium."""
    if step.act == "cut":
        if random.random() < 0.5:
            yield step
        return
    begin = step.offset
    end = step.offset + len(step.data)
    while begin < end:
        stop = min(end, (begin // SECTOR + 1) * SECTOR)
        if random.random() < 0.7:
            data = step.data[begin - step.offset : stop - step.offset]
            yield Step(act="write", path=step.path, offset=begin, data=data)
        begin = stop


def write_image(image: Mapping[str, bytes], folder: Path) -> None:
    """Put an image where a program can open it."""
    folder.mkdir(parents=True)
    for name, content in image.items():
        # SQLite's index of its log is memory, and written anew when a store is opened.
        if not name.endswith("-shm"):
            (folder / name).write_bytes(content)
