"""`changenote pr`: notes on pull requests."""

import click

from changenote.cli.pulls import pr_comment, pr_fetch, pr_link, pr_status, pr_trailer


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which they are used."""
        return list(self.commands)


@click.group(cls=_InOrder)
def command() -> None:
    """Notes and pull requests: a comment, a commit status, links and trailers.

    GitHub, GitLab, Gitea and Forgejo are spoken. The token comes from GH_TOKEN or GITHUB_TOKEN
    (GH_ENTERPRISE_TOKEN for a GitHub of your own), GITLAB_TOKEN, GITEA_TOKEN or FORGEJO_TOKEN, or
    from the variable that `token_variable` in config.yaml names. It is never printed, and only goes
    to a host that a git remote or the environment names.
    """


for _module in (pr_comment, pr_status, pr_fetch, pr_link, pr_trailer):
    command.add_command(_module.command)
