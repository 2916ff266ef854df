"""Requests and their parts, parsed from RFC 5322 bytes or from a ticket."""

from bridge.message.model import Address, Attachment, Message, Place, Request
from bridge.message.parse import parse

__all__ = ["Address", "Attachment", "Message", "Place", "Request", "parse"]
