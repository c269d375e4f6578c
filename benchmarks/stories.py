"""The changes that made-up notes tell of.

A text may hold `{service}`, `{route}`, `{table}`, `{column}`, `{job}`, `{host}`, `{number}`,
`{version}`, `{old_version}` and `{module}`; `benchmarks.notes` fills them in.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Story:
    """A change that happens in real life; metrics are (name, unit, better, lowest, highest)."""

    kind: str
    title: str
    reason: str
    expected: str
    strategy: str
    when: str
    steps: tuple[tuple[str, str], ...]
    verify: str
    measured: str
    acted: str
    metrics: tuple[tuple[str, str, str, float, float], ...]
    checklist: tuple[str, ...] = ()
    tags: tuple[str, ...]


_LATENCY = ("{route} p95", "ms", "lower", 180, 950)
_ERRORS = ("{route} error rate", "%", "lower", 0.2, 4)
_MEMORY = ("{service} peak memory", "MB", "lower", 260, 1900)
_QUERIES = ("queries per {route}", "1", "lower", 8, 64)
_DURATION = ("{job} duration", "s", "lower", 40, 900)
_CPU = ("{service} CPU per request", "ms", "lower", 6, 70)
_THROUGHPUT = ("{route} throughput", "req/s", "higher", 60, 900)
_ROWS = ("rows scanned in {table}", "1", "lower", 9000, 480000)
_SIZE = ("largest answer of {route}", "kB", "lower", 90, 2400)

STORIES = (
    Story(
        kind="cache",
        title="Cache the totals of {route} for {number} seconds",
        reason="Every call of {route} added up all rows of {table} again, although they change"
        " once in {number} calls. At the evening peak pages of {service} stalled for a second.",
        expected="{route} p95 halves at the evening peak; no report of a wrong total.",
        strategy="flag",
        when="{route} p95 above its old value for 10 minutes, or any report of a wrong total",
        steps=(
            ("./flags set {module}_total_cache off --env production", "off on all hosts"),
            (
                "redis-cli -n 3 --scan --pattern '{module}:total:*' | xargs redis-cli -n 3 unlink",
                "the number of removed keys",
            ),
        ),
        verify="p95 of {route} back at its old value on https://grafana.example/d/{service}",
        measured="k6 run --vus {number} perf/{module}.js --summary-export perf/after.json",
        acted="./flags set {module}_total_cache on --env production",
        metrics=(_LATENCY, _QUERIES, _CPU, _MEMORY),
        checklist=("rule named", "bypass documented", "examples given"),
        tags=("cache", "latency"),
    ),
    Story(
        kind="database",
        title="Index {table} by {column} for {route}",
        reason="The planner read all of {table} for {route}: after last month's import the"
        " statistics no longer favoured the primary key. The slow query log held {number}"
        " entries an hour, all of them this one query.",
        expected="the plan uses the new index on every replica; writes stay as fast.",
        strategy="restore",
        when="inserts into {table} above 20 ms for 15 minutes, or replication lag above 30 s",
        steps=(
            ("psql -d {module} -c 'DROP INDEX CONCURRENTLY {table}_{column}_idx'", "DROP INDEX"),
            ("psql -d {module} -c 'ANALYZE {table}'", "ANALYZE"),
        ),
        verify="replication lag below 5 s and inserts below 8 ms for 15 minutes",
        measured="psql -d {module} -f perf/explain_{table}.sql --output perf/plan-after.json",
        acted="./manage migrate {module} 00{number}",
        metrics=(_ROWS, _LATENCY, _QUERIES, _DURATION),
        checklist=("indexes checked", "query plan inspected"),
        tags=("database", "index"),
    ),
    Story(
        kind="performance",
        title="Load {table} of {route} in one query",
        reason="{route} asked once for the list and once more for each of its rows, {number}"
        " queries for a usual page. Nothing was slow by itself, so no log showed it.",
        expected="queries of {route} no longer grow with the list; p95 below 300 ms.",
        strategy="revert",
        when="error rate of {route} above 1 % for 5 minutes, or rows missing from a list",
        steps=(
            ("git revert --no-edit {number}c4f1a2e", "one new commit"),
            ("./deploy.sh {service} production {old_version}", "release is live"),
        ),
        verify="error rate of {route} below 0.2 % on https://grafana.example/d/{service}",
        measured="hyperfine --runs 10 --export-json perf/after.json './perf/list.sh {number}'",
        acted="./deploy.sh {service} staging {version}",
        metrics=(_LATENCY, _QUERIES, _CPU, _THROUGHPUT),
        tags=("latency", "queries"),
    ),
    Story(
        kind="fix",
        title="Spread the retries of {service} after an outage",
        reason="All hosts of {service} tried again in the same second, so that a dependency"
        " that came back was pushed over at once. On-call was paged {number} times in one"
        " night although the first cause was gone after four minutes.",
        expected="after an outage the error rate falls steadily instead of in waves.",
        strategy="redeploy",
        when="work older than 10 minutes in the queue of {job}, or errors above 3 %",
        steps=(
            ("./deploy.sh {service} production {old_version}", "release is live"),
            (
                "kubectl -n {service} rollout status deploy/{service} --timeout=180s",
                "successfully rolled out",
            ),
        ),
        verify="the oldest entry in the queue of {job} is younger than a minute",
        measured="pytest -q tests/{module}/test_retry.py --benchmark-json perf/after.json",
        acted="kubectl -n {service} set env deploy/{service} RETRY_SPREAD={number}",
        metrics=(_ERRORS, _DURATION, _LATENCY, _CPU),
        tags=("retries", "reliability"),
    ),
    Story(
        kind="jobs",
        title="Let {job} run twice without harm",
        reason="{job} wrote its mark after the side effect, so a host that was stopped in"
        " between did the work again: {number} rows of {table} stood twice after one week.",
        expected="no double row in {table}; the job may be stopped at any moment.",
        strategy="revert",
        when="{job} does not finish before 06:00, or rows of {table} without a mark",
        steps=(
            ("./jobs pause {job} --env production", "paused"),
            ("./deploy.sh {service}-jobs production {old_version}", "release is live"),
            ("./jobs resume {job} --env production", "next run at 02:00"),
        ),
        verify="./jobs history {job} shows two runs that ended well",
        measured="./jobs run {job} --env staging --twice --report perf/after.json",
        acted="./jobs pause {job} --env production",
        metrics=(_DURATION, _MEMORY, _ERRORS, _ROWS),
        checklist=("idempotent", "logged", "safe to run again"),
        tags=("jobs", "idempotence"),
    ),
    Story(
        kind="fix",
        title="Evict old {module} entries of {service} from memory",
        reason="Entries were added for every visitor and never removed, so memory of {service}"
        " grew until the kernel stopped it, every {number} hours and mostly at night.",
        expected="memory is level within one hour of the deployment.",
        strategy="redeploy",
        when="share of misses above 30 % for 15 minutes, or p95 of {route} above 900 ms",
        steps=(
            ("./deploy.sh {service} production {old_version}", "release is live"),
            ("curl -fsS https://{host}/health", "HTTP 200"),
        ),
        verify="share of misses below 10 % on https://grafana.example/d/{service}",
        measured="k6 run --duration 30m perf/soak_{module}.js --summary-export perf/after.json",
        acted="./deploy.sh {service} canary {version}",
        metrics=(_MEMORY, _LATENCY, _CPU, _ERRORS),
        tags=("memory", "leak"),
    ),
    Story(
        kind="security",
        title="Refuse a foreign {column} in {route}",
        reason="Whoever guessed a {column} could read rows of {table} that belong to somebody"
        " else. Found in the review of {number} routes; no sign of abuse in 90 days of logs.",
        expected="customers notice nothing; a foreign {column} is answered with 404.",
        strategy="revert",
        when="refused calls of {route} above 0.5 % for 5 minutes",
        steps=(
            ("git revert --no-edit {number}d90be71", "one new commit"),
            ("./deploy.sh {service} production {old_version}", "release is live"),
        ),
        verify="refused calls of {route} below 0.1 % for 15 minutes",
        measured="hyperfine --runs 10 --export-json perf/after.json './perf/read.sh {number}'",
        acted="./deploy.sh {service} staging {version}",
        metrics=(_ERRORS, _LATENCY, _CPU, _THROUGHPUT),
        checklist=("permissions", "secrets", "headers", "logging"),
        tags=("security", "permissions"),
    ),
    Story(
        kind="config",
        title="Raise the connection pool of {service} to {number}",
        reason="{service} has more worker threads than connections, so requests waited for each"
        " other while the database was idle. The wait shows as time inside {route}.",
        expected="no wait for a connection at the usual load.",
        strategy="redeploy",
        when="connections above 80 % of the limit, or p95 of {route} above 900 ms",
        steps=(
            ("kubectl -n {service} set env deploy/{service} POOL_SIZE=10", "env updated"),
            (
                "kubectl -n {service} rollout status deploy/{service} --timeout=180s",
                "successfully rolled out",
            ),
        ),
        verify="SELECT count(*) FROM pg_stat_activity is below 120 for 10 minutes",
        measured="k6 run --vus {number} perf/{module}.js --summary-export perf/after.json",
        acted="kubectl -n {service} set env deploy/{service} POOL_SIZE={number}",
        metrics=(_LATENCY, _THROUGHPUT, _ERRORS, _CPU),
        tags=("configuration", "connections"),
    ),
    Story(
        kind="dependency",
        title="Upgrade the HTTP client of {service}",
        reason="The old client opened a connection for every call of its upstream and had two"
        " open advisories. {number} calls a second paid for a handshake each.",
        expected="connections are reused; calls of the upstream are a third faster.",
        strategy="revert",
        when="errors of the upstream's calls above 1 % for 5 minutes",
        steps=(
            ("git revert --no-edit {number}a61f33b", "one new commit"),
            ("./deploy.sh {service} production {old_version}", "release is live"),
        ),
        verify="errors of the upstream's calls below 0.1 % for 15 minutes",
        measured="k6 run --vus {number} perf/upstream.js --summary-export perf/after.json",
        acted="./deploy.sh {service} canary {version}",
        metrics=(_LATENCY, _CPU, _ERRORS, _MEMORY),
        tags=("dependencies", "http"),
    ),
    Story(
        kind="feature",
        title="Answer {route} in pages of {number}",
        reason="Customers with thousands of rows in {table} waited for a list that nobody read"
        " to its end, and older phones ran out of memory on it.",
        expected="no answer of {route} is larger than 100 kB; nobody misses the rest.",
        strategy="flag",
        when="calls of a second page above 40 %, or a row reported missing",
        steps=(
            ("./flags set {module}_pages off --env production", "off on all hosts"),
            ("curl -fsS https://{host}/health", "HTTP 200"),
        ),
        verify="{route} answers with the whole list for the test account",
        measured="k6 run --vus {number} perf/{module}.js --summary-export perf/after.json",
        acted="./flags set {module}_pages on --env production",
        metrics=(_SIZE, _LATENCY, _THROUGHPUT, _MEMORY),
        tags=("pagination", "size"),
    ),
)  # fmt: skip - one story is one thought
