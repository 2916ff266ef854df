"""The request form: plain questions, a mail in the mailbox, a reference as receipt."""
