"""How a request to a server fails, in the words of the house."""

from collections.abc import Mapping

from changenote.errors import ForgeFailed
from changenote.forge.answers import MAY_BE_DONE, Answer, Broken
from changenote.forge.credential import Credential
from changenote.model.redaction import redact
from changenote.records import record

_LONGEST_SAYING = 300


@record
class Words:
    """How errors call a server: what it is, and what sets its address.

    `advice` has, by status, what was expected and what to do; `{token}` stands for the token.
    """

    kind: str
    setting: str
    advice: Mapping[int, tuple[str, str]]


@record
class Failures:
    """The errors about one server, by its name; nothing that it says gives the token away."""

    name: str
    credential: Credential | None
    words: Words

    def unlike(self, what: str, status: int | None = None) -> ForgeFailed:
        """That it did something which its documentation does not say."""
        return ForgeFailed(
            f"{self.name} {what}",
            expected="an answer as its API documents it",
            retry="not before the cause is found",
            hint=f"Is the API's address right? {self.words.setting} sets it.",
            status=status,
        )

    def elsewhere(self, what: str, there: tuple[str, str, int], *, scheme: str) -> ForgeFailed:
        """That it leads to another server: a redirect, or the next page."""
        return ForgeFailed(
            f"{self.name} answers with a {what} to another server, {self._clean(there[1])}:"
            f"{there[2]}",
            expected=f"an answer from {scheme}://{self.name} itself: a token goes nowhere else",
            hint=f"If it has moved, set {self.words.setting} to the API's new address.",
        )

    def no_answer(self, broken: Broken, *, may_repeat: bool, within: float) -> ForgeFailed:
        """That no answer came, though it had so many seconds."""
        is_safe = may_repeat or not broken.was_sent
        what = "does not answer" if broken.was_sent else "cannot be reached"
        return ForgeFailed(
            f"{self.name} {what}: {self._clean(broken.why)}",
            expected=f"an answer within {within:.0f} s",
            retry="safe" if is_safe else MAY_BE_DONE,
            hint=f"Look at the network, at HTTPS_PROXY, and at {self.words.kind}'s status page."
            if is_safe
            else f"Look at {self.words.kind} first.",
        )

    def refused(self, answer: Answer, method: str, *, may_repeat: bool, now: float) -> ForgeFailed:
        """That it answered with a status which is no success."""
        says = f": {said}" if (said := self._clean(answer.message)) else ""
        expected, retry, hint = self._advice(answer, method, may_repeat, now)
        return ForgeFailed(
            f"{self.name} answered {answer.status}{says}",
            expected=expected,
            retry=retry,
            hint=hint,
            status=answer.status,
        )

    def _advice(
        self, answer: Answer, method: str, may_repeat: bool, now: float
    ) -> tuple[str, str, str]:
        """What was expected, whether a retry is safe, and what to do."""
        status, token = answer.status, self._token_in_words()
        if answer.is_limited or status == 429:
            pause = answer.wait_asked(now)
            when = f"in {max(pause, 1):.0f} s" if pause is not None else "later"
            hint = "Another token, or fewer requests at a time, would help."
            return "room within its rate limit", f"safe, {when}: nothing was done", hint
        if status in self.words.advice:
            expected, hint = self.words.advice[status]
            return expected, "safe, but useless until it is mended", hint.format(token=token)
        if status >= 500:
            retry = "safe, it may be over soon" if may_repeat else MAY_BE_DONE
            return "a server that is well", retry, f"Look at {self.words.kind}'s status page."
        return f"an answer to {method} that says it worked", "not before the cause is found", ""

    def _clean(self, text: str) -> str:
        """What the far end says, on one line, bounded, with no secret in it."""
        line = " ".join(text.split())
        line = self.credential.without(line) if self.credential else redact(line)
        return line if len(line) <= _LONGEST_SAYING else f"{line[:_LONGEST_SAYING]}…"

    def _token_in_words(self) -> str:
        return f"the token in {self.credential.source}" if self.credential else "no token was sent;"


OF_A_FORGE = Words(
    kind="the forge",
    setting="`api:` in config.yaml",
    advice={
        400: ("a request that it takes", "This may be a bug of ours, or a forge too old."),
        401: ("a token that it knows", "Is {token} there, whole, and still valid?"),
        403: (
            "a token that may do this",
            "Give {token} the right to read pull requests and to write comments and statuses.",
        ),
        404: (
            "a repository, pull request or commit that is there and that the token may see",
            "Is the number right, and may {token} see the repository? Forges say 404 for both.",
        ),
        409: ("no other change at the same time", "Run the same command again."),
        410: ("something that is still there", "It was deleted, or is switched off there."),
        422: ("a request that it takes", "What it says above is the cause."),
    },
)
