"""Web pages: the request form for everybody, pages for DPO, approvers and operators, health, metrics.

`app.create_app(desk)` makes the pages, `metrics.metrics_app(desk)` the metrics, `server.serve` runs either in a thread
of its own. What they need of the rest of the bridge stands in `ports`; wiring gives it. Nothing is imported here, so
that commands that only need accounts stay quick.
"""
