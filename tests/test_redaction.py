"""What redaction promises: secrets leave a text, and everything else stays in it."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changenote.model import redaction
from changenote.model.redaction import (
    Secret,
    contexts,
    find,
    redact,
    redact_at,
    redacted_lines,
    tokens,
)
from changenote.model.redaction.environment import secret_values

DATA = Path(__file__).parent / "data" / "security"
HEX = "4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0"
SHA256 = "0e57a9c3b1d2e4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e"
UUID = "123e4567-e89b-12d3-a456-426614174000"


def rows(name: str, start: str = "") -> list[dict[str, str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["id"].startswith(start)]


def decoded(text: str) -> str:
    return b64decode(text).decode("utf-8")


def survives(secret: str, text: str) -> bool:
    """Are 8 consecutive characters of the secret left, or all of a shorter one?"""
    return any(secret[at : at + 8] in text for at in range(max(1, len(secret) - 7)))


# --- How much of what is meant is met -------------------------------------------------------------


def test_of_97_in_100_secrets_in_shell_contexts_no_8_characters_survive() -> None:
    cases = [
        (row["id"], decoded(row["secret_b64"]), decoded(row["input_b64"]))
        for row in rows("secrets.jsonl", "shell-")
    ]

    left = [name for name, secret, text in cases if survives(secret, redact(text))]

    assert len(cases) == 500
    assert all(survives(secret, text) for _, secret, text in cases)
    assert len(left) <= 0.03 * len(cases), left


def test_95_in_100_secrets_of_the_tests_of_detect_secrets_are_found() -> None:
    cases = [row for row in rows("secrets.jsonl", "ds-") if row["expect"] == "secret"]

    missed = [row["id"] for row in cases if not find(decoded(row["input_b64"]))]

    assert len(cases) == 106
    assert len(missed) <= 0.05 * len(cases), missed


def test_at_most_5_in_1000_harmless_commands_change() -> None:
    commands = [row["input"] for row in rows("benign-commands.jsonl")]

    changed = [command for command in commands if redact(command) != command]

    assert len(commands) == 1000
    assert len(changed) <= 0.005 * len(commands), changed


# --- What goes, by what makes it known (the secrets are made up) -----------------------------------

REDACTED = {
    "a place for nothing else": [
        ("mysql -pSECRET db", "mysql -p[redacted: password] db"),
        ("curl -u admin:admin http://x", "curl -u admin:[redacted: password] http://x"),
        ("https://user:pass@host/x", "https://user:[redacted: password]@host/x"),
        ("docker login -u x -p pass", "docker login -u x -p [redacted: password]"),
    ],
    "a token that looks made up": [
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted: GitHub token]"),
        ("sk_live_abcdefghijklmnopqrstuvwx", "[redacted: Stripe token]"),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("ghp_your_token_goes_here", "ghp_your_token_goes_here"),
    ],
    "a name": [
        ("TOKEN=hunter2hunter2 ./deploy.sh", "TOKEN=[redacted: token] ./deploy.sh"),
        ("PASSWORD=пароль", "PASSWORD=[redacted: password]"),
        ("export DB_PASS='a b c'", "export DB_PASS='[redacted: password]'"),
        ("+ API_KEY=hunter2", "+ API_KEY=[redacted: key]"),
        ("password: correcthorse", "password: [redacted: password]"),
        ("  db_password = hunter2 # old", "  db_password = [redacted: password] # old"),
        ('{"accessToken":"hunter2","n":1}', '{"accessToken":"[redacted: token]","n":1}'),
        (r'-d "{\"secret\":\"hunter2\"}"', r'-d "{\"secret\":\"[redacted: secret]\"}"'),
        ("'secret' => 'hunter2',", "'secret' => '[redacted: secret]',"),
        ("?access_token=hunter2&page=2", "?access_token=[redacted: token]&page=2"),
        ("Server=db;Pwd=hunter2;Timeout=3", "Server=db;Pwd=[redacted: password];Timeout=3"),
        ("-o user=bob,password=hunter2,vers=3", "-o user=bob,password=[redacted: password],vers=3"),
        ("- name: API_KEY\n  value: x1", "- name: API_KEY\n  value: [redacted: key]"),
        ("<password>hunter2</password>", "<password>[redacted: password]</password>"),
        ("| SecretAccessKey | a1b2c3d4 |", "| SecretAccessKey | [redacted: key] |"),
        ("token      hvs-a1b2c3d4", "token      [redacted: token]"),
        ("ENV DB_PASSWORD hunter2", "ENV DB_PASSWORD [redacted: password]"),
        ("npm config set //r.io/:_authToken x1", "npm config set //r.io/:_authToken [redacted: token]"),
        ("create r s3 secret_access_key a1b2c3d4", "create r s3 secret_access_key [redacted: key]"),
        ('if (password == "hunter2") {', 'if (password == "[redacted: password]") {'),
        ('if ("hunter2" == password) {', 'if ("[redacted: password]" == password) {'),
        (f"session={HEX[:20]}zZ4yY5", "session=[redacted: opaque value]"),
        (f"HEROKU_API_KEY={UUID}", "HEROKU_API_KEY=[redacted: key]"),
    ],
    "an option": [
        ("tool --password hunter2 --yes", "tool --password [redacted: password] --yes"),
        ("tool --password=hunter2 --yes", "tool --password=[redacted: password] --yes"),
        ("tool -token \\\n  hunter2", "tool -token \\\n  [redacted: token]"),
        ('CMD ["a", "--token", "x1"]', 'CMD ["a", "--token", "[redacted: token]"]'),
        ("tool -pS3cr3tS3cr3t", "tool -p[redacted: password]"),
        ("mysql -u root -phunter2 shop", "mysql -u root -p[redacted: password] shop"),
        ('mysql -e "a; b|c" "-phunter2"', 'mysql -e "a; b|c" "-p[redacted: password]"'),
        ("sshpass -p hunter2 ssh -p 22 h", "sshpass -p [redacted: password] ssh -p 22 h"),
        ("mongosh -u a -p hunter2 db", "mongosh -u a -p [redacted: password] db"),
        ("docker login -u ci -p x1 r.io", "docker login -u ci -p [redacted: password] r.io"),
        ("redis-cli -h c -a hunter2 ping", "redis-cli -h c -a [redacted: password] ping"),
        ("ldapsearch -x -w hunter2 -b dc=x", "ldapsearch -x -w [redacted: password] -b dc=x"),
        ("sqlcmd -S h -P hunter2 -Q q", "sqlcmd -S h -P [redacted: password] -Q q"),
        ("7z x -phunter2 a.7z", "7z x -p[redacted: password] a.7z"),
        ("curl -u admin:hunter2 https://x.io", "curl -u admin:[redacted: password] https://x.io"),
        ("curl -b 'sid=hunter2' x.io", "curl -b 'sid=[redacted: cookie]' x.io"),
        ("sqlplus scott/tiger1@db", "sqlplus scott/[redacted: password]@db"),
        ("smbclient //s/x -U bob%hunter2", "smbclient //s/x -U bob%[redacted: password]"),
        ("xfreerdp /v:h /u:bob /p:hunter2", "xfreerdp /v:h /u:bob /p:[redacted: password]"),
        ("openssl rsa -passin pass:hunter2", "openssl rsa -passin pass:[redacted: password]"),
        ("htpasswd -bB .htpasswd bob hunter2", "htpasswd -bB .htpasswd bob [redacted: password]"),
        ("snmpwalk -v2c -c hunter2 host", "snmpwalk -v2c -c [redacted: password] host"),
        ("rabbitmqctl add_user bob hunter2", "rabbitmqctl add_user bob [redacted: password]"),
        ("gh secret set X --body hunter2", "gh secret set X --body [redacted: secret]"),
        ("--from-literal=any=a1b2c3d4e5f6g7", "--from-literal=any=[redacted: opaque value]"),
        ("cargo login a1b2c3d4e5f6", "cargo login [redacted: token]"),
    ],
    "a pipe": [
        ("echo x1 | docker login --password-stdin", "echo [redacted: secret] | docker login --password-stdin"),
        ("printf '%s' 'a b' | gh auth login --with-token", "printf '%s' '[redacted: secret]' | gh auth login --with-token"),
        ("docker login --password-stdin <<< x1", "docker login --password-stdin <<< [redacted: secret]"),
    ],
    "an address": [
        ("https://bob:hunter2@x.io/a@2", "https://bob:[redacted: password]@x.io/a@2"),
        ("postgres://app:p@ss1234@db:5432/x", "postgres://app:[redacted: password]@db:5432/x"),
        ("redis://:hunter2@cache:6379", "redis://:[redacted: password]@cache:6379"),
        ("amqp://a:Wx/9+tZ=@h", "amqp://a:[redacted: password]@h"),
        ("https://a1b2c3d4e5f6g7h8@x.io/a.git", "https://[redacted: opaque value]@x.io/a.git"),
    ],
    "a header": [
        ("-H 'Authorization: Digest username=\"bob\", response=\"a1\"' x", "-H 'Authorization: Digest [redacted: authorization]' x"),
        ("-H 'Authorization: Bearer x1y2' x.io", "-H 'Authorization: Bearer [redacted: authorization]' x.io"),
        ("< Authorization: Basic Ym9iOng=", "< Authorization: Basic [redacted: authorization]"),
        ('-H "X-Api-Key: a b" x.io', '-H "X-Api-Key: [redacted: key]" x.io'),
        ("> PRIVATE-TOKEN: a1b2c3d4", "> PRIVATE-TOKEN: [redacted: token]"),
        ("Set-Cookie: sid=x1; HttpOnly", "Set-Cookie: sid=[redacted: cookie]; HttpOnly"),
        ("> Cookie: a=b; sid=x1", "> Cookie: a=[redacted: cookie]"),
        ("it sent bearer a1b2c3d4e5 again", "it sent bearer [redacted: token] again"),
    ],
    "words before it": [
        ("Your new password is hunter22a.", "Your new password is [redacted: secret]."),
        ("password for root@localhost: a1b2c3d4", "password for root@localhost: [redacted: secret]"),
        ("alter user app password 'hunter2'", "alter user app password '[redacted: password]'"),
        ("machine h login bob password x1", "machine h login bob password [redacted: password]"),
    ],
    "chance": [
        ("see yg3gnl2qnky48orozxmh9u9i6 ok", "see [redacted: opaque value] ok"),
        ("W5fruZ_8ZUsgYLu8vwgb3yKsgMna3uIF9", "[redacted: opaque value]"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(*case, id=f"{group}: {case[0]}")
        for group, cases in REDACTED.items()
        for case in cases
    ],
)
def test_a_secret_is_replaced_by_a_mark_that_says_its_kind(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
def test_a_private_key_goes_as_a_whole_or_with_its_end_cut_off(kind: str) -> None:
    body = "Proc-Type: 4,ENCRYPTED\n\n" + "MIIEpAIBAAKCAQEAx+/\n" * 20 + "abc=\n"
    cut = f"key: -----BEGIN {kind}-----\n{body}"
    whole = f"{cut}-----END {kind}-----\nnext line"

    assert redact(whole) == "key: [redacted: private key]\nnext line"
    assert redact(whole.replace("\n", r"\n")) == r"key: [redacted: private key]\nnext line"
    assert redact(cut) == "key: [redacted: private key]\n"


def test_the_private_part_of_a_key_of_putty_goes() -> None:
    text = f"Private-Lines: 2\n{'AAAAB3Nz' * 8}\nAAAA=\nPrivate-MAC: {HEX}\n"

    assert redact(text) == f"[redacted: private key]\nPrivate-MAC: {HEX}\n"


def test_a_value_found_once_goes_at_the_other_places_too() -> None:
    text = "+ TOKEN=a1b2c3d4e5 ./run\nlogged in as a1b2c3d4e5, not as 0a1b2c3d4e5f"

    assert redact(text) == (
        "+ TOKEN=[redacted: token] ./run\nlogged in as [redacted: token], not as 0a1b2c3d4e5f"
    )


def test_what_a_mark_uncovers_goes_too() -> None:
    text = "W5fruZ_8ZUsgYLu8vwgb3yKsgMna3uIF9TOKEN=hunter2"

    assert redact(text) == "[redacted: opaque value][redacted: token]"


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("db_password", "hunter2hunter2", "[redacted: password]"),
        ("db_password", "$DB_PASSWORD", "$DB_PASSWORD"),
        ("password_file", "hunter2hunter2", "hunter2hunter2"),
        ("reason", "hunter2hunter2", "hunter2hunter2"),
        ("password", "see TOKEN=a1b2c3d4e5", "see TOKEN=[redacted: token]"),
        ("password: hunter2hunter2", "1", "1"),
        ("token_digest", "x" + "aB3" * 12, "[redacted: opaque value]"),
    ],
)
def test_a_key_may_tell_that_its_text_is_a_secret(key: str, text: str, expected: str) -> None:
    assert redact_at(key, text) == expected
    assert redact_at(key, expected) == expected


# --- What is known to be secret -------------------------------------------------------------------

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEAx\nabc=\n-----END PRIVATE KEY-----\n"


def test_a_known_value_goes_wherever_it_stands() -> None:
    known = {"correct horse": "password", "opensesame": "token"}

    redacted = redact("login xcorrect horsey; ?t=opensesame&u=1 opensesame", known)

    assert redacted == ("login x[redacted: password]y; ?t=[redacted: token]&u=1 [redacted: token]")


def test_a_secret_of_several_lines_leaves_one_line_and_every_other_line_its_place() -> None:
    lines = ["first", "", *KEY.splitlines(), "", "last"]

    assert redacted_lines(lines) == [
        "first", "", "[redacted: private key]", None, None, None, "", "last",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("DB_PASSWORD", "opensesame", {"opensesame": "password"}),
        ("APP_TOKEN", "a/b c!d", {"a%2Fb%20c%21d": "token", "a/b c!d": "token"}),
        ("DATABASE_URL", "postgres://app:hunter2@db/x", {"hunter2": "password"}),
        ("NPM_CONFIG", "//r.io/:_authToken=hunter2", {"hunter2": "token"}),
        ("MY_PASSWORD", "short", {}),
        ("MY_PASSWORD", "changeme", {}),
        ("MY_PASSWORD", "$OTHER", {}),
        ("PASSWORD_FILE", "/run/secrets/db", {}),
        ("SESSION_MANAGER", "local/host:@/tmp/.ICE-unix/1", {}),
        ("HOME", "/home/dana", {}),
        ("INVOCATION", "yg3gnl2qnky48orozxmh9u9i6", {}),
    ],
)
def test_a_variable_holds_a_secret_by_its_name_or_in_its_value(
    variable: str, value: str, expected: dict[str, str]
) -> None:
    assert secret_values({variable: value}) == expected


def test_of_a_key_in_a_variable_each_line_is_known() -> None:
    values = secret_values({"DEPLOY_KEY": KEY})

    assert values[KEY.strip()] == values["MIIEpAIBAAKCAQEAx"] == "key"
    assert "-----END PRIVATE KEY-----" not in values


# --- What stays -----------------------------------------------------------------------------------

KEPT = [
    f"git revert --no-edit {HEX}",
    f"docker pull nginx@sha256:{SHA256}",
    f"kubeadm join h:6443 --discovery-token-ca-cert-hash sha256:{SHA256}",
    f'"integrity": "sha512-{SHA256}A9z+/=="',
    "SHA256:uNiVztksCsDhcc0u9e8BrJQpVM5xaKv3b7Z7c5s7tY8 deploy@host",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8s7rQxV3c4b5n6m7 deploy@host",
    f"Change-Id: I{HEX}",
    f"cache-key: node-modules-{HEX}",
    f"Idempotency-Key: {UUID}",
    f"kubectl get pod {UUID}",
    f"key: {UUID}",
    "created service id yg3gnl2qnky48orozxmh9u9i6",
    '"VersionId": "B2VsEK5saUNNHKcOAJj7hIE86RozToyq"',
    "/nix/store/s66mzxpvicwk07gjbjfw9izjfa797vsw-hello-2.12.1",
    "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "pod/payment-service-deployment-7d4b9c6f5-x2k9p evicted",
    "curl http://localhost:5000/pkg@1.2.3",
    "git clone ssh://git@host:2222/acme/shop.git",
    "docker run -p 8080:80 -e TOKEN -e PASSWORD=$PASSWORD -u 1000:1000 nginx",
    'curl -H "Authorization: Bearer $TOKEN" -u "$USER:${PASS}" https://x.io',
    "export TOKEN=$(vault kv get -field=token secret/app) PASSWORD=`cat /run/secrets/db`",
    "mysql -h db -u root -p shop < fix.sql",
    "ssh -p2222 deploy@host; mkdir -pv /srv; tar -xpf a.tar; ps -p 1234; nmap -p80,443 h",
    "docker login --password-stdin < ~/.docker/token",
    "docker login --username username --password password server",
    "kubectl create secret generic db --from-file=./password.txt",
    "gcloud secrets versions access latest --secret=db-password",
    "aws secretsmanager get-secret-value --secret-id prod/db/main",
    "aws s3api list-objects --starting-token a1b2c3d4e5 --page-size 3",
    "deploy --password-file /run/secrets/db TOKEN_TTL=15m max_tokens=4096",
    "password: ${{ secrets.DB_PASSWORD }}",
    "password: <password>",
    "private_key: /etc/ssl/private/Site1.key",
    "gpg --armor --export-secret-key dana",
    "the new token is v2.14.0-rc1, the secret was 2026-11-22T14:05:00Z",
    'the password is "on the 2nd page of the runbook"',
    "password=********",
    'token = os.environ["TOKEN"]',
    "password = getpass.getpass()",
    "secretName: tls-secret",
    'secret "db-credentials" deleted',
    "Token expired, please log in again. Password required for user dana:",
    "We rotate the API key every 90 days; the session cookie lives 30 minutes.",
    "the token bucket limits each key to 50 requests per second",
    "Authorization: only owners may deploy",
    "{name: cart-total, key: session id, ttl: 60s, bypass: [POST to /cart/*]}",
    "fix: token refresh loops forever (#412)",
    "app/auth/oauth2_token_handler.py",
    "./flags set cart_total_cache off --env production",
    "p95 of GET /cart was 840 ms because every request summed the basket again.",
]


@pytest.mark.parametrize("text", KEPT)
def test_digests_ids_references_places_and_prose_stay(text: str) -> None:
    assert redact(text) == text


def test_a_certificate_stays() -> None:
    lines = "\n".join(f"MIID{at}zCCAo+gAwIBAgIUQ{at}a3B7kQ9xW2vL5mN8pR{at}tY6uZ" for at in range(9))
    text = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"

    assert redact(text) == text


# --- Tokens that are known wherever they stand ----------------------------------------------------

PLACES = (("", ""), ("see ", ", then"), ("a=", ";"), ("https://x.io/?a=", "&b=1"), ("{'", "'}"))
TAILS = st.text("abcdefghkmnpqrstuvwxyzABCDEFGH", min_size=14, max_size=40).map(
    lambda text: f"{text[:6]}7{text[6:10]}4{text[10:]}"
)


@pytest.mark.parametrize(
    ("service", "prefix"),
    [(of, prefix) for of, prefixes in tokens.PREFIXES.items() for prefix in prefixes.split()],
)
@settings(max_examples=5)
@given(tail=TAILS)
def test_a_token_is_known_by_its_prefix(service: str, prefix: str, tail: str) -> None:
    texts = [f"{before}{prefix}{tail}{after}" for before, after in PLACES]

    expected = [f"{before}[redacted: {service} token]{after}" for before, after in PLACES]
    assert [redact(text) for text in texts] == expected


@pytest.mark.parametrize("pattern", [pattern for _, _, pattern, _ in tokens.SHAPES])
def test_a_token_is_known_by_its_form(pattern: str) -> None:
    whole = re.compile(re.sub(r"\(\?<=(.*?)\)", r"\1", pattern), re.ASCII)
    loose = re.compile(re.sub(r"\(\?[=!].*?\)", "", whole.pattern), re.ASCII)

    @settings(max_examples=10)
    @given(st.from_regex(loose, fullmatch=True).filter(whole.fullmatch))
    def holds(token: str) -> None:
        assert re.fullmatch(r"see \S*\[redacted: [A-Za-z ]+\] there", redact(f"see {token} there"))

    holds()


# --- What holds for every text --------------------------------------------------------------------

SECRETS = st.text("abcdefghkmnpqrstuvwxyzABCDEFGHIJKLM_-", min_size=8, max_size=60).map(
    lambda text: f"Q{text[:4]}7{text[4:]}2z"
)
AROUND = (
    "TOKEN={} ./deploy.sh",
    "tool --password {} --yes",
    "mysql -u root -p{} shop",
    "curl -u bob:{} https://x.io",
    "curl https://bob:{}@x.io/a",
    "curl 'https://x.io/?a=1&api_key={}&b=2'",
    '{{"password": "{}", "n": 1}}',
    "< Set-Cookie: sid={}; HttpOnly",
    "-H 'Authorization: Bearer {}'",
    "echo {} | docker login -u ci --password-stdin",
)
PIECES = st.sampled_from(
    [text for cases in REDACTED.values() for text, _ in cases]
    + [text for cases in REDACTED.values() for _, text in cases]
    + [
        *KEPT,
        *" \n\t\v=:|,;'\"`\\&@-",
        "password",
        "token=",
        "key: ",
        "-p",
        "https://",
        "[redacted: ",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=8).map("".join)


@given(st.sampled_from(AROUND), SECRETS, TEXTS, TEXTS)
def test_of_a_secret_no_8_consecutive_characters_survive(
    around: str, secret: str, before: str, after: str
) -> None:
    text = f"{before}\n{around.format(secret)}\n{after}"

    assert not survives(secret, redact(text))


@given(TEXTS)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)

    assert redact(once) == once
    assert find(once) == []


@given(TEXTS)
def test_finds_are_in_order_and_apart(text: str) -> None:
    found = find(text)

    edges = [0, *(edge for secret in found for edge in (secret.start, secret.end)), len(text)]
    assert edges == sorted(edges)
    assert all(secret.start < secret.end for secret in found)


def test_a_find_is_a_place_and_a_kind_in_order() -> None:
    text = "curl -u bob:hunter2 'https://x.io/?token=abc4567'"

    assert find(text) == [
        Secret(start=12, end=19, kind="password"),
        Secret(start=41, end=48, kind="token"),
    ]


# --- Work -----------------------------------------------------------------------------------------

HARD = (
    "password=",
    'password="',
    "password: ",
    'token="x',
    "https://a:b@",
    "https://a:b/",
    "ghp_aaaaaaaaaaaaaaaaaaaa=",
    "eyAAAAAAAAAAAAAAAAA.",
    "-----BEGIN PRIVATE KEY-----\n",
    r"\"x-api-key: ",
    "echo a|",
    'mysql -p"',
    "token a b c d ",
    "A3T.",
    "\\",
    '"',
)


def without_bounds(pattern: str) -> str:
    """The pattern without literals, classes and the sign of possessive quantifiers."""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    return re.sub(r"(?<=[?}])\+", "", bare)


@pytest.mark.parametrize("rule", contexts.RULES, ids=lambda rule: rule.why)
def test_what_stands_before_a_secret_is_of_bounded_length(rule: contexts.Rule) -> None:
    patterns = (rule.before, rule.after, rule.within)

    unbounded = [re.findall(r"[*+]|\{\d+,\}", without_bounds(pattern)) for pattern in patterns]

    assert unbounded == [[], [], []]


def work(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How often a text is searched until nothing is left, and the characters read as values."""
    rounds, read = 0, 0

    def searched(
        text: str, known: Mapping[str, str] | None = None, *, but: Collection[str] = ()
    ) -> list[Secret]:
        nonlocal rounds
        rounds += 1
        return find(text, known, but=but)

    def judged(rule: contexts.Rule, kind: str, value: re.Match[str]) -> Secret | None:
        nonlocal read
        read += len(value.group())
        return original(rule, kind, value)

    original = redaction._judged
    with monkeypatch.context() as patch:
        patch.setattr(redaction, "find", searched)
        patch.setattr(redaction, "_judged", judged)
        redact(text)
    return rounds, read


@pytest.mark.parametrize("piece", HARD)
def test_work_grows_no_faster_than_the_text(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = piece * (200_000 // len(piece))

    half_rounds, half_read = work(text[: len(text) // 2], monkeypatch)
    rounds, read = work(text, monkeypatch)

    assert max(half_rounds, rounds) <= 3
    assert read <= 2.1 * half_read + 1000


def test_loading_compiles_nothing_and_brings_no_other_module() -> None:
    code = """if True:
        import dataclasses, functools, re, sys, typing
        known, re.compile = set(sys.modules), None
        import changenote.model.redaction
        print([name for name in sys.modules if name not in known and "changenote" not in name])
    """

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")
