"""A token, which shows in no error, no `repr` and no log."""

from changenote.errors import ForgeFailed
from changenote.model.redaction import redact
from changenote.patterns import pattern

_TOKEN = pattern(r"[!-~]+")


class Credential:
    """A token and the header that it goes into; `source` is where it came from.

    Without a header it goes where the request itself has it: into the body or the address.
    Raises `ForgeFailed` for a token that no header can hold.
    """

    def __init__(self, token: str, *, source: str, header: str = "", before: str = "") -> None:
        token = token.strip()
        if not _TOKEN.fullmatch(token):
            raise ForgeFailed(
                f"the token in {source} cannot be used: it is empty or has characters of no token",
                expected="a token as it was given to you, on one line",
                hint=f"Set {source} again.",
            )
        self._token = token
        self._before = before
        self.source = source
        self.header = header

    @property
    def value(self) -> str:
        """What the header has to say, for the moment of sending alone."""
        return f"{self._before}{self._token}"

    def without(self, text: str) -> str:
        """A text that may quote the token, without it and without other secrets."""
        return redact(text.replace(self._token, "[redacted: token]"))

    def __repr__(self) -> str:
        """Where it came from, and no more."""
        return f"Credential(source={self.source!r})"
