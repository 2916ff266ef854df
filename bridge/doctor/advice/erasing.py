"""Texts for erasing in OTRS: control ticket, erasing job, what is left over, what only the add-on sees."""

from __future__ import annotations

from bridge.doctor.finding import Advice
from bridge.i18n import mark

ERASING: dict[str, dict[str, Advice]] = {
    "otrs.control": {
        "ok": Advice("ok", mark("The control ticket can be read and is nobody's but agent 1's.")),
        "missing": Advice(
            "fault",
            mark("No control ticket {title} can be read in the queue {queue}: no erasure could be proved."),
            mark(
                "Log in as root@localhost and make a ticket with that title in that queue, owner "
                "root@localhost, closed; or install the result of setup-otrs again. Check "
                "otrs.control_title."
            ),
        ),
        "owner": Advice(
            "fault",
            mark(
                "The control ticket {number} belongs to agent {owner}: owners read without rights, so it "
                "proves nothing."
            ),
            mark("Give the ticket {number} back to root@localhost (agent 1)."),
        ),
        "creator": Advice(
            "fault",
            mark("The control ticket {number} was made by agent {creator}, not by agent 1."),
            mark(
                "Log in as root@localhost and make a new one with the same title; close and rename the old "
                "one."
            ),
        ),
    },
    "otrs.erasing": {
        "ok": Advice("ok", mark("A test ticket was erased, and that could be proved.")),
        "not-erased": Advice(
            "fault",
            mark("The test ticket {number} was not erased: OTRS has no erasing job that works."),
            mark(
                "Admin, Generic Agent: the job must be valid, have the event "
                "TicketDynamicFieldUpdate_{field}, the queue {queue} and {field} = {value} as conditions, "
                "and delete. setup-otrs makes it. Then delete the test ticket."
            ),
        ),
        "unverifiable": Advice(
            "fault",
            mark("The test ticket {number} was erased or hidden, but that could not be proved ({text})."),
            mark(
                "Mend the control ticket and the rights in the queue {queue} (see above), then run the "
                "doctor again."
            ),
        ),
        "other": Advice(
            "fault",
            mark("The erasing of the test ticket {number} ended with: {text}"),
            mark("Look into OTRS's log at this time."),
        ),
        "skipped": Advice(
            "skipped",
            mark("Erasing was not tried: something before it is not in order."),
            mark("Mend that first."),
        ),
    },
    "otrs.erase-elsewhere": {
        "ok": Advice("ok", mark("The erase field erases nothing outside the erasing queue.")),
        "erased": Advice(
            "fault",
            mark(
                "The erase field erased a ticket in the queue {queue}: any agent there could erase by "
                "setting it."
            ),
            mark("Admin, Generic Agent, the erasing job: add the condition queue = {erasing} at once."),
        ),
    },
    "otrs.orphans": {
        "ok": Advice("ok", mark("No ticket of the bridge lacks its reference or its article.")),
        "found": Advice(
            "warning",
            mark("Tickets of the bridge without reference or article, left by an interruption: {numbers}"),
            mark("Look at each: what a case needs was made anew with a reference. Then delete them."),
        ),
    },
    "otrs.inside": {
        "ok": Advice(
            "ok", mark("The set-up inside OTRS is in order: logging, screens, job, rights, daemon.")
        ),
        "unseen": Advice(
            "skipped",
            mark(
                "Some things can't be seen from outside: debug level, screens, the erasing group, OTRS's "
                "daemon."
            ),
            mark(
                "Install the package OtrsBridgeProof (setup-otrs writes it), or look yourself: Admin, Web "
                "Services, {webservice}: debug threshold error. System Configuration: {field} under no "
                "###DynamicField. Only {agent} in the erasing group. bin/otrs.Daemon.pl status: running."
            ),
        ),
        "missing": Advice(
            "fault",
            mark(
                "otrs.proof is in-database, but the package OtrsBridgeProof does not answer: nothing is erased."
            ),
            mark(
                "Install that package on OTRS's machine (setup-otrs writes it), or set otrs.proof: by-control."
            ),
        ),
        "debug": Advice(
            "fault",
            mark(
                "The web service logs at level {level}: every request, personal data included, lies in "
                "OTRS's database."
            ),
            mark(
                "Admin, Web Services, {webservice}: debug threshold error. Then remove what was logged: "
                "open its debugger and press Clear."
            ),
        ),
        "on-screen": Advice(
            "fault",
            mark("The erase field is on a screen: {screens}. Agents could set it by mistake."),
            mark("Admin, System Configuration: take {field} out of {screens} and deploy."),
        ),
        "others": Advice(
            "fault",
            mark(
                "Other agents have rights in the erasing queue: {agents}. They could stop or see what is "
                "on its way out."
            ),
            mark(
                "Admin, Agents <-> Groups and Roles <-> Groups: take the group of the queue {queue} from "
                "everybody but {agent}."
            ),
        ),
        "follow-up": Advice(
            "fault",
            mark("Mail can join tickets in the erasing queue: it would be erased unread."),
            mark("Admin, Queues, {queue}: Follow-up Option: new ticket."),
        ),
        "daemon": Advice(
            "fault",
            mark("OTRS's daemon does not run: agents' answers are not sent."),
            mark(
                "On OTRS's machine, as its user: bin/otrs.Daemon.pl start; and install its cron job: "
                "bin/Cron.sh start"
            ),
        ),
        "job": Advice(
            "fault",
            mark("The erasing job is not as it must be: {text}"),
            mark(
                "Admin, Generic Agent: queue {queue} AND {field} = {value} as conditions, event "
                "TicketDynamicFieldUpdate_{field}, delete; no other job may have {field} in it."
            ),
        ),
    },
}
