"""Checklists: what is known to be forgotten, by kind of change and by the files that it touches."""

from collections.abc import Iterable, Mapping, Sequence

from changenote.patterns import pattern

ANSWERS = ("ok", "na", "todo", "fail")

STATES = {
    "ok": "ok",
    "na": "not applicable",
    "todo": "to do",
    "fail": "failed",
    "other": "not clear",
}
"""What an answer's first word means; `other` stands for any other word."""

Groups = Mapping[str, Sequence[str]]
"""The items of each checklist, by its name."""

BUILT_IN: Groups = {
    "security": ("permissions", "secrets", "headers", "upload limits", "logging"),
    "database": (
        "indexes checked",
        "query plan inspected",
        "migration tested on a copy of real data",
    ),
    "cache": ("rule named", "bypass documented", "examples given"),
    "jobs": ("idempotent", "logged", "safe to run again"),
    "staging": ("configuration copied", "real deploy command tested", "rollback executed"),
    "errors": ("what failed", "expected value", "retry safety"),
}

OF_KIND: Groups = {kind: (kind,) for kind in ("security", "database", "cache", "jobs")}
"""The checklists that a kind of change is asked for: its mistakes are known beforehand."""

_IN_PATHS = {
    "security": pattern(
        r"(?i)(?:^|/)(?:auth[nz]?|authenticat\w+|authoriz\w+|oauth|login|sessions?|permissions?|policies|security|csp|cors|acl"
        r"|rbac|sso|saml|jwt|uploads?|csrf|crypto)(?:[/._-]|$)"
        r"|content[-_]security|security[-_.]?(?:txt|headers)|(?:^|/)_headers$|\.htaccess$"
        r"|(?:^|/)nginx[^/]*(?:/|\.conf)|helmet\."
    ),
    "database": pattern(
        r"(?i)(?:^|/)(?:migrations?|alembic|db/migrate|flyway|liquibase|prisma)(?:/|$)|\.sql$"
        r"|(?:^|/)(?:schema|structure)\.(?:rb|sql|prisma)$|(?:^|/)V\d+__\w+"
    ),
    "cache": pattern(
        r"(?i)(?:^|[/_.-])(?:caches?|caching|redis|memcached?|varnish|cdn)(?:[/_.-]|$)|\.vcl$"
    ),
    "jobs": pattern(
        r"(?i)(?:^|[/_.-])(?:jobs?|workers?|queues?|celery|sidekiq|cron\w*|tasks?|scheduler"
        r"|resque|rq|bullmq?|consumers?)(?:[/_.-]|$)"
    ),
    "staging": pattern(
        r"(?i)^\.github/workflows/|(?:^|/)\.gitlab-ci|^\.(?:circleci|woodpecker|buildkite|gitea)/"
        r"|(?:^|/)(?:Dockerfile|docker-compose|compose|Jenkinsfile|azure-pipelines|bitbucket-"
        r"pipelines|Procfile|Makefile\.deploy|helmfile)\b|(?:^|/)(?:terraform|helm|k8s|kubernetes"
        r"|ansible|deploy(?:ment)?s?)/|\.tf$|(?:^|/)deploy\.\w+$"
    ),
    "errors": pattern(
        r"(?i)(?:^|[/_.-])(?:errors?|exceptions?|error[-_]?handl\w+|rescue|failures?|retry|retries)"
        r"(?:[/_.-]|$)"
    ),
}
_KIND_OF_GROUP = {
    "database": "database",
    "cache": "cache",
    "jobs": "jobs",
    "security": "security",
    "staging": "infrastructure",
}
_DOCUMENTS = pattern(r"(?i)(?:^|/)docs?/|\.(?:md|rst|adoc)$")
_TESTS = pattern(
    r"(?i)(?:^|/)(?:tests?|specs?|__tests__|fixtures|docs?|examples?)/|[._-](?:test|spec)\."
)


_ANSWER = pattern(r"(ok|na|todo|fail)\b(?!/)[\s,:;.–—-]*")


def parted(answer: str) -> tuple[str, str]:
    """The word that an answer starts with and what it says beyond it; `other` for no such word."""
    match = _ANSWER.match(answer)
    return (match[1], answer[match.end() :].strip()) if match else ("other", answer.strip())


def same_item(name: str) -> str:
    """An item's name as it is compared: `Upload_limits` and `upload limits` are one."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def tally(answers: Iterable[str]) -> str:
    """How a list was answered, in words: `3 ok, 1 not applicable, 1 to do`."""
    states = [parted(answer)[0] for answer in answers]
    counts = [(words, states.count(state)) for state, words in STATES.items()]
    return ", ".join(f"{count} {words}" for words, count in counts if count)


def kind_of_files(paths: Sequence[str]) -> str:
    """The kind of a change all of whose files speak of one; nothing when they do not."""
    if paths and all(map(_DOCUMENTS.search, paths)):
        return "docs"
    touched = [path for path in paths if not _TESTS.search(path)]
    for group, kind in _KIND_OF_GROUP.items():
        if touched and all(map(_IN_PATHS[group].search, touched)):
            return kind
    return ""


def proposed(
    kind: str, paths: Iterable[str], *, groups: Groups = BUILT_IN, of_kind: Groups = OF_KIND
) -> dict[str, dict[str, str]]:
    """The checklists for a change, every item `todo`: those of its kind, then those of its files.

    Tests, examples and documents do not count as files that were touched.
    """
    touched = [path for path in paths if not _TESTS.search(path)]
    names = [name for name in of_kind.get(kind, ()) if name in groups]
    if touched and kind != "docs":
        names += [
            name
            for name, known in _IN_PATHS.items()
            if name in groups and name not in names and any(map(known.search, touched))
        ]
    return {name: dict.fromkeys(groups[name], "todo") for name in names}
