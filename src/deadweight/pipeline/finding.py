"""A scene becomes findings: every rule looks, and a rule that fails is a gap."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from deadweight.core.errors import DeadweightError, UsageError
from deadweight.core.finding import Finding
from deadweight.core.gap import Gap
from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.core.plugins import Plugin, found, named
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.native_files import begin_native_files


def rules() -> tuple[Plugin[Rule], ...]:
    """All rules, ours and those of third parties, by name."""
    plugins = found("deadweight.rules", "RULE", Rule)
    named(plugins)
    return tuple(sorted(plugins, key=lambda plugin: plugin.value.name))


def chosen_rules(choice: Choice) -> tuple[Rule, ...]:
    """The rules that are selected, all of the level where none is named, without those ignored.

    An unknown name is a UsageError.
    """
    known = {plugin.value.name: plugin.value for plugin in rules()}
    strange = sorted((choice.select | choice.ignore) - known.keys())
    if strange:
        raise no_rule(strange[0], known)
    wanted = choice.select or {name for name, rule in known.items() if _is_of(rule, choice.level)}
    return tuple(rule for name, rule in known.items() if name in wanted - choice.ignore)


def _is_of(rule: Rule, level: Level) -> bool:
    return level.reaches(rule.level) and not rule.by_name


def no_rule(name: str, known: Iterable[str]) -> UsageError:
    """That there is no rule of the name, and which are near."""
    near = get_close_matches(name, known, 3)
    advice = f"Did you mean {', '.join(near)}?" if near else "All rules: deadweight rule"
    return UsageError(f"there is no rule {name!r}", advice=advice)


def find(scene: Scene, looking: Iterable[Rule]) -> tuple[Finding, ...]:
    """What the rules find, most unpacked bytes first, then most stored ones."""
    scene.progress.start("looking", 0, "rules")
    every = tuple(looking)
    if any(rule.level is not Level.SAFE for rule in every):
        begin_native_files(scene)
    findings = [finding for rule in every for finding in _look(rule, scene)]
    scene.progress.finish()
    return tuple(sorted(findings, key=lambda one: (-one.size, -one.stored, one.rule, one.paths)))


def _look(rule: Rule, scene: Scene) -> tuple[Finding, ...]:
    try:
        return tuple(rule.find(scene))
    except DeadweightError:
        raise
    except Exception as fault:  # noqa: BLE001  a plug-in may fail in any way, and the others still look
        scene.note(Gap("find", rule.name, f"the rule failed: {type(fault).__name__}: {fault}"))
        return ()
    finally:
        scene.progress.advance(1)
