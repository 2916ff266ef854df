"""Texts for OTRS, Znuny and OTOBO."""

from __future__ import annotations

from bridge.doctor.finding import Advice
from bridge.i18n import mark

_AGAIN = mark(
    "Run setup-otrs and install its result again (INSTALL.en.txt): it mends this without touching the rest."
)
_RIGHTS = mark(
    "Admin, Roles <-> Groups: give the role of the bridge's agent rw in the group of the queue {queue}; "
    "OTRS asks for rw to change a field or move a ticket. Then Agents <-> Roles: give that role to the "
    "agent."
)

OTRS: dict[str, dict[str, Advice]] = {
    "otrs.connection": {
        "ok": Advice("ok", mark("OTRS can be reached.")),
        "unreachable": Advice(
            "fault",
            mark("OTRS can't be reached ({text})."),
            mark("Check host and port in otrs.url, the firewall, and that OTRS's web server runs."),
        ),
        "certificate": Advice(
            "fault",
            mark("The certificate or TLS of OTRS's web server is refused."),
            mark(
                "Use the host name that the certificate is made for; name an authority of your own in "
                "otrs.ca_file; http:// and https:// must fit the port."
            ),
        ),
        "redirect": Advice(
            "fault",
            mark("OTRS's web server sends us to another address."),
            mark("Write the final address into otrs.url: usually https:// instead of http://."),
        ),
        "not-found": Advice(
            "fault",
            mark("OTRS's web server knows no such address ({text})."),
            mark(
                "Check the path in otrs.url: /otrs/ for Znuny 6 and ((OTRS)), /znuny/ for Znuny 7, /otobo/ "
                "for OTOBO, then nph-genericinterface.pl/Webservice/ and the web service's name."
            ),
        ),
        "no-webservice": Advice(
            "fault",
            mark("OTRS does not answer under this web service ({text})."),
            mark(
                "Admin, Web Services: is there a valid one named {webservice}? If so, OTRS's machine lacks "
                "the Perl module REST::Client: apt-get install librest-client-perl, then restart the web "
                "server."
            ),
        ),
    },
    "otrs.login": {
        "ok": Advice("ok", mark("OTRS takes the agent's name and password.")),
        "refused": Advice(
            "fault",
            mark("OTRS refuses the agent's name or password, or the agent is not valid."),
            mark(
                "On OTRS's machine: bin/otrs.Console.pl Admin::User::SetPassword {agent}; put what it "
                "prints into the file that otrs.password_file names. Admin, Agents: the agent must be "
                "valid."
            ),
        ),
        "root": Advice(
            "fault",
            mark(
                "The bridge uses OTRS's first agent. It owns the control ticket, so no erasure could be "
                "proved."
            ),
            mark("Make an agent of its own for the bridge (setup-otrs does) and name it in otrs.username."),
        ),
    },
    "otrs.routes": {
        "ok": Advice("ok", mark("All operations of the web service are there.")),
        "missing": Advice("fault", mark("The web service has no route {route}."), _AGAIN),
        "other-operation": Advice(
            "fault", mark("The route {route} leads to another operation: {operation}."), _AGAIN
        ),
    },
    "otrs.get-routes": {
        "ok": Advice("ok", mark("The web service answers no GET.")),
        "found": Advice(
            "fault",
            mark(
                "The web service answers GET {route}: sessions and search terms get into the web server's "
                "log."
            ),
            mark(
                "Admin, Web Services, {webservice}, transport Configure: take GET out of every route; POST "
                "stays."
            ),
        ),
    },
    "otrs.queue": {
        "ok": Advice("ok", mark("The bridge's agent has all rights in the queue {queue}.")),
        "unknown": Advice(
            "fault",
            mark("OTRS knows no queue {queue} (otrs.queues.{role}), or the queue is not valid."),
            mark(
                "Correct otrs.queues.{role}, or add the queue: setup-otrs does. Mind capitals and the form "
                "Parent::Child."
            ),
        ),
        "no-create": Advice(
            "fault", mark("The bridge's agent may not make tickets in the queue {queue}."), _RIGHTS
        ),
        "no-rw": Advice(
            "fault",
            mark("The bridge's agent may not move or change tickets in the queue {queue}. {left}"),
            _RIGHTS,
        ),
        "hidden": Advice(
            "fault",
            mark("The bridge's agent can't read tickets in the queue {queue}. {left}"),
            _RIGHTS,
        ),
        "other": Advice(
            "fault",
            mark("The queue {queue} could not be tried ({text}). {left}"),
            mark("Look into OTRS's log at this time."),
        ),
    },
    "otrs.field": {
        "ok": Advice("ok", mark("All dynamic fields are there and take what the bridge writes.")),
        "missing": Advice(
            "fault",
            mark("OTRS knows no dynamic field {field} for tickets, or it is not valid."),
            mark(
                "Correct otrs.fields, or add the field: setup-otrs does. In the admin pages: Dynamic "
                "Fields, Ticket, valid."
            ),
        ),
        "value": Advice(
            "fault",
            mark("The dynamic field {field} does not take the value {value}."),
            mark("Admin, Dynamic Fields, {field}: add {value} to its possible values (key and value alike)."),
        ),
    },
    "otrs.attachment": {
        "ok": Advice("ok", mark("An attached original comes back byte for byte.")),
        "changed": Advice(
            "fault",
            mark("An attached original came back changed: hand-overs could not be proved."),
            mark(
                "Look for an add-on or filter that changes attachments, and switch it off for the bridge's "
                "agent."
            ),
        ),
    },
    "otrs.search": {
        "ok": Advice("ok", mark("A ticket is found by its reference.")),
        "wrong": Advice(
            "fault",
            mark("A search by reference does not find the ticket, or finds others ({text})."),
            mark(
                "Admin, Dynamic Fields, {field}: it must be a valid field of type Text. Then empty the "
                "cache: Maint::Cache::Delete"
            ),
        ),
    },
    "otrs.clock": {
        "ok": Advice("ok", mark("OTRS's clock agrees with ours.")),
        "zone": Advice(
            "fault",
            mark("OTRS's times differ from ours by {hours} hours: that is a time zone."),
            mark("Set otrs.timezone to what OTRS's system configuration has under OTRSTimeZone."),
        ),
        "skew": Advice(
            "fault",
            mark("OTRS's clock differs from ours by {seconds} seconds."),
            mark("Switch time synchronisation on, here and there: timedatectl set-ntp true"),
        ),
    },
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
