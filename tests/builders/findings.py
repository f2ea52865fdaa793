"""What a rule finds in a scene, and the laws that every finding keeps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from builders.scenes import MemoryContents, scene_from, scene_of
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Finding
from deadweight.core.seams import Rule


def found_by(
    rule: Rule,
    files: Mapping[str, bytes | Entry] | Artifact,
    options: Mapping[str, str] | None = None,
    reads: int = 0,
) -> tuple[Finding, ...]:
    """What the rule finds, after checking that it read at most `reads` bytes of bodies and names itself."""
    scene = scene_from(files, options) if isinstance(files, Artifact) else scene_of(files, options)
    findings = tuple(rule.find(scene))
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes <= reads
    for finding in findings:
        assert finding.rule == rule.name
        assert all(edit.rule == rule.name for edit in finding.edits)
    paths = [(edit.layer, path) for finding in findings for edit in finding.edits for path in edit.paths]
    assert len(paths) == len(set(paths))
    return findings


def paths_of(findings: tuple[Finding, ...]) -> set[str]:
    """All paths that were found."""
    return {path for finding in findings for path in finding.paths}


def tree_of(root: Path) -> dict[str, bytes | Entry]:
    """What a tool left in a folder: files with their bodies, symbolic links as entries."""
    found: dict[str, bytes | Entry] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = Entry(name, Kind.SYMLINK, target=str(path.readlink()))
        elif path.is_file():
            found[name] = path.read_bytes()
    return found
