"""Folder names: as configured (`Bridge/Done`), and as a server spells them (RFC 3501 section 5.1, RFC 2342)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class FolderNames:
    """Translates between both spellings; what the server listed is remembered and wins over the rule."""

    prefix: str = ""
    delimiter: str = "/"
    foreign: tuple[str, ...] = ()
    _listed: dict[str, str] = field(default_factory=dict)

    def to_server(self, name: str) -> str:
        """Return the server's name for a configured one; the personal namespace's prefix is put before it."""
        if name.upper() == "INBOX":
            return "INBOX"
        if name in self._listed:
            return self._listed[name]
        spelled = name.replace("/", self.delimiter) if self.delimiter else name
        if spelled.startswith((self.prefix, *self.foreign)) and (self.prefix or self.foreign):
            return spelled
        return self.prefix + spelled

    def from_server(self, spelled: str) -> str:
        """Return the configured form of a server's name, and remember the pair."""
        if spelled.upper() == "INBOX":
            return "INBOX"
        bare = spelled.removeprefix(self.prefix) if self.prefix and spelled != self.prefix else spelled
        name = bare.replace(self.delimiter, "/") if self.delimiter else bare
        self._listed[name] = spelled
        return name

    @classmethod
    def of(
        cls, personal: Iterable[tuple[str, str]], foreign: Iterable[tuple[str, str]], delimiter: str
    ) -> FolderNames:
        """Build from NAMESPACE answers; `delimiter` is LIST's, used where no namespace names one."""
        prefix, spelled = next(iter(personal), ("", delimiter))
        return cls(prefix, spelled or delimiter, tuple(p for p, _ in foreign if p))
