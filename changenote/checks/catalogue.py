"""Every rule that can be broken, with its reason: the source of the reference on the site."""

from changenote.model.problems import Severity
from changenote.records import record


@record
class Rule:
    """One rule; `severity` holds unless a team's config says otherwise.

    A `fixed` one cannot be changed: without it a note that cannot be read would go unnoticed.
    """

    id: str
    severity: Severity
    title: str
    why: str
    remedy: str
    bad: str = ""
    good: str = ""
    fixed: bool = False


_FILES = (
    Rule(
        id="stray-file",
        severity="error",
        title="A file in the notes folder is no note and belongs to none",
        why="A note with a wrong name would be missing from the site without anybody noticing."
        " So everything in the folder is a note, the config, or a file of a note.",
        remedy="Rename it like a note, put it into the note's own folder, or move it away.",
        bad="changes/2026/cart.yaml",
        good="changes/2026/20261122-k3f9xq-cart.yaml",
    ),
    Rule(
        id="wrong-name",
        severity="error",
        title="A note's file does not have the note's id in its name, or lies in another year",
        why="Notes are found by the id in their file name. A note under another name would be"
        " listed but could not be opened.",
        remedy="Rename or move the file; the id itself never changes.",
        bad="changes/2026/20261122-k3f9xq-cart.yaml with id: 20261121-k3f9xq",
        good="changes/2026/20261122-k3f9xq-cart.yaml with id: 20261122-k3f9xq",
    ),
    Rule(
        id="unreadable",
        severity="error",
        fixed=True,
        title="A note's file cannot be read",
        why="What cannot be read cannot be checked or shown, and is never skipped silently.",
        remedy="Look at the permissions of the file and its folders.",
    ),
)

_YAML = (
    Rule(
        id="yaml-syntax",
        severity="error",
        fixed=True,
        title="The file is not valid YAML",
        why="One misplaced character can change the meaning of all that follows, so nothing of"
        " the file is guessed.",
        remedy="Put quotes around text with special characters, and indent with two spaces.",
        bad="title: Cart: cache totals",
        good='title: "Cart: cache totals"',
    ),
    Rule(
        id="too-big",
        severity="error",
        fixed=True,
        title="The file is larger than 1 MB",
        why="A note is read by people. Files of this size are raw results, and would slow down"
        " every command.",
        remedy="Move raw results to the note's own folder and keep their numbers.",
    ),
    Rule(
        id="merge-conflict",
        severity="error",
        fixed=True,
        title="A merge conflict was not resolved",
        why="Two versions of a text stand in one file, and only a person can tell which is true.",
        remedy="Keep one of the two versions and delete the marker lines.",
        bad="<<<<<<< HEAD",
    ),
    Rule(
        id="yaml-alias",
        severity="error",
        fixed=True,
        title="An anchor or alias is used",
        why="A value that stands elsewhere makes a note hard to read, and a few lines of aliases"
        " can fill all memory.",
        remedy="Write the value out.",
        bad="owner: *team",
        good='owner: "@acme/cart"',
    ),
    Rule(
        id="yaml-tag",
        severity="error",
        fixed=True,
        title="A YAML tag is used",
        why="Tags tell some programs to run code when they read a file. The type of a value is"
        " known from its key.",
        remedy="Remove the tag; quotes make text of anything.",
        bad="version: !!str 1.10",
        good='version: "1.10"',
    ),
    Rule(
        id="yaml-documents",
        severity="error",
        fixed=True,
        title="The file holds more than one document",
        why="One file is one note, so that its name, its history and its address are its own.",
        remedy="Make a file of each, or remove the line of three dashes.",
        bad="---",
    ),
    Rule(
        id="duplicate-key",
        severity="error",
        fixed=True,
        title="A key stands twice",
        why="Programs keep the first or the last of two, and nobody sees which was lost.",
        remedy="Keep one of them.",
        bad="status: draft … status: shipped",
        good="status: shipped",
    ),
)

