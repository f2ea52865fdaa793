from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from builders.cutting import FIRST, PAGES, answer, compiled, graph, reached, without_the_rest, written

LEAF = "HIDDEN int {name}(int x) {{ PAGES; return x + {add}; }}\n"
LEAVES = (
    PAGES + FIRST + "".join(LEAF.format(name=name, add=add) for name, add in (("one", 1), ("two", 2), ("three", 3)))
)
ENDING = "\nLONG int other(int x) { PAGES; return three(x) * 2; }\n"
POINTERS = PAGES + "typedef int (*fn)(int);\n" + LEAVES


@dataclass(frozen=True)
class Case:
    """A source, what `entry` is called with and returns, and names of functions that must stay and must go."""

    source: str
    returns: int
    stays: frozenset[str]
    goes: frozenset[str]
    flags: tuple[str, ...] = ()
    argument: int = 1


def case(source: str, returns: int, stays: str, goes: str, *flags: str) -> Case:
    return Case(source, returns, frozenset(stays.split()), frozenset(goes.split()), flags)


ASSEMBLY = """
.macro pages
 jmp 9f
 .skip 20480, 0xcc
9:
.endm
.macro begin name
 .globl \\name
 .type \\name, @function
\\name:
.endm
.macro far name
 begin \\name
 pages
 mov $7, %eax
 ret
 .size \\name, .-\\name
.endm
.text
begin first_of_all
 ret
.size first_of_all, .-first_of_all
"""
STACK = '\n.section .note.GNU-stack,"",@progbits\n'


def assembly(text: str) -> str:
    return ASSEMBLY + text + STACK


