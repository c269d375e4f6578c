"""What stands before a secret in commands, output, settings and prose, and how far it goes.

What stands before a secret (`before`) has bounded or possessive quantifiers only, so that it costs
a constant for each place in a text. A value may be long, but is read only once.
"""

import re

from changenote.model.redaction.words import OPAQUE
from changenote.records import record


@record
class Rule:
    """What stands before a secret and how far it goes.

    A rule is tried only on text that holds one of its hints, which are in lower case, and `needs`;
    and inside commands that match `within`, if it says so.
    """

    before: str  # with a group `name`, which is judged and gives the kind
    value: str
    why: str
    hints: tuple[str, ...]
    needs: str = ""  # is in every text that holds such a secret, whatever the hint
    kind: str = ""  # when `before` has no name
    within: str = ""
    after: str = ""
    plain: bool = True  # False: words are likely in this place, so they are no secret
    certain: bool = False  # True: nothing but a secret stands here, `secret` and `pass` included


# --- How far a secret goes: the named group; what a pattern matches beyond it is not read again ---

_QUOTED = (
    r'\\{1,4}+"(?P<escaped>[^"\n]*+)'
    r'|"(?P<double>(?:\\.|[^"\\\n])*+)'
    r"|'(?P<single>[^'\n]*+)"
    r"|`(?P<back>[^`\n]*+)"
)
_WORD = _QUOTED + r"""|(?P<bare>(?:\\[^\n"'`]|,(?!\w{1,40}+=)|[^\s"'`\\;&|<>,])++)"""
_TEXT = _QUOTED + r"""|(?P<bare>[^\s"'`]++)"""
_UNQUOTED = r"""(?P<bare>[^\s"'`]++)"""
_WHOLE_LINE = r"""(?P<bare>[^\s"'`]++)(?=[ \t]*+(?:#[^\n]*+)?(?:\r?\n|\Z))"""
# Up to the last @ before a slash; a password that has a slash itself, up to the last @ of all.
_BEFORE_HOST = r"""(?P<whole>[^\s"'`<>/]*)(?=@)|(?P<slash>[^\s"'`<>]*)(?=@)|[^\s"'`<>]*+"""
_USER = r"""(?P<bare>[^\s/:@"'`<>]{16,500}+)(?=(?::[\w-]{0,40}+)?@)"""

# --- What stands before a secret ------------------------------------------------------------------

_NAME = r"""(?<![\w.\-])-{0,2}+(?P<name>[A-Za-z_][\w.\-]{0,80}+)\\{0,4}+["'`]?+\]?+"""
_EQUALS = r"(?:[!=]={1,2}+|=>|[:?+]?=)"
_SIGN = rf"[ \t]{{0,8}}+(?:{_EQUALS}|:)[ \t]{{0,8}}+"
_LOOSE_SIGN = (
    rf"(?:[ \t]{{0,8}}+:[ \t]{{0,8}}+|[ \t]{{1,8}}+{_EQUALS}[ \t]{{0,8}}+|{_EQUALS}[ \t]{{1,8}}+)"
)
_GAP = r"(?:[ \t]|\\\r?\n){1,100}+"
_AUTH_SCHEME = (
    r"(?i:bearer|basic|token|digest|negotiate|ntlm|api-?key|key|hmac|aws4-hmac-sha256|bot|splunk|"
    r"genie-?key|sso-key|ssws|oauth|snowflake|pat)"
)
_HEADER = (
    r"(?P<name>(?i:(?:proxy-)?authorization|[a-z]{1,20}+(?:-[a-z]{1,20}+){1,6}+)):[ \t]{1,4}+"
    rf"(?:{_AUTH_SCHEME}[ \t]{{1,4}}+)?+"
)
_ADDRESS = r"(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]{1,20}+://"


def _option(
    tools: str,
    before: str,
    why: str,
    *,
    needs: str = "",
    value: str = "",
    kind: str = "password",
) -> Rule:
    """A secret at a place that only these tools have for it; `*` ends a tool's name anyhow."""
    names = "|".join(re.escape(tool).replace(r"\*", r"[\w-]{0,20}+") for tool in tools.split())
    return Rule(
        before=before,
        value=value or _WORD,
        why=why,
        hints=tuple(tool.rstrip("*") for tool in tools.split()),
        needs=needs,
        kind=kind,
        within=rf"(?<![\w\-.])(?:{names})(?=\s)",
        certain=True,
    )


