"""`deadweight rule`: what a rule looks for and why."""

from __future__ import annotations

import click

from deadweight.cli.options import TALK
from deadweight.core.level import Level
from deadweight.core.plugins import Plugin
from deadweight.core.seams import Rule
from deadweight.pipeline.finding import no_rule, rules
from deadweight.reports.json import text


@click.command("rule")
@click.argument("name", required=False)
@TALK
def COMMAND(name: str | None, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """What the rule NAME looks for, why it weighs, and what it does; without NAME all rules.

    \b
    Examples:
      deadweight rule
      deadweight rule bytecode
    """
    known = rules()
    chosen = [plugin for plugin in known if name in (None, plugin.value.name)]
    if not chosen:
        raise no_rule(name or "", [plugin.value.name for plugin in known])
    if as_json:
        click.echo(text([_document(plugin) for plugin in chosen]), nl=False)
    elif name:
        rule = chosen[0].value
        click.echo(f"{name}  ({rule.safety}, {_level(rule)})\n\n{chosen[0].doc}")
    else:
        width = max(len(plugin.value.name) for plugin in known)
        for plugin in known:
            rule = plugin.value
            click.echo(f"{rule.name:<{width}}  {rule.level:<8}  {rule.safety:<9}  {rule.summary}")
        click.echo("")
        for level in Level:
            click.echo(f"--level {level:<8}  {level.promise}")
    return 0


def _level(rule: Rule) -> str:
    return "looks only where it is selected" if rule.by_name else f"from --level {rule.level}"


def _document(plugin: Plugin[Rule]) -> dict[str, str]:
    rule = plugin.value
    return {
        "name": rule.name,
        "summary": rule.summary,
        "safety": str(rule.safety),
        "level": str(rule.level),
        "documentation": plugin.doc,
    }