CASES = {
    "functions of the file that are called": case(
        LEAVES + "int entry(int x) { return one(x) + two(x); }" + ENDING, 5, "one two", "three other"
    ),
    "jumps in place of calls": case(
        LEAVES + "int entry(int x) { PAGES; return one(x + 1); }" + ENDING, 3, "one", "two three other", "-O2"
    ),
    "tables of addresses, each by the code that takes it": case(
        POINTERS
        + "static fn const these[2] = {one, two}; static fn const those[2] = {three, three};\n"
        + "LONG int entry(int x) { return these[x & 1](x); }\nLONG int other(int x) { PAGES; return those[x & 1](x); }",
        3,
        "one two",
        "three other",
    ),
    "tables that are entered in their middle": case(
        POINTERS
        + "static fn const table[40] = {[3] = one, [21] = two};\n"
        + "LONG int entry(int x) { return (table + 20)[x](x); }"
        + ENDING,
        3,
        "one two",
        "three other",
        "-O2",
    ),
    "tables that are counted from before their beginning": case(
        POINTERS
        + "static fn const first[5] = {three}; static fn const table[40] = {[1] = two};\n"
        + "LONG int entry(int x) { return table[x + 1 - 1L - 7 + 7](x); }\n"
        + "LONG int last(long x) { return table[x - 6](1); }\nLONG fn *spare(int x) { return (fn *)&first[x]; }"
        + ENDING,
        3,
        "two",
        "other",
        "-O2",
    ),
    "tables that are written": case(
        POINTERS
        + "static fn table[2] = {one, two};\nvoid set(int i, fn to) { table[i] = to; }\n"
        + "LONG int entry(int x) { return table[x](x); }"
        + ENDING,
        3,
        "one two",
        "three other",
    ),
    "tables in tables": case(
        POINTERS
        + "struct kind { const char *name; fn const *all; };\nstatic fn const inner[2] = {one, two};\n"
        + 'static struct kind const kinds[1] = {{"first", inner}};\n'
        + "LONG int entry(int x) { return kinds[x - 1].all[x](x); }"
        + ENDING,
        3,
        "one two",
        "three other",
    ),
    "exported functions by the linker's stubs": case(
        LEAVES
        + "LONG int shown(int x) { PAGES; return one(x); }\nLONG int entry(int x) { return shown(x) + 1; }"
        + ENDING,
        3,
        "shown one",
        "two three other",
    ),
    "exported functions by stubs that are bound at once": case(
        LEAVES
        + "LONG int shown(int x) { PAGES; return one(x); }\nLONG int entry(int x) { return shown(x) + 1; }"
        + ENDING,
        3,
        "shown one",
        "two three other",
        "-Wl,-z,now",
    ),
    "exported functions by stubs for marked jumps": case(
        LEAVES
        + "LONG int shown(int x) { PAGES; return one(x); }\nLONG int entry(int x) { return shown(x) + 1; }"
        + ENDING,
        3,
        "shown one",
        "two three other",
        "-fcf-protection=full",
        "-Wl,-z,ibtplt",
    ),
    "exported functions by slots": case(
        LEAVES
        + "LONG int shown(int x) { PAGES; return one(x); }\nLONG int entry(int x) { return shown(x) + 1; }"
        + ENDING,
        3,
        "shown one",
        "two three other",
        "-fno-plt",
    ),
    "addresses that are taken": case(
        POINTERS
        + "LONG int through(fn one_of, int x) { PAGES; return one_of(x); }\n"
        + "LONG int entry(int x) { return through(x ? one : two, x); }"
        + ENDING,
        2,
        "through one two",
        "three other",
    ),
    "switches": case(
        LEAVES
        + "LONG int entry(int x) { switch (x) { case 0: return one(x); case 1: PAGES; return two(x); case 2: return 7;"
        + " case 3: return one(9); case 4: return two(5) + 1; case 5: PAGES; return 11; } return 0; }"
        + ENDING,
        3,
        "one two",
        "three other",
        "-O2",
    ),
    "constructors and destructors": case(
        LEAVES
        + "static int state;\n__attribute__((constructor)) static void early(void) { PAGES; state = one(1); }\n"
        + "__attribute__((destructor)) static void late(void) { PAGES; state = two(1); }\n"
        + "int entry(int x) { return state + x; }"
        + ENDING,
        3,
        "early late one two",
        "three other",
    ),
    "a list of constructors that is an object": case(
        LEAVES
        + "static int state;\nHIDDEN void early(void) { PAGES; state = 5; }\n"
        + '__attribute__((section(".init_array"), used)) static void (*const listed)(void) = early;\n'
        + "int entry(int x) { return state + x; }"
        + ENDING,
        6,
        "early",
        "one three other",
    ),
    "what the linker was told to run first": case(
        LEAVES
        + "static int state;\nvoid early(void) { PAGES; state = 5; }\nvoid late(void) { PAGES; }\n"
        + "int entry(int x) { return state + x; }"
        + ENDING,
        6,
        "early late",
        "one three other",
        "-Wl,-init=early",
        "-Wl,-fini=late",
    ),
    "functions that are chosen when the library is loaded": case(
        POINTERS
        + "static fn choose(void) { PAGES; return two; }\n"
        + 'HIDDEN int chosen(int x) __attribute__((ifunc("choose")));\n'
        + 'LONG int shown(int x) __attribute__((ifunc("choose")));\n'
        + "int entry(int x) { return chosen(x) + shown(x); }"
        + ENDING,
        6,
        "choose two",
        "one three other",
    ),
    "other names of a function": case(
        LEAVES
        + 'LONG int same(int x) { PAGES; return two(x); }\nint entry(int x) __attribute__((alias("same")));'
        + ENDING,
        3,
        "entry same two",
        "one three other",
    ),
    "parts that are seldom run": case(
        LEAVES
        + "extern int atoi(const char *);\n"
        + "__attribute__((cold, noinline)) static int rare(int x) { PAGES; return two(x); }\n"
        + 'LONG int entry(int x) { if (__builtin_expect(atoi("1") == x, 0)) { return rare(x) + 1; } return one(x); }'
        + ENDING,
        4,
        "one two rare entry.cold",
        "three other",
        "-O2",
    ),
    "functions of a section that is read from its beginning to its end": case(
        POINTERS
        + '__attribute__((section("listed"), used)) static fn const a = one;\n'
        + '__attribute__((section("listed"), used)) static fn const b = two;\n'
        + "extern fn const __start_listed[], __stop_listed[];\n"
        + "int entry(int x) { for (fn const *at = __start_listed; at < __stop_listed; at++) x = (*at)(x); return x; }"
        + ENDING,
        4,
        "one two",
        "three other",
    ),
    "functions without a name in the linker's table": case(
        LEAVES + "int entry(int x) { return one(x) + two(x); }" + ENDING, 5, "entry", "other", "-Wl,-x"
    ),
    "functions without a name and without an entry to unwind": case(
        LEAVES + "int entry(int x) { return one(x) + two(x); }" + ENDING,
        5,
        "entry",
        "",
        "-Wl,-x",
        "-fno-asynchronous-unwind-tables",
    ),
    "variables of each thread by descriptors": case(
        LEAVES + "static __thread int own = 2; __thread int shown = 1;\n"
        "LONG int entry(int x) { return one(x) + two(x) + own + shown - 3; }" + ENDING,
        5,
        "one two",
        "three other",
        "-mtls-dialect=gnu2",
    ),
    "code that is large in its data": case(
        LEAVES
        + "static int data[1 << 16] = {1};\nint entry(int x) { return one(x) + two(data[x]) + data[0]; }"
        + ENDING,
        5,
        "one two",
        "three other",
        "-mcmodel=medium",
    ),
}
ASSEMBLED = {
    "the middle of another function": case(
        assembly(
            "begin entry\n mov $1, %eax\n jmp .Lwithin\n.size entry, .-entry\nfar other\n"
            "begin wide\n pages\n mov $2, %eax\n.Lwithin: add $6, %eax\n pages\n ret\n.size wide, .-wide\nfar further\n"
        ),
        7,
        "wide",
        "other further",
    ),
    "code that runs into the next": case(
        assembly(
            "begin entry\n pages\n mov $3, %eax\n.size entry, .-entry\n"
            "begin next\n add $4, %eax\n pages\n ret\n.size next, .-next\nfar other\n"
        ),
        7,
        "next",
        "other",
    ),
    "code that runs into the next past what fills up": case(
        assembly(
            "begin entry\n pages\n mov $3, %eax\n.size entry, .-entry\n.p2align 6\n"
            "begin next\n add $4, %eax\n pages\n ret\n.size next, .-next\nfar other\n"
        ),
        7,
        "next",
        "other",
    ),
    "code of which nothing says where it ends": case(
        assembly("begin entry\n pages\n mov $3, %eax\nnext: add $4, %eax\n pages\n ret\nfar other\nfar further\n"),
        7,
        "next",
        "further",
    ),
    "a label in a function": case(
        assembly(
            "begin entry\n jmp inner\n pages\nmiddle: pages\n mov $9, %eax\n ret\n"
            "inner: pages\n jmp middle\n.size entry, .-entry\nfar other\n"
        ),
        9,
        "inner middle",
        "other",
    ),
    "code without a name behind a function": case(
        assembly(
            "begin entry\n call .Lunnamed\n inc %eax\n ret\n.size entry, .-entry\nfar other\n"
            ".Lunnamed: pages\n mov $3, %eax\n ret\nfar further\n"
        ),
        4,
        "other",
        "further",
    ),
    "code without a name by a jump of one byte": case(
        assembly(
            "begin first\n pages\n mov $1, %eax\n ret\n.size first, .-first\n.Lunnamed: mov $3, %eax\n ret\n"
            "begin entry\n jmp .Lunnamed\n.size entry, .-entry\nfar other\n"
        ),
        3,
        "first",
        "other",
    ),
    "a jump of one byte to the next but one": case(
        assembly(
            "far other\nbegin near\n mov $3, %eax\n ret\n.size near, .-near\nbegin between\n nop\n ret\n"
            ".size between, .-between\nbegin entry\n jmp near\n.size entry, .-entry\nfar further\n"
        ).replace(".globl \\name", ".globl \\name\n .hidden \\name", 0),
        3,
        "near",
        "other further",
        "-Wl,-Bsymbolic",
    ),
    "tables of distances": case(
        assembly(
            "begin entry\n lea table(%rip), %rdx\n movslq %edi, %rax\n movslq (%rdx,%rax,4), %rax\n add %rdx, %rax\n"
            " jmp *%rax\n.size entry, .-entry\nbegin first\n pages\n mov $4, %eax\n ret\n.size first, .-first\n"
            "begin second\n pages\n mov $5, %eax\n ret\n.size second, .-second\nfar other\n"
            ".section .rodata\n.p2align 2\ntable: .long first - table, second - table\n"
        ),
        5,
        "first second",
        "other",
        "-Wl,-Bsymbolic",
    ),
    "addresses in tables of no type": case(
        assembly(
            "begin entry\n lea table(%rip), %rdx\n movslq %edi, %rax\n jmp *(%rdx,%rax,8)\n.size entry, .-entry\n"
            "begin first\n pages\n mov $4, %eax\n ret\n.size first, .-first\nfar other\n"
            '.section .data.rel.ro,"aw"\n.p2align 3\ntable: .quad 0, first\n'
        ),
        4,
        "first",
        "other",
        "-Wl,-Bsymbolic",
    ),
}


