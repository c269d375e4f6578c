"""What a name says about its value, and what a value looks like."""

import re
from functools import lru_cache

OPAQUE = "opaque value"  # said of a name or a place that is no proof by itself

_KINDS = {  # the end of a word → what it names
    "password": "password",
    "passwords": "password",
    "passwd": "password",
    "passphrase": "password",
    "passcode": "password",
    "passwort": "password",
    "kennwort": "password",
    "contrasena": "password",
    "motdepasse": "password",
    "senha": "password",
    "wachtwoord": "password",
    "pwd": "password",
    "psk": "password",
    "requirepass": "password",
    "storepass": "password",
    "keypass": "password",
    "dbpass": "password",
    "userpass": "password",
    "sshpass": "password",
    "token": "token",
    "jwt": "token",
    "secret": "secret",
    "secrets": "secret",
    "secrete": "secret",
    "credential": "credential",
    "credentials": "credential",
    "creds": "credential",
    "apikey": "key",
    "accesskey": "key",
    "secretkey": "key",
    "privatekey": "key",
    "authkey": "key",
    "accountkey": "key",
    "masterkey": "key",
    "encryptionkey": "key",
    "signingkey": "key",
    "licensekey": "key",
    "authorization": "authorization",
    "cookie": "cookie",
    "sessionid": "cookie",
    "sessid": "cookie",
}
_WHOLE_WORDS = {  # too short to be looked for at the end of a word: bypass, throughput
    "pass": "password",
    "pw": "password",
    "psw": "password",
    "pin": "password",
    "otp": "password",
    "signature": "signature",
    "sig": "signature",
    "key": OPAQUE,
    "auth": OPAQUE,
    "session": OPAQUE,
    "sid": OPAQUE,
    "code": OPAQUE,
    "tokens": OPAQUE,
    "cookies": OPAQUE,
    "dsn": OPAQUE,
    "salt": OPAQUE,
}
NAMES = (*_KINDS, *_WHOLE_WORDS)
_KEYS_THAT_ARE_SECRET = frozenset(
    "access account activation admin api app application auth client deploy encrypt encryption "
    "integration jwt license master private secret server service shared sign signing ssh "
    "storage subscription write".split()
)
_TOKENS_THAT_ARE_NO_SECRET = frozenset(
    "continuation cursor idempotency lock next page pagination request resume start starting "
    "sync update".split()
)
_NOT_THE_SECRET = frozenset(  # after the word: token_ttl, password_file, secretName
    "accessor age alg algorithm arn at audience backend bucket bytes cache check class command "
    "config configuration count created days dir directory duration enabled endpoint env "
    "environment expiration expires expiry fd field file files folder format generator handler "
    "header headers helper hint id ids in index issuer jar keys kind len length lifespan "
    "lifetime limit list location manager max min mode model name names namespace path paths "
    "policies policy prefix process prompt provider reader ref reference refs required "
    "requirement requirements reset role rotation rules scheme scope scopes server service size "
    "source status stdin store strength table threshold timeout ttl type types until uri url "
    "urls usage used user username valid validity variable version window".split()
)
_WHOSE_SECRET = frozenset("backend env environment provider server service source store".split())
_NOT_A_SECRET_AFTER = frozenset(
    "ask change count delete export list max min n no num public total without".split()
)


@lru_cache(maxsize=1000)
def kind_of_name(name: str) -> str:
    """What a name says its value is, `OPAQUE` when it only may be, nothing when it is neither."""
    words = _words(name)
    for at in range(len(words) - 1, -1, -1):
        if kind := _kind_of_word(words, at):
            harmless = not _NOT_THE_SECRET.isdisjoint(words[at + 1 :])
            return "" if harmless or not _NOT_A_SECRET_AFTER.isdisjoint(words[:at]) else kind
    return ""


def nearest(outer: str, inner: str) -> str:
    """Which of two names, the one inside the other, tells what stands in both.

    `password` does of `password: {value: …}`, but not of `password: {ttl: …}`.
    """
    doubtful = kind_of_name(inner) in ("", OPAQUE)
    if doubtful and kind_of_name(outer) and not _is_about(inner):
        return outer
    return inner or outer


def _is_about(name: str) -> bool:
    words = _NOT_THE_SECRET.intersection(_words(name))
    return not words <= _WHOSE_SECRET


def _kind_of_word(words: list[str], at: int) -> str:
    word = words[at]
    before = words[at - 1] if at else ""
    if word == "key" and before in _KEYS_THAT_ARE_SECRET:
        return "key"
    if word == "token" and before in _TOKENS_THAT_ARE_NO_SECRET:
        return ""
    if word in _WHOLE_WORDS:
        return _WHOLE_WORDS[word]
    return next((kind for end, kind in _KINDS.items() if word.endswith(end)), "")