_FORMAT = (
    Rule(
        id="missing-key",
        severity="error",
        fixed=True,
        title="A key that every note has is missing",
        why="Without schema, id, title, kind and status a note can be neither named nor listed.",
        remedy="Add the key.",
    ),
    Rule(
        id="unknown-key",
        severity="warning",
        title="A key is not part of the format",
        why="It is usually a typing mistake, and what stands under it would never be shown."
        " It is kept all the same.",
        remedy="Correct the key, or move it under `x:` when it is your team's own.",
        bad="resaon: p95 was 840 ms",
        good="reason: p95 was 840 ms",
    ),
    Rule(
        id="wrong-type",
        severity="error",
        fixed=True,
        title="A value is of the wrong type",
        why="Text cannot be compared and a number cannot be read aloud: pages and measures need"
        " to know which it is.",
        remedy="Write what is expected at this place.",
        bad="before: [841 ms, 903 ms]",
        good="before: [841, 903]",
    ),
    Rule(
        id="bad-value",
        severity="error",
        fixed=True,
        title="A value is not one of those that are possible here",
        why="Filters, counts and links rely on a fixed set of values or a fixed form.",
        remedy="Choose one of the values, or write the form that is shown.",
        bad="status: released",
        good="status: shipped",
    ),
    Rule(
        id="bad-length",
        severity="error",
        fixed=True,
        title="A text or list is too short or too long",
        why="A title must fit in a list, and a list of a thousand samples in a page.",
        remedy="Shorten it, or say more.",
        bad="title: Fix",
        good="title: Fix rounding of cart totals",
    ),
)

_NAMES = (
    Rule(
        id="bad-id",
        severity="error",
        title="An id does not start with a day of the calendar",
        why="The id is the note's address, and its first part the day it was written.",
        remedy="Let `changenote new` make the id.",
        bad="id: 20261322-k3f9xq",
        good="id: 20261122-k3f9xq",
    ),
    Rule(
        id="unknown-kind",
        severity="error",
        title="A kind of change is not known",
        why="What a note must have depends on its kind, and two spellings of one kind split"
        " every list.",
        remedy="Use a known kind, or add yours under `kinds:` in config.yaml.",
        bad="kind: perfomance",
        good="kind: performance",
    ),
    Rule(
        id="unknown-service",
        severity="error",
        title="A service is not in the team's list",
        why="At night one looks for all changes of a service, and a second spelling hides some.",
        remedy="Use a service of the list, or add yours under `services:` in config.yaml.",
    ),
    Rule(
        id="duplicate-id",
        severity="error",
        title="Two notes have the same id",
        why="The id is the address of a note, and one address cannot show two notes.",
        remedy="Give the newer note another id, in `id:` and in its file name.",
    ),
    Rule(
        id="unknown-note",
        severity="error",
        title="A note refers to a note that does not exist",
        why="The link would lead nowhere just when somebody follows the history of a problem.",
        remedy="Write the whole id of the other note.",
        bad="related: [k3f9xq]",
        good="related: [20261122-k3f9xq]",
    ),
    Rule(
        id="links-to-itself",
        severity="error",
        title="A note refers to itself",
        why="A note cannot replace itself; usually the id of another note was meant.",
        remedy="Write the other note's id, or remove the line.",
    ),
    Rule(
        id="superseded-by-none",
        severity="warning",
        title="A note is superseded, but no note says that it replaces it",
        why="Whoever reads that a note no longer holds wants to know what holds instead.",
        remedy="Add `supersedes:` with this id to the newer note.",
    ),
    Rule(
        id="not-superseded",
        severity="warning",
        title="A note is replaced by another one, but does not say so itself",
        why="Whoever opens the old note, or asks for what is in effect, is told that it still"
        " holds.",
        remedy="`changenote supersede OLD NEW` says it in both.",
        bad="status: shipped, while a newer note has it under supersedes",
        good="status: superseded",
    ),
    Rule(
        id="fixed-severity",
        severity="warning",
        title="The config changes the severity of a rule that cannot be switched off",
        why="A file that cannot be read as a note is always an error. Switched off, it would be"
        " missing from the site and from an emergency without anybody noticing.",
        remedy="Remove it from `severity:`.",
    ),
    Rule(
        id="unknown-rule",
        severity="warning",
        title="The config sets the severity of a rule that does not exist",
        why="A misspelt name changes nothing, and the team believes it did.",
        remedy="Write the name of the rule as `changenote check` shows it.",
        bad="severity: {prose-steps: off}",
        good="severity: {prose-step: off}",
    ),
    Rule(
        id="bad-setting",
        severity="error",
        title="A checklist, kind or field in the config cannot work as it is written",
        why="It would be asked for by nobody and checked by nobody, and the team believes it is.",
        remedy="Correct it as the finding says.",
        bad="fields: {risk: {type: choice}}",
        good="fields: {risk: {type: choice, choices: [low, high]}}",
    ),
    Rule(
        id="unknown-part",
        severity="error",
        title="The config requires a part that a note cannot have",
        why="A misspelt part is never asked for, and the team believes it is.",
        remedy="Write the key as it stands in a note, with dots between levels.",
        bad="require: [baseline.proof]",
        good="require: [baseline.evidence]",
    ),
)

