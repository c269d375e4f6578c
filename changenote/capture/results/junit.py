"""JUnit XML: the time of a whole test run, as written by pytest, Surefire, Jest and others.

The time of a single test says little, as it is measured once among all the others.
"""

from xml.etree import ElementTree  # a DTD, and so every entity, is refused first

from changenote.capture.results.document import Document, moment_of
from changenote.capture.results.numbers import number_in
from changenote.capture.results.series import Run, Series
from changenote.errors import BadResult
from changenote.model.problems import shown
from changenote.patterns import pattern

NAME = "junit"
_ROOT = pattern(r"<testsuites?[\s>/]")
_AGAIN = "make all tests pass, and measure again"


def recognises(document: Document) -> bool:
    """Is it a report of tests?"""
    beginning = document.text.lstrip()[:5000]  # comments may come first
    return beginning.startswith("<") and bool(_ROOT.search(beginning))


def series(document: Document) -> list[Series]:
    """The time of each test suite, one number for each run."""
    if "<!DOCTYPE" in document.text or "<!ENTITY" in document.text:
        raise _refused(document, "has a document type", "plain XML, as test tools write it")
    try:
        root = ElementTree.fromstring(document.text.strip())  # noqa: S314  # see the import
    except (ElementTree.ParseError, ValueError) as error:
        raise _refused(document, f"is not valid XML: {error}", "the whole file") from None
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    found = [_of(suite, document) for suite in suites if suite.get("time")]
    if not found:
        raise _refused(document, "has no suite with a time", "<testsuite … time=…>")
    return found


def _of(suite: ElementTree.Element, document: Document) -> Series:
    name = suite.get("name") or "tests"
    for key in ("failures", "errors"):
        if (suite.get(key) or "0") != "0":
            raise BadResult(
                f"{document.file}: {key} of {shown(name)} is {shown(suite.get(key))}: "
                "a run that failed is no measure",
                expected="a run in which every test passed",
                hint=_AGAIN,
            )
    seconds = number_in(suite.get("time") or "", f"{document.file}: time of {shown(name)}", "s")
    told = {"load": f"{suite.get('tests')} tests", "host": suite.get("hostname")}
    run = Run(
        tool=NAME,
        sample="test run",
        measured_at=moment_of(suite.get("timestamp")),
        conditions={key: text for key, text in told.items() if text and suite.get("tests")},
    )
    return run.one(f"{name} test time", seconds, "s", "lower", wanted=True)


def _refused(document: Document, what: str, expected: str) -> BadResult:
    return BadResult(
        f"{document.file} {what}",
        expected=expected,
        hint="let the test tool write its report again",
    )
