"""Modules that wait for their first use are whole once they are used."""

import inspect
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote import later

ASKED = "import sys; from changenote.later import put_off; put_off(); {}"


def said(code: str) -> str:
    """What a new Python prints that puts modules off and then runs this code."""
    command = [sys.executable, "-c", ASKED.format(code)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_importing_a_module_that_was_put_off_does_not_load_it() -> None:
    assert said("import inspect, ipaddress; print('dis' in sys.modules)") == "False\n"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (
            "import inspect; print(inspect.isfunction(print), inspect.__spec__.name)",
            "False inspect",
        ),
        ("from inspect import signature; print(signature(lambda a: 1))", "(a)"),
        ("import inspect; print(inspect.cleandoc('a' + chr(9) + 'b'))", "a       b"),
        ("import ipaddress; print(ipaddress.ip_address('::1').is_loopback)", "True"),
        ("import platform; print(platform.python_version_tuple()[0])", "3"),
        (
            "import inspect; print(hasattr(inspect, 'nothing'), type(inspect))",
            "False <class 'module'>",
        ),
        ("import platform, os; print(platform.system() == os.uname().sysname)", "True"),
    ],
)
def test_the_first_look_into_a_module_loads_all_of_it(code: str, answer: str) -> None:
    assert said(code) == f"{answer}\n"


def test_threads_that_look_at_the_same_moment_all_find_a_whole_module() -> None:
    code = """
import inspect, threading
gate, found = threading.Barrier(8), []
def look():
    gate.wait()
    found.append(inspect.getsource)
threads = [threading.Thread(target=look) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(found), len(set(found)))
"""
    assert said(f"exec({code!r})") == "8 1\n"


@given(st.text("a \n\t\f\xa0é", max_size=30))
def test_help_texts_are_cleaned_as_inspect_does(text: str) -> None:
    cleaned = later._cleaned(text)

    assert cleaned in (None, inspect.cleandoc(text))


@pytest.mark.parametrize("text", ["One line.", "", "a\tb", "two\n  lines", "\n  a\n    b\n"])
def test_a_help_text_is_the_same_before_and_after_inspect_is_loaded(text: str) -> None:
    code = f"import inspect; clean = lambda: inspect.cleandoc({text!r}); "
    code += "print([clean(), inspect.isclass and clean()])"

    assert said(code) == f"{[inspect.cleandoc(text)] * 2}\n"


def test_a_module_that_is_there_already_stays_as_it_is() -> None:
    code = "import inspect; from changenote import later; later.put_off(); print(type(inspect))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "<class 'module'>\n"
