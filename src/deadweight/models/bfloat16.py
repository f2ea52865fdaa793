"""bfloat16, which numpy lacks: its words, and the float32 whose upper half they are. Needs numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 0x7FFF
_PAYLOAD, _QUIET = 0x7F, 0x40


def words_of(values: NDArray[Any]) -> NDArray[Any]:
    """The values (as float32) as words, rounded to the nearest and to even, in their shape.

    What is no number stays none, with what the word holds of its payload; float32 that came of words gives them back.
    """
    import numpy as np

    bits = np.asarray(values, dtype="<f4").ravel().view("<u4")
    upper = bits >> 16
    if not int(np.bitwise_or.reduce(bits, initial=0)) & 0xFFFF:
        return upper.astype("<u2").reshape(np.shape(values))
    words: NDArray[Any] = ((bits + ((upper & 1) + np.uint32(_ROUNDING))) >> 16).astype("<u2")
    broken = np.isnan(values).ravel()
    if broken.any():
        words[broken] = np.where(upper & _PAYLOAD, upper, upper | _QUIET)[broken]
    return words.reshape(np.shape(values))


def from_words(words: NDArray[Any]) -> NDArray[Any]:
    """What the words stand for, as float32."""
    import numpy as np

    return np.asarray(words.astype("<u4") << 16).view("<f4")
