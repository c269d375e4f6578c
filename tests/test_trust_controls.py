"""What tests a promise notices when it is not kept: something deliberately bad is found out."""

import pytest

from tests.trust.promise import Promise
from tests.trust.promises import PROMISES


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_the_control_is_found_out(promise: Promise) -> None:
    assert not promise.is_kept(promise.broken(promise.few))
