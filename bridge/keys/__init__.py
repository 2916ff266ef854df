"""The key folder: made ahead by `keys init`, outside the database, never rotated but by the year."""

from bridge.keys.folder import KeyFileError
from bridge.keys.ring import KeyInfo, Keys, YearKey, destroy, init, is_empty, list_keys, load

__all__ = ["KeyFileError", "KeyInfo", "Keys", "YearKey", "destroy", "init", "is_empty", "list_keys", "load"]
