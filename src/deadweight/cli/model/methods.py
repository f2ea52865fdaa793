"""The options that say which methods of squeezing are searched, and list them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from deadweight.cli.model.needs import check_numpy
from deadweight.cli.talk import stacked
from deadweight.reports.models.squeezing import methods_text

if TYPE_CHECKING:
    from deadweight.squeezing.method import Method


def _list(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Tell which methods there are, and end."""
    if not is_asked:
        return
    check_numpy("squeezing")
    from deadweight.squeezing.method import methods

    sys.stdout.write(methods_text([(one.name, one.summary, one.rank) for one in methods().values()]))
    context.exit()


METHODS = stacked(
    click.option("--method", "names", multiple=True, metavar="NAME", help="Search this method; may be repeated."),
    click.option(
        "--methods", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the methods."
    ),
)


def chosen_methods(given: Mapping[str, Any]) -> tuple[Method, ...]:
    """Those that were named, else all that a search asks; raises UsageError for a name that there is not."""
    from deadweight.squeezing.method import chosen

    return chosen(given["names"])
