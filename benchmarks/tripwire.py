"""What the tripwire costs a Python at its start: the same environment with and without it, the least of many runs."""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import venv
from pathlib import Path

from deadweight.core.edit import Edit, Safety
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening, Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.tripwire import KIND
from deadweight.formats.directory import FORMAT
from deadweight.owners.attribution import attribute, catalogers, metadata_globs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how often each is started")
    parser.add_argument("--removed", type=int, default=5000, help="modules in the manifest")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deadweight-tripwire-") as room:
        without, tripped = Path(room) / "without", Path(room) / "with"
        venv.create(without, symlinks=True)
        plant(without, tripped, asked.removed)
        for label, source in (("python -c pass", "pass"), ("and one guarded import of nothing", GUARDED)):
            least = fastest((without, tripped), source, asked.runs)
            print(f"{label}: {least[0] * 1e3:.2f} ms without, {least[1] * 1e3:.2f} ms with: {said(*least)}")


GUARDED = "try:\n    import nothing_of_that_name\nexcept ImportError:\n    pass"


def said(without: float, tripped: float) -> str:
    return f"{(tripped - without) * 1e3:+.2f} ms of processor time"


def plant(without: Path, tripped: Path, removed: int) -> None:
    """A copy of the environment with a tripwire for so many modules."""
    site = next(path for path in without.rglob("site-packages") if path.is_dir())
    names = " ".join(f"package.of.modules.number_{number}" for number in range(removed))
    artifact = FORMAT.open(without, Opening(keep=metadata_globs(catalogers())))
    scene = Scene(artifact, attribute(artifact.listing, catalogers()))
    manifest = {"removed": f"unreached-modules\tpackage\t {names} \n"}
    edit = Edit(KIND, (str(site.relative_to(without)),), Safety.SAFE, "", "measured", arguments=manifest)
    with tempfile.TemporaryDirectory() as staging:
        changes = apply_all([edit], scene, edit_kinds(), Path(staging))
        assert FORMAT.pack is not None
        FORMAT.pack(artifact, changes, tripped, Packing())


def fastest(roots: tuple[Path, Path], source: str, runs: int) -> tuple[float, float]:
    """The least seconds of processor time of each, in turns: other work on the machine makes wall time of no use."""
    least = [float("inf"), float("inf")]
    for _ in range(runs):
        for place, root in enumerate(roots):
            process = subprocess.Popen([root / "bin" / "python", "-c", source])
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, root
            least[place] = min(least[place], usage.ru_utime + usage.ru_stime)
    return least[0], least[1]


if __name__ == "__main__":
    main()
