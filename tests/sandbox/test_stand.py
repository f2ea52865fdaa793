from __future__ import annotations

from pathlib import Path

import pytest

from deadweight.sandbox.stand import Program, Stand


def test_a_path_at_the_place_lies_in_the_tree_and_any_other_on_the_host() -> None:
    stand = Stand(Path("/copy"), "/srv/app")
    assert stand.behind("/srv/app") == Path("/copy")
    assert stand.behind("/srv/app/bin/python") == Path("/copy/bin/python")
    assert stand.behind("/srv/application") == Path("/srv/application")
    assert stand.behind("/usr/bin/env") == Path("/usr/bin/env")


def test_a_path_may_be_written_relative_to_the_tree() -> None:
    stand = Stand(Path("/copy"), "/srv/app")
    assert (stand.seen("src"), stand.seen(""), stand.seen("/opt")) == ("/srv/app/src", "/srv/app", "/opt")
    assert Stand(Path("/tree"), "/tree", image=True).seen("") == "/"


def test_every_path_of_an_image_lies_in_its_tree_whatever_its_place() -> None:
    assert Stand(Path("/tree"), "/elsewhere", image=True).behind("/usr") == Path("/tree/usr")
    assert Stand(Path("/tree"), image=True).behind("/usr/bin/env") == Path("/tree/usr/bin/env")


@pytest.mark.parametrize(("root", "place"), [("relative", "/x"), ("/x", "relative")])
def test_a_stand_is_given_by_absolute_paths(root: str, place: str) -> None:
    with pytest.raises(ValueError, match="absolute"):
        Stand(Path(root), place)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_one(port: int) -> None:
    with pytest.raises(ValueError, match="is none"):
        Program(("x",), port=port)
