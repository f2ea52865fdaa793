from __future__ import annotations

import pytest

from builders.elves import compiled
from builders.loading import linked, system_scene
from deadweight.core.entry import Entry
from deadweight.facts.known_families import KNOWN_FAMILIES
from deadweight.needs.library_families import NEED

_LIB = "usr/lib/x86_64-linux-gnu"
_CALLS_ICONV = "void *iconv_open(const char *, const char *);\nvoid *f(void) { return iconv_open(0, 0); }\n"


def _reached(path: str, files: dict[str, bytes | Entry]) -> set[str]:
    return {step.path for step in NEED.follow(system_scene(files), path)}


@pytest.mark.parametrize(
    ("loader", "loaded"),
    [
        ("s/nvidia/cudnn/lib/libcudnn.so.9", "s/nvidia/cudnn/lib/libcudnn_ops.so.9"),
        ("s/nvidia/cublas/lib/libcublas.so.12", "s/nvidia/cublas/lib/libcublasLt.so.12"),
        ("s/nvidia/cuda_nvrtc/lib/libnvrtc.so.12", "s/nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.8"),
        ("opt/mkl/libmkl_rt.so.2", "opt/mkl/libmkl_avx512.so.2"),
        (
            "s/onnxruntime/capi/onnxruntime_pybind11_state.cpython-312-x86_64-linux-gnu.so",
            "s/onnxruntime/capi/libonnxruntime_providers_shared.so",
        ),
        ("s/torch/lib/libtorch_python.so", "s/torch/bin/torch_shm_manager"),
        ("s/torch/lib/libtorch_cpu.so", "s/torch/lib/libtorch_global_deps.so"),
        ("s/PySide6/Qt/lib/libQt6Core.so.6", "s/PySide6/Qt/plugins/platforms/libqxcb.so"),
    ],
)
def test_a_family_is_loaded_by_its_head(loader: str, loaded: str) -> None:
    assert loaded in _reached(loader, {loader: linked(), loaded: linked()})


def test_a_family_is_not_loaded_by_what_only_has_its_name_for_a_file() -> None:
    files: dict[str, bytes | Entry] = {"a/libcudnn.so.9": b"text", "a/libcudnn_ops.so.9": linked()}
    assert _reached("a/libcudnn.so.9", files) == set()


def test_name_services_are_those_of_the_configuration_and_the_usual_ones() -> None:
    files: dict[str, bytes | Entry] = {
        f"{_LIB}/libc.so.6": linked("libc.so.6"),
        "etc/nsswitch.conf": b"passwd: files systemd\nhosts: files [NOTFOUND=return] mdns4_minimal # sss\n",
        **{
            f"{_LIB}/libnss_{name}.so.2": linked(f"libnss_{name}.so.2")
            for name in ("files", "dns", "systemd", "mdns4_minimal", "sss", "return", "hesiod")
        },
    }
    expected = {f"{_LIB}/libnss_{name}.so.2" for name in ("files", "dns", "systemd", "mdns4_minimal")}
    assert {path for path in _reached(f"{_LIB}/libc.so.6", files) if "nss" in path} == expected


def _with_character_sets(loader: bytes) -> dict[str, bytes | Entry]:
    names = ("UTF-16.so", "UTF-32.so", "ISO8859-1.so", "SJIS.so", "libJIS.so", "gconv-modules.cache")
    sets = dict.fromkeys((f"{_LIB}/gconv/{name}" for name in names), linked())
    return {f"{_LIB}/libc.so.6": linked("libc.so.6"), "usr/bin/app": loader, **sets}


_FEW = {"UTF-16.so", "UTF-32.so", "ISO8859-1.so", "gconv-modules.cache"}


@pytest.mark.parametrize(("locale", "expected"), [("C.UTF-8", set()), ("C", set()), ("de_DE.ISO-8859-1", _FEW)])
def test_the_c_library_keeps_the_usual_character_sets_for_a_locale_in_another(locale: str, expected: set[str]) -> None:
    scene = system_scene(_with_character_sets(linked()), {"LANG": locale})
    assert {step.path.rpartition("/")[2] for step in NEED.follow(scene, f"{_LIB}/libc.so.6")} == expected


def test_what_converts_text_keeps_every_character_set() -> None:
    converts = _with_character_sets(compiled(_CALLS_ICONV))
    assert f"{_LIB}/gconv/SJIS.so" in _reached("usr/bin/app", converts)
    assert _reached("usr/bin/app", _with_character_sets(linked())) == set()


def test_what_converts_only_the_text_of_the_locale_brings_the_usual_character_sets() -> None:
    """libidn2 and libunistring come with every getaddrinfo."""
    library = "usr/lib/libunistring.so.5.0.0"
    reached = _reached(library, {**_with_character_sets(linked()), library: compiled(_CALLS_ICONV)})
    assert {path.rpartition("/")[2] for path in reached} == _FEW


_OPENSSL: dict[str, bytes | Entry] = {
    f"{_LIB}/libcrypto.so.3": linked(),
    f"{_LIB}/ossl-modules/legacy.so": linked(),
    f"{_LIB}/engines-3/afalg.so": linked(),
    "etc/ssl/openssl.cnf": b"[provider_sect]\ndefault = default_sect\n# legacy = legacy_sect\n",
}
_PROVIDERS = {f"{_LIB}/ossl-modules/legacy.so", f"{_LIB}/engines-3/afalg.so"}


def test_openssl_alone_loads_no_provider_that_its_settings_leave_out() -> None:
    assert _reached(f"{_LIB}/libcrypto.so.3", _OPENSSL) == set()


@pytest.mark.parametrize("settings", [b"legacy = legacy_sect\n", b"engines = engine_section\n"])
def test_providers_and_engines_are_loaded_where_the_settings_of_openssl_name_one(settings: bytes) -> None:
    assert _reached(f"{_LIB}/libcrypto.so.3", {**_OPENSSL, "etc/ssl/openssl.cnf": settings}) == _PROVIDERS


def test_providers_are_loaded_where_the_environment_says_where_they_are() -> None:
    scene = system_scene(_OPENSSL, {"OPENSSL_MODULES": "/usr/lib/ossl"})
    assert {step.path for step in NEED.follow(scene, f"{_LIB}/libcrypto.so.3")} == _PROVIDERS


def test_what_calls_openssl_for_a_provider_loads_them_all() -> None:
    source = "int OSSL_PROVIDER_load(void *, const char *);\nint f(void) { return OSSL_PROVIDER_load(0, 0); }\n"
    assert _reached("usr/bin/app", {**_OPENSSL, "usr/bin/app": compiled(source)}) == _PROVIDERS


def test_every_family_is_told_by_patterns_of_libraries_and_globs_beside_them() -> None:
    for title, (loaders, globs) in KNOWN_FAMILIES.items():
        assert all(".so" in loader and "/" not in loader for loader in loaders), title
        assert globs, title
        assert not any(glob.startswith("/") for glob in globs), title