_COMPLETENESS = (
    Rule(
        id="missing-part",
        severity="error",
        title="A shipped note lacks a part that its kind must have",
        why="These are the questions asked in every incident: who, when, why, what was touched,"
        " did it help, how is it undone. Afterwards nobody remembers.",
        remedy="Fill it in, or make the part optional for this kind in config.yaml.",
    ),
    Rule(
        id="draft-incomplete",
        severity="note",
        title="A draft lacks a part that it will need once shipped",
        why="A draft may be incomplete. The list says what is left to do.",
        remedy="Fill it in before the status becomes `shipped`.",
    ),
    Rule(
        id="placeholder-text",
        severity="warning",
        title="A text says nothing: it repeats the title or only holds a place",
        why="A filled field looks as if somebody had thought about it. A reader in need loses"
        " time on it.",
        remedy="Write one sentence that helps somebody who was not there.",
        bad="reason: fix",
        good="reason: p95 of GET /cart was 840 ms because every request summed the basket again.",
    ),
    Rule(
        id="no-checklist",
        severity="note",
        title="A change has no checklist, and its kind is asked for one",
        why="These changes fail in ways that are known beforehand. A short list of what was"
        " looked at catches most of them.",
        remedy="Add `checklist:` with the group of this kind.",
        good="checklist: {cache: {rule named: ok, bypass documented: ok}}",
    ),
    Rule(
        id="open-checklist",
        severity="warning",
        title="A shipped note has a checklist item that is to do or failed",
        why="Either the change shipped with a known gap, or the list was not brought up to date."
        " A reader cannot tell which.",
        remedy="Do it and write `ok`, or say why not after `na`.",
        bad="secrets: todo",
        good="secrets: ok, none are touched",
    ),
    Rule(
        id="bad-answer",
        severity="error",
        title="A checklist item has an answer that cannot be counted",
        why="Answers are summed up on pages, so they start with one of four words.",
        remedy="Start with ok, na, todo or fail; add what you like after it.",
        bad="secrets: checked by Ann",
        good="secrets: ok, checked by Ann",
    ),
    Rule(
        id="missing-item",
        severity="note",
        title="A checklist lacks items that it has elsewhere",
        why="The item that nobody answered is the one that nobody looked at; an incident report"
        " names it afterwards.",
        remedy="Answer every item; `na` and why is an answer as well.",
        bad="jobs: {idempotent: ok}",
        good="jobs: {idempotent: ok, logged: ok, safe to run again: na}",
    ),
    Rule(
        id="misspelt-item",
        severity="warning",
        title="A checklist or one of its items has nearly the name of a known one",
        why="Answers are counted by name over all notes. A misspelt one counts nowhere, and the"
        " real one seems to be missing.",
        remedy="Write the name as the checklist has it.",
        bad="security: {permisions: ok}",
        good="security: {permissions: ok}",
    ),
    Rule(
        id="bad-field",
        severity="error",
        title="A field of the team's own has a value of another type",
        why="Fields are given types so that they can be searched, counted and linked.",
        remedy="Write what config.yaml says under `fields:`.",
        bad="x: {risk: hihg}, with choices low and high",
        good="x: {risk: high}",
    ),
    Rule(
        id="unknown-field",
        severity="warning",
        title="A key under `x:` is nearly one of the team's own fields",
        why="What stands under a misspelt key is found by no search, and the field is missing.",
        remedy="Write the key as config.yaml has it under `fields:`.",
        bad="x: {tiket: ABC-1}",
        good="x: {ticket: ABC-1}",
    ),
    Rule(
        id="future-time",
        severity="error",
        title="A time is still to come",
        why="A note reports what has happened. A time in the future is a wrong month or zone, and"
        " puts the note in the wrong place of every timeline.",
        remedy="Look at the year, the month and the time zone.",
        bad="at: 2062-11-22T14:05:00Z",
        good="at: 2026-11-22T14:05:00Z",
    ),
    Rule(
        id="restored-before-shipped",
        severity="error",
        title="Service was restored before the change shipped",
        why="The time between the two is how long it took to recover. A negative one would spoil"
        " the figures of the whole service.",
        remedy="Look at both times and their zones.",
        bad="shipped: {at: 2026-11-22T14:05:00Z, restored_at: 2026-11-22T13:40:00Z}",
        good="shipped: {at: 2026-11-22T14:05:00Z, restored_at: 2026-11-22T14:40:00Z}",
    ),
    Rule(
        id="written-late",
        severity="note",
        title="A note was written more than a day after its change shipped",
        why="Whoever knows how it went remembers having expected it (Fischhoff 1975 on hindsight),"
        " and the commands that were run are half forgotten.",
        remedy="Mind it when reading; write the next one on the day.",
        bad="id: 20261130-k3f9xq, shipped at 2026-11-22T14:05:00Z",
        good="id: 20261122-k3f9xq, shipped at 2026-11-22T14:05:00Z",
    ),
)

