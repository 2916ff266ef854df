"""Remove an original and prove that it is gone. Knows nothing of journal and log: its caller keeps the receipts."""

from bridge.erasure.base import Ended, Progress
from bridge.erasure.mail import MailErasure, erase_mail
from bridge.erasure.ticket import TicketErasure, erase_ticket

__all__ = ["Ended", "MailErasure", "Progress", "TicketErasure", "erase_mail", "erase_ticket"]
