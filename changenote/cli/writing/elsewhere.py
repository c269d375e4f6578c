"""What is known of a change beside git: told by the pipeline, asked of the forge, in CODEOWNERS.

Each of them is optional: what is missing, refused or too slow leaves the note to git alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changenote.capture import draft
from changenote.capture.changes import Facts
from changenote.config import Config
from changenote.forge.links import Repository
from changenote.records import record

if TYPE_CHECKING:
    from changenote.capture.pipeline import Found

Data = dict[str, Any]
_CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_MARKERS = ("GITHUB_EVENT_PATH", "GITLAB_CI", "BITBUCKET_BUILD_NUMBER", "TF_BUILD")


@record
class Elsewhere:
    """Data of a note from beside git, and what a person should hear about how it was got.

    `data` goes over what git knows. `owner` is a default for the note: it goes over the team's
    own, which was taken into account, and under all that a person says.
    """

    data: Data
    owner: str | None
    notices: tuple[str, ...]

    @property
    def layers(self) -> tuple[Data, ...]:
        """In the order in which they go over the config's layer and git's."""
        return ({"owner": self.owner}, self.data)


def told_by_pipeline(environment: Mapping[str, str], root: Path) -> "Found | None":
    """What the pipeline that runs us tells; None without one, or for another repository's."""
    if not any(environment.get(marker) for marker in _MARKERS):
        return None
    from changenote.capture import pipeline

    return pipeline.found_in(environment) if pipeline.is_ours(environment, root) else None


def start_told(found: "Found | None", root: Path, head: str) -> tuple[str, str] | None:
    """Where the pipeline says that the change begins, in words and as a revision.

    A pull request that was merged begins before what came of it, if that is `head`.
    """
    if found is None:
        return None
    told = found.pull_request
    if told and told.state == "merged" and told.merge_commit:
        from changenote import git
        from changenote.capture.pull_request import start_of

        commit = git.commit_id(head, root)
        merge = git.commits(None, commit, root, first_parent=True, most=1)[0]
        if merge.sha == told.merge_commit:
            return f"the commit before pull request {told.number}", start_of(told, merge)
    return ("what the pipeline says was before", found.before) if found.before else None


def known_elsewhere(
    environment: Mapping[str, str],
    root: Path,
    facts: Facts,
    *,
    config: Config,
    forge: Repository | None,
    found: "Found | None",
    is_interactive: bool,
) -> Elsewhere:
    """All that is known beside git of the range that `facts` are about.

    The forge is asked where a person waits anyway (`is_interactive`), or where the team's config
    says so; what it answers goes over what the pipeline told.
    """
    layers: list[Data] = []
    notices: list[str] = []
    if found is not None:
        from changenote.capture import elsewhere

        layers.append(elsewhere.data_of(found, facts, forge))
    wanted = is_interactive if config.ask_forge is None else config.ask_forge
    if wanted and forge is not None:
        layers.append(_asked(environment, facts, forge, notices))
    data: Data = {}
    for layer in layers:
        data = draft.merged(data, layer)
    return Elsewhere(
        data=data, owner=owner(root, facts, config=config, forge=forge), notices=tuple(notices)
    )


def owner(root: Path, facts: Facts, *, config: Config, forge: Repository | None) -> str | None:
    """Who owns the files of a change: by CODEOWNERS, else the team's default."""
    if not any((root / place).is_file() for place in _CODEOWNERS):
        return config.owner
    from changenote.capture import codeowners  # most repositories do without

    rules = codeowners.rules_in(root, forge.forge if forge else None)
    return codeowners.owner_of(facts.files, rules, default=config.owner)


def _asked(
    environment: Mapping[str, str], facts: Facts, forge: Repository, notices: list[str]
) -> Data:
    """What the forge's own program answers about the newest commit of the range."""
    from changenote.forge import asking

    commit = facts.range.head
    if not facts.commits or not asking.can_ask(forge, environment):
        return {}
    answers = asking.pull_requests_with(forge, commit)
    if answers is None:
        notices.append("The forge did not answer; the note has what git alone knows.")
        return {}
    from changenote.capture import elsewhere
    from changenote.capture.pull_request import of_github, of_gitlab

    read = of_gitlab if forge.forge == "gitlab" else of_github
    known = [found for answer in answers if (found := read(answer))]
    best = elsewhere.best_of(known, commit)
    return elsewhere.data_of_pull_request(best, facts, forge) if best else {}
