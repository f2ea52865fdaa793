"""`gc` removes what no version needs, and never anything else; whatever the order of things that happen."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders.zoos import LATER, added, back, blobs, cleaned, held, model, moved, stored, weights
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.progress import SILENT
from deadweight.core.zoo import reference
from deadweight.zoo.checking import verify
from deadweight.zoo.cleaning import Trial, clean
from deadweight.zoo.listing import listing
from deadweight.zoo.naming import forget

FIRST = {"a": weights(1, 30_000), "b": weights(2, 30_000)}
SECOND = {"a": FIRST["a"], "b": moved(FIRST["b"], 5, 1e-3)}


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "one", FIRST), "m:1")
    added(root, model(tmp_path / "two", SECOND), "m:2")
    return root


def test_nothing_goes_while_all_is_needed(zoo: Path) -> None:
    before = blobs(zoo)
    assert cleaned(zoo) == 0
    assert blobs(zoo) == before


def test_what_a_forgotten_version_alone_needed_goes(zoo: Path, tmp_path: Path) -> None:
    before = stored(zoo)
    forget(zoo, reference("m:2"))
    told = listing(zoo).unreferenced
    assert cleaned(zoo) == told == before - stored(zoo) > 0
    assert back(zoo, "m:1", tmp_path / "out") == (tmp_path / "one").read_bytes()


def test_the_base_of_a_difference_stays(zoo: Path, tmp_path: Path) -> None:
    assert any(part.base for part in held(zoo, "m:2").parts)
    forget(zoo, reference("m:1"))
    cleaned(zoo)
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()
    assert not verify(zoo, SILENT).problems


def test_an_empty_zoo_is_empty(zoo: Path) -> None:
    for name in ("m:1", "m:2"):
        forget(zoo, reference(name))
    cleaned(zoo)
    assert blobs(zoo) == {}
    assert listing(zoo).versions == ()


def test_what_is_younger_than_the_grace_stays(zoo: Path) -> None:
    forget(zoo, reference("m:2"))
    before = blobs(zoo)
    kept = clean(zoo, Trial(time.time(), 3600))
    assert (kept.removed, kept.kept) == (0, kept.kept)
    assert kept.kept > 0
    assert blobs(zoo) == before


def test_a_trial_removes_nothing(zoo: Path) -> None:
    forget(zoo, reference("m:2"))
    before = blobs(zoo)
    (zoo / ".incoming/half").write_bytes(b"half")
    trial = clean(zoo, Trial(LATER, is_trial=True))
    assert blobs(zoo) == before
    assert (zoo / ".incoming/half").exists()
    assert trial.removed_bytes == cleaned(zoo) > 0


def test_what_a_killed_run_left_goes(zoo: Path) -> None:
    (zoo / ".incoming/123-abc").write_bytes(b"half")
    cleaned(zoo)
    assert not list((zoo / ".incoming").iterdir())


def test_a_version_must_be_named_to_be_forgotten(zoo: Path) -> None:
    with pytest.raises(UsageError, match="names no version"):
        forget(zoo, reference("m"))
    with pytest.raises(UsageError, match="there is no m:3"):
        forget(zoo, reference("m:3"))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"manifests": 3}', b'{"manifests": [3]}', b'{"manifests": [{}]}'])
def test_nothing_goes_where_the_index_cannot_be_read(body: bytes, zoo: Path) -> None:
    before = blobs(zoo)
    (zoo / "index.json").write_bytes(body)
    with pytest.raises(Corrupt):
        cleaned(zoo)
    assert blobs(zoo) == before


def test_nothing_goes_where_a_manifest_is_not_there(zoo: Path) -> None:
    entry = json.loads((zoo / "index.json").read_bytes())["manifests"][0]
    (zoo / "blobs/sha256" / entry["digest"][7:]).unlink()
    before = blobs(zoo)
    with pytest.raises(Corrupt, match="missing"):
        cleaned(zoo)
    assert blobs(zoo) == before


def test_nothing_goes_where_a_manifest_is_damaged(zoo: Path) -> None:
    entry = json.loads((zoo / "index.json").read_bytes())["manifests"][1]
    path = zoo / "blobs/sha256" / entry["digest"][7:]
    path.write_bytes(path.read_bytes().replace(b'"layers":[', b'"lawyers":['))
    os.truncate(path, entry["size"])
    before = blobs(zoo)
    with pytest.raises(Corrupt, match="damaged"):
        cleaned(zoo)
    assert blobs(zoo) == before


BODIES = [weights(number, 5_000) for number in range(4)]
BODIES += [moved(BODIES[0], number, 1e-3) for number in range(3)]
TENSORS = some.dictionaries(some.sampled_from("abcd"), some.sampled_from(range(len(BODIES))), min_size=1)


class Zoo(RuleBasedStateMachine):
    """Whatever is added, forgotten and cleaned: each version that is there comes back as it was added."""

    @initialize()
    def begin(self) -> None:
        self.room = TemporaryDirectory()
        self.place = Path(self.room.name)
        self.root = self.place / "zoo"
        self.files: dict[str, bytes] = {}
        self.number = 0

    @rule(tensors=TENSORS, name=some.sampled_from("mn"))
    def add(self, tensors: dict[str, int], name: str) -> None:
        self.number += 1
        source = model(self.place / str(self.number), {key: BODIES[place] for key, place in tensors.items()})
        done = added(self.root, source, f"{name}:{self.number}")
        self.files[str(done.version.reference)] = source.read_bytes()

    @precondition(lambda self: self.files)
    @rule(data=some.data())
    def forget(self, data: some.DataObject) -> None:
        name = data.draw(some.sampled_from(sorted(self.files)))
        forget(self.root, reference(name))
        del self.files[name]

    @precondition(lambda self: self.number)
    @rule()
    def clean(self) -> None:
        cleaned(self.root)
        assert listing(self.root).unreferenced == 0

    @precondition(lambda self: self.files)
    @rule(data=some.data())
    def get(self, data: some.DataObject) -> None:
        name = data.draw(some.sampled_from(sorted(self.files)))
        assert back(self.root, name, self.place / "out") == self.files[name]

    @invariant()
    def names_are_those_that_were_added(self) -> None:
        if self.number:
            assert {str(one.version.reference) for one in listing(self.root).versions} == set(self.files)

    def teardown(self) -> None:
        if self.number:
            cleaned(self.root)
            assert not verify(self.root, SILENT).problems
            for name, body in self.files.items():
                assert back(self.root, name, self.place / "out") == body
        self.room.cleanup()


TestZoo = Zoo.TestCase
TestZoo.settings = settings(max_examples=12, stateful_step_count=14, derandomize=True, deadline=None)
