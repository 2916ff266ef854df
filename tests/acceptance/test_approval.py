"""A workflow version may erase only after a second person approved it once; those that ship are approved."""

from __future__ import annotations

import datetime as dt
import shutil

from bridge.journal import approvals, cases
from bridge.journal.approvals import Approval
from tests.acceptance.world import WORKFLOWS, World, mail


def test_a_changed_workflow_erases_only_once_approved(sandbox: World) -> None:
    folder = sandbox.folder / "workflows"
    shutil.copytree(WORKFLOWS, folder)
    path = folder / "data-protection.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    sandbox.config["workflows"] = str(folder)
    raw = mail("Auskunft nach Art. 15 DSGVO", "Bitte Auskunft über meine Daten.")
    sandbox.deliver(raw)
    assert [(w.state, w.code) for w in sandbox.once()] == [("waiting", "workflow-not-approved")]
    assert sandbox.folder_mails("INBOX") == [raw]
    assert sandbox.log_events() == []
    with sandbox.bridge() as bridge:
        workflow = bridge.tools[0].workflows().named("data-protection")
        assert workflow is not None
        now = bridge.tools[0].clock()
        with bridge.journal.write() as connection:
            given = Approval("workflow", workflow.digest, "approver", "1", now)
            approvals.give(connection, "main", given)
            cases.change(connection, 1, now, next_attempt=now - dt.timedelta(seconds=1))
        assert [w.state for w in bridge.once()] == ["done"]
    assert sandbox.folder_mails("INBOX") == []
