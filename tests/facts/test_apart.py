"""What copies of this process work out is what this one would have, and nothing is lost where one fails."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.scenes import scene_of
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.apart import ahead, begin


def processes() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_fact_is_worked_out_by_another_process_and_its_gaps_come_with_it() -> None:
    def work(scene: Scene) -> tuple[int, str]:
        scene.note(Gap("test", "there", "not known"))
        return os.getpid(), "said"

    scene, fact = scene_of({"a": b"1"}), Fact("worked out", work)
    scene.note(Gap("test", "here", "known before"))
    begin(scene, fact)
    assert [gap.where for gap in scene.gaps] == ["here"]
    process, said = scene.ask(fact)
    assert process != os.getpid()
    assert said == "said"
    assert [gap.where for gap in scene.gaps] == ["here", "there"]
    assert scene.ask(fact) == (process, said)


@pytest.mark.parametrize("failure", [ValueError, SystemExit, KeyboardInterrupt])
def test_where_the_other_process_fails_this_one_works_the_fact_out(failure: type[BaseException]) -> None:
    here = os.getpid()

    def work(_: Scene) -> str:
        if os.getpid() != here:
            raise failure
        return "here"

    scene, fact = scene_of({"a": b"1"}), Fact("fails there", work)
    begin(scene, fact)
    assert scene.ask(fact) == "here"


def test_where_the_other_process_is_killed_this_one_works_the_fact_out() -> None:
    here = os.getpid()

    def work(_: Scene) -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        return "here"

    scene, fact = scene_of({"a": b"1"}), Fact("killed there", work)
    begin(scene, fact)
    assert scene.ask(fact) == "here"


def test_what_fails_in_both_fails_as_if_nothing_had_begun() -> None:
    def work(_: Scene) -> str:
        raise ValueError("damaged")

    scene, fact = scene_of({"a": b"1"}), Fact("fails", work)
    begin(scene, fact)
    with pytest.raises(ValueError, match="damaged"):
        scene.ask(fact)


def test_a_process_that_nobody_asked_ends_with_the_scene() -> None:
    before = processes()

    def work(_: Scene) -> None:
        time.sleep(60)

    scene = scene_of({"a": b"1"})
    begin(scene, Fact("never asked", work))
    assert processes() - before
    del scene
    gc.collect()
    assert not processes() - before


def test_where_there_is_one_processor_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    scene, fact = scene_of({"a": b"1"}), Fact("here", lambda _: os.getpid())
    begin(scene, fact)
    assert scene.ask(fact) == os.getpid()
    assert ahead(lambda: [("a", b"1")]) is None


def test_what_is_told_ahead_comes_once_and_by_its_path() -> None:
    said = {f"a\udcff{number}": bytes([number % 251]) * number * 100 for number in range(100)}
    told = ahead(lambda: said.items())
    assert told is not None
    os.waitpid(told.copy.pid, 0)
    assert {path: told.of(path) for path in said} == said
    assert told.of("a\udcff7") is None
    assert told.of("other") is None


def test_what_is_told_so_far_is_there_while_the_rest_is_not() -> None:
    def telling() -> Iterator[tuple[str, bytes]]:
        yield "first", b"1" * 100_000
        time.sleep(60)
        yield "second", b"2"

    told = ahead(telling)
    assert told is not None
    since = time.monotonic()
    while (first := told.of("first")) is None and time.monotonic() < since + 30:
        time.sleep(0.01)
    assert first == b"1" * 100_000
    assert told.of("second") is None


def test_what_was_told_before_a_failure_counts() -> None:
    def telling() -> Iterator[tuple[str, bytes]]:
        yield "first", b"1" * 100_000
        raise ValueError

    told = ahead(telling)
    assert told is not None
    os.waitpid(told.copy.pid, 0)
    assert told.of("first") == b"1" * 100_000
    assert told.of("second") is None
