"""Programs that developers and package managers use, and no service: what installed code names them for is no need."""

from __future__ import annotations

import re

_PROGRAM = re.compile(
    r"(?:(?:\w+-)+(?=gcc|g\+\+|ld|as))?"
    r"(?:cc|c\+\+|gcc|g\+\+|cpp|clang(?:\+\+)?|icc|ifort|gfortran|f77|f95|flang|nvcc|hipcc|ld|gold|lld|as|ar|nm|ranlib|strip"
    r"|objdump|objcopy|readelf|gdb|lldb|valgrind|perf|strace|ltrace"
    r"|make|gmake|cmake|ninja|meson|bazel|autoconf|automake|libtool|pkg-config|swig|flex|bison|patch|diff|ctags"
    r"|git|hg|svn|svnversion|bzr|darcs|cvs|fossil|p4"
    r"|pip3?|pipx|conda|mamba|uv|poetry|npm|yarn|cargo|rustc|rustup|go|javac|mvn|gradle|gem|bundle|cabal|ghc"
    r"|apt|apt-get|apt-cache|aptitude|dpkg|dpkg-\w+|yum|dnf|rpm|apk|pacman|zypper|brew|port|snap|flatpak"
    r"|man|file|less|more|vi|vim|nano|emacs|ed|xdg-open|open|firefox|chrome|chromium(?:-browser)?|google-chrome|lynx|links|w3m|elinks"
    r"|gio|gvfs-open|gnome-open|gnome-moz-remote|kde-open5?|kfmclient|exo-open|(?:x-)?www-browser|konqueror|epiphany"
    r"|display|eog|xv|feh|gwenview|gpicview|ristretto|nomacs|evince|okular|xpdf"
    r"|perl|ruby|tclsh|wish|sphinx-build|pdflatex|latex|xelatex|lualatex|tex|bibtex|dvipng|dvisvgm|kpsewhich|inkscape)"
    r"(?:-\d[\d.]*)?"
)


def is_developers(name: str) -> bool:
    """Whether the program is a compiler, a tool of version control, a package manager, an editor or a browser.

    What opens a page or a file on a person's desk is one too."""
    return _PROGRAM.fullmatch(name) is not None
