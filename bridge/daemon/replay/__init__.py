"""`log replay`: after a restore, import the log's lost entries, find what is back, and erase it again.

1. Import the entries that the log lacks from checkpoint mails, each verified.
2. Find originals that the log says are erased and that can be read again; tickets that OTRS lost.
3. A second person approves exactly this list.
4. Erase again what matches, under the brakes, with log entries as for any erasure. What is no longer held by a
   hand-over is not erased but walks anew.
"""

from bridge.daemon.replay.erasing import Replayed, replay_all
from bridge.daemon.replay.finding import Back, Found, Lost, find
from bridge.daemon.replay.importing import Imported, import_lost, read_folder

__all__ = [
    "Back",
    "Found",
    "Imported",
    "Lost",
    "Replayed",
    "find",
    "import_lost",
    "read_folder",
    "replay_all",
]
