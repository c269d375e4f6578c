"""What is promised about text by many hands: each promise with its cases, and with a control.

A control is the same test pointed at something deliberately bad. If that is not found out, the test
is blind. `make trust` runs all cases; `tests/test_trust.py` runs some of each.
"""