def body_of(one: Case, suffix: str) -> bytes:
    return compiled(one.source, *one.flags, suffix=suffix)


@pytest.mark.parametrize("one", CASES.values(), ids=CASES.keys())
def test_what_is_entered_answers_alike_without_the_rest(one: Case, tmp_path: Path) -> None:
    check(one, ".c", tmp_path)


@pytest.mark.parametrize("one", ASSEMBLED.values(), ids=ASSEMBLED.keys())
def test_what_assemblers_write_answers_alike_without_the_rest(one: Case, tmp_path: Path) -> None:
    check(one, ".S", tmp_path)


def check(one: Case, suffix: str, folder: Path) -> None:
    body = body_of(one, suffix)
    found = reached(body, "entry")
    assert answer(written(folder, body), "entry", one.argument) == str(one.returns)
    assert one.stays <= found
    assert not one.goes & found
    if one.goes:
        smaller = without_the_rest(body, "entry")
        assert len(smaller) <= len(body) - 8192
        path = written(folder, smaller, "smaller.so")
        assert answer(path, "entry", one.argument) == str(one.returns)
        assert answer(path, "entry", one.argument, LD_BIND_NOW="1") == str(one.returns)


def test_everything_is_reached_from_everything() -> None:
    body = body_of(CASES["tables in tables"], ".c")
    assert {"one", "two", "three", "other", "entry"} <= reached(body, "entry", "other")


def test_nothing_is_reached_but_what_the_loader_runs_where_nothing_is_entered() -> None:
    assert not {"one", "two", "three", "other", "entry"} & reached(body_of(CASES["switches"], ".c"))


def test_what_is_passed_by_is_not_gone_through() -> None:
    found = graph(body_of(CASES["functions of the file that are called"], ".c"))
    at = {name: number for number, part in enumerate(found.parts.functions) for name in part.names}
    numbers = found.reached([found.parts.exported["entry"]], frozenset((at["one"],)))
    assert at["two"] in numbers
    assert at["one"] not in numbers


def test_more_entries_never_reach_less() -> None:
    body = body_of(CASES["constructors and destructors"], ".c")
    assert reached(body) <= reached(body, "entry") <= reached(body, "entry", "other")


def test_a_library_of_data_alone_has_no_functions() -> None:
    body = compiled("int data[4] = {1, 2};\nint *pointer = data;\n", "-nostdlib", "-Wl,-z,noseparate-code")
    assert graph(body).parts.functions == ()
