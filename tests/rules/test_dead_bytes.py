from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of, entry_of
from deadweight.core.artifact import Artifact
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.layers import Layer, stack
from deadweight.rules.dead_bytes import RULE

BIG = b"x" * 70_000


def _layers() -> tuple[Layer, ...]:
    made_by = ("COPY . /app", "RUN rm -rf /app/data", "RUN chown -R app /app")
    return tuple(
        Layer(index, f"sha256:{index:064x}", f"sha256:{index:064x}", "tar", 1, 1, instruction)
        for index, instruction in enumerate(made_by)
    )


def _image(hidden: dict[str, tuple[bytes, int, Cause, int]], visible: dict[str, bytes | Entry]) -> Artifact:
    shadows = [
        (Shadow(entry_of(path, body, layer=layer), cause, by), body)
        for path, (body, layer, cause, by) in hidden.items()
    ]
    return artifact_of(visible, shadows, _layers())


def test_finds_what_a_later_instruction_removed_and_names_the_instruction() -> None:
    (finding,) = found_by(RULE, _image({"app/data/x": (BIG, 0, Cause.REMOVED_DIRECTORY, 1)}, {"app/main.py": b""}))
    assert finding.paths == ("app/data/x",)
    assert (finding.size, finding.stored) == (len(BIG), len(BIG))
    assert finding.owner == "layer 0"
    assert "RUN rm -rf /app/data" in finding.evidence[0].says
    assert finding.evidence[0].where == "layer 1"
    (edit,) = finding.edits
    assert (edit.kind, edit.layer, edit.safety) == ("merge", 0, Safety.SAFE)


def test_finds_one_thing_for_each_layer_and_cause() -> None:
    hidden = {
        "app/a": (BIG, 0, Cause.REMOVED_FILE, 1),
        "app/b": (BIG, 0, Cause.COPIED, 2),
        "app/c": (BIG, 1, Cause.COPIED, 2),
        "app/d": (BIG, 1, Cause.COPIED, 2),
    }
    findings = found_by(RULE, _image(hidden, {}))
    assert [(finding.owner, len(finding.paths)) for finding in findings] == [
        ("layer 0", 1),
        ("layer 0", 1),
        ("layer 1", 2),
    ]


def test_finds_a_path_that_three_layers_store_twice_too_often() -> None:
    versions = [(Shadow(entry_of("app/model", BIG, layer=layer), Cause.COPIED, layer + 1), BIG) for layer in range(2)]
    findings = found_by(RULE, artifact_of({"app/model": entry_of("app/model", BIG, layer=2)}, versions, _layers()))
    assert sum(finding.size for finding in findings) == 2 * len(BIG)


def test_finds_without_an_edit_what_is_not_worth_a_new_layer() -> None:
    (finding,) = found_by(RULE, _image({"etc/passwd": (b"root", 0, Cause.OVERWRITTEN, 1)}, {}))
    assert finding.edits == ()
    assert finding.safety is Safety.SUGGESTED
    assert "unshares" in finding.evidence[-1].says


def test_leaves_a_hidden_file_whose_bytes_a_visible_hard_link_shares() -> None:
    link = Entry("app/b", Kind.HARDLINK, target="app/a")
    assert found_by(RULE, _image({"app/a": (BIG, 0, Cause.REMOVED_FILE, 1)}, {"app/b": link})) == ()


def test_leaves_an_artifact_without_hidden_entries_and_hidden_entries_without_bytes() -> None:
    directory = Shadow(Entry("app", Kind.DIRECTORY), Cause.OVERWRITTEN, 1)
    assert found_by(RULE, artifact_of({"app/x": BIG}, [(directory, b"")], _layers())) == ()


PATHS = st.sampled_from(["a", "a/b", "a/c", "d"])
KINDS = st.sampled_from([Kind.FILE, Kind.FILE, Kind.WHITEOUT, Kind.OPAQUE])
LAYERS = st.lists(st.dictionaries(PATHS, st.tuples(KINDS, st.binary(min_size=1, max_size=3)), max_size=4), max_size=4)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(LAYERS)
def test_every_hidden_byte_is_found_once(layers: list[dict[str, tuple[Kind, bytes]]]) -> None:
    made = [
        [_entry(path, kind, body, index) for path, (kind, body) in layer.items()] for index, layer in enumerate(layers)
    ]
    visible, shadowed = stack(made)
    artifact = artifact_of({entry.path: entry for entry in visible if entry.path}, [(one, b"") for one in shadowed])
    findings = found_by(RULE, artifact)
    assert sum(finding.size for finding in findings) == sum(one.entry.size for one in shadowed)
    assert paths_of(findings) == {one.entry.path for one in shadowed if one.entry.size}


def _entry(path: str, kind: Kind, body: bytes, layer: int) -> Entry:
    return entry_of(path, body, layer=layer) if kind is Kind.FILE else Entry(path, kind, layer=layer)