_ROLLBACK = (
    Rule(
        id="prose-step",
        severity="error",
        title="A rollback step is prose, not a command",
        why="In an incident there is no time to work out what “revert the change” means here."
        " A step is run as it stands.",
        remedy="Write the command; what to look at goes to `expect`, who decides to `decider`.",
        bad="- run: Revert the change",
        good="- run: ./flags set cart_total_cache off --env production",
    ),
    Rule(
        id="placeholder-step",
        severity="error",
        title="A rollback step has a hole that must be filled in first",
        why="Whoever runs it would have to look up the value in the middle of an incident,"
        " or run it with a wrong one.",
        remedy="Write the real value.",
        bad="- run: git revert <sha>",
        good="- run: git revert --no-edit 9be27d1",
    ),
    Rule(
        id="redacted-command",
        severity="warning",
        title="A rollback step lacks a secret that was taken out of it",
        why="Secrets never get into a note. What is left of the step cannot be run: with the mark"
        " in its place it fails, or does something else.",
        remedy="Write a variable in its place, and where it is set.",
        bad="- run: curl -u deploy:[redacted: password] https://ci.example/rollback",
        good='- run: curl -u "deploy:$DEPLOY_PASSWORD" https://ci.example/rollback',
    ),
    Rule(
        id="boilerplate-rollback",
        severity="warning",
        title="A part of the rollback would fit any change",
        why="It looks like a plan, and nobody has thought about this change. Knight Capital removed"
        " its new code by reflex in 2012; old code behind the same flag then ran on every server.",
        remedy="Write what is seen, run or looked at for this change: a number, a name, a page.",
        bad="when: if something goes wrong",
        good="when: GET /cart p95 over 900 ms for 10 min",
    ),
    Rule(
        id="step-without-expect",
        severity="note",
        title="A rollback step does not say what it shows when it worked",
        why="A command can end well and have done nothing. GitLab's backups had failed without a"
        " sign until they were needed in 2017. Only a revert of a named commit tells by itself.",
        remedy="Add `expect:` with what the step prints or changes.",
        bad="- run: ./flags set cart_total_cache off",
        good="- {run: ./flags set cart_total_cache off, expect: acknowledged by 12/12 hosts}",
    ),
    Rule(
        id="revert-not-deployed",
        severity="note",
        title="A rollback reverts commits and does not deploy",
        why="A revert changes the repository. Where the change went out by a command, it stays out"
        " until somebody runs one again, and at night nobody remembers which.",
        remedy="Add the deployment as the last step.",
        bad="steps: [{run: git revert --no-edit 9be27d1}]",
        good="steps: [{run: git revert --no-edit 9be27d1}, {run: ./deploy.sh production}]",
    ),
    Rule(
        id="never-rehearsed",
        severity="note",
        title="The rollback of a database change was never run",
        why="Data does not come back with the code. Of five ways to restore GitLab's database in"
        " 2017 none worked at once, and nobody had tried.",
        remedy="Run the steps on a copy, with `changenote rehearse`.",
        good="rehearsed: {at: 2026-11-22T11:40:00Z, environment: staging, steps_sha256: …}",
    ),
    Rule(
        id="revert-conflicts",
        severity="note",
        title="The reverts of the rollback no longer apply as they stand",
        why="A plan goes stale as soon as somebody changes the same lines, and nobody notices"
        " before the night it is needed. Git was asked, without touching anything. It is a remark,"
        " because the note did not change, and told for the newest changes or with `--reverts`.",
        remedy="Revert what came after it as well, or say another way: a flag, a forward fix.",
    ),
    Rule(
        id="revert-elsewhere",
        severity="warning",
        title="The rollback reverts a commit that is not in this history",
        why="A note that is written on a branch names the commits of the branch. A squash or a"
        " rebase gives them other ids, and no fresh clone has those that the note names. Found for"
        " the newest changes or with `--reverts`.",
        remedy="Put the commit that the change landed with in its place.",
        bad="- run: git revert --no-edit 9be27d1, on a branch that was squashed",
        good="- run: git revert --no-edit 4c1f0aa, the commit on the default branch",
    ),
    Rule(
        id="revert-done",
        severity="note",
        title="The reverts of a shipped note change nothing any more",
        why="Somebody took the change back and the note does not say so. Who looks for what is live"
        " would be misled.",
        remedy="Mark the note rolled back, or write steps that do something.",
        bad="status: shipped",
        good="status: rolled_back",
    ),
    Rule(
        id="rehearsal-void",
        severity="warning",
        title="The rehearsal was of other steps, or does not say of which",
        why="A rehearsal proves only the steps that were run. One changed word can make the"
        " difference.",
        remedy="Run `changenote rehearse`, which runs the steps as they are and writes their hash.",
    ),
    Rule(
        id="rehearsal-stale",
        severity="note",
        title="The rehearsal is more than 90 days old",
        why="Scripts, permissions and host names change. What worked in spring may not in autumn."
        " A remark only: time alone makes a note no worse than it was when it was checked.",
        remedy="Rehearse the steps again, with `changenote rehearse`.",
    ),
)

