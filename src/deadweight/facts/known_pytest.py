"""Which distribution brings what pytest is told: options, settings, markers and fixtures of plug-ins.

Source: the page of each plug-in in docs.pytest.org/en/stable/reference/plugin_list.html; options of pytest itself are
left out (docs.pytest.org/en/stable/reference/reference.html#command-line-flags).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

_OPTIONS = {
    "pytest-cov": "--cov --cov-report --cov-config --cov-fail-under --cov-append --cov-branch --no-cov --cov-context",
    "pytest-xdist": "-n --numprocesses --dist --maxprocesses --tx --looponfail -f",
    "pytest-timeout": "--timeout --timeout-method",
    "pytest-rerunfailures": "--reruns --reruns-delay --only-rerun",
    "pytest-asyncio": "--asyncio-mode",
    "pytest-django": "--ds --dc --reuse-db --create-db --nomigrations --no-migrations --fail-on-template-vars",
    "pytest-html": "--html --self-contained-html",
    "pytest-json-report": "--json-report --json-report-file",
    "pytest-benchmark": "--benchmark-only --benchmark-skip --benchmark-disable --benchmark-autosave --benchmark-json",
    "pytest-randomly": "--randomly-seed",
    "pytest-random-order": "--random-order --random-order-bucket --random-order-seed",
    "pytest-recording": "--record-mode --block-network",
    "pytest-vcr": "--vcr-record --vcr-record-mode --disable-vcr",
    "pytest-socket": "--disable-socket --allow-hosts --allow-unix-socket --force-enable-socket",
    "pytest-split": "--splits --group --store-durations --durations-path",
    "pytest-testmon": "--testmon --testmon-noselect",
    "pytest-mypy": "--mypy --mypy-ini-file",
    "pytest-ruff": "--ruff --ruff-format",
    "pytest-black": "--black",
    "pytest-flake8": "--flake8",
    "pytest-isort": "--isort",
    "pytest-pylint": "--pylint",
    "nbval": "--nbval --nbval-lax --nbval-sanitize-with",
    "nbmake": "--nbmake --nbmake-timeout",
    "pytest-forked": "--forked",
    "pytest-repeat": "--count --repeat-scope",
    "pytest-memray": "--memray",
    "pytest-playwright": "--headed --browser --browser-channel --tracing --video --screenshot --slowmo",
    "allure-pytest": "--alluredir --allure-epics",
    "pytest-bdd": "--generate-missing --gherkin-terminal-reporter",
    "syrupy": "--snapshot-update --snapshot-details --snapshot-warn-unused",
    "pytest-codspeed": "--codspeed",
    "pytest-picked": "--picked",
    "pytest-sugar": "--force-sugar",
    "pytest-env": "",
    "pytest-doctestplus": "--doctest-plus --doctest-rst",
    "pytest-mpl": "--mpl --mpl-baseline-path --mpl-generate-path",
    "pytest-regressions": "--force-regen --regen-all",
    "pytest-check-links": "--check-links",
    "pytest-instafail": "--instafail",
    "pytest-profiling": "--profile --profile-svg",
    "pytest-examples": "--update-examples",
    "inline-snapshot": "--inline-snapshot",
    "hypothesis": "--hypothesis-profile --hypothesis-show-statistics --hypothesis-seed",
    "anyio": "",
}
_SETTINGS = {
    "pytest-asyncio": "asyncio_mode asyncio_default_fixture_loop_scope asyncio_default_test_loop_scope",
    "pytest-django": "DJANGO_SETTINGS_MODULE DJANGO_CONFIGURATION django_find_project",
    "pytest-env": "env",
    "pytest-timeout": "timeout timeout_method timeout_func_only",
    "pytest-mock": "mock_use_standalone_module mock_traceback_monkeypatch",
    "pytest-benchmark": "benchmark_json",
    "pytest-bdd": "bdd_features_base_dir",
    "pytest-randomly": "randomly_seed",
    "pytest-rerunfailures": "reruns reruns_delay",
    "pytest-doctestplus": "doctest_plus doctest_plus_rtol text_file_format",
    "pytest-homeassistant-custom-component": "",
    "pytest-celery": "",
    "pytest-qt": "qt_api",
    "pytest-mypy": "mypy_argv",
    "pytest-icdiff": "icdiff_columns",
    "pytest-dotenv": "env_files env_override_existing_values",
    "pytest-examples": "",
}
_FIXTURES = {
    "pytest-mock": "mocker class_mocker module_mocker package_mocker session_mocker",
    "pytest-benchmark": "benchmark benchmark_weave",
    "requests-mock": "requests_mock",
    "pytest-httpx": "httpx_mock",
    "respx": "respx_mock",
    "pytest-httpserver": "httpserver",
    "pytest-aiohttp": "aiohttp_client aiohttp_server",
    "pytest-django": "django_user_model django_db_setup django_db_blocker admin_client rf settings live_server",
    "pytest-flask": "client_class",
    "pytest-postgresql": "postgresql postgresql_proc",
    "pytest-redis": "redisdb redis_proc",
    "pytest-freezer": "freezer",
    "pyfakefs": "fs",
    "faker": "faker",
    "syrupy": "snapshot",
    "pytest-snapshot": "snapshot",
    "pytest-subprocess": "fp fake_process",
    "pytest-qt": "qtbot qapp",
    "pytest-playwright": "page browser_context",
    "pytest-regressions": "data_regression file_regression num_regression dataframe_regression image_regression",
    "pytest-datadir": "datadir shared_datadir",
    "pytest-xdist": "worker_id testrun_uid",
    "pytest-cases": "",
    "pytest-lazy-fixture": "",
    "pytest-celery": "celery_app celery_worker celery_session_app celery_session_worker",
    "pytest-console-scripts": "script_runner",
    "pytest-recording": "vcr_config vcr_cassette_dir",
    "pytest-structlog": "log",
    "time-machine": "time_machine",
    "testbook": "",
}
_MARKERS = {
    "pytest-asyncio": "asyncio",
    "pytest-django": "django_db urls ignore_template_errors",
    "pytest-timeout": "timeout",
    "pytest-rerunfailures": "flaky",
    "flaky": "flaky",
    "pytest-xdist": "xdist_group",
    "pytest-recording": "vcr block_network",
    "pytest-vcr": "vcr",
    "pytest-freezegun": "freeze_time",
    "pytest-order": "order",
    "pytest-ordering": "run first second last",
    "pytest-dependency": "dependency",
    "pytest-benchmark": "benchmark",
    "pytest-repeat": "repeat",
    "pytest-forked": "forked",
    "pytest-mpl": "mpl_image_compare",
    "pytest-socket": "enable_socket disable_socket allow_hosts",
    "pytest-trio": "trio",
    "pytest-tornado": "gen_test",
    "pytest-twisted": "inlineCallbacks",
    "anyio": "anyio",
    "pytest-memray": "limit_memory limit_leaks",
}


def _by_word(table: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, words in table.items():
        for word in words.split():
            found.setdefault(word, []).append(name)
    return MappingProxyType({word: tuple(names) for word, names in found.items()})


OPTIONS = _by_word(_OPTIONS)
SETTINGS = _by_word(_SETTINGS)
FIXTURES = _by_word(_FIXTURES)
MARKERS = _by_word(_MARKERS)
"""Distributions by the word that stands for them; several share one."""
_NUMBERED = re.compile(r"-n\w+")


def option_asks(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The kind and name of what pytest's options ask for, and the option: `-p` names a module."""
    for place, word in enumerate(words):
        option = "-n" if _NUMBERED.fullmatch(word) else word.partition("=")[0]
        if word == "-p" or (word.startswith("-p") and not word.startswith("--")):
            module = word[2:] or "".join(words[place + 1 : place + 2])
            if module and not module.startswith("no:") and module not in _OWN:
                yield "module" if "." in module or "_" in module else "distribution", module, f"-p {module}"
        for name in OPTIONS.get(option, ()):
            yield "distribution", name, option


_OWN_WORDS = """
    pytester cacheprovider doctest junitxml terminal faulthandler unraisableexception threadexception logging
    warnings recwarn stepwise tmpdir pastebin debugging capture"""
_OWN = frozenset(_OWN_WORDS.split())
"""Plug-ins that are pytest's own."""
