"""The script for Spark in the guide, run as it stands there; `make spark` installs what it needs."""
