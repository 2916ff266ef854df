"""What the form asks. Topics are hints only: they choose questions and wording, the walk classifies the request."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.i18n import mark

PERSONAL = "personal"
SUPPORT = "support"
TECHNICAL = "technical"
ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Question:
    """One field. `kind` is text, long, email or choice; texts are marked, not translated."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()
    autocomplete: str = "off"
    most: int = 200


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that people write about. `seen_by` says who will read it: personal, support, technical or answered."""

    key: str
    label: str
    hint: str
    subject: str
    seen_by: str
    questions: tuple[Question, ...]
    files: bool = False


EMAIL = Question(
    "email",
    mark("Your e-mail address"),
    "email",
    required=True,
    hint=mark("The answer goes to this address."),
    autocomplete="email",
    most=254,
)
NAME = Question("name", mark("Your name"), autocomplete="name", most=120)
FULL_NAME = Question("name", mark("Your first and last name"), required=True, autocomplete="name", most=120)
NUMBER = Question(
    "number",
    mark("Your membership number"),
    hint=mark("Only if you have it at hand."),
    most=40,
)
BRANCH = Question("branch", mark("Your regional association"), most=120)


def _text(label: str, hint: str = "") -> Question:
    return Question("text", label, "long", required=True, hint=hint, most=20_000)


TOPICS: tuple[Topic, ...] = (
    Topic(
        "login",
        mark("Logging in"),
        mark("Password, locked account, display name, notifications, e-mail address of the account"),
        mark("Question about logging in"),
        SUPPORT,
        (
            Question(
                "account",
                mark("Your login or display name on the platform"),
                hint=mark("Never send us your password."),
                most=120,
            ),
            _text(mark("What happens when you try, and what did you expect?")),
        ),
    ),
    Topic(
        "technical",
        mark("Something does not work"),
        mark("Error messages, outages, slow pages, wrong display"),
        mark("Report of a technical problem"),
        TECHNICAL,
        (
            Question("where", mark("On which page or at which address?"), most=500),
            Question("since", mark("Since when?"), most=120),
            _text(
                mark("What did you do, what happened, what did you expect?"),
                mark("Please leave out names and other details of other people."),
            ),
        ),
        files=True,
    ),
    Topic(
        "membership",
        mark("My membership or accreditation"),
        mark("Double membership, accreditation, change of name or address, lost invite code"),
        mark("Request about my membership or accreditation"),
        PERSONAL,
        (FULL_NAME, NUMBER, BRANCH, _text(mark("What is it about?"))),
        files=True,
    ),
    Topic(
        "data-protection",
        mark("My personal data"),
        mark("Access, erasure, rectification, objection, or a data breach"),
        mark("Request about my personal data"),
        PERSONAL,
        (
            Question(
                "wish",
                mark("What do you ask for?"),
                "choice",
                required=True,
                choices=(
                    mark("Access: tell me what you have stored about me"),
                    mark("Erasure of my data"),
                    mark("Rectification of my data"),
                    mark("Restriction of processing"),
                    mark("Objection to processing"),
                    mark("My data in a portable format"),
                    mark("I want to report a data breach"),
                    mark("Something else about my data"),
                ),
            ),
            NAME,
            NUMBER,
            _text(
                mark("What exactly is it about?"),
                mark("You need not give reasons. Tell us what helps us to find your data."),
            ),
        ),
        files=True,
    ),
    Topic(
        "joining-leaving",
        mark("Joining, leaving, getting access"),
        mark("How do I become a member, how do I leave, how do I get access?"),
        mark("Question about joining or leaving"),
        ANSWERED,
        (BRANCH, _text(mark("What would you like to know?"))),
    ),
    Topic(
        "new-instance",
        mark("A new or upgraded instance"),
        mark("LiquidFeedback for a regional association or a party"),
        mark("Request for a new or upgraded LiquidFeedback instance"),
        TECHNICAL,
        (
            Question("organisation", mark("For which association or party?"), required=True, most=200),
            Question(
                "kind",
                mark("What do you need?"),
                "choice",
                required=True,
                choices=(mark("A new instance"), mark("An upgrade of an existing instance")),
            ),
            Question("date", mark("By when?"), most=60),
            _text(mark("What should we know?"), mark("For example number of members, web address, contact.")),
        ),
    ),
    Topic(
        "other",
        mark("Something else"),
        mark("Everything that fits nowhere else"),
        mark("A question or request"),
        SUPPORT,
        (NAME, _text(mark("What is it about?"))),
        files=True,
    ),
)


def topic_of(key: str) -> Topic | None:
    """Find a topic by its key."""
    return next((topic for topic in TOPICS if topic.key == key), None)


def questions_of(topic: Topic) -> tuple[Question, ...]:
    """Return all questions of a topic, the address last but for nothing."""
    return (*topic.questions, EMAIL)
