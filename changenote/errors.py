"""What can stop the work, and the exit code each kind of stop has."""

DONE, FINDINGS, USAGE, ENVIRONMENT, NETWORK, BUG = 0, 1, 2, 3, 4, 70

_LONGEST = 2000  # characters of a line of an error, far more than of any that says all


class ChangenoteError(Exception):
    """Something stopped the work: what failed, what was expected, is a retry safe, what to do.

    What is wrong *in a note* is never raised: it is a `Problem` (see `model.problems`).
    """

    exit_code = ENVIRONMENT

    def __init__(
        self,
        what: str,
        *,
        expected: str,
        retry: str = "safe, nothing was written",
        hint: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected
        self.retry = retry
        self.hint = hint

    def lines(self) -> list[str]:
        """What is told of it: what failed, what was expected, is a retry safe, what to do next.

        What was given may be quoted in it, such as a file's name of several lines: it stays on one.
        """
        return [
            f"changenote: {_on_one_line(self.what)}",
            f"  expected: {_on_one_line(self.expected)}",
            f"  retry:    {_on_one_line(self.retry)}",
            *([f"  next:     {self.hint}"] if self.hint else []),
        ]


def _on_one_line(text: str) -> str:
    line = text.replace("\n", "\\n")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


class UsageProblem(ChangenoteError):
    """The words of the command line cannot be carried out."""

    exit_code = USAGE


class NotARepository(ChangenoteError):
    """The work needs a git repository and there is none here."""


class NoCommits(ChangenoteError):
    """The repository has no commit yet."""


class ShallowClone(ChangenoteError):
    """The clone was cut off, and the commits that the work needs are beyond the cut."""


class UnknownRevision(ChangenoteError):
    """Git does not know a revision by that name."""

    exit_code = USAGE


class GitFailed(ChangenoteError):
    """Git is missing, too old, or refused to answer."""


class NoSuchNote(ChangenoteError):
    """No note, or more than one, goes by the name given."""

    exit_code = USAGE


class NoSuchBaseline(ChangenoteError):
    """No baseline goes by the name given."""

    exit_code = USAGE


class BadQuery(ChangenoteError):
    """A query that cannot be understood."""

    exit_code = USAGE


class BadConfig(ChangenoteError):
    """The notes folder's config.yaml cannot be used."""

    exit_code = FINDINGS


class BadSource(ChangenoteError):
    """A repository whose notes belong on the site is not there, or cannot be told from another."""


class CannotWrite(ChangenoteError):
    """A file could not be written: permissions, a full disk, a folder that went away."""


class ChangedOnDisk(ChangenoteError):
    """The file was changed by somebody else since it was read."""


class EditorFailed(ChangenoteError):
    """The editor is missing or did not end well."""


class BadResult(ChangenoteError):
    """A result file of a measuring tool cannot be used."""


class UnlikeResults(BadResult):
    """Nothing was measured on both sides: other tools, or other things."""


class UntoldResult(BadResult):
    """Result files do not tell what a metric needs: `missing` of `name`, `unit`, `column`."""

    def __init__(self, what: str, *, expected: str, hint: str, missing: tuple[str, ...]) -> None:
        super().__init__(what, expected=expected, hint=hint)
        self.missing = missing


class MeasuringFailed(ChangenoteError):
    """A command that was being measured failed, or gave no number."""

    def __init__(self, what: str, *, expected: str, hint: str, output: str = "") -> None:
        super().__init__(what, expected=expected, hint=hint)
        self.output = output
        """The last lines it printed, redacted."""


class InvalidNote(ChangenoteError):
    """A note that is not valid was about to be saved."""

    exit_code = FINDINGS


class NothingToRelease(ChangenoteError):
    """No note ships with the version."""

    exit_code = FINDINGS


class UnlikeChangelog(ChangenoteError):
    """A changelog has a form in which we would have to guess where a section belongs."""

    exit_code = FINDINGS


class BadTemplate(ChangenoteError):
    """A template of the team's own cannot be used."""

    exit_code = FINDINGS


class NotRunnable(ChangenoteError):
    """A note's steps are not run: one is no command, hides something, or belongs elsewhere."""

    exit_code = FINDINGS


class StepFailed(ChangenoteError):
    """A step did not do what it should, or somebody said no to it.

    `step` is its number.
    """

    exit_code = FINDINGS
    step = 1


class SiteFailed(ChangenoteError):
    """The site could not be built or served.

    `said` has the lines in which the builder said why.
    """

    def __init__(self, what: str, *, said: tuple[str, ...] = (), **more: str) -> None:
        super().__init__(what, **more)
        self.said = said


class ForgeFailed(ChangenoteError):
    """A forge, or another server, could not be reached or did not do what it was asked.

    `status` is that of its answer; None when there was none.
    """

    exit_code = NETWORK

    def __init__(self, what: str, *, status: int | None = None, **more: str) -> None:
        super().__init__(what, **more)
        self.status = status


class NoResultFile(ChangenoteError):
    """A file is not what a branch's check hands to the job that tells of it."""

    exit_code = USAGE


class NoSuchPullRequest(ChangenoteError):
    """No pull request is meant, or it is not clear which one."""

    exit_code = USAGE
