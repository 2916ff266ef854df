"""How often one address may ask. Counted in memory under a keyed hash: no address is ever written down."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from flask import Response, request
from flask_limiter import Limiter

from bridge.web.here import web_settings
from bridge.web.secrets import derive


def caller() -> str:
    """Name the caller by a keyed hash of the address; the limiter logs the names of those that it stops."""
    return hmac.new(derive(web_settings().secret, "callers"), _network().encode(), hashlib.sha256).hexdigest()


def _network() -> str:
    """Return an IPv4 address, or the /64 network that one household has of IPv6."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  # no address given
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


limiter = Limiter(caller, storage_uri="memory://", default_limits=["240/minute"], headers_enabled=False)


def form_limit() -> str:
    """Return the limit of requests sent by the form."""
    return f"{web_settings().form_per_hour}/hour"


def form_tries() -> str:
    """Return the limit of tries, sent or not."""
    return f"{web_settings().form_per_hour * 10}/hour"


def was_sent(response: Response) -> bool:
    """Tell whether a form request was taken: only those count against its limit."""
    return response.status_code == 303
