"""How fast the bridge works on a real Znuny, against Znuny's own mail fetch and against bare TicketCreate calls.

All in one run on the same servers, so that the ratios mean something on a noisy machine.
"""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bridge.otrs.client import OtrsClient
from bridge.otrs.model import Endpoint, NewArticle, NewTicket
from tests.acceptance.world import World, mail, real_world
from tests.bench.mixed import mixed_mails

NUMBER = 200
CONNECTIONS = 4


def login_mails(number: int) -> list[bytes]:
    """Make plain requests about log-ins, each different."""
    return [
        mail(
            f"Passwort vergessen {n}",
            f"Hallo,\n\nich habe mein Passwort vergessen und komme nicht mehr rein (Versuch {n}).\n\nGruß\nKai {n}\n",
            sender=f"Kai Nummer{n} <kai{n}@post.example>",
        )
        for n in range(number)
    ]


def bare_creates(znuny: Any, queues: Any, number: int, connections: int) -> float:
    """Make tickets by bare TicketCreate calls over kept connections; tickets a second."""
    client = OtrsClient(Endpoint(znuny.webservice, queues.bridge.login, queues.bridge.password))
    body = "Hallo,\n\nich habe mein Passwort vergessen und komme nicht mehr rein.\n\nGruß\nKai\n"

    def create(n: int) -> None:
        article = NewArticle(
            subject=f"Passwort {n}",
            body=body,
            channel="Email",
            sender_type="customer",
            visible=True,
            from_="k@p.example",
        )
        client.create_ticket(
            NewTicket(
                title=f"Passwort {n}",
                queue=queues.support.name,
                customer_user="kai@post.example",
                article=article,
                fields={"BridgeRef": uuid.uuid4().hex, "BridgeCategory": "login", "BridgeState": "taken"},
            )
        )

    try:
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(create, range(connections)))  # log in and open the connections
            return number / timed(lambda: list(pool.map(create, range(number))))
    finally:
        client.close()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def fresh_world(
    servers: dict[str, Any], znuny: Any, smtp: Any, account: Callable[[], Any]
) -> Iterator[World]:
    """Give a world with queues and mailbox of its own."""
    queues = znuny.new_queues()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            real_world(Path(folder), znuny, queues, account(), smtp) as world,
        ):
            world.config["log_level"] = "error"
            # Of 200 mixed mails more are erased than a real day's brakes would let pass.
            world.config["limits"] |= {"erasures_per_run": 1000, "erasures_per_hour": 1000}
            yield world
    finally:
        znuny.drop_queues(queues)


def bridge_rate(world: World, mails: list[bytes]) -> float:
    """Let the bridge work mails with 4 workers; mails a second, from the first look to the last receipt."""
    world.deliver(*mails)
    with world.bridge() as bridge:
        bridge.check()
        worked: list[Any] = []
        seconds = timed(lambda: worked.extend(bridge.rounds[0].mail()))
        undone = [w for w in worked if w.state != "done"]
        assert len(worked) == len(mails), f"{len(worked)} of {len(mails)} worked"
        assert not undone, undone[:3]
    return len(mails) / seconds


def fetch_rate(znuny: Any, world: World, mails: list[bytes]) -> float:
    """Let Znuny's own MailAccountFetch take the same mails; mails a second."""
    world.deliver(*mails)
    box = world.mailbox_at
    queue = world.queues.support
    seconds = timed(lambda: znuny.fetch_mailbox(box.host, box.port, box.username, box.password, queue))
    left = len(world.folder_mails("INBOX"))
    return (len(mails) - left) / seconds


def wake_up_seconds(world: World, rounds: int = 5) -> list[float]:
    """Measure how long after its arrival a mail is a ticket, with the daemon waiting under IDLE."""
    found = []
    with world.bridge() as bridge:
        bridge.check()
        stop = threading.Event()
        daemon = threading.Thread(target=bridge.serve, args=(stop,))
        daemon.start()
        time.sleep(3)
        client = world.reader("support")
        for n in range(rounds):
            before = len(client.search({"Queues": [world.queues.support.name]}))
            begun = time.perf_counter()
            world.deliver(login_mails(1)[0].replace(b"Kai Nummer0", f"Kai Wach{n}".encode()))
            while len(client.search({"Queues": [world.queues.support.name]})) == before:
                time.sleep(0.05)
            found.append(time.perf_counter() - begun)
        stop.set()
        daemon.join()
    return found


def run(servers: dict[str, Any], znuny: Any, smtp: Any, account: Callable[[], Any]) -> None:
    """Print all figures."""
    with fresh_world(servers, znuny, smtp, account) as world:
        bare = bare_creates(znuny, world.queues, NUMBER, CONNECTIONS)
        print(f"bare TicketCreate, {CONNECTIONS} kept connections   {bare:6.1f} /s")
    with fresh_world(servers, znuny, smtp, account) as world:
        login = bridge_rate(world, login_mails(NUMBER))
        print(
            f"bridge, {NUMBER} login mails, 4 workers       {login:6.1f} /s   {login / bare:5.0%} of bare creates"
        )
    mails = mixed_mails(NUMBER)
    with fresh_world(servers, znuny, smtp, account) as world:
        fetch = fetch_rate(znuny, world, mails)
        print(f"Znuny's MailAccountFetch, {NUMBER} mixed mails {fetch:6.1f} /s")
    with fresh_world(servers, znuny, smtp, account) as world:
        mixed = bridge_rate(world, mails)
        print(f"bridge, the same mails, 4 workers        {mixed:6.1f} /s   {mixed / fetch:5.1f} times that")
    with fresh_world(servers, znuny, smtp, account) as world:
        waits = sorted(wake_up_seconds(world))
        print(
            f"mail under IDLE to ticket, seconds       median {waits[len(waits) // 2]:.2f}, most {waits[-1]:.2f}"
        )
