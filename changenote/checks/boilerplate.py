"""Phrases that fit any change, and so say nothing about the one at hand.

A text counts only when every one of its words does: a number, a name, a path or a command beside
them says something.
"""

from changenote.patterns import pattern

_LITTLE = frozenset(
    "a all an and any are as at back be been by can did do does doesn for from got has have if in"
    " is it its no not of on once only or our out please simply so some soon t that the their then"
    " there they this to too up us was we were when whenever whether will with you your".split()
)
_DEEDS = frozenset(
    "back deploy deploying git go perform redeploy release reset restore return revert reverting"
    " roll rollback rolling ship switch trigger undo undoing use".split()
)
_UNDONE = frozenset(
    "again artifact backup backups branch build change changes changeset code commit commits"
    " config configuration current deployment deployments earlier everything feature former github"
    " gitlab good head image just known last latest main manually master merge merged migration"
    " migrations mr necessary needed new normal old older original pipeline pr previous prior"
    " procedure process production pull push re relevant request snapshot squash stable standard"
    " state steps tag usual version whole working".split()
)
_TROUBLE = frozenset(
    "anomalies anomaly bad break breaks broken bug bugs complain complaint complaints crash"
    " crashes error errors exception exceptions fail failed fails failure failures fault incident"
    " incidents issue issues misbehaves necessary needed outage outages problem problems"
    " regression regressions required trouble wrong".split()
)
_AROUND_TROUBLE = frozenset(
    "after anything app appear appears application arise arises big case cause causes change"
    " critical customer customers deploy deployed deploying deployment detected event feature"
    " found goes going happen happens immediately major new notice occur occurs page production"
    " release report reported reports see seen serious service severe should site something system"
    " things unexpected upon user users website while work working works".split()
)
_LOOKS = frozenset(
    "check confirm ensure look make monitor see sure test validate verify watch".split()
)
_FINE = frozenset(
    "correctly expected fine fixed gone good healthy loads normal ok okay properly resolved"
    " reverted rolled running stable usual work working works".split()
)
_AROUND_FINE = frozenset(
    "again app application back before behavior behaviour change dashboard dashboards everything"
    " feature it logs manually metrics monitoring more page pages previous problem production"
    " rollback rollout runs server service site state system things website".split()
)
_LONGEST = 200

_NEWEST = pattern(
    r"git (?:revert|reset|checkout|switch)\b(?:\s+-\S+(?:\s+1)?)*\s+(?:HEAD|@)(?:[~^]\d*)*",
    holds=("HEAD", "@"),
)
_SAYS_SOMETHING = pattern(r"[\d/_`<>=%$]|[^\x00-\x7f\u2010-\u2026]")  # in nearly all that do
_WORDS = pattern(r"[a-z]+")


def fits_any_change(text: str) -> bool:
    """Could a trigger, a step or a sign stand in every note, word for word?"""
    if len(text) > _LONGEST or _SAYS_SOMETHING.search(text):
        return False
    words = set(_WORDS.findall(text.casefold())) - _LITTLE
    return _is_undoing(words, text) or _is_alarm(words) or _is_fine(words)


def _is_undoing(words: set[str], text: str) -> bool:
    """`Revert the merge commit`; one word alone may be a command."""
    return bool(words & _DEEDS) and words <= _DEEDS | _UNDONE and " " in text.strip()


def _is_alarm(words: set[str]) -> bool:
    """`If something goes wrong`."""
    return bool(words & _TROUBLE) and words <= _TROUBLE | _AROUND_TROUBLE


def _is_fine(words: set[str]) -> bool:
    """`Check that everything works again`, or `monitor`."""
    said = words & (_LOOKS | _FINE)
    return bool(said) and words <= _LOOKS | _FINE | _TROUBLE | _AROUND_FINE


def names_the_newest(command: str) -> bool:
    """Does a command undo whatever is newest on the day it is run, such as `git revert HEAD`?"""
    return bool(_NEWEST.match(command.strip()))
