"""Classification: what a request is about, how sure that is, and why. Pure."""

from bridge.classify.classification import CATEGORIES, PERSONAL, UNREAD, Classification, Reason
from bridge.classify.decide import classify
from bridge.classify.headers import is_automatic
from bridge.classify.model import Model, ModelError

__all__ = [
    "CATEGORIES",
    "PERSONAL",
    "UNREAD",
    "Classification",
    "Model",
    "ModelError",
    "Reason",
    "classify",
    "is_automatic",
]
