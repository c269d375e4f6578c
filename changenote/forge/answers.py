"""What came back from a server: an answer and what it says of itself, or nothing."""

from collections.abc import Mapping
from typing import Any

from changenote.errors import ForgeFailed
from changenote.records import record

MAY_BE_DONE = "not safe by itself: it may have been carried out"
"""Whether a retry is safe, where nobody can know."""

_LONGEST_TEXT = 2000


@record
class Answer:
    """What the far end answered; header names are in lower case, `sender` is who it was.

    `is_repeatable` says that the same request may be sent again.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    sender: str
    is_repeatable: bool = True

    @property
    def data(self) -> Any:
        """The JSON in it. Raises `ForgeFailed` when it is none."""
        import json

        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ForgeFailed(
                f"{self.sender} answered with something that is not whole JSON",
                expected="JSON, as its API documents it",
                retry="safe" if self.is_repeatable else MAY_BE_DONE,
                hint="A proxy or a login page may stand in between. Is the API's address right?",
                status=self.status,
            ) from error

    @property
    def message(self) -> str:
        """What the far end says in its error, in its own words."""
        try:
            data = self.data
        except ForgeFailed:
            return self._text
        if not isinstance(data, Mapping):
            return ""
        found = (data.get(key) for key in ("message", "error", "error_description"))
        said = next((str(value) for value in found if value), "")
        return f"{said} {_details(data.get('errors'))}".strip()

    @property
    def _text(self) -> str:
        """Plain text in it: not every server says in JSON what is wrong."""
        is_plain = self.headers.get("content-type", "").startswith("text/plain")
        return self.body[:_LONGEST_TEXT].decode("utf-8", "replace") if is_plain else ""

    @property
    def is_limited(self) -> bool:
        """Is it a rate limit? GitHub says 403 for it as well as 429."""
        is_told = self._has_none_left or "retry-after" in self.headers
        return self.status in (403, 429) and is_told

    @property
    def _has_none_left(self) -> bool:
        return self.headers.get("x-ratelimit-remaining") == "0"

    def wait_asked(self, now: float) -> float | None:
        """Seconds that the far end asks to wait; None when it does not say, or not in numbers."""
        after = self.headers.get("retry-after", "").strip()
        if after.isdecimal():
            return float(after)
        if after:
            return _until(after, now)
        for name in ("x-ratelimit-reset", "ratelimit-reset"):
            reset = self.headers.get(name, "").strip()
            if reset.isdecimal() and (self._has_none_left or self.status == 429):
                return float(reset) - now
        return None


@record
class Broken:
    """No answer came: why, and whether the far end may have got the request."""

    why: str
    was_sent: bool


def _details(errors: object) -> str:
    every = errors if isinstance(errors, list) else []
    named = (e.get("message") or e.get("code") if isinstance(e, Mapping) else e for e in every)
    return "; ".join(str(name) for name in named if name)


def _until(date: str, now: float) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (ValueError, OverflowError):  # a year or an hour that no calendar has
        return None
