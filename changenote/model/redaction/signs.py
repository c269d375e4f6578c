"""A quick look at many texts: which of them could hold a secret at all?

Looking for secrets takes 20 to 40 µs a text, and a note has a hundred texts. Almost none has a sign
of one: a name such as `password`, a long word that is neither words nor a digest, an address with a
colon or @, an option such as `-p`. `tests/test_secrets.py` holds it to all that `find` finds.
"""

from collections.abc import Iterator, Sequence

from changenote.patterns import pattern

_BETWEEN = "\0\n"
_LONGEST = 16  # of a word that is written by hand
# Names and tools that stand in no other word, or in few.
_SIGNS = (
    *(
        "identified by",
        "login ",
        "/webhooks/",
        "webhook.office",
        "hooks.slack",
        "<<<",
        "-stdin",
        "--from-literal",
    ),
    *"passw passp passc kennwort contrasena senha wachtwoord pwd psk token jwt secret cred".split(),
    *"cookie bearer private add_user /p:".split(),
)
_BEFORE_AT = ("sqlplus", "sqlldr", "expdp", "impdp", "rman ")  # user/password@database
# Parts of many other words, which count with a sign of a value behind them.
_NAMES = tuple("key pass pw psw pin otp sig auth session sid code dsn salt".split())
_VALUE = pattern(
    r"""(?:[\w.\-]{0,40}[\\"'`\])]{0,5}(?:[ \t]*[:=!?+]|[ \t]+["'\d]|\s*\||>)|\w*_\w*[ \t]|["'],)"""
)
_OPTION = pattern(
    r"""-(?<=[\s"'\[(=]-)(?:-?[pPaAwWuUcXbh](?![a-z-])|h?p\S|\w{0,6}b\w{0,6} """
    r"|-?(?:pass|auth|user|cookie|key|pw|pin|body|proxy-user|http-user)\b)"
)
_ADDRESS = pattern(r"""://[^\s/"'<>]*(?:[:@]|[^\s"'<>]*@)""", holds=("://",))
_COMPARED = pattern(r"[=!]==? ?[\w\"'`]", holds=("==", "!="))
_CAPITALS = pattern(
    r"A(?:KC|P[2-6AB]|KIA|SIA|BIA|CCA|3T)[A-Za-z0-9]{10}",
    holds=("AKC", "AP", "AKIA", "ASIA", "ABIA", "ACCA", "A3T"),
)
_LONG = pattern(r"[\w.~+=%-]{16,}")
_TELLING = pattern(r"(?=.*[G-Zg-z_~])(?=.*\d)|(?=.*[A-Z])(?=.*[a-z])(?=.*[g-z])")


def suspects(texts: Sequence[str]) -> list[int]:
    """The numbers of those texts in which `find` may find something, in order."""
    joined = _BETWEEN.join(texts)
    return sorted({joined.count(_BETWEEN, 0, place) for place in _places(joined)})


def _places(text: str) -> Iterator[int]:
    lowered = text.lower()
    for sign in (*_SIGNS, *_BEFORE_AT) if "@" in text else _SIGNS:
        if sign in lowered:
            yield from _all(lowered, sign)
    for name in _NAMES:
        if name in lowered:
            ends = len(name)
            yield from (at for at in _all(lowered, name) if _VALUE.match(lowered, at + ends))
    for known in (_OPTION, _ADDRESS, _COMPARED, _CAPITALS):
        yield from (match.start() for match in known.finditer(text))
    at = 0
    for word in text.split():
        if len(word) >= _LONGEST:
            at = text.find(word, at)
            if any(_TELLING.match(part) for part in _LONG.findall(word)):
                yield at
            at += len(word)


def _all(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + len(sign))
