"""What matching asks of the clock."""

from marketplace.core import registry
from marketplace.matching.alerts import send_alerts

registry.due.register("saved-searches", registry.Due("saved-searches", send_alerts, order=60))
