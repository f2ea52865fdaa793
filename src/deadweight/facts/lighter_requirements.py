"""Requirements with a lighter equivalent: what each downloads, and what must hold in a project's own files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deadweight.facts.equivalents import EQUIVALENTS, Equivalent

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Lighter:
    """One heavy requirement and what to ask for instead.

    `condition` is a sentence's end. `modules` are those whose import makes a source worth looking at, `calls` what
    such a source must not hold, `against` modules that must not be imported at all, `programs` that nothing may start,
    `blockers` distributions that need the heavy one. `gpu_libraries` is a pattern of what comes along for a GPU, empty
    where it is no question of that; `is_build` whether only the build differs. `through` is what is swapped in truth,
    where the heavy one only leads to it. `download` are the bytes of the heavy one with all that it brings and of the
    lighter one: Linux, x86-64, CPython 3.11, from locks.
    """

    heavy: str
    lighter: str
    condition: str
    download: tuple[int, int]
    modules: tuple[str, ...] = ()
    calls: re.Pattern[bytes] | None = None
    against: tuple[str, ...] = ()
    programs: frozenset[str] = frozenset()
    blockers: frozenset[str] = frozenset()
    gpu_libraries: str = ""
    is_build: bool = False
    through: str = ""

    @property
    def swap(self) -> str:
        """How `what-if --swap` spells it."""
        if self.through:
            return f"{self.through}=cpu"
        return f"{self.heavy}={'cpu' if self.is_build else self.lighter}"


_DOWNLOADS = {
    "torch": (2_740_700_000, 191_800_000),
    "tensorflow": (633_400_000, 334_800_000),
    "xgboost": (535_500_000, 57_900_000),
    "onnxruntime-gpu": (273_000_000, 41_200_000),
    "opencv-python": (90_700_000, 78_100_000),
    "opencv-contrib-python": (90_700_000, 78_100_000),
    "pyspark": (456_100_000, 100_900_000),
    "pyside6": (264_000_000, 84_600_000),
}


def _of(one: Equivalent) -> Lighter:
    return Lighter(
        one.heavy,
        one.lighter,
        one.condition,
        _DOWNLOADS[one.heavy],
        (one.module,),
        one.calls,
        programs=one.programs,
        blockers=one.blockers,
        gpu_libraries=one.leaves if one.without_gpu else "",
        is_build=one.is_build,
    )


LIGHTER: tuple[Lighter, ...] = (
    *map(_of, EQUIVALENTS),
    Lighter(
        "mlflow",
        "mlflow-skinny",
        "it only logs to a tracking server: no server, no store in SQL, no evaluation, no project is run",
        (int(191.2 * _MB), int(17.2 * _MB)),
        modules=("mlflow",),
        calls=re.compile(
            rb"\bmlflow\.(?:evaluate|projects|recipes|server|gateway|genai|shap|search_traces|data)\b"
            rb"|\bfrom\s+mlflow\s+import\s+[^\n]*\b(?:projects|recipes|server|gateway|genai|data)\b"
            rb"|(?:sqlite|postgresql|mysql)(?:\+\w+)?://"
        ),
        programs=frozenset(("mlflow",)),
    ),
    Lighter(
        "jupyter",
        "ipykernel",
        "an editor shows the notebooks: nothing starts a server, converts a notebook or shows widgets",
        (int(55.6 * _MB), int(14.3 * _MB)),
        against=("notebook", "jupyterlab", "jupyter_server", "jupyter_console", "nbconvert", "ipywidgets"),
        programs=frozenset(("jupyter", "jupyter-lab", "jupyter-notebook", "jupyter-nbconvert", "jupyter-execute")),
    ),
    Lighter(
        "sentence-transformers",
        "sentence-transformers",
        "nothing asks for a GPU: torch's build for the processor does",
        (int(3_092.7 * _MB), int((3_092.7 - 2_740.7 + 191.8) * _MB)),
        modules=("sentence_transformers",),
        gpu_libraries=next(one.leaves for one in EQUIVALENTS if one.heavy == "torch"),
        is_build=True,
        through="torch",
    ),
)
"""Source: dependencies, 6.8; the lighter figure of sentence-transformers is worked out from those of torch."""
