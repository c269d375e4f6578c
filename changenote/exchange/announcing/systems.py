"""The systems that can be told of a note."""

from changenote.exchange.announcing import (
    cdevents,
    datadog,
    grafana,
    honeycomb,
    pagerduty,
    slack,
)
from changenote.exchange.announcing.messages import System

SYSTEMS: dict[str, System] = {
    module.SYSTEM.name: module.SYSTEM
    for module in (grafana, honeycomb, datadog, pagerduty, cdevents, slack)
}
