"""What every kind of need is held to."""

from __future__ import annotations

import pytest

from builders.reaching import entered
from deadweight.core.plugins import Plugin, found
from deadweight.core.seams import Need

KINDS = found("deadweight.needs", "NEED", Need)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value.name)
def test_a_kind_of_need_says_what_it_is(kind: Plugin[Need]) -> None:
    assert kind.value.name
    assert kind.value.summary
    assert not kind.value.summary.endswith(".")
    assert kind.doc.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value.name)
def test_a_kind_of_need_says_nothing_of_what_is_not_there(kind: Plugin[Need]) -> None:
    scene = entered({"odd\udc80name": b"\xff\xfe", "empty.py": b""}, "python nothing.py")
    for path in ("missing", "missing/too.py", "odd\udc80name", "empty.py"):
        steps = list(kind.value.follow(scene, path))
        assert not [step for step in steps if step.path in scene.listing and step.path != path]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value.name)
def test_every_step_has_a_path_and_a_reason(kind: Plugin[Need]) -> None:
    scene = entered({"app.py": b"import os\n", "run.sh": b"#!/bin/sh\nexec python app.py\n"}, "./run.sh app.py")
    steps = [*kind.value.seeds(scene), *kind.value.follow(scene, "app.py"), *kind.value.follow(scene, "run.sh")]
    assert all(step.path and step.says for step in steps)
