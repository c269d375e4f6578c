"""Phrases that would fit any change, and those that say something about one."""

import pytest

from changenote.checks.boilerplate import fits_any_change, names_the_newest

EMPTY = """\
Revert the merge commit
git revert the commit.
roll back the deployment
Redeploy the previous version.
Revert this pull request and redeploy
deploy the last known good version
restore from backup
Use the previous image
If something goes wrong
When there are problems
in case of any unexpected errors
if users report issues after the deployment
when it doesn't work
if necessary
check that it works
Verify the site works again.
everything is back to normal
the service is up and running""".splitlines()

TELLING = """\
GET /cart p95 over 900 ms for 10 min, or any wrong-total report
any wrong-total report
orders are charged twice
the login page loads
the index is gone
the queue is longer than an hour
Pages stop updating after an edit
the flag shows off in the admin
errors of the upstream's calls above 1 % for 5 minutes
Remote images answer with an error on Netlify after the update
no more errors in the log of shop-web
revert 9be27d1
./rollback
Passwörter werden abgelehnt""".splitlines()


@pytest.mark.parametrize("text", EMPTY)
def test_a_phrase_that_fits_any_change_is_known(text: str) -> None:
    assert fits_any_change(text)


@pytest.mark.parametrize("text", TELLING)
def test_a_text_about_this_change_is_left_alone(text: str) -> None:
    assert not fits_any_change(text)


@pytest.mark.parametrize(
    "command", ["git revert HEAD", "git revert --no-edit -m 1 HEAD~1", "git reset --hard @^"]
)
def test_a_command_may_mean_another_commit_every_day(command: str) -> None:
    assert names_the_newest(command)


@pytest.mark.parametrize("command", ["git revert 9be27d1", "git checkout v2.13.0", "git push"])
def test_a_command_with_a_name_means_the_same_every_day(command: str) -> None:
    assert not names_the_newest(command)
