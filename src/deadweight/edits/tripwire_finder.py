"""What is put into an artifact to say of a removed module that is imported who removed it: a start and a module.

Both run on the artifact's own Python, whatever its version (3.8 and up). The start is a line of a `.pth`, for every run
of Python: it imports nothing. The module is loaded at the first import that nobody can answer, reads the manifest, and
imports nothing that the interpreter has not got already.
"""

from __future__ import annotations

MODULE = "_deadweight_tripwire"
MANIFEST = "removed.z"
_AT_EVERY_START = ("sitecustomize", "usercustomize", MODULE)
"""Asked for without need: the first two at each start, hardly ever there; the last is what answers."""

START = (
    'import sys; any(type(one).__name__ == "Tripwire" for one in sys.meta_path) or sys.meta_path.append('
    'type("Tripwire", (), {"removed": None, "find_spec": lambda self, name, path=None, target=None: '
    f'None if name in {_AT_EVERY_START} else __import__("{MODULE}").find_spec(self, name, path, target)}})())\n'
)
"""The last finder: it finds nothing, and gives the error of an import of a removed module a note."""

FINDER = '''"""Says of a module that deadweight removed who removed it. Written by deadweight; safe to delete."""

import sys


def find_spec(finder, name, path, target):
    """What the last finder says of a name: that it was removed, as an error, or nothing."""
    asking = sys._getframe(2)
    if asking.f_code.co_name != "_find_spec" or asking.f_back.f_code.co_name != "_find_and_load_unlocked":
        return None
    kind = type(finder)
    if kind.removed is None:
        kind.removed = ""
        kind.removed = read(sys.path)
    place = kind.removed.find(" %s " % name)
    if place < 0:
        return None
    later = sys.meta_path[sys.meta_path.index(finder) + 1 :] if finder in sys.meta_path else ()
    for other in later:
        spec = other.find_spec(name, path, target)
        if spec is not None:
            return spec
    rule, owner, _ = kind.removed[kind.removed.rfind("\\n", 0, place) + 1 :].split("\\t", 2)
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
'''
