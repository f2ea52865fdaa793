from __future__ import annotations

from builders.reach import reached_scene
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.core.edit import Safety
from deadweight.core.trace import Trace
from deadweight.facts.trace import TRACE
from deadweight.rules.unreached_distributions import RULE

USED = distribution_files(SITE, "used", files={"used/__init__.py": b"", "shared/used.py": b""})
UNUSED = distribution_files(SITE, "unused", files={"unused/__init__.py": b"", "shared/unused.py": b""})
FILES = {**USED, **UNUSED}


def test_finds_the_distribution_that_nothing_reaches_with_its_metadata() -> None:
    (found,) = RULE.find(reached_scene(FILES, [f"{SITE}/used-1.0.dist-info"]))
    assert found.owner == "unused 1.0"
    assert found.paths == tuple(f"{SITE}/{name}" for name in ("shared/unused.py", "unused", "unused-1.0.dist-info"))
    assert found.safety is Safety.PROVEN


def test_a_distribution_stays_whole_where_one_file_of_it_is_reached() -> None:
    assert [one.owner for one in RULE.find(reached_scene(FILES, [f"{SITE}/unused/__init__.py"]))] == ["used 1.0"]


def test_leaves_all_where_nothing_says_how_the_program_starts_and_says_so() -> None:
    scene = reached_scene(FILES, [], known=False)
    assert list(RULE.find(scene)) == []
    assert [gap.reason for gap in scene.gaps] == [
        "what is reached is not known, so rules alone decide: nothing says how the program starts"
    ]


def test_leaves_all_where_all_is_reached() -> None:
    reached = [f"{SITE}/{name}-1.0.dist-info" for name in ("used", "unused")]
    assert list(RULE.find(reached_scene(FILES, reached))) == []


def test_the_evidence_names_the_way_in_and_the_runs_that_were_watched() -> None:
    scene = reached_scene(FILES, [f"{SITE}/used-1.0.dist-info"])
    scene.learn(TRACE, Trace("x", command="serve", runs=2))
    (found,) = RULE.find(scene)
    said = [one.says for one in found.evidence]
    assert said == ["nothing leads there from --run (serve)", "2 watched runs of serve did not touch it"]