RULES = (
    Rule(
        before=rf"""{_NAME}(?:{_EQUALS}(?=[^\s=])|{_SIGN}(?=\\{{0,4}}+["'`]))""",
        value=_WORD,
        hints=("=", ":"),
        why="""NAME=value, name = 'value', {"name": "value"}, ?name=value&, Name=value;""",
    ),
    Rule(
        before=rf"""(?m)^[ \t>+-]{{0,40}}+(?:export[ \t]{{1,4}}+)?+["']?{_NAME}"""
        r"[ \t]{0,20}+[:=][ \t]{1,20}+",
        value=_WHOLE_LINE,
        hints=("=", ":"),
        why="a line of YAML or INI: a single word, so it is no sentence",
    ),
    Rule(
        before=rf"{_NAME}(?:{_LOOSE_SIGN}|[ \t]{{2,40}}+|\t)(?=\S)",
        value=_TEXT,
        plain=False,
        hints=("=", ":", "\t", "  "),
        why="name: value within a line, a header, a column",
    ),
    Rule(
        before=r"\|[ \t]{0,8}+(?P<name>[\w.\-]{2,80}+)[ \t]{0,40}+\|[ \t]{1,40}+",
        value=_TEXT,
        plain=False,
        hints=("|",),
        why="| name | value |",
    ),
    Rule(
        before=r"""(?=(["'`])[^"'`\n]{1,200}+\1[ \t]{0,4}+[!=]={1,2}+"""
        r"[ \t]{0,4}+(?P<name>\w{2,60}+))",
        value=_QUOTED,
        hints=("==", "!="),
        why='"value" == name',
    ),
    Rule(
        before=r"""(?<![^\s"'\[,(=])--?(?P<name>[A-Za-z][\w.\-]{1,60}+)"""
        rf"""(?:{_GAP}|["'],[ \t]{{0,8}}+)(?!-)""",
        value=_WORD,
        hints=("-",),
        why='--name value, -name value, ["--name", "value"]',
    ),
    Rule(
        before=r"""\b(?:[Nn]ame|[Kk]ey)["']?[ \t]{0,4}+[:=][ \t]{0,4}+["']?"""
        r"(?P<name>[A-Za-z_][\w.\-]{1,80}+)"
        r"""["']?,?+\s{1,40}+["']?[Vv]alue["']?[ \t]{0,4}+[:=][ \t]{0,4}+""",
        value=_TEXT,
        hints=("value",),
        why="name and value as a pair: env of Kubernetes and ECS, attributes of XML",
    ),
    Rule(
        before=r"<(?P<name>[A-Za-z_][\w:.\-]{1,60}+)(?:[ \t][^<>\n]{0,200}+)?+>",
        value=r"(?P<whole>[^<\n]++)",
        hints=("</",),
        why="<name>value</name>",
    ),
    Rule(
        before=r"\bconfig(?:ure)?[ \t]{1,4}+set[ \t]{1,4}+(?:-\w{1,8}+[ \t]{1,4}+){0,3}+"
        r"(?P<name>[A-Za-z_/][\w./:@\-]{1,120}+)[ \t]{1,8}+",
        value=_WORD,
        hints=("config",),
        why="npm config set //host/:_authToken value",
    ),
    Rule(
        before=r"(?:\bENV|\b(?:set|setx)(?:[ \t]{1,4}+-\w{1,8}+){0,3}+)[ \t]{1,4}+"
        r"(?P<name>[A-Z][A-Z0-9_]{2,60}+)[ \t]{1,8}+",
        value=_WORD,
        hints=("env ", "set"),
        why="a variable: ENV NAME value, set -gx NAME value, setx NAME value",
    ),
    Rule(
        before=r"(?<![\w.\-])(?P<name>[A-Za-z]\w{0,40}_\w{1,40}+)[ \t]{1,4}+",
        value=_WORD,
        plain=False,
        hints=("_",),
        why="config create x s3 secret_access_key value",
    ),
    Rule(
        kind="password",
        before=r"""\b(?i:password|passphrase|identified[ \t]{1,4}+by)[ \t]{1,4}+(?=\\{0,4}+["'])""",
        value=_QUOTED,
        hints=("password", "passphrase", "identified"),
        why="SQL: alter user app password 'x', identified by 'x'",
    ),
    Rule(
        kind="password",
        before=r"\blogin[ \t]{1,4}+\S{1,100}+\s{1,20}+password[ \t]{1,4}+",
        value=r"(?P<whole>\S++)",
        hints=("login",),
        why=".netrc: machine host login user password x",
    ),
    Rule(
        kind="secret",
        before=r"\b(?i:pass(?:word|phrase|code)|token|secret|(?:api|access|secret)[ -]key)\b"
        r"(?:(?:[ \t]{1,4}+[\w@.'\-]{1,60}+){0,6}?[ \t]{0,4}+[:=]"
        r"|(?:[ \t]{1,4}+[\w@.'\-]{1,60}+){0,3}?[ \t]{1,4}+(?:is|was|to))[ \t]{1,4}+",
        value=_TEXT,
        plain=False,
        hints=("pass", "token", "secret", "key"),
        why="your new password is x, token for dana: x",
    ),
    Rule(
        kind="password",
        before=rf"""{_ADDRESS}[^\s/:@"'<>?#]{{0,200}}+:(?!\d{{1,5}}+(?:[/?#\s"'`]|\Z))""",
        value=_BEFORE_HOST,
        certain=True,
        hints=("://",),
        needs="@",
        why="scheme://user:password@host; a port is none",
    ),
    Rule(
        kind=OPAQUE,
        before=_ADDRESS,
        value=_USER,
        hints=("://",),
        needs="@",
        why="scheme://token@host",
    ),
    Rule(
        kind="authorization",
        before=r"""\b(?i:authorization)\\{0,4}+["']?[ \t]{0,3}+[:=]\\?[ \t]{0,3}+\\{0,4}+["']?"""
        rf"{_AUTH_SCHEME}\\?[ \t]{{1,4}}+",
        value=_UNQUOTED,
        hints=("authorization",),
        why="Authorization: scheme credentials",
    ),
    Rule(
        before=rf"'{_HEADER}",
        value=r"(?P<whole>[^'\n]++)",
        hints=("'",),
        why="-H 'X-Api-Key: all up to the quotation mark'",
    ),
    Rule(
        before=rf'"{_HEADER}',
        value=r'(?P<escaped>(?:\\.|[^"\\\n])++)',
        hints=('"',),
        why='-H "X-Api-Key: all up to the quotation mark"',
    ),
    Rule(
        kind="token",
        before=r"\b(?i:bearer)[ \t]{1,4}+",
        value=r"(?P<bare>[\w.~+/=\-]{8,}+)",
        plain=False,
        hints=("bearer",),
        why="Bearer token, wherever it is said",
    ),
    Rule(
        kind="cookie",
        before=r"""(?i:\bset-cookie)\\{0,4}+["']?:[ \t]{0,4}+["']?[^=;\s"']{1,100}+=""",
        value=r"""(?P<whole>[^"'`;\n]++)""",
        hints=("set-cookie",),
        why="Set-Cookie: name=value; the attributes stay",
    ),
    Rule(
        kind="cookie",
        before=r"""(?<![\w\-])(?i:cookie)\\{0,4}+["']?:[ \t]{0,4}+["']?[^=;\s"']{1,100}+=""",
        value=r"""(?P<whole>[^"'`\n]++)""",
        hints=("cookie",),
        why="Cookie: all that a browser sends",
    ),
    Rule(
        kind="secret",
        before=r"\b(?:echo|printf)[ \t]{1,4}+(?:-\w{1,4}+[ \t]{1,4}+){0,3}+"
        r"""(?:["']?%s(?:\\n)?["']?[ \t]{1,4}+)?+""",
        value=_WORD,
        after=r"""["'`]?[ \t]{0,8}+\|[^\n]{0,300}?(?:(?:password|token|secret|key)-stdin\b|"""
        r"--with-token|\blogin\b|\bsudo[ \t][^\n|]{0,40}?-\w{0,8}S\b|\b(?:ch)?passwd\b|"
        r"\bsecrets?[ \t]|\bcryptsetup\b)",
        hints=("echo", "printf"),
        why="echo secret | docker login --password-stdin",
    ),
    Rule(
        kind="secret",
        before=r"(?:-stdin\b|--with-token|\blogin\b|\bpasswd\b|\bkinit\b|\bcryptsetup\b)"
        r"[^\n<|;&]{0,200}+<<<[ \t]{0,4}+",
        value=_WORD,
        hints=("<<<",),
        why="docker login --password-stdin <<< secret",
    ),
    Rule(
        kind="password",
        before=r"\blogin[ \t][^|;&\n]{0,300}?[ \t]-p(?:[ \t]{1,4}+|=)(?!-|\d{1,5}\b)",
        value=_WORD,
        certain=True,
        hints=("login",),
        why="docker, podman, helm, az, oc … login -p password",
    ),
    Rule(
        kind="token",
        before=r"\b(?:cargo|vault|wandb|huggingface-cli)[ \t]{1,4}+login[ \t]{1,4}+",
        value=_WORD,
        plain=False,
        hints=("login",),
        why="cargo login token",
    ),
    Rule(
        kind="secret",
        before=r"\bsecret[ \t]{1,4}+set[ \t][^|;&\n]{0,200}?[ \t](?:--body|-b)[ \t=]{1,4}+",
        value=_WORD,
        hints=("secret set",),
        why="gh secret set NAME --body value",
    ),
    Rule(
        kind=OPAQUE,
        before=r"""--from-literal(?:=|[ \t]{1,4}+)["']?[\w.\-]{1,100}+=""",
        value=_UNQUOTED,
        hints=("--from-literal",),
        why="kubectl create secret --from-literal=any-name=value",
    ),
    Rule(
        kind="password",
        before=r"""(?<![^\s"'])-p(?=[^\s\d\-=/:,][^\s=/:,]{7,100}+)""",
        value=_WORD,
        plain=False,
        hints=("-p",),
        why="-pSECRET of a tool that is not named below",
    ),
    _option(
        "mysql* maria*", r"""\s["']?-p(?=\S)""", "-pPASSWORD; after -p and a space: a database"
    ),
    _option(
        "sshpass mongo* cqlsh evil-winrm nxc netexec crackmapexec influx twine",
        r"\s-p[ \t]{0,4}+(?!-)",
        "-p password",
    ),
    _option(
        "redis-* valkey-* keydb-*", r"\s(?:-a|(?i:auth|requirepass))[ \t]{1,4}+", "-a password"
    ),
    _option("ldap*", r"\s-w[ \t]{0,4}+(?!-)", "-w password; -W asks for it, -y reads a file"),
    _option(
        "sqlcmd bcp tsql mosquitto_pub mosquitto_sub mosquitto_rr zip unzip",
        r"\s-P[ \t]{0,4}+(?!-)",
        "-P password",
    ),
    _option("7z 7za 7zz 7zr rar unrar", r"\s-h?p(?=\S)", "-pPASSWORD, -hpPASSWORD"),
    _option(
        "curl wget http https xh aria2c hurl grpcurl siege",
        r"""\s(?:-[uUa]|--(?:proxy-|http-)?user|--auth)[ \t=]{0,4}+["']?[^\s:"'@/]{0,100}+:""",
        "-u user:password",
        needs="-",
        value=_UNQUOTED,
    ),
    _option(
        "curl wget http https xh",
        r"""\s(?:-b|--cookie)[ \t=]{1,4}+["']?[^=;\s"']{1,100}+=""",
        "-b name=value; a name alone is a file",
        needs="-",
        value=r"""(?P<whole>[^"'`\s]++)""",
        kind="cookie",
    ),
    _option(
        "sqlplus rman sqlldr expdp impdp",
        r"\s[\w$#]{1,60}+/",
        "user/password@database",
        needs="/",
        value=r"""(?P<bare>[^\s@"'`]++)""",
    ),
    _option(
        "smb* rpcclient net winexe lftp ncftp*",
        r"""\s-[Uu][ \t]{0,4}+["']?[^\s%,"']{1,100}+[%,]""",
        "-U user%password, -u user,password",
        value=_UNQUOTED,
    ),
    _option(
        "xfreerdp* wlfreerdp* sdl-freerdp* rdesktop cmdkey",
        r"\s(?:/p:|/pass:|-p[ \t]{1,4}+)",
        "/p:password, -p password",
    ),
    _option(
        "htpasswd",
        r"\s-[A-Za-z]{0,6}?b[A-Za-z]{0,6}+(?:\s{1,4}+[^\s\-]\S{0,200}+){1,2}\s{1,4}+"
        r"(?=\S{1,500}+\s{0,4}+\Z)",
        "-b file user password, -nb user password",
    ),
    _option("openssl", r"\spass:", "-passin pass:password; env: and file: say where it is"),
    _option("snmp*", r"\s-[cAX][ \t]{0,4}+", "-c community, -A and -X passphrase"),
    _option(
        "wpa_passphrase rabbitmqctl nmcli mysqladmin",
        r"\b(?:(?:wpa_passphrase|add_user|change_password)[ \t]{1,4}+\S{1,100}+"
        r"|password|wifi-sec\.psk)[ \t]{1,4}+",
        "the word after a user, a network or `password`",
    ),
)
