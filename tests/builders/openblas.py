"""Small libraries in the shape of OpenBLAS built for many processors (DYNAMIC_ARCH): driver/others/dynamic.c."""

from __future__ import annotations

from builders.cutting import FIRST, PAGES, compiled

KINDS = ("PRESCOTT", "NEHALEM", "SANDYBRIDGE", "HASWELL", "SKYLAKEX")
FULL = ("PRESCOTT", "NEHALEM", "BULLDOZER", "HASWELL", "ZEN", "SKYLAKEX")
CHOICE = "CHOSEN_CORE"
"""The variable of the environment that says which kind is taken; without it the last one is."""

_HEAD = """
#include <stdlib.h>
#include <string.h>
typedef struct { int number; int (*dot)(int); int (*scale)(int); void (*init)(void); int unroll; } table_t;
"""
_KERNELS = """
HIDDEN int dot_{kind}(int x) {{ PAGES; return x + 100 * {number}; }}
HIDDEN int scale_{kind}(int x) {{ PAGES; return x * 2 + 1000 * {number}; }}
HIDDEN void init_{kind}(void) {{ PAGES; gotoblas_{kind}.unroll = {number} + 7; }}
table_t gotoblas_{kind} VISIBLE = {{ {number}, dot_{kind}, scale_{kind}, init_{kind}, 0 }};
"""
_DRIVER = """
table_t *gotoblas VISIBLE = 0;
static const char *names[] = { NAMES };
LONG char *gotoblas_corename(void) {
    const char *found = "Unknown";
    ASKS_NAME
    return (char *) found;
}
LONG static table_t *named(const char *name) {
    SWITCHES
    return 0;
}
LONG void gotoblas_dynamic_init(void) {
    if (gotoblas) return;
    const char *name = getenv("CHOSEN_CORE");
    gotoblas = name ? named(name) : &gotoblas_LAST;
    if (!gotoblas) gotoblas = &gotoblas_FIRST;
    gotoblas->init();
}
LONG void gotoblas_dynamic_quit(void) { gotoblas = 0; }
__attribute__((constructor)) static void gotoblas_init(void) { gotoblas_dynamic_init(); }
char *scipy_openblas_get_config64_(void) { return "OpenBLAS 0.3 DYNAMIC_ARCH"; }
char *scipy_openblas_get_corename64_(void) { return gotoblas_corename(); }
int scipy_openblas_get_num_threads64_(void) { return 1; }
int dot_(int x) { PAGES; return gotoblas->dot(x); }
int scale_(int x) { PAGES; return gotoblas->scale(x); }
int unroll_(int x) { PAGES; return gotoblas->unroll + x; }
HIDDEN int solver(int x) { PAGES; return x - 1; }
LONG int solve_(int x) { PAGES; return solver(x); }
LONG int both_(int x) { PAGES; return solve_(x) + dot_(x); }
MORE
"""


def openblas(
    kinds: tuple[str, ...] = KINDS,
    flags: tuple[str, ...] = (),
    exported: bool = True,
    more: str = "",
    big: bool = False,
) -> bytes:
    """A build with kernels for the kinds; its tables are `exported` and taken from slots, or hidden and taken by `lea`.

    `dot_`, `scale_` and `unroll_` answer by the kernels of the kind, `solve_` by none. `more` is code behind all.
    """
    kernels = "".join(_KERNELS.format(kind=kind, number=number) for number, kind in enumerate(kinds, 1))
    declared = "".join(f"extern table_t gotoblas_{kind} VISIBLE;\n" for kind in kinds)
    visible = f'#define VISIBLE __attribute__((visibility("{"default" if exported else "hidden"}")))\n'
    return compiled(visible + _HEAD + PAGES + FIRST + declared + kernels + _driver(kinds, more), *flags)


def _driver(kinds: tuple[str, ...], more: str) -> str:
    """What chooses a kind, and the routines."""
    naming = (f"if (gotoblas == &gotoblas_{kind}) found = names[{at}];\n" for at, kind in enumerate(kinds))
    choosing = (f'if (!strcmp(name, "{kind}")) return &gotoblas_{kind};\n' for kind in kinds)
    names = ", ".join(f'"{kind}"' for kind in kinds)
    texts = {"NAMES": names, "ASKS_NAME": "".join(naming), "SWITCHES": "".join(choosing), "MORE": more}
    driver = _DRIVER.replace("LAST", kinds[-1]).replace("FIRST", kinds[0])
    for word, text in texts.items():
        driver = driver.replace(word, text)
    return driver


SPARE = 'int spare_(int x) { __asm__ volatile("jmp 1f\\n .skip 700000, 0xcc\\n 1:"); return x; }\n'
"""A routine that is worth to be cut, and that nothing calls."""
IMPORTER = "extern int dot_(int), solve_(int);\nint given(int x) { return dot_(x) + solve_(x); }\n"


def importer() -> bytes:
    """A library that imports two of the routines."""
    return compiled(IMPORTER)


def worthwhile(*flags: str) -> bytes:
    """A build with much that nothing imports."""
    return openblas(flags=flags, more=SPARE)
