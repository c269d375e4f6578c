"""Where a server is."""

from changenote.patterns import pattern
from changenote.records import record

_LOOPBACK = pattern(r"localhost|127(?:\.\d+){3}|\[::1\]")
_BASE = pattern(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[\w.~%+-]+)*)/?"
)


@record
class Address:
    """Where a server is; `path` is empty or starts with a slash, and never ends with one."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for a token to go there."""
        return self.scheme, self.host, self.port

    @property
    def name(self) -> str:
        """The host, with the port where it is not the usual one."""
        return self.host if self.port == usual_port(self.scheme) else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Is it this machine?"""
        return bool(_LOOPBACK.fullmatch(self.host))


def parsed(base: str) -> Address | None:
    """The address in a text, without a query; None when it is none, or has a name or password."""
    match = _BASE.fullmatch(base.strip())
    if not match:
        return None
    port = int(match["port"] or usual_port(match["scheme"]))
    if not 0 < port < 65536:
        return None
    host, path = match["host"].lower(), match["path"].rstrip("/")
    return Address(scheme=match["scheme"], host=host, port=port, path=path)


def usual_port(scheme: str) -> int:
    """The port that an address does not have to name."""
    return 443 if scheme == "https" else 80