_EVIDENCE = (
    Rule(
        id="several-primaries",
        severity="error",
        title="More than one metric is primary",
        why="The headline comes from the primary metric. With several, one could pick the"
        " luckiest afterwards.",
        remedy="Remove `primary: true` from all but one.",
    ),
    Rule(
        id="varying-deterministic",
        severity="error",
        title="A metric is called deterministic, and its samples differ",
        why="Deterministic numbers are compared exactly. Applied to numbers that vary, every"
        " difference would look real.",
        remedy="Remove `deterministic: true`, or find out what varies.",
        bad="deterministic: true, before: [841, 903]",
        good="deterministic: true, before: 184320",
    ),
    Rule(
        id="unequal-pairs",
        severity="error",
        title="Interleaved runs do not come in pairs",
        why="Interleaved runs are compared pair by pair, which is what makes them worth the"
        " trouble. A run without a partner cannot be.",
        remedy="Add the missing run, or write `order: sequential`.",
    ),
    Rule(
        id="wrong-count",
        severity="error",
        title="Fewer runs are counted than samples are kept",
        why="`n_before` and `n_after` say how many runs there were, of which some are kept.",
        remedy="Write how many runs there were, or remove the key.",
    ),
)

_CLAIMS = (
    Rule(
        id="several-variables",
        severity="warning",
        title="Several things were changed at once beside a metric",
        why="Nothing tells which of them moved the number. Even the length of environment variables"
        " has hidden or made up a compiler's whole gain (Mytkowicz and others 2009).",
        remedy="Measure each change alone, or say in `expected` that only their sum counts.",
        bad="variables: [cart total cache, new load balancer]",
        good="variables: [cart total cache]",
    ),
    Rule(
        id="warm-after-cold",
        severity="warning",
        title="The cache was warm after and cold, or unknown, before",
        why="The cache alone can be the whole gain: one unchanged PostgreSQL query took 134.6 ms,"
        " then 31.2 and 28.6 ms, and read the same 8,461 blocks each time.",
        remedy="Measure both sides warm or both cold. A cache that is new is `none -> warm`.",
        bad="conditions: {cache: cold -> warm}",
        good="conditions: {cache: warm}",
    ),
    Rule(
        id="cache-not-named",
        severity="note",
        title="A time may speak for the note, and its cache is not known",
        why="A lucky cache hit looks like a fix. With ten runs a side it made one verdict in six"
        " wrong until the runs were told apart, so such a time is never shown as a headline.",
        remedy="Write `cache:` under the metric's `conditions`: warm, cold, or `cold -> warm`.",
        bad="unit: ms, conditions: {load: 50 rps}",
        good="unit: ms, conditions: {cache: warm, load: 50 rps}",
    ),
    Rule(
        id="single-numbers",
        severity="note",
        title="A metric has one number a side: it is reported, not measured",
        why="No two runs are equal. Two runs of one unchanged program, compared by their requests,"
        " were called different in more than six of ten pairs.",
        remedy="Write one number for each run, four or more a side, as `changenote measure` does.",
        bad="before: 840, after: 318",
        good="before: [841, 903, 812, 867], after: [318, 341, 309, 327]",
    ),
    Rule(
        id="no-baseline",
        severity="note",
        title="A performance change or a measured fix does not say how it was before",
        why="The state before is gone with the deploy: what was not written down cannot be measured"
        " any more, and the next one cannot tell whether it has come back.",
        remedy="Add `baseline:` with `where`, `symptom` and `evidence`.",
        good="baseline: {where: GET /cart, symptom: stalls for a second, evidence: slow query log}",
    ),
    Rule(
        id="no-number-expected",
        severity="note",
        title="A measured change does not say which number was expected",
        why="Without one, any result is a success. Of ideas tested at Microsoft a third moved the"
        " number they were made for (Kohavi and others 2009); their authors had expected all to.",
        remedy="Write a number into `expected`, or a `target` into the metric.",
        bad="expected: The cart is faster.",
        good="expected: GET /cart p95 under 400 ms.",
    ),
)

