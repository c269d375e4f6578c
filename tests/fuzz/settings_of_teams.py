"""A team's own settings: its config.yaml, its mkdocs.yml, who owns which files."""

from configparser import ConfigParser

from changenote.capture import codeowners
from changenote.checks.branch import Branch, judge
from changenote.checks.settings import check_config
from changenote.store import codec
from changenote.store.mkdocs_config import docs_dir, site_dir, with_plugin
from changenote.store.project import config_from
from tests.fuzz.bounds import lines_in
from tests.fuzz.material import files, material
from tests.fuzz.target import Target

_PATHS = ("app/cart/totals.py", "docs/a.md", "", "café/x y.txt", '"caf\\351"', "a/" * 40 + "b")


def _config_holds(raw: bytes) -> None:
    config, problems, document = config_from(raw)
    lines = lines_in(raw)
    for problem in (*problems, *check_config(config)):
        line, _ = document.position(problem.path, key=problem.key)
        assert 1 <= line <= lines + 1
        assert problem.expected.strip(), f"{problem.rule} expects nothing"
    for kind in config.kind_names:
        config.required(kind)
        config.proposed_checklist(kind, _PATHS)
    assert all(one.path for one in config.listed)
    judge(Branch(paths=_PATHS, notes=()), config.path_rules)


def _config_naive(raw: bytes) -> None:
    for line in raw.decode().splitlines():
        _key, _value = line.split(": ")


def _mkdocs_holds(raw: bytes) -> None:
    assert site_dir(raw)
    docs_dir(raw)
    text = raw.decode("utf-8", "surrogateescape")
    once = with_plugin(text)
    assert with_plugin(once) == once, "the plugin is put in a second time"
    plugins = codec.load(once.encode("utf-8", "surrogateescape")).data["plugins"]
    assert "changenote" in str(plugins)


def _mkdocs_naive(raw: bytes) -> None:
    head, _, tail = raw.decode().partition("plugins:\n")
    assert head
    assert tail.startswith("  - ")


def _owners_hold(raw: bytes) -> None:
    rules = codeowners.parse(raw.decode("utf-8", "replace"))
    owners = {owner for rule in rules for owner in rule.owners}
    for path in _PATHS:
        assert codeowners.owner_of([{"path": path, "added": 3}], rules) in {None, *owners}


def _owners_naive(raw: bytes) -> None:
    parser = ConfigParser(allow_no_value=True)
    parser.read_string(raw.decode())


_MKDOCS = (
    "site_name: Shop\nplugins:\n  - search\n  - tags:\n      a: b\nnav: []\n",
    "site_name: Shop\nplugins: [search, {tags: {a: b}}]\n",
    "site_name: Shop\nplugins:\n  search:\n  # by hand\n  tags: {}\n\ntheme:\n  name: material\n",
    "site_name: Shop\nplugins:\ndocs_dir: site\nsite_dir: public\nINHERIT: base.yml\n",
    "site_name: !ENV [A, b]\nextra: !!python/name:a.b\ndocs_dir: !ENV D\n",
)
_OWNERS = (
    "* @acme/all\n/app/ @acme/cart ann@example.com\n*.md docs@example.com # why\n",
    "[Section][2] @acme/a\n/app/**/x?.py\n!/app/y.py\n^[Optional] @b\n\\#a @c\n[a-z]*.py @d\n",
)

TARGETS = (
    Target(
        name="config",
        says="A team's config.yaml is understood, or has problems with their lines.",
        material=material(
            [
                *files("site/changes/config.yaml"),
                "title: Shop\nkinds:\n  flag: {require: [no_metric], checklists: [cache]}\n"
                "checklists: {cache: [rule named, ttl]}\nfields:\n  ticket: {type: text, doc: a}\n"
                "  risk: {type: choice, choices: [low, high], required: [fix], ask: true}\n",
                "path_rules:\n  - {paths: ['app/**', docs/], note: true, kinds: [fix]}\n"
                "  - {paths: ['*'], note: false}\ngenerated: ['*.lock', dist/]\nnot_secret: [abc]\n"
                "severity: {secret: error, typo: off}\nsources: [../a, {path: b, name: B}, '*']\n",
                "announce:\n  grafana: {address: https://g, dashboard: a, panel: 3}\n"
                "  honeycomb: {dataset: a-b}\nforge: gitlab\nrepository: https://x/y\nask_forge: no\n",
            ],
            "title: kinds: require: checklists: fields: type: choice text number choices: required: "
            "path_rules: paths: note: generated: not_secret: severity: error off sources: announce: "
            "grafana: forge: x: ** * ? [a-z] [! ] {a,b} !x docs/ /app".split(),
        ),
        holds=_config_holds,
        naive=_config_naive,
    ),
    Target(
        name="mkdocs",
        says="The plugin is put into any mkdocs.yml once, or it is said that it cannot be.",
        material=material(
            _MKDOCS, "plugins: - search changenote [ ] { } !ENV !!python # nav: \n&a *a".split(" ")
        ),
        holds=_mkdocs_holds,
        naive=_mkdocs_naive,
    ),
    Target(
        name="owners",
        says="Any CODEOWNERS gives an owner that it names, or none.",
        material=material(
            _OWNERS, "* ** ? / ! # \\# [a] ^[ ][1] @a/b @@x a@b.c [ ] [^ [! \\".split()
        ),
        holds=_owners_hold,
        naive=_owners_naive,
    ),
)
