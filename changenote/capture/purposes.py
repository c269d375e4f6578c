"""What a command was for, as far as its first words tell."""

from changenote.patterns import pattern

_PARTS = pattern(r"&&|\|\||[;|&\n]")
_BEFORE = pattern(  # what stands before the command itself
    r"""(?:[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|\S*)\s+"""
    r"|(?:sudo|env|time|nohup|exec|nice|command|npx|uv run|poetry run|bundle exec|python3?|"
    r"node|ruby|(?:/bin/)?(?:ba|z|da)?sh)\s+(?:-\w+\s+)*['\"]?)*"
)
_RUN = (
    r"(?:make|just|task|rake|npm run|npm|yarn|pnpm|pnpm run|fab|cap \w+|mix|invoke|inv|nox -s)\s+"
)
_PURPOSES = (
    (
        "rollback",
        rf"(?:\S*/)?(?:rollback|roll-back|undo)\b|{_RUN}\S*rollback|helm rollback|"
        r"kubectl rollout undo|alembic downgrade|git revert|flyway undo|(?:\S*/)?deploy\S*\s.*"
        r"\brollback\b|argocd app rollback",
    ),
    (
        "migrate",
        rf"(?:\S*/)?migrat(?:e|ions?)(?:\.\w+)?\b|{_RUN}\S*migrat|alembic upgrade|flyway migrate|"
        r"liquibase update|(?:\S*/)?(?:manage\.py|artisan|rails|prisma|knex|sqlx|diesel|"
        r"sequelize(?:-cli)?|doctrine:migrations|typeorm)\s+\S*migrat|goose\s.*\bup\b|dbmate up",
    ),
    (
        "measure",
        rf"{_RUN}\S*bench|k6 run|hyperfine\b|wrk2?\s|ab\s+-|autocannon\b|oha\b|vegeta attack|"
        r"siege\b|lighthouse\b|lhci\b|locust\b|pgbench\b|pyperf\b|cargo bench|go test\s.*-bench|"
        r"pytest\s.*--benchmark|changenote measure",
    ),
    (
        "verify",
        rf"{_RUN}(?:test|check|smoke|verify)\b|(?:\S*/)?(?:smoke|verify|health-?check)\S*|"
        r"(?:curl|wget|http|https|xh)\s.*/(?:health|healthz|livez?|ready|readyz|status|ping|"
        r"version)\b|pytest\b|cargo (?:test|nextest)|go test|kubectl rollout status|"
        r"helm (?:test|status)|playwright test",
    ),
    (
        "deploy",
        rf"(?:\S*/)?deploy(?:[-_.](?!md|txt|log)\w+)*(?![^\s'\"])|{_RUN}\S*deploy|"
        r"kubectl (?:-\S+ \S+ )*(?:apply|set image|rollout restart)|helm (?:upgrade|install)|"
        r"(?:terraform|tofu) apply|pulumi up|ansible-playbook|nomad job run|argocd app sync|"
        r"docker stack deploy|docker[ -]compose (?:-\S+ \S+ )*up|git push (?:heroku|dokku)|"
        r"(?:fly|flyctl|vercel|netlify|serverless|sls|cdk|sam|firebase|wrangler|eb|gcloud \S+|"
        r"kamal|modal|sst|dokku)\s+(?:\S+\s+)?deploy",
    ),
)
_ORDERED = tuple((purpose, pattern(words)) for purpose, words in _PURPOSES)
_ONLY_SHOWS = pattern(r"\s--?(?:dry-run(?:=(?:client|server))?|help|check|diff|version|preview)\b")


def purpose_of(line: str) -> str | None:
    """The purpose that a command line tells of by itself; None when there is doubt."""
    for part in _PARTS.split(line):
        if _ONLY_SHOWS.search(part):
            continue
        match = _BEFORE.match(part.strip())
        command = part.strip()[match.end() :] if match else ""
        for purpose, words in _ORDERED:
            if words.match(command):
                return purpose
    return None
