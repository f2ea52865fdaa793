from __future__ import annotations

import pytest

from deadweight.codecs.detection import codec_named, codecs, detect
from deadweight.core.errors import UsageError


def test_what_no_codec_packed_is_stored() -> None:
    assert detect(b"").name == "store"
    assert detect(b"plain text").name == "store"


def test_a_codec_is_found_by_its_name() -> None:
    assert codec_named("zstd") is codecs()["zstd"]


def test_an_unknown_name_is_answered_with_all_names() -> None:
    with pytest.raises(UsageError, match="gzip"):
        codec_named("rar")


def test_no_magic_is_the_start_of_another() -> None:
    magics = [magic for codec in codecs().values() for magic in codec.magic]
    assert not [one for one in magics for other in magics if one is not other and other.startswith(one)]
