from collections.abc import Sequence
from pathlib import Path

import pytest

from deadweight.core.changes import Addition, Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.formats.images.layer_plan import plan_layers

MARKS = {"-": Kind.WHITEOUT, "*": Kind.OPAQUE, "/": Kind.DIRECTORY}


def layers_of(*described: str) -> list[list[Entry]]:
    """Layers as text: `a/` a folder, `-a` a whiteout, `*a` an opaque mark, `a=b` a hard link, `a` a file."""
    layers = []
    for number, words in enumerate(described):
        layers.append([_entry(word, number, place) for place, word in enumerate(words.split())])
    return layers


def _entry(word: str, layer: int, place: int) -> Entry:
    if word[0] in "-*":
        return Entry(word[1:], MARKS[word[0]], layer=layer)
    if word.endswith("/"):
        return Entry(word[:-1], Kind.DIRECTORY, mode=0o700, layer=layer)
    path, _, target = word.partition("=")
    if target:
        return Entry(path, Kind.HARDLINK, target=target, layer=layer)
    return Entry(path, Kind.FILE, layer=layer, offset=place * 512)


def planned(layers: Sequence[Sequence[Entry]], changes: Changes) -> list[str | None]:
    """What each layer is written with, as text; None for a layer that stays."""
    visible, shadowed = stack(layers)
    plan = plan_layers(layers, Inventory(visible, shadowed, {}, 0), changes)
    return [None if members is None else " ".join(_word(one.entry) for one in members) for members in plan]


def _word(entry: Entry) -> str:
    mark = {Kind.WHITEOUT: "-", Kind.OPAQUE: "*"}.get(entry.kind, "")
    folder = "/" if entry.kind is Kind.DIRECTORY else ""
    return mark + entry.path + folder + (f"={entry.target}" if entry.kind is Kind.HARDLINK else "")


def removing(*paths: str) -> Changes:
    return Changes(removed=frozenset(paths))


def dropping(*hidden: tuple[int, str]) -> Changes:
    return Changes(dropped=frozenset(hidden))


@pytest.mark.parametrize(
    ("layers", "changes", "wanted"),
    [
        pytest.param(["a b"], removing("a"), ["b"], id="what is removed leaves its layer"),
        pytest.param(["a b", "c"], removing("c"), [None, ""], id="nothing is left of a layer"),
        pytest.param(["a x", "a b", "c"], removing("a"), [None, "-a b", None], id="a lower copy is hidden"),
        pytest.param(["a x", "-a", "a b"], removing("a"), [None, None, "b"], id="an old whiteout hides it already"),
        pytest.param(["a x", "a", "a b"], removing("a"), [None, None, "-a b"], id="one whiteout for all copies"),
        pytest.param(["d/ d/a x", "d/ d/b"], removing("d"), ["x", ""], id="a folder goes from all layers"),
        pytest.param(["d/ d/a", "d/ d/a d/b"], removing("d/a"), [None, "d/ -d/a d/b"], id="the folder stays in front"),
        pytest.param(["d/ d/a x", "d/b -d/a"], removing("d"), ["x", ""], id="marks of a removed folder go"),
        pytest.param(["d/ d/a", "d/c", "-d/a"], removing("d"), ["", "", ""], id="even from a layer of marks"),
        pytest.param(["d/a", "d"], removing("d"), [None, "-d"], id="a file that replaced a folder"),
        pytest.param(["d x", "d/a y"], removing("d/a"), [None, "-d y"], id="a folder that replaced a file"),
        pytest.param(["a b", "a"], dropping((0, "a")), ["b", None], id="a hidden entry is dropped"),
        pytest.param(["a b", "-a c"], dropping((0, "a")), ["b", None], id="an idle whiteout stays in a kept layer"),
        pytest.param(["a b", "-a c d"], removing("c", "b"), ["a", "-a d"], id="a needed whiteout stays"),
        pytest.param(["b", "-a c d"], removing("c"), [None, "d"], id="an idle whiteout goes from a rewritten layer"),
        pytest.param(["d/ d/a", "*d d/b d/c"], removing("d/b"), [None, "*d d/c"], id="a needed opaque mark stays"),
        pytest.param(["d/", "*d d/b d/c"], removing("d/b"), [None, "d/c"], id="an idle opaque mark goes"),
        pytest.param(["a a b"], removing("b"), ["a"], id="of two of one path the last stays"),
        pytest.param(["a b=a c=a"], removing("a"), ["b c=b"], id="the heir of a body"),
        pytest.param(["a b=a c=b"], removing("b"), ["a c=a"], id="a link to a link that went"),
        pytest.param(["a", "b=a c=a x"], removing("a"), ["", "b c=b x"], id="an heir in a higher layer"),
        pytest.param(["a b=a", "a c=b"], removing("b"), ["a", "a c"], id="a name that means another file by now"),
    ],
)
def test_removing_and_dropping(layers: list[str], changes: Changes, wanted: list[str | None]) -> None:
    assert planned(layers_of(*layers), changes) == wanted


def test_a_whiteout_brings_the_folders_above_it_with_their_attributes() -> None:
    layers = layers_of("d/ d/e/ d/e/a", "d/e/a b")
    visible, shadowed = stack(layers)
    members = plan_layers(layers, Inventory(visible, shadowed, {}, 0), removing("d/e/a"))[1]
    assert members is not None
    assert [(_word(one.entry), one.entry.mode) for one in members[:2]] == [("d/", 0o700), ("d/e/", 0o700)]
    assert [_word(one.entry) for one in members[2:]] == ["-d/e/a", "b"]


def test_additions_make_a_layer_of_their_own_with_the_folders_above_them() -> None:
    added = {path: Addition(Entry(path, Kind.FILE), Path(path)) for path in ("d/new", "another")}
    assert planned(layers_of("d/ d/a"), Changes(added=added)) == [None, "d/ another d/new"]


def test_a_removed_path_can_be_added_again() -> None:
    added = {"a": Addition(Entry("a", Kind.FILE), Path("a"))}
    assert planned(layers_of("a b", "a c"), Changes(removed=frozenset({"a"}), added=added)) == [None, "-a c", "a"]


def test_without_changes_every_layer_stays() -> None:
    assert planned(layers_of("a", "b -a", "c=b"), Changes()) == [None, None, None]
