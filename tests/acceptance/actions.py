"""What other agents and mail programs do, in either world."""

from __future__ import annotations

from typing import Any

from tests.acceptance.world import World


class Actions:
    """Act in OTRS as somebody other than the bridge."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _queue(self, role: str) -> str:
        name: str = self.world.config["otrs"]["queues"][role]
        return name

    def _real_queue(self, role: str) -> Any:
        return getattr(self.world.queues, role)

    def create(
        self, role: str, subject: str, body: str, *, sender: str = "Jördis Ährenfeld <joerdis@post.example>"
    ) -> int:
        """Make a ticket as an agent does who was telephoned; returns its id."""
        if self.world.sandbox is not None:
            return self.world.sandbox.create_ticket(
                subject, self._queue(role), body, customer_user=sender, from_=sender, channel="Phone"
            )
        made: int = self.world.znuny.create(self._real_queue(role), subject, body, sender=sender, state="new")
        return made

    def exists(self, ticket_id: int) -> bool:
        """Look into the database itself, not through the web service."""
        if self.world.sandbox is not None:
            return self.world.sandbox.ticket(ticket_id) is not None
        found: bool = self.world.znuny.exists(ticket_id)
        return found

    def add_article(self, ticket_id: int, body: str) -> None:
        """Write a further article."""
        if self.world.sandbox is not None:
            self.world.sandbox.add_article(ticket_id, "Nachtrag", body)
        else:
            self.world.znuny.add_article(ticket_id, body)

    def answer(self, ticket_id: int, body: str) -> None:
        """Answer visibly, as an admin does."""
        if self.world.sandbox is not None:
            self.world.sandbox.add_article(ticket_id, "Antwort", body, visible=True)
        else:
            self.world.znuny.add_article(ticket_id, body, by=self.world.queues.agent_admin, visible=True)

    def move(self, ticket_id: int, role: str) -> None:
        """Move a ticket to another queue."""
        if self.world.sandbox is not None:
            self.world.sandbox.move(ticket_id, self._queue(role))
        else:
            self.world.znuny.move(ticket_id, self._real_queue(role))

    def merge(self, main_id: int, merged_id: int) -> None:
        """Merge a ticket into another."""
        if self.world.sandbox is not None:
            self.world.sandbox.merge(main_id, merged_id)
        else:
            self.world.znuny.merge(merged_id, into=main_id)

    def set_field(self, ticket_id: int, name: str, value: str) -> None:
        """Set a dynamic field."""
        if self.world.sandbox is not None:
            self.world.sandbox.set_field(ticket_id, name, value)
        else:
            self.world.znuny.set_field(ticket_id, name, value)

    def close(self, ticket_id: int, state: str) -> None:
        """Close a ticket, with the English name of the state."""
        if self.world.sandbox is not None:
            self.world.sandbox.set_state(ticket_id, state)
        else:
            self.world.znuny.set_state(ticket_id, state)

    def take(self, ticket_id: int) -> None:
        """Become the owner, as an agent of membership management who takes a ticket on."""
        if self.world.sandbox is not None:
            self.world.sandbox.set_owner(ticket_id, "agent")
        else:
            self.world.znuny.set_owner(ticket_id, self.world.queues.agent_mv)

    def own_by_bridge(self, ticket_id: int) -> None:
        """Make the bridge's agent the owner."""
        if self.world.sandbox is not None:
            self.world.sandbox.set_owner(ticket_id, "bridge")
        else:
            self.world.znuny.set_owner(ticket_id, self.world.queues.bridge)

    def erasing_right(self, *, on: bool) -> None:
        """Take or give the bridge's right on the erasing queue."""
        if self.world.sandbox is not None:
            self.world.sandbox.set_right("bridge", self._queue("erasing"), "rw" if on else "")
        else:
            rights = ("rw",) if on else ()
            self.world.znuny.set_rights(self.world.queues.bridge, self.world.queues.erasing, *rights)

    def erasing_job(self, *, on: bool) -> None:
        """Switch the erasing job."""
        if self.world.sandbox is not None:
            self.world.sandbox.job.enabled = on
        else:
            self.world.znuny.enable_erasing_job(self.world.queues, on)
