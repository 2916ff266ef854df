"""The private part of Znuny that one test has for itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of Znuny; `role_id` is the only role that gives it rights."""

    id: int
    login: str
    password: str
    role_id: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and the group that guards it."""

    id: int
    name: str
    group_id: int


@dataclass(frozen=True, slots=True)
class QueueSet:
    """Queues, agents, erasing job and control ticket that one test has for itself."""

    support: Queue
    admins: Queue
    membership: Queue
    other: Queue
    erasing: Queue
    bridge: Agent
    agent_support: Agent
    agent_mv: Agent
    agent_admin: Agent
    address: str
    job: str
    control_id: int
    control_number: str

    @property
    def all(self) -> tuple[Queue, ...]:
        """Return all five queues."""
        return (self.support, self.admins, self.membership, self.other, self.erasing)

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Return the bridge's agent and the people."""
        return (self.bridge, self.agent_support, self.agent_mv, self.agent_admin)

    @property
    def names(self) -> dict[str, str]:
        """Return the queue names as `otrs.queues` of the configuration wants them."""
        return {
            key: getattr(self, key).name for key in ("support", "admins", "membership", "other", "erasing")
        }
