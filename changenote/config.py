"""`changes/config.yaml` → `Config`: what a team decides for all of its notes."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from changenote.model.checklists import BUILT_IN, OF_KIND, Groups, proposed
from changenote.model.fields import Field
from changenote.model.note import BUILT_IN_KINDS, part
from changenote.model.problems import Problem, Severity
from changenote.model.reading import read
from changenote.records import record

if TYPE_CHECKING:
    from changenote.model.secrets import Allowed

Forge = Literal["github", "gitlab", "gitea", "bitbucket"]
Heading = Literal["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "none"]
"""The headings of a changelog, and the word that keeps a kind out of it."""

REQUIRED_ONCE_SHIPPED = (
    "owner",
    "service",
    "shipped.at",
    "shipped.environment",
    "reason",
    "expected",
    "rollback",
    "files",
    "commands",
    "metrics",
)
"""`files`, `commands` and `metrics` are met by files_omitted, no_command and no_metric too."""


@record
class Kind:
    """What a team asks of one kind of change."""

    require: tuple[str, ...] = part("Parts required on top of the usual ones.", ())
    optional: tuple[str, ...] = part("Usual parts that this kind does not need.", ())
    checklists: tuple[str, ...] | None = part("Checklists that this kind is asked for.", None)
    changelog: Heading | None = part(
        "Heading of its notes in the changelog; `none` keeps them out of it.", None
    )


@record
class Listed:
    """A repository whose notes are on the site too."""

    path: str = part("Its folder, from the top of this repository.", length=(1, 1000))
    name: str | None = part(
        "What pages call it; by default the last part of its address, or its folder.",
        None,
        length=(1, 60),
    )
    repository: str | None = part("Its address, where its own config has none or another.", None)
    notes: str = part("The folder of its notes, from its own.", "changes", length=(1, 1000))


@record
class PathRule:
    """What a branch that changes such paths needs; the first rule that fits a path holds."""

    paths: tuple[str, ...] = part(
        "Globs of paths, from the folder that the notes folder is in; `*` stands for slashes too,"
        " and `docs/` for all in it.",
    )
    note: bool = part("Whether a note is needed.", True)
    kinds: tuple[str, ...] = part("The note has to be of one of these kinds.", ())
    checklists: tuple[str, ...] = part("The note has to have all of these checklists.", ())


@record
class Receiver:
    """A system that `changenote announce` tells."""

    token_variable: str | None = part(
        "The environment variable with the token, in place of the usual ones.",
        None,
        length=(1, 100),
    )


@record
class Addressed(Receiver):
    """A system that is told, and where it is."""

    address: str | None = part(
        "Its address, where the environment does not name it. A token only goes to the system's"
        " public hosts and to one that the environment names.",
        None,
        length=(1, 1000),
    )


@record
class Grafana(Addressed):
    """Annotations in Grafana."""

    dashboard: str | None = part(
        "The UID of the one dashboard to mark; without it, all that show annotations by tag.",
        None,
        length=(1, 100),
    )
    panel: int | None = part("The number of the one panel of it.", None)


@record
class Honeycomb(Addressed):
    """Markers in Honeycomb."""

    dataset: str = part(
        "The dataset to mark, as addresses name it; `__all__` marks the whole environment of the"
        " key.",
        "__all__",
        pattern=r"[A-Za-z0-9_-][A-Za-z0-9_.-]*",
        length=(1, 255),
        format_name="slug",
    )


@record
class Announce:
    """Where a note is announced, by system."""

    grafana: Grafana = part("Annotations in Grafana.", factory=Grafana)
    honeycomb: Honeycomb = part("Markers in Honeycomb.", factory=Honeycomb)
    datadog: Addressed = part("Events in Datadog.", factory=Addressed)
    pagerduty: Addressed = part("Change events in PagerDuty.", factory=Addressed)
    cdevents: Addressed = part("CDEvents to any receiver.", factory=Addressed)
    slack: Receiver = part("Messages in Slack; the token is the webhook.", factory=Receiver)


@record
class Config:
    """A team's decisions. Everything has a default, so that no file is needed."""

    title: str = part("Name of the knowledge base.", "Change notes")
    owner: str | None = part("Owner of a note when nobody says otherwise.", None)
    service: str | None = part("Service of a note when nobody says otherwise.", None)
    environment: str = part("Environment of a note when nobody says otherwise.", "production")
    services: tuple[str, ...] = part("When given: the only services there are.", ())
    forge: Forge | None = part("github, gitlab, gitea or bitbucket.", None)
    repository: str | None = part("Address of the repository on the forge.", None)
    api: str | None = part(
        "Address of the forge's API, where it is not where such a forge usually has it.",
        None,
        length=(1, 1000),
    )
    token_variable: str | None = part(
        "The environment variable with the forge's token, in place of the usual ones.",
        None,
        length=(1, 100),
    )
    default_branch: str = part("The branch that ships.", "main")
    ask_forge: bool | None = part(
        "Ask the forge about pull requests, by `gh` or `glab`: always, never, or (when left out)"
        " where a person answers questions anyway.",
        None,
    )
    kinds: Mapping[str, Kind] = part(
        "Kinds of your own, or changes to built-in ones.", factory=dict
    )
    checklists: Mapping[str, tuple[str, ...]] = part(
        "Checklists of your own, or other items for built-in ones.", factory=dict
    )
    fields: Mapping[str, Field] = part(
        "Fields of your own under `x:` in a note: type, choices, required, doc, ask.", factory=dict
    )
    path_rules: tuple[PathRule, ...] = part(
        "Which paths of a branch need a note, for `check --ci`; documents and tests need none"
        " unless a rule says so.",
        (),
    )
    generated: tuple[str, ...] = part("Globs of generated files: counted, not listed.", ())
    not_secret: tuple[str, ...] = part(
        "Texts that look like a secret and are none, each exactly as it stands in a note.", ()
    )
    severity: Mapping[str, Severity] = part("Severity per rule.", factory=dict)
    sources: tuple[str | Listed, ...] = part(
        "Other repositories whose notes are on the site too: folders of their checkouts, from the"
        " top of this one; `*` stands for every folder with notes.",
        (),
    )
    announce: Announce = part(
        "Where `changenote announce` marks deployments, by system.", factory=Announce
    )
    x: Mapping[str, Any] = part("Keys of your own.", factory=dict)

    @property
    def allowed(self) -> "Allowed":
        """What is no secret for the team, in notes as they are checked and as they are shown."""
        from changenote.model.secrets import Allowed  # not for those who only show a note

        return Allowed(texts=self.not_secret, everything=self.severity.get("secret") == "off")

    @property
    def kind_names(self) -> tuple[str, ...]:
        """Built-in kinds, then the team's own."""
        return (*BUILT_IN_KINDS, *(k for k in self.kinds if k not in BUILT_IN_KINDS))

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The other repositories, each with everything that is said of it."""
        return tuple(Listed(path=one) if isinstance(one, str) else one for one in self.sources)

    @property
    def groups(self) -> Groups:
        """The items of every checklist: built-in ones, as the team changed them, and its own."""
        return {**BUILT_IN, **self.checklists}

    def checklists_of(self, kind: str) -> tuple[str, ...]:
        """The checklists that a kind of change is asked for."""
        own = self.kinds.get(kind, Kind()).checklists
        return tuple(OF_KIND.get(kind, ())) if own is None else own

    def proposed_checklist(self, kind: str, paths: Iterable[str]) -> dict[str, dict[str, str]]:
        """The checklists for a change of a kind that touched these paths, every item `todo`."""
        return proposed(kind, paths, groups=self.groups, of_kind={kind: self.checklists_of(kind)})

    def required(self, kind: str) -> tuple[str, ...]:
        """The parts that a shipped note of this kind must have."""
        rules = self.kinds.get(kind, Kind())
        usual = tuple(r for r in REQUIRED_ONCE_SHIPPED if r not in rules.optional)
        return usual + tuple(r for r in rules.require if r not in usual)


def read_config(data: object) -> tuple[Config, list[Problem]]:
    """The config from plain data (None: an empty file); defaults where it cannot be read."""
    config, problems = read(Config, {} if data is None else data)
    return config or Config(), problems
