"""The tables of where tools keep their caches, and that every row of them is claimed."""

from __future__ import annotations

import pytest

from builders.scenes import scene_of
from deadweight.core.owner import Owner, OwnerKind
from deadweight.owners.cache_places import FOLDERS, HOME_NAMES, HOME_PLACES, SHAPES, SYSTEM_PLACES


def owner_of(path: str, *others: str) -> Owner:
    return scene_of(dict.fromkeys((path, *others), b"x")).ownership.of(path)


@pytest.mark.parametrize(("place", "tool"), SYSTEM_PLACES.items())
def test_a_place_of_the_system_is_the_cache_of_its_tool(place: str, tool: str) -> None:
    assert owner_of(f"{place}/deep/file") == Owner(OwnerKind.CACHE, tool)
    assert owner_of(f"{place}er/file").kind is not OwnerKind.CACHE


@pytest.mark.parametrize(("folder", "tool"), FOLDERS.items())
def test_a_folder_of_a_tool_is_its_cache_anywhere(folder: str, tool: str) -> None:
    assert owner_of(f"app/sub/{folder}/file") == Owner(OwnerKind.CACHE, tool)
    assert owner_of(f"app/sub/not{folder}/file").kind is not OwnerKind.CACHE


@pytest.mark.parametrize(("place", "tool"), HOME_PLACES.items())
def test_a_place_in_a_home_is_the_cache_of_its_tool(place: str, tool: str) -> None:
    assert owner_of(f"root/{place}/x/file") == Owner(OwnerKind.CACHE, tool)


@pytest.mark.parametrize(("name", "tool"), HOME_NAMES.items())
def test_a_folder_of_a_cache_directory_is_called_as_its_tool_is(name: str, tool: str) -> None:
    assert owner_of(f"home/app/.cache/{name}/file") == Owner(OwnerKind.CACHE, tool)
    assert owner_of("home/app/.cache/some-tool/file") == Owner(OwnerKind.CACHE, "some-tool")


@pytest.mark.parametrize(("first", "second", "tool"), SHAPES)
def test_a_cache_that_was_told_to_be_elsewhere_is_known_by_its_shape(first: str, second: str, tool: str) -> None:
    assert owner_of(f"data/store/{first}/a", f"data/store/{second}/b") == Owner(OwnerKind.CACHE, tool)
    assert owner_of(f"data/store/{first}/a").kind is not OwnerKind.CACHE


def test_a_tool_has_one_spelling_over_all_tables() -> None:
    tools = {*SYSTEM_PLACES.values(), *FOLDERS.values(), *HOME_PLACES.values(), *HOME_NAMES.values()}
    assert len({tool.replace("-", " ") for tool in tools}) == len(tools)
    assert all(tool == tool.lower().strip() for tool in tools)
