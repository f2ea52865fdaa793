"""Which image is meant, where several could be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt, UsageError
from deadweight.formats.images.choice import Choice, Platform, asked_platform, pick, platform_of

AMD, ARM7, ARM6 = Platform("linux", "amd64"), Platform("linux", "arm", "v7"), Platform("linux", "arm", "v6")
PLATFORMS = st.builds(
    Platform,
    st.sampled_from(["linux", "windows"]),
    st.sampled_from(["amd64", "arm64", "arm"]),
    st.sampled_from(["", "v6", "v7"]),
)


@pytest.mark.parametrize(
    ("platform", "written"),
    [(AMD, "linux/amd64"), (ARM7, "linux/arm/v7"), (Platform(), "unnamed"), (Platform("", "amd64"), "amd64")],
)
def test_a_platform_is_written_as_it_is_asked_for(platform: Platform, written: str) -> None:
    assert str(platform) == written


@settings(max_examples=40, deadline=None, derandomize=True)
@given(platform=PLATFORMS)
def test_a_platform_that_is_asked_for_by_its_own_name_answers(platform: Platform) -> None:
    asked = asked_platform(str(platform).upper())
    assert asked == platform
    assert asked is not None
    assert platform.answers(asked)
    assert platform.answers(Platform(platform.os, platform.architecture))


def test_a_variant_that_was_asked_for_matters() -> None:
    assert not ARM6.answers(ARM7)
    assert not Platform("linux", "arm").answers(ARM7)
    assert not ARM7.answers(AMD)


@pytest.mark.parametrize("text", ["linux", "/", "linux/", "/amd64", "linux/arm/v7/x", "linux//v7", " / / / "])
def test_what_is_no_platform_is_a_mistake_of_the_caller(text: str) -> None:
    with pytest.raises(UsageError, match="is no platform"):
        asked_platform(text)


def test_nothing_asked_is_no_platform() -> None:
    assert asked_platform("") is None


def test_attestations_run_on_nothing() -> None:
    assert not Platform("unknown", "unknown").is_real
    assert not Platform("unknown", "amd64").is_real
    assert Platform().is_real
    assert AMD.is_real


def test_a_platform_is_read_from_a_descriptor_or_a_configuration() -> None:
    assert platform_of({"os": "linux", "architecture": "arm", "variant": "v7", "more": 1}) == ARM7
    assert platform_of({"os": None}) == Platform()


def test_the_only_image_is_meant_whatever_it_runs_on() -> None:
    assert pick([ARM7], "", "here") == 0
    assert pick([ARM7], "linux/arm", "here") == 0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(found=st.lists(PLATFORMS, min_size=1, max_size=6), asked=PLATFORMS)
def test_one_that_answers_is_picked_and_never_another(found: list[Platform], asked: Platform) -> None:
    answering = [place for place, platform in enumerate(found) if platform.answers(asked)]
    if len(answering) == 1:
        assert pick(found, str(asked), "here") == answering[0]
    else:
        with pytest.raises(UsageError) as refused:
            pick(found, str(asked), "here")
        assert refused.value.where == "here"


def test_several_platforms_are_listed_once_each() -> None:
    with pytest.raises(UsageError, match=r"--platform: linux/amd64, linux/arm/v7\."):
        pick([AMD, ARM7, ARM7], "", "here")


def test_a_platform_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"no image for linux/s390x\n.*linux/amd64"):
        pick([AMD], "linux/s390x", "here")
    with pytest.raises(UsageError, match="There are: none"):
        pick([], "linux/s390x", "here")


def test_two_images_for_one_platform_are_not_guessed_between() -> None:
    with pytest.raises(UsageError, match="2 images for linux/amd64 are in it"):
        pick([AMD, ARM7, AMD], "linux/amd64", "here")


def test_two_images_for_one_platform_are_named_with_how_to_choose() -> None:
    with pytest.raises(UsageError, match=r"one is meant: app:1, app:3\n.*skopeo copy oci:LAYOUT:NAME"):
        pick([AMD, ARM7, AMD], "linux/amd64", "here", ["app:1", "app:2", "app:3"])


@pytest.mark.parametrize(("machine", "least"), [("arm64", "v8"), ("amd64", "v1")])
def test_the_least_variant_of_a_machine_goes_without_saying(machine: str, least: str) -> None:
    silent, said = Platform("linux", machine), Platform("linux", machine, least)
    assert silent.answers(said)
    assert said.answers(silent)
    assert not silent.answers(Platform("linux", machine, "v9"))


def test_a_docker_archive_has_no_manifest_and_a_damaged_configuration_is_corrupt() -> None:
    choice = Choice("sha256:0", b"", b"{", {}, ())
    assert choice.manifest == {}
    with pytest.raises(Corrupt, match="no JSON"):
        _ = choice.config
