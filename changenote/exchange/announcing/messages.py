"""What is sent to a system: requests as data, and how an earlier one is found again."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from changenote.config import Announce
from changenote.exchange.announcing.facts import Facts
from changenote.records import record

Data = dict[str, Any]
Name = Literal["grafana", "honeycomb", "datadog", "pagerduty", "cdevents", "slack"]


@record
class Request:
    """A request below the address of a system. `body` is JSON; None: there is none."""

    method: str
    path: str
    body: Data | None = None
    query: Mapping[str, str | int] | None = None


@record
class Found:
    """A marker of the note that is there already, and the request that makes it say the same."""

    is_same: bool
    edit: Request


@record
class Look:
    """How to find out whether the note is there already: what to ask, and what the answer says."""

    request: Request
    find: Callable[[Any], Found | None]


@record
class Message:
    """One marker of a note. `key` tells it from the other ones that the note may have there.

    `is_repeatable`: the receiver knows the same message again, so it may be sent twice.
    """

    key: str
    request: Request
    look: Look | None = None
    is_repeatable: bool = False


@record
class System:
    """A system that is told, and how to reach it.

    `address_variables` are the variables of the environment that name its address, with the form
    of an address in which `{}` is their value; `token_variables` are those with a token, and the
    best comes first in both. `public` are the addresses at which its maker offers it, the usual one
    first. The token goes into the header `header`, behind `before`, or under `token_key` into the
    body; with neither it is the address itself. `right` is what the token must be or may do, and
    `hours` how old a marker may be (None: as old as it likes). Its variables have its
    name in theirs, or begin with one of `prefixes`.
    """

    name: Name
    title: str
    messages: Callable[[Facts, Announce], tuple[Message, ...]]
    address_variables: Mapping[str, str]
    token_variables: tuple[str, ...]
    right: str
    public: tuple[str, ...] = ()
    header: str = ""
    before: str = ""
    token_key: str = ""
    headers: Mapping[str, str] | None = None
    is_token_needed: bool = True
    hours: float | None = None
    prefixes: tuple[str, ...] = ()

    @property
    def is_token_the_address(self) -> bool:
        """Is the whole address a secret, as that of a webhook is?"""
        return not self.header and not self.token_key
