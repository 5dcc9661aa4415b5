"""Docs/view-security-proof.md lists every attack by its number with tests that exist, and every attack test stands there."""

import re
from pathlib import Path

from harness import TOP

PAGE = TOP / "Docs" / "view-security-proof.md"
ROW = re.compile(r"^\| A(\d+) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)


def rows():
    return [(int(number), tests, rest) for number, _, tests, rest in ROW.findall(PAGE.read_text())]


def python_tests():
    """Names of test functions, by the stem of their file."""
    files = [*TOP.glob("Interop/**/test_*.py"), *TOP.glob("Compat/**/test_*.py")]
    return {path.stem: set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)) for path in files}


def swift_tests():
    """Names of test functions, by suite."""
    found = {}
    for path in TOP.glob("Tests/**/*.swift"):
        text = path.read_text()
        for suite in re.findall(r"^@Suite\b.*?struct (\w+)", text, re.MULTILINE):
            found.setdefault(suite, set()).update(re.findall(r"\bfunc (\w+)\(", text))
    return found


def test_each_attack_is_there_once():
    assert [number for number, _, _ in rows()] == list(range(1, 36))


def test_each_attack_has_a_test_or_a_reason():
    for number, tests, rest in rows():
        assert "`" in tests or len(rest.strip()) > 20, f"A{number}"


def test_each_named_test_exists():
    python, swift = python_tests(), swift_tests()
    for number, tests, _ in rows():
        for name in re.findall(r"`([^`]+)`", tests):
            suite, _, test = name.partition(".")
            assert test in (python.get(suite) or swift.get(suite) or ()), f"A{number}: there is no {name}"


def test_each_attack_test_is_listed():
    listed = {number: tests for number, tests, _ in rows()}
    for path in Path(__file__).parent.glob("test_*.py"):
        for name in re.findall(r"^def (test_a\d\d_\w+)", path.read_text(), re.MULTILINE):
            number = int(name[6:8])
            assert f"`{path.stem}.{name}`" in listed[number], f"{path.stem}.{name} isn't in the row of A{number}"
