"""What a command was for is guessed only where its first words say so."""

import pytest

from changenote.capture.purposes import purpose_of

CASES = {
    "deploy": """
        ./deploy.sh production v2
        sudo -E ./bin/deploy
        ENV=prod NAME='a b' make deploy
        sh -c './deploy.sh prod'
        cd app && ./deploy-prod
        kubectl -n prod apply -f app.yaml
        helm upgrade shop .
        terraform apply -auto-approve
        docker compose -f prod.yml up -d
        git push heroku main
        npm run deploy
        cap production deploy
        fly deploy
    """,
    "migrate": """
        alembic upgrade head
        python manage.py migrate
        bin/rails db:migrate
        npm run db:migrate
        ./migrate.sh --env production
        flyway migrate
    """,
    "measure": """
        k6 run perf/cart.js
        hyperfine 'curl x'
        ab -n 100 https://x.io/
        make bench
        pytest tests/perf --benchmark-only
    """,
    "verify": """
        curl -fsS https://shop.example/health
        pytest -q
        make test
        kubectl rollout status deploy/shop
        bash scripts/smoke.sh
    """,
    "rollback": """
        ./rollback.sh
        ./deploy.sh --rollback
        kubectl rollout undo deploy/shop
        alembic downgrade -1
        git revert -m 1 abc
    """,
    None: """
        ls
        about deploy
        cat deploy.sh
        vim deploy.sh
        deploy.md
        deployments list
        git commit -m 'deploy it'
        grep -r rollback .
        echo rollback
        terraform plan
        kubectl apply --dry-run=client -f app.yaml
        ./deploy.sh --help
        curl https://shop.example/cart
    """,
}


@pytest.mark.parametrize(
    ("line", "purpose"),
    [(line.strip(), of) for of, lines in CASES.items() for line in lines.strip().splitlines()],
)
def test_a_purpose_is_known_by_the_first_words(line: str, purpose: str | None) -> None:
    assert purpose_of(line) == purpose


def test_a_long_line_costs_no_more_than_its_length() -> None:
    for piece in ("A=1 ", "sudo ", "sh -a ", "kubectl -a b ", "&& ", "curl /"):
        assert purpose_of(piece * 5000) is None
