"""What each Python source says, read once when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from deadweight.core.scene import Fact, Scene
from deadweight.facts.apart import Ahead
from deadweight.facts.bodies import BODIES
from deadweight.facts.dynamic_imports import DynamicImports, dynamic_imports
from deadweight.facts.python_text import PythonText, from_record, read

MAX_SCRIPT = 1 << 20


@dataclass
class PythonTexts:
    """What sources say, by path; `ahead` is told by a process that reads them before they are asked for."""

    scene: Scene
    ahead: Ahead | None = None
    _read: dict[str, PythonText | None] = field(default_factory=dict, repr=False)
    _built: dict[str, DynamicImports] = field(default_factory=dict, repr=False)

    def of(self, path: str) -> PythonText | None:
        """What the source says, None for what is no Python source: by its name, or by the program it is for."""
        if path not in self._read:
            self._read[path] = self._text(path)
        return self._read[path]

    def dynamic(self, path: str) -> DynamicImports:
        """What the source imports by names that it builds."""
        if path not in self._built:
            self._built[path] = dynamic_imports(self.scene.ask(BODIES).read(path) or b"")
        return self._built[path]

    def _text(self, path: str) -> PythonText | None:
        told = self.ahead.of(path) if self.ahead else None
        if told is not None:
            return from_record(told)
        named = path.endswith(".py")
        if not named and not self._is_script(path):
            return None
        body = self.scene.ask(BODIES).read(path)
        if body is None or not (named or b"python" in body[:300].partition(b"import ")[0]):
            return None
        return read(body)

    def _is_script(self, path: str) -> bool:
        entry = self.scene.listing.by_path.get(path)
        return entry is not None and entry.head.startswith(b"#!") and entry.size <= MAX_SCRIPT


PYTHON_TEXTS: Fact[PythonTexts] = Fact("python texts", PythonTexts)
"""What Python sources say."""