def _words(name: str) -> list[str]:
    """`dbPass`, `DB_PASS` and `db-pass` are two words each, in lower case."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [part.lower() for part in parts]


# --- What a value looks like ----------------------------------------------------------------------

_FILLERS = frozenset(  # words that stand where a secret would
    "a access account activation admin all always an any api app arn ask auth authorization "
    "auto bar basic baz bearer bool boolean bot bytes change changed changeme client code "
    "community config configured cookie cookies created credential credentials crt database db "
    "default deleted denied digest directory disabled domain dummy email empty enabled "
    "encrypted encryption env example expired fake false file files foo from generated github "
    "gitlab granted hash here hidden host id incorrect input int interactive invalid is it json "
    "jwt key keys license local login manual masked master me missing my n name never new nil "
    "no none not null number object of off ok old on optional or pass passphrase passwd "
    "password passwords path pem pin placeholder plain plaintext private prod production prompt "
    "provider public pwd random read redacted registration rejected required reservation "
    "revoked root rotated same sample secret secrets see server service session set some sql "
    "stdin str string system test text the this to token tokens true txt unchanged undefined "
    "unknown unset updated user username valid value var variable webhook with word write wrong "
    "y yaml yes yml you your".split()
)
_REFERENCE = (  # says where the secret is, or what it is like
    r"\$(?:[A-Za-z_{(@*].*|\d?)"
    r"|[&*][A-Za-z_][\w\-]*"
    r"|(?:\.|\\[A-Za-z]|\[\^?[^\]]*\])[*+].*"
    r"|%\w+%|%[a-z]|%\([\w]+\)s"
    r"|\{\{.*|\{%.*|\{[\w.$]*\}?|<[\w .:|/\-]*>|\[[\w .\-]*\]"
    r"|@.+"
    r"|(?:env|file|fd|var|vault|ssm|arn|op|keyring|cmd|exec)[:/].*"
    r"|(?:id|type|src|source|name|env)=.*"
    r"|[A-Za-z][A-Za-z0-9+.\-]*://.*"
    r"|(?i:sha\d{1,3}|md5)[:=-].*"
    r"|(?:[A-Za-z_]+(?:\[\d*\])?(?:\.|->|::|\?\.))+[A-Za-z_]+(?:[(\[].*)?"
    r"|[A-Za-z_]{2,40}\(.*|[A-Za-z_]{2,40}\[.*"
    r"|\d{0,3}"
    r"|[\W_]*"
    r"|.{0,12}?[xX*.•]{4,}[^A-Za-z0-9]*"
    r"|[A-Za-z_\-]{0,40}(?:fake|dummy|example|placeholder|changeme)[A-Za-z_\-]{0,40}"
)
_PATH = (
    r"(?:~|\.{1,2})?/[\w.@\-]*(?:/[\w.@\-]*)*|[a-z0-9_.\-]+(?:/[a-z0-9_.\-]+)+"
    r"|[A-Za-z]:\\.*|[\w.\-]+(?:\\[\w.\-]+)+"
    r"|[\w.\-]+\.(?:json|txt|pem|key|crt|cer|p12|pfx|jks|ya?ml|env|ini|conf|cfg|toml|gpg|asc|pub|"
    r"keystore|xml|csv|md|sh|py|enc|properties|kdbx)"
)
_MEASURE = (
    r"v?\d+(?:\.\d+)+[\w.+\-]*|\d{4}-\d\d-\d\d.*|[\d.,]+[a-zA-Z%/]{1,12}|[\w.+\-]+@[\w\-]+\.[\w.\-]+"
    r"|[A-Za-z]{2,}(?:[-_.:/][A-Za-z]*\d{0,3})*|[A-Za-z]+\d{0,3}"
)

_DIFFERENT = 8  # characters in a token; `xxxxxxxxxxxxxxxxxxxx` stands for one
_ENOUGH = 300  # characters of a value that tell what it is: the patterns are not all linear


def is_secret(value: str, *, doubtful: bool, among_words: bool, certain: bool = False) -> bool:
    """Would anybody hide this value, given what its name or place says of it?"""
    value = value[:_ENOUGH]
    if _is_reference(value) or (_is_filler(value) and not certain):
        return False
    if certain:
        return True
    if doubtful or re.fullmatch(_PATH, value):
        return is_random(value, shortest=12)
    return not among_words or _is_mixed(value)


def _is_reference(value: str) -> bool:
    return re.fullmatch(_REFERENCE, value) is not None


def _is_filler(value: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_ .,:/\-]+", value)) and _FILLERS.issuperset(_words(value))


def is_random(value: str, *, shortest: int) -> bool:
    """Is there a stretch of letters and digits that is no words and no hexadecimal digest?"""
    return any(map(_is_random, re.findall(rf"[A-Za-z0-9]{{{shortest},}}", value)))


def makes_no_words(value: str) -> bool:
    """Is it random, are there digits inside its words, or is a word longer than words are?"""
    inside = re.search(r"[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]+\d", value)
    longest = max(re.findall(r"[A-Za-z0-9]{20,}", value), key=len, default="")
    is_long = len(set(longest)) >= _DIFFERENT
    return inside is not None or is_long or is_random(value, shortest=12)


def _is_random(stretch: str) -> bool:
    if re.fullmatch(r"(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)", stretch):
        return False
    if len(re.findall(r"\d+", stretch)) >= 3:
        return True
    in_words = sum(map(len, re.findall(r"[A-Z]?[a-z]{3,}", stretch)))
    return stretch not in (stretch.lower(), stretch.upper()) and 2 * in_words < len(stretch)


def _is_mixed(value: str) -> bool:
    """Letters and digits, but no date, version, duration, address or name with a number."""
    if len(value) < 8 or re.search(r"\s", value) or re.fullmatch(_MEASURE, value):
        return False
    symbols = re.findall(r"[!@#$%^&]", value)
    return len(symbols) >= 2 or bool(re.search(r"[A-Za-z].*\d|\d.*[A-Za-z]", value))
