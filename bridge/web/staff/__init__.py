"""Pages for people who are logged in: DPO, second approver, operator."""
