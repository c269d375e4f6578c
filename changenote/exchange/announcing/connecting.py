"""Where a system is, and which token may go there.

`config.yaml` is in the repository, and a pull request may change it. So it may say where a system
is, but a token only goes to a host that the environment names, or to one of the system's maker. And
it may say which variable has the token, but not send one system's token, or the pipeline's own, to
another system: the variable's name tells the system, or the environment allows it.
"""

from collections.abc import Mapping
from typing import Protocol

from changenote.errors import ForgeFailed
from changenote.exchange.announcing.messages import System
from changenote.forge.address import Address, parsed
from changenote.forge.credential import Credential
from changenote.forge.failures import Words
from changenote.forge.http import Client
from changenote.model.redaction import redact
from changenote.records import record

ALLOWED = "CHANGENOTE_TOKEN_VARIABLES"
"""The variable of the environment that lists further variables that config may name."""

_NOTHING = "safe, nothing was sent"


class Told(Protocol):
    """What config says of a system."""

    @property
    def token_variable(self) -> str | None:
        """The variable with the token, in place of the usual ones."""


@record
class Line:
    """The way to a system; without `address` or a needed `credential` nobody said what it is.

    `variables` are those that may have the token. `is_plain_fine` says that the environment names
    an address without encryption.
    """

    system: System
    variables: tuple[str, ...]
    address: Address | None
    credential: Credential | None
    is_plain_fine: bool

    @property
    def base(self) -> str:
        """The address, as it may be printed; where nobody says, the variable that would."""
        if self.address is None:
            return f"${next(iter((*self.system.address_variables, *self.variables)))}"
        here = f"{self.address.scheme}://{self.address.name}"
        return f"{here}/{_MARK}" if self.system.is_token_the_address else here + self.address.path

    @property
    def token(self) -> str:
        """What stands for the token where it may be printed; empty where none is sent."""
        if self.credential:
            return _MARK
        return f"${self.variables[0]}" if self.system.is_token_needed else ""

    def client(self) -> Client:
        """The system, ready to be told. Raises `ForgeFailed` without address or token."""
        if self.credential is None and self.system.is_token_needed:
            raise _no_token(self)
        if self.address is None:
            raise _no_address(self.system)
        return Client(
            self.address,
            credential=self.credential,
            headers=self.system.headers,
            is_plain_fine=self.is_plain_fine,
            words=_words(self),
        )


def line(system: System, told: Told, environment: Mapping[str, str]) -> Line:
    """The way to a system. Raises `ForgeFailed` where the token must not go to that address."""
    variables = _variables(system, told, environment)
    source = next((name for name in variables if environment.get(name, "").strip()), None)
    way = _by_webhook if system.is_token_the_address else _by_token
    address, credential, is_plain_fine = way(system, told, environment, source)
    return Line(
        system=system,
        variables=variables,
        address=address,
        credential=credential,
        is_plain_fine=is_plain_fine,
    )