_RANGES = (
    Rule(
        id="files-differ",
        severity="warning",
        title="The files of a note are not those that its commits touched",
        why="In an incident one asks which notes touched a file. A list that was not brought up to"
        " date after a last commit sends the search past the note that explains it.",
        remedy="Correct the list or the range; `git diff --stat BASE HEAD` shows what it touched.",
        bad="files: [{path: app/cart.py}], and the range touched app/cache.py as well",
        good="files: [{path: app/cart.py}, {path: app/cache.py}]",
    ),
)

_LINKS = (
    Rule(
        id="bad-link",
        severity="error",
        title="An address is not one of the web",
        why="It is shown as a link. Only http and https can be followed by everybody, and others"
        " can run code.",
        remedy="Copy the whole address from the browser.",
        bad="pull_requests: ['#412']",
        good="pull_requests: [https://github.com/acme/shop/pull/412]",
    ),
    Rule(
        id="bad-path",
        severity="error",
        title="A path is not one inside the repository",
        why="Files are linked and looked up by their path from the repository's root."
        " `..` or a disk's root leads out of it.",
        remedy="Write the path as `git ls-files` shows it.",
        bad="path: /srv/shop/app/cart.py",
        good="path: app/cart.py",
    ),
    Rule(
        id="bad-image",
        severity="error",
        title="A picture is not a plain file name",
        why="Pictures lie in the folder named like the note's id, so that they go where it goes.",
        remedy="Put the picture there and write its name alone.",
    ),
    Rule(
        id="unquoted-sha",
        severity="error",
        title="A commit id has no quotes",
        why="To many YAML readers 1e10000 is a number and 0123456 another one. Quotes keep a"
        " commit id as it is.",
        remedy="Put quotes around it, or run `changenote fmt`.",
        bad="base: 4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0",
        good='base: "4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0aa4c1f0"',
    ),
)

