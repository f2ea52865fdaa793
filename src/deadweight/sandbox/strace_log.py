"""A record of strace, read as it streams by: processes are born and end, and each use of a path is told."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from deadweight.core.trace import Use
from deadweight.sandbox.strace_calls import BIRTHS, WORKING_DIRECTORY, Named, named
from deadweight.sandbox.strace_line import Call, Line, call_of, line_of, open_on, text_of

_UNFINISHED = " <unfinished ...>"
_CHANGED = re.compile(r" <pid changed to (\d+) \.\.\.>$")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
_DETACHED = "<detached ...>"
_NOTHING_THERE = " = -1 ENOENT (No such file or directory)"
_STANDS_IN = WORKING_DIRECTORY + "<"
_EXECS = frozenset(("execve", "execveat"))
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Sighting:
    """One use of an absolute path as the kernel was told it (`..` and links not followed), and whose it was.

    `moment` is in seconds of the record's clock; `process` is the path of the program that the process runs.
    """

    path: str
    use: Use
    moment: float
    process: str


@dataclass(slots=True)
class Place:
    """A working directory, None where it is not known yet, and a root; threads share one."""

    directory: str | None = None
    root: str = ""
    told: str = ""

    def learn(self, told: str) -> None:
        """Take the working directory as a call names it: most name the same one again."""
        if told != self.told:
            self.told, self.directory = told, open_on(told)

    def absolute(self, path: str) -> str | None:
        """The path from the root of all, None where it hangs on a directory that is not known."""
        if path.startswith("/"):
            return self.root + path
        return None if self.directory is None else posixpath.join(self.directory, path)


@dataclass(slots=True)
class Process:
    """One process, or thread: where it stands, what it runs, and how many programs its line has run before."""

    place: Place
    program: str = ""
    executed: int = 0

    def child(self, shares_place: bool) -> Process:
        """What it is copied to."""
        place = self.place if shares_place else Place(self.place.directory, self.place.root)
        return Process(place, self.program, self.executed)


@dataclass(slots=True)
class Reading:
    """What the record has told so far.

    `shells` is how many programs are executed in a row before the one that is watched, whose uses alone are told;
    -1 for a record that begins inside it. `start` is the directory that the first process stands in, None where it is
    not known. `faults` says, each in a sentence, what was not seen.
    """

    shells: int = -1
    start: str | None = None
    faults: dict[str, None] = field(default_factory=dict)
    born: set[int] = field(default_factory=set)
    ended: int = 0
    detached: bool = False
    _processes: dict[int, Process] = field(default_factory=dict)
    _halves: dict[int, str] = field(default_factory=dict)
    _early: dict[int, list[Line]] = field(default_factory=dict)

    @property
    def living(self) -> int:
        """How many processes had not ended when the record did."""
        return len(self._processes) + len(self._early)

    def read(self, lines: Iterable[str]) -> Iterator[Sighting]:
        """Every use that the lines tell of."""
        for number, text in enumerate(lines, 1):
            line = line_of(text.rstrip("\n")) if text.endswith("\n") else None
            if line is None:
                self._lost(f"line {number} is none that strace writes with -f and -o: {text[:_SHOWN]!r}")
            else:
                yield from self._line(line)
        while self._early:
            yield from self._adopt(next(iter(self._early)), Process(Place(), executed=self.shells + 1))

    def _line(self, line: Line) -> Iterator[Sighting]:
        if line.pid in self._early:
            self._early[line.pid].append(line)
        elif line.pid in self._processes:
            self.born.discard(line.pid)
            yield from self._event(line, self._processes[line.pid])
        elif self._processes and self._awaits_birth():
            self._early[line.pid] = [line]
        else:
            first = not self._processes and not self.ended
            known = Process(Place(self.start)) if first else Process(Place(), executed=self.shells + 1)
            self._processes[line.pid] = known
            yield from self._event(line, self._processes[line.pid])

    def _awaits_birth(self) -> bool:
        """Whether some process is in the midst of a call that makes another one."""
        return any(half.partition("(")[0] in BIRTHS for half in self._halves.values())

    def _event(self, line: Line, process: Process) -> Iterator[Sighting]:
        body = line.body
        if body.endswith(_NOTHING_THERE) and not body.startswith("<"):
            return  # every third line of a Python program, and a use of nothing
        if body.startswith("+++"):
            yield from self._end(line)
        elif body.startswith("---"):
            return
        elif body.endswith(_UNFINISHED):
            self._halves[line.pid] = self._whole(line.pid, body).removesuffix(_UNFINISHED)
        elif changed := _CHANGED.search(body):
            self._halves[int(changed[1])] = self._whole(line.pid, body)[: -len(changed[0])]
            self._processes[int(changed[1])] = self._processes.pop(line.pid)
        elif body.endswith(_DETACHED):
            self.detached = True
        else:
            yield from self._call(line, process)

    def _whole(self, pid: int, body: str) -> str:
        """The line with the half that was begun before."""
        resumed = _RESUMED.match(body)
        return self._halves.pop(pid, "") + body[resumed.end() :] if resumed else body

    def _end(self, line: Line) -> Iterator[Sighting]:
        if "superseded by execve" in line.body:
            return
        self._processes.pop(line.pid, None)
        self._halves.pop(line.pid, None)
        self.ended += 1
        if self._early and not self._awaits_birth():
            for pid in tuple(self._early):
                yield from self._adopt(pid, Process(Place(), executed=self.shells + 1))

    def _call(self, line: Line, process: Process) -> Iterator[Sighting]:
        call = call_of(self._whole(line.pid, line.body))
        if call is None:
            self._lost(f"a line that cannot be read: {line.body[:_SHOWN]!r}")
            return
        if call.name in BIRTHS:
            yield from self._birth(call, process)
            return
        for one in named(call):
            yield from self._sighting(one, process, line.moment)
        self._change(call, process)

    def _sighting(self, one: Named, process: Process, moment: float) -> Iterator[Sighting]:
        process.executed += one.use is Use.EXECUTED
        path = _whole_path(one, process.place)
        if path is None:
            if process.executed > self.shells:
                self._lost(f"the record does not tell where {one.path or 'a descriptor'!r} lies, as it does with -y")
            return
        if one.use is Use.EXECUTED:
            process.program = path
        if process.executed > self.shells:
            yield Sighting(path, one.use, moment, process.program)

    def _change(self, call: Call, process: Process) -> None:
        """What the call says of where the process stands."""
        if call.fault or call.outcome is None:
            return
        if call.name == "io_uring_setup":
            self._lost("a ring was set up (io_uring): what is opened through it is not seen")
        elif call.name == "chdir":
            process.place.told, process.place.directory = "", process.place.absolute(text_of(call.leading(1)[0]) or "")
        elif call.name == "fchdir":
            process.place.learn(call.leading(1)[0])
        elif call.name == "chroot":
            process.place.root = (process.place.absolute(text_of(call.leading(1)[0]) or "") or "").rstrip("/")
        elif call.name == "unshare" and "CLONE_FS" in call.arguments:
            process.place = Place(process.place.directory, process.place.root)
        elif call.arguments.startswith(_STANDS_IN):
            process.place.learn(call.arguments[: call.arguments.find(">") + 1])

    def _birth(self, call: Call, parent: Process) -> Iterator[Sighting]:
        if call.fault or not call.child:
            return
        child = parent.child("CLONE_FS" in call.arguments)
        if call.child in self._early:
            yield from self._adopt(call.child, child)
        elif call.child not in self._processes:
            self._processes[call.child] = child
            self.born.add(call.child)

    def _adopt(self, pid: int, process: Process) -> Iterator[Sighting]:
        """What a process did before it was known whose child it is."""
        self._processes[pid] = process
        for line in self._early.pop(pid):
            yield from self._line(line)

    def _lost(self, why: str) -> None:
        if len(self.faults) < 100:
            self.faults[why] = None


def _whole_path(one: Named, place: Place) -> str | None:
    """The absolute path, None where the record does not tell it."""
    if one.base is None:
        return None
    if not one.base:
        return place.absolute(one.path)
    return posixpath.join(one.base, one.path) if one.base.startswith("/") else None