def _variables(system: System, told: Told, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that may have the token. Raises `ForgeFailed` for one of something else."""
    name = told.token_variable
    if name is None:
        return system.token_variables
    if _is_of(system, name) or name in environment.get(ALLOWED, "").replace(",", " ").split():
        return (name,)
    raise ForgeFailed(
        f"{redact(name)} is not sent to {system.title}: only config.yaml says that it may",
        expected=f"a name with {system.name.upper()} in it, such as {system.token_variables[0]}",
        retry=_NOTHING,
        hint=f"If it is right: {ALLOWED}={redact(name)} in the environment.",
    )


def _is_of(system: System, name: str) -> bool:
    """Does a variable's name say that it is the system's own?"""
    return system.name.upper() in name.upper() or name.upper().startswith(system.prefixes)


_Way = tuple[Address | None, Credential | None, bool]
"""The address, the token, and whether the address may be one without encryption."""


def _by_webhook(
    _system: System, _told: Told, environment: Mapping[str, str], source: str | None
) -> _Way:
    if source is None:
        return None, None, False
    address = _secret_address(environment[source], source)
    return address, Credential(address.path, source=source), False


def _by_token(
    system: System, told: Told, environment: Mapping[str, str], source: str | None
) -> _Way:
    credential = None
    if source:
        token, before = environment[source], system.before
        credential = Credential(token, source=source, header=system.header, before=before)
    named = _named(system, environment)
    address = named or _configured(system, told) or _usual(system)
    if credential and address and not (named or _is_public(system, address)):
        raise _stranger(system, credential, address)
    return address, credential, bool(named) and not _is_public_host(system, named)


def _secret_address(text: str, source: str) -> Address:
    address = parsed(text)
    if address is None or not address.path:
        raise ForgeFailed(
            f"{source} has no address of a webhook",
            expected="something like https://hooks.slack.com/services/T…/B…/…, whole",
            retry=_NOTHING,
            hint=f"Set {source} again.",
        )
    return address


def _named(system: System, environment: Mapping[str, str]) -> Address | None:
    """The address that the environment names. Raises `ForgeFailed` where it is none."""
    for variable, form in system.address_variables.items():
        if value := environment.get(variable, "").strip():
            return _address(system, form.format(value), variable, value)
    return None


def _configured(system: System, told: Told) -> Address | None:
    value = getattr(told, "address", None)
    address = _address(system, value, _key(system), value) if value else None
    if address and address.scheme != "https":
        raise ForgeFailed(
            f"{_key(system)} names {address.name} by plain http, where everybody can listen",
            expected="an address that starts with https://",
            retry=_NOTHING,
            hint=f"If it is right: {_first(system)}={address.scheme}://{address.name} in the"
            " environment.",
        )
    return address


def _usual(system: System) -> Address | None:
    return parsed(system.public[0]) if system.public else None


def _address(system: System, text: str, source: str, value: str) -> Address:
    """The address in a text, which was made of the `value` that somebody gave."""
    address = parsed(text)
    if address is None:
        usual = system.public[0] if system.public else f"https://{system.name}.example"
        form = system.address_variables.get(source, "{}")
        before, _, after = form.partition("{}")
        raise ForgeFailed(
            f"{redact(value)!r} in {source} is no address",
            expected=f"something like {usual.removeprefix(before).removesuffix(after)},"
            " without name and password",
            retry=_NOTHING,
            hint=f"Set {source} again.",
        )
    return address


def _is_public(system: System, address: Address) -> bool:
    known = [parsed(public) for public in system.public]
    return any(one and one.origin == address.origin for one in known)


def _is_public_host(system: System, address: Address | None) -> bool:
    known = [parsed(public) for public in system.public]
    return any(one and address and one.host == address.host for one in known)


def _stranger(system: System, credential: Credential, address: Address) -> ForgeFailed:
    name = f"{address.scheme}://{address.name}"
    return ForgeFailed(
        f"the token in {credential.source} is not sent to {address.name},"
        " which only config.yaml names",
        expected=f"an address of {system.title} that the environment names too"
        + (f", or {' or '.join(system.public[:2])}" if system.public else ""),
        retry=_NOTHING,
        hint=f"If it is right: {_first(system)}={name} in the environment.",
    )


def _no_token(line: Line) -> ForgeFailed:
    return ForgeFailed(
        f"there is no token for {line.system.title}",
        expected=f"a token in {' or '.join(line.variables)}",
        retry=_NOTHING,
        hint=f"It takes {line.system.right}.",
    )


def _no_address(system: System) -> ForgeFailed:
    return ForgeFailed(
        f"nobody says where {system.title} is",
        expected=f"its address in {' or '.join(system.address_variables)}",
        retry=_NOTHING,
        hint=f"{_first(system)}=https://… in the environment says it.",
    )


def _first(system: System) -> str:
    return next(iter(system.address_variables))


def _key(system: System) -> str:
    return f"`announce.{system.name}.address` in config.yaml"


def _words(line: Line) -> Words:
    system = line.system
    is_set = " or ".join((*system.address_variables, _key(system)))
    if line.credential and system.is_token_the_address:
        is_set = line.credential.source
    taken = ("a request that it takes", "What it says above is the cause.")
    gone = ("an address at which it listens", f"Is it still there? {is_set} sets it.")
    return Words(
        kind=system.title,
        setting=is_set,
        advice={
            400: taken,
            401: ("a token that it knows", "Is {token} there, whole, and still valid?"),
            403: ("a token that may do this", f"It takes {system.right}: is {{token}} that?"),
            404: gone,
            410: gone,
            413: taken,
            422: taken,
        },
    )


_MARK = "[redacted: token]"
