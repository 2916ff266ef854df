"""What every answer carries: a policy that allows nothing from elsewhere, no script at all, no copies in caches."""

from __future__ import annotations

from flask import Response, request

from bridge.web.here import web_settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With "no-referrer" the check of the Referer that protects forms under https would refuse every form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000"


def secure(response: Response) -> Response:
    """Add the headers."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if web_settings().https:
        response.headers["Strict-Transport-Security"] = ONE_YEAR
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
