"""The module that is put into an artifact: it says of a removed module that is imported who removed it.

It runs on the artifact's own Python, whatever its version (3.8 and up), at every start: it is short, it reads the
manifest at the first import that nobody can answer, and it imports nothing that the interpreter has not got already.
"""

from __future__ import annotations

MODULE = "_deadweight_tripwire"
MANIFEST = "removed.z"

FINDER = '''"""Says of a module that deadweight removed who removed it. Written by deadweight; safe to delete."""

import sys


class Tripwire:
    """The last finder: it finds nothing, and gives the error of an import of a removed module a note."""

    removed = None

    def find_spec(self, name, path=None, target=None):
        if name in ("sitecustomize", "usercustomize"):  # asked for at every start, hardly ever there
            return None
        asking = sys._getframe(1)
        if asking.f_code.co_name != "_find_spec" or asking.f_back.f_code.co_name != "_find_and_load_unlocked":
            return None
        if self.removed is None:
            Tripwire.removed = ""
            Tripwire.removed = read(sys.path)
        place = self.removed.find(" %s " % name)
        if place < 0:
            return None
        later = sys.meta_path[sys.meta_path.index(self) + 1 :] if self in sys.meta_path else ()
        for finder in later:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        rule, owner, _ = self.removed[self.removed.rfind("\\n", 0, place) + 1 :].split("\\t", 2)
        raise missing(name, rule, owner)


def read(path):
    """Every manifest on the path: a line is rule, owner and the removed modules, a space before and after each."""
    import zlib

    removed = ""
    for site in path:
        try:
            with open("%s/@INFO@/@MANIFEST@" % site, "rb") as stream:
                removed += zlib.decompress(stream.read()).decode()
        except (OSError, ValueError, zlib.error):
            pass
    return removed


def missing(name, rule, owner):
    """The error that the import gives without us, with the note."""
    said = "No module named %r" % name
    wanted = "distribution:%s" % owner if owner else "rule:%s" % rule
    note = "removed by deadweight (rule %s); to have it back: deadweight restore OUT %s" % (rule, wanted)
    error = ModuleNotFoundError(said, name=name)
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        error = ModuleNotFoundError("%s (%s)" % (said, note), name=name)
    return error


if not any(type(finder).__name__ == "Tripwire" for finder in sys.meta_path):
    sys.meta_path.append(Tripwire())
'''
