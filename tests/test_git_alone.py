"""Steps that change the repository alone are told from those that reach where the change runs."""

import pytest

from changenote.checks.git_alone import is_git_alone


@pytest.mark.parametrize(
    "step",
    [
        "git revert --no-edit 9be27d1",
        "git revert --no-edit 9be27d1\ngit push origin main\n",
        "cd shop && git -C . -c user.name=x revert 9be27d1 && git push; git status",
        "GIT_EDITOR=true git revert 9be27d1",
        "git revert --no-edit \\\n  9be27d1",
        "# take it back\ngit revert 9be27d1",
        "git revert $(git log -1 --format=%H)",
        'git commit -m "Take it back; make room & more"',
    ],
)
def test_git_that_changes_the_repository_is_git_alone(step: str) -> None:
    assert is_git_alone(step)


@pytest.mark.parametrize(
    "step",
    [
        "",
        "./deploy.sh staging",
        "git revert 9be27d1 && ./deploy.sh staging",
        "git revert 9be27d1\nmake deploy",
        "git revert 9be27d1 # take it back\nmake deploy",
        "git log | ./deploy.sh",
        "git deploy staging",
        "git ftp push",
        'git revert "$(make deploy)"',
        "git revert `./which`",
        "git revert 'half",
        "git",
        "echo git revert 9be27d1",
    ],
)
def test_whatever_may_reach_further_is_not(step: str) -> None:
    assert not is_git_alone(step)
