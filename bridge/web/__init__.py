"""Web pages: the request form for everybody, pages for DPO, approvers and operators, health, metrics.

`create_app(desk)` makes the pages, `metrics_app(desk)` the metrics, `serve` runs either in a thread of its own. What
they need of the rest of the bridge stands in `ports`; wiring gives it.
"""

from bridge.web.app import create_app
from bridge.web.metrics import metrics_app
from bridge.web.server import serve

__all__ = ["create_app", "metrics_app", "serve"]
