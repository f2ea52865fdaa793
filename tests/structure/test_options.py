"""Every command, however deep: its options do not get in each other's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click
import pytest

from deadweight.cli.program import deadweight


def _commands(group: click.Group, path: str = "deadweight") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(_commands(deadweight))


@pytest.mark.parametrize("name", COMMANDS)
def test_no_two_options_are_handed_over_under_one_name(name: str) -> None:
    twice = [given for given, times in Counter(one.name for one in COMMANDS[name].params).items() if times > 1]
    assert not twice


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_means_two_options(name: str) -> None:
    words = (word for one in COMMANDS[name].params for word in (*one.opts, *one.secondary_opts))
    assert not [word for word, times in Counter(words).items() if times > 1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = (one for one in COMMANDS[name].params if isinstance(one, click.Option))
    assert not [one.name for one in options if not one.help and not one.hidden]
