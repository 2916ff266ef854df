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
}
