"""Texts for what lies on the bridge's own machine: configuration, keys, journal, deletion log."""

from __future__ import annotations

from bridge.doctor.finding import Advice
from bridge.i18n import mark

HERE: dict[str, dict[str, Advice]] = {
    "configuration": {
        "ok": Advice("ok", mark("The configuration can be read and is sound.")),
        "faulty": Advice(
            "fault",
            "{problem}",
            mark("Mend that line of the configuration; docs/configuration.md explains every key."),
        ),
        "changeable": Advice(
            "fault",
            mark("The configuration can be changed by others than its owner."),
            mark("Run: chmod go-w {file}"),
        ),
    },
    "doctor": {
        "failed": Advice(
            "fault",
            mark("The doctor itself failed while it looked at {area} ({kind} at {at})."),
            mark("See whether the program is up to date and whole; then report this line to its makers."),
        ),
    },
    "erase-switch": {
        "ok": Advice("ok", mark("Erasing is switched on.")),
        "off": Advice(
            "warning",
            mark(
                "Erasing is switched off: requests are handed over, and their originals stay where they are."
            ),
            mark("When everything else here is in order, set erase: on in the configuration."),
        ),
    },
    "workflows": {
        "ok": Advice("ok", mark("The workflows can be read and are sound.")),
        "faulty": Advice(
            "fault", "{problem}", mark("Mend the workflow file; docs/workflows.md explains its keys.")
        ),
    },
    "keys": {
        "ok": Advice("ok", mark("The keys are there, safe, and reach into next year.")),
        "absent": Advice(
            "warning",
            mark("There are no keys yet."),
            mark("Run: otrs-bridge keys init. Then back up the folder apart from the database."),
        ),
        "rights": Advice(
            "fault",
            "{text}",
            mark(
                "Run as the bridge's user: chmod 700 {folder}; chmod 600 {folder}/*; no symbolic links in it."
            ),
        ),
        "damaged": Advice(
            "fault",
            "{text}",
            mark(
                "Bring the key folder back from its backup. Don't make new keys: the bridge would not know "
                "its tickets."
            ),
        ),
        "year-missing": Advice(
            "fault", mark("There is no key for the year {year}."), mark("Run: otrs-bridge keys init")
        ),
        "next-year": Advice(
            "warning",
            mark("There is no key for the coming year {year} yet."),
            mark("Run before the new year: otrs-bridge keys init"),
        ),
        "other": Advice(
            "fault",
            mark("These keys are not those that the journal was written with."),
            mark("Bring the right key folder back, or name it in the configuration (keys)."),
        ),
        "lost": Advice(
            "fault",
            mark("The key folder is empty, but the journal was written with keys."),
            mark("Bring the key folder back from its backup before the bridge runs again."),
        ),
    },
    "journal": {
        "ok": Advice("ok", mark("The journal is whole.")),
        "absent": Advice(
            "warning",
            mark("There is no journal yet; the bridge makes it when it first runs."),
            mark("Nothing to do."),
        ),
        "unreadable": Advice(
            "fault",
            mark("The journal can't be opened: {text}"),
            mark(
                "Check the address (journal), the rights of its folder, and whether the database server runs."
            ),
        ),
        "damaged": Advice(
            "fault",
            mark("The journal's database is damaged."),
            mark("Stop the bridge, bring the journal back from its backup, then run: otrs-bridge log replay"),
        ),
    },
    "disk": {
        "ok": Advice("ok", mark("There is room on the disk: {megabytes} MB.")),
        "low": Advice(
            "warning",
            mark("Only {megabytes} MB are left where the journal lies."),
            mark("Make room on that disk before it is full: without room nothing is taken in."),
        ),
        "full": Advice(
            "fault",
            mark("The disk where the journal lies is full ({megabytes} MB left)."),
            mark("Make room on that disk: without it nothing is taken in or erased."),
        ),
    },
    "log": {
        "ok": Advice("ok", mark("The deletion log is whole ({entries} entries).")),
        "faulty": Advice(
            "fault",
            mark("The deletion log does not hold: {text}"),
            mark("Erase nothing now (erase: off), tell the DPO, and run: otrs-bridge log verify"),
        ),
    },
    "checkpoint": {
        "ok": Advice("ok", mark("The last checkpoint has left; nothing is overdue.")),
        "overdue": Advice(
            "fault",
            mark(
                "Entries of the deletion log have waited for {days} days without a checkpoint that left "
                "the house."
            ),
            mark(
                "See that mail to the DPO and the mailbox work (checks smtp and mailbox), then run: "
                "otrs-bridge once"
            ),
        ),
    },
    "brakes": {
        "ok": Advice("ok", mark("No brake is on.")),
        "on": Advice(
            "fault",
            mark("A brake stops all erasing: {code} at {place}, since {since}."),
            mark(
                "Find out why (the code is explained in the manual), then run: otrs-bridge cases lift {number}"
            ),
        ),
    },
    "cases": {
        "ok": Advice("ok", mark("No case waits for a person.")),
        "parked": Advice(
            "warning",
            mark("{count} requests are parked and wait for a person; their deadlines run."),
            mark("Run: otrs-bridge cases list. Look at each, then: otrs-bridge cases retry NUMBER"),
        ),
    },
}