_CHARACTERS = (
    Rule(
        id="hidden-character",
        severity="warning",
        title="A text has a character that cannot be seen or turns the text around it",
        why="What people read is then not what is stored: searches miss it, and a sentence can"
        " be shown in another order.",
        remedy="Delete the word around it and type it anew.",
    ),
    Rule(
        id="hidden-character-in-command",
        severity="error",
        title="A command or path has a character that cannot be seen",
        why="It is pasted into a shell. A hidden character makes it fail at the worst moment, or"
        " makes it do something else than it shows.",
        remedy="Delete the word around it and type it anew.",
    ),
    Rule(
        id="lookalike-letter",
        severity="warning",
        title="A word of a command or path mixes Latin letters with look-alikes",
        why="A Cyrillic а looks like a Latin a and names another file, flag or host.",  # noqa: RUF001  # the point
        remedy="Type the word anew.",
    ),
)

_SECRETS = (
    Rule(
        id="secret",
        severity="error",
        title="A text holds what looks like a password, a token or a key",
        why="Notes are read by more people than servers are, and git keeps them for ever. On public"
        " forges those who look for keys find them within seconds (Meli and others 2019)."
        " What only looks like one goes into `not_secret:` in the config.",
        remedy="Write [redacted] in its place. If it was committed, make it invalid as well.",
        bad="- run: curl -u deploy:hunter2x9 https://ci.example/deploy",
        good='- run: curl -u "deploy:$DEPLOY_PASSWORD" https://ci.example/deploy',
    ),
)

_SITE = (
    Rule(
        id="site-page",
        severity="error",
        title="A note has no page on the built site, or a page has no note",
        why="What has no page is not found by anybody. Found by `changenote check --site`.",
        remedy="Build the site again; if that does not help, see what the build warned of.",
    ),
    Rule(
        id="site-outdated",
        severity="error",
        title="The built site shows another version of a note",
        why="A rollback that was corrected helps nobody while the site shows the old one.",
        remedy="Build the site again.",
    ),
    Rule(
        id="site-search",
        severity="error",
        title="A note is not in the search of the built site",
        why="Most people look for a note by searching, and take what is not found for not there.",
        remedy="Build the site again, with the plugin search or Pagefind.",
    ),
    Rule(
        id="site-index",
        severity="error",
        title="A note is not in index.json of the built site, or another one is",
        why="Programs read the index and nothing else.",
        remedy="Build the site again, into an empty folder.",
    ),
    Rule(
        id="site-feed",
        severity="error",
        title="A feed of the built site does not have the newest notes that shipped",
        why="Who follows a feed learns of a change from there, or not at all.",
        remedy="Build the site again; see whether a page or another plugin has the feed's name.",
    ),
)

_BRANCHES = (
    Rule(
        id="no-note",
        severity="error",
        title="A branch has no note, or not of the kind that is asked for",
        why="An hour after a change has shipped, nobody knows any more what was run and whether the"
        " number moved. A branch that is asked early has its note in time. Only `check --ci` asks.",
        remedy="`changenote new` writes one. Where none is needed, say why, in the pull request's"
        " description or in a commit's message: `Change-Note: not needed, WHY`.",
    ),
)


RULES: dict[str, Rule] = {
    rule.id: rule
    for group in (
        _FILES,
        _YAML,
        _FORMAT,
        _NAMES,
        _COMPLETENESS,
        _ROLLBACK,
        _EVIDENCE,
        _CLAIMS,
        _RANGES,
        _LINKS,
        _CHARACTERS,
        _SECRETS,
        _SITE,
        _BRANCHES,
    )
    for rule in group
}
"""Every rule by its id, in the order of the reference."""
