from __future__ import annotations

from builders.scenes import distribution_files, scene_of
from deadweight.facts.sites import SITES


def test_a_site_and_all_above_it_are_told_and_nothing_below() -> None:
    site = "usr/lib/python3/dist-packages"
    scene = scene_of(distribution_files(site, "one") | distribution_files("app/vendor", "two"))
    assert scene.ask(SITES) == {"", "usr", "usr/lib", "usr/lib/python3", site, "app", "app/vendor"}


def test_without_distributions_the_root_alone_is_spared() -> None:
    assert scene_of({"app/main.py": b""}).ask(SITES) == {""}
