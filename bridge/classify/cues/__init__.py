"""Cue tables, one file for each group of categories; `rules` reads them.

A cue is a pattern over folded text (lower case, ae for ä, ss for ß, single spaces; subject first), a weight in
log-odds, and the reason in plain words. To teach the classifier a new turn of phrase, add a line here.
"""

from bridge.classify.cues.cue import Cue
from bridge.classify.cues.personal import DATA_PROTECTION, MEMBERSHIP
from bridge.classify.cues.support import JOINING_LEAVING, LOGIN, NEW_INSTANCE, OTHER, TECHNICAL
from bridge.classify.cues.unread import AUTOMATED, SPAM

TABLES: dict[str, tuple[Cue, ...]] = {
    "data-protection": DATA_PROTECTION,
    "membership": MEMBERSHIP,
    "joining-leaving": JOINING_LEAVING,
    "login": LOGIN,
    "technical": TECHNICAL,
    "new-instance": NEW_INSTANCE,
    "other": OTHER,
    "automated": AUTOMATED,
    "spam": SPAM,
}

__all__ = ["TABLES", "Cue"]
