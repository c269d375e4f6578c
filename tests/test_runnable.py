"""A rollback step is a command, prose or a placeholder; a doubt is decided for the command."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changenote.checks.runnable import Judgement, judged

DATA = Path(__file__).parent / "data"

COMMANDS = r"""
kubectl rollout undo deploy/cart
kubectl -n shop rollout undo deployment/cart --to-revision=3
kubectl get pods -o jsonpath='{.items[0].metadata.name}'
kustomize build overlays/prod | kubectl apply -f -
./flags set cart_total_cache off --env production
git revert --no-edit abc123
git revert --no-edit abc123 && git push origin main
git revert abc123  # the merge of pull request 412
git push --force-with-lease origin abc123:main
psql -c "UPDATE flags SET enabled = false WHERE name = 'the cart'"
UPDATE flags SET enabled = false WHERE name = 'cart'
ALTER TABLE carts DROP COLUMN total;
drop index idx_cart;
FOO=1 ./x.sh
env FLAG=off ./apply
( cd x && make )
make rollback
make -C infra rollback VERSION=v2.13.0
helm rollback cart 12
terraform apply
terraform apply -target=module.cart -var version=v2.13.0
Set-Item -Path Env:CART -Value off
Stop-Service W3SVC
$env:CART='off'; ./restart.ps1
& "C:\Program Files\Flags\flags.exe" off
net stop w3svc
docker compose up -d cart
docker compose down
reset
deploy rollback --to v2.13.0
docker ps --format '{{.Names}}'
sudo systemctl restart nginx
ssh host 'cmd'
ssh deploy@web-1 "cd /srv/shop && ./rollback the release"
echo "roll back the release"
./flags off && echo the flag is off
revert-tool now
redeploy v2.13.0
rollback shop-web v2.13.0
bin/rails db:rollback STEP=1
rails runner 'Feature.disable(:cart)'
Feature.disable(:cart_cache)
alembic downgrade -1
python manage.py migrate cart 0041
curl -fsS https://shop.example/cart/health
curl -X POST -d '{"on": false}' https://flags.example/api/cart
curl -s https://shop.example/ | grep '<title>'
aws ecs update-service --cluster prod --task-definition cart:41 --force-new-deployment
heroku rollback v41 --app shop
ansible-playbook -i production rollback.yml
mysql shop < backup.sql
sort <in>out
mktemp /tmp/x.XXXXXX
zfs rollback pool/data@before
for h in web-1 web-2; do ssh $h ./off; done
if [ -f x ]; then rm x; fi
[ -f x ] && rm x
! grep -q on flags
find . -name '*.pyc' -delete
sed -i 's/on/off/' config.yaml
set -euo pipefail
pm2 restart all
at now + 5 minutes
ufw allow from 10.0.0.0/8 to any port 443
go run ./cmd/rollback
Rscript rollback.R
flags off
/rollback cart
1. git revert abc123
$ git revert abc123
`git revert abc123`
""".strip().splitlines()

PROSE = """
Revert the change
revert the change.
REVERT THE CHANGE
Revert
rollback
undo the deploy
roll back the release
Roll back
see runbook
See https://wiki.example/runbook
https://wiki.example/runbook
Revert PR #412
revert commit abc123
Revert "Cache cart totals"
Revert the merge commit and redeploy.
redeploy previous version
redeploy tag shop-3.1 from the release page
Deploy v2.13.0
set the flag cart_total_cache to off in the admin console
set flag to off
Turn off cart_total_cache in LaunchDarkly
disable flag cart_total_cache
feature flag off
open LaunchDarkly and switch it off
Go to the admin page and click Disable
Admin console: switch the flag off
tell #shop-oncall that the change is withdrawn
contact on-call
Ask @dana
restore snapshot shop-2026 and replay the write-ahead log
restore backup
purge the edge cache for /cart/*
Wait 10 minutes
wait until p95 recovers
point traffic back to blue
make sure cart works
fix forward
manual rollback
none required
check logs
do a revert
Nothing to do
Run ./rollback.sh on the bastion host
Run `git revert abc123` and push
git revert the merge commit
kubectl rollout undo the deployment
Helm rollback to revision 3
If it fails, call the database team.
# revert the change
Änderung zurückrollen
変更を元に戻す
Annuler le déploiement
""".strip().splitlines()

PLACEHOLDERS = """
TODO
TODO: write this
to be decided
N/A
n.a.
none
-
…
...
xxx
???
git revert <sha>
git revert "<commit sha>"
git revert <the commit before>
git revert XXXX
git revert SHA
git revert YOUR_SHA
git revert {sha}
git revert [sha]
git revert {{ commit }}
docker run shop:<tag>
kubectl delete pod ...
ssh your-host ./off
helm rollback cart <previous revision>
""".strip().splitlines()


@pytest.mark.parametrize("step", COMMANDS)
def test_a_command_is_never_taken_for_prose(step: str) -> None:
    assert judged(step) == "command"


@pytest.mark.parametrize("step", PROSE)
def test_prose_is_found(step: str) -> None:
    assert judged(step) == "prose"


@pytest.mark.parametrize("step", PLACEHOLDERS)
def test_what_is_still_to_be_filled_in_is_found(step: str) -> None:
    assert judged(step) == "placeholder"


@pytest.mark.parametrize(
    ("step", "judgement"),
    [
        ("# undo the cache\n./flags set cart off", "command"),
        ("set -euo pipefail\ncd /srv/shop\n./rollback.sh", "command"),
        ("cat <<EOF | kubectl apply -f -\nkind: ConfigMap\nEOF", "command"),
        ("Scale down first.\nkubectl scale deploy/cart --replicas=0", "command"),
        ("```\ngit revert --no-edit abc123\n```", "command"),
        ("case $x in\n  a) ./off ;;\nesac", "command"),
        ("Revert the commit\nand tell the team", "prose"),
        ("Open the console\nclick Flags\nswitch off cart", "prose"),
        ("# revert the change\n# then wait", "prose"),
        ("git fetch\ngit revert <sha>", "placeholder"),
    ],
)
def test_a_step_of_several_lines_needs_one_that_runs(step: str, judgement: str) -> None:
    assert judged(step) == judgement


def test_none_of_many_real_commands_is_taken_for_prose_or_placeholder() -> None:
    commands = (DATA / "commands" / "tldr.txt").read_text(encoding="utf-8").splitlines()

    refused = [command for command in commands if judged(command) != "command"]

    assert len(commands) > 900
    assert refused == []


@given(st.text())
def test_any_text_is_judged(step: str) -> None:
    assert judged(step) in get_args(Judgement)
