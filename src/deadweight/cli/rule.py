"""`deadweight rule`: what a rule looks for and why."""

from __future__ import annotations

import click

from deadweight.cli.options import TALK
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
        click.echo(f"{name}  ({chosen[0].value.safety})\n\n{chosen[0].doc}")
    else:
        width = max(len(plugin.value.name) for plugin in known)
        for plugin in known:
            click.echo(f"{plugin.value.name:<{width}}  {plugin.value.safety:<9}  {plugin.value.summary}")
    return 0


def _document(plugin: Plugin[Rule]) -> dict[str, str]:
    rule = plugin.value
    return {"name": rule.name, "summary": rule.summary, "safety": str(rule.safety), "documentation": plugin.doc}
