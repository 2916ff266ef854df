"""Write OPM packages, the format that OTRS's package manager installs: the same input gives the same bytes."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

# Znuny 6 and 7, ((OTRS)) Community Edition 6, OTOBO 10 and 11.
FRAMEWORKS = (
    "6.0.x",
    "6.1.x",
    "6.2.x",
    "6.3.x",
    "6.4.x",
    "6.5.x",
    "7.0.x",
    "7.1.x",
    "7.2.x",
    "10.0.x",
    "10.1.x",
    "11.0.x",
)
Moment = Literal["pre", "post"]


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file of a package; `location` is relative to OTRS's home."""

    location: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """Perl to run: `occasion` is CodeInstall, CodeUpgrade, CodeReinstall or CodeUninstall."""

    occasion: str
    moment: Moment
    perl: str


@dataclass(frozen=True, slots=True)
class Package:
    """One package. `version` is made of numbers and dots, as the package manager wants it."""

    name: str
    version: str
    descriptions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    files: Sequence[PackagedFile] = ()
    codes: Sequence[Code] = ()
    needs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def filename(self) -> str:
        """Give the name that the ecosystem expects."""
        return f"{self.name}-{self.version}.opm"


def write(package: Package) -> bytes:
    """Write the package as XML: no build date and no host, files in the order of their places."""
    lines = ['<?xml version="1.0" encoding="utf-8" ?>', '<otrs_package version="1.1">']
    lines += [_element(name, value) for name, value in _head(package)]
    lines += [_element("Description", text, Lang=lang) for lang, text in sorted(package.descriptions.items())]
    lines += [
        _element("PackageRequired", name, Version=least) for name, least in sorted(package.needs.items())
    ]
    lines += [_element("Framework", framework) for framework in FRAMEWORKS]
    lines += [_code(code) for code in package.codes]
    lines += [
        "    <Filelist>",
        *map(_file, sorted(package.files, key=lambda one: one.location)),
        "    </Filelist>",
    ]
    return ("\n".join([*lines, "</otrs_package>"]) + "\n").encode()


def _head(package: Package) -> list[tuple[str, str]]:
    return [
        ("Name", package.name),
        ("Version", package.version),
        ("Vendor", "The OTRS bridge authors"),
        ("URL", "https://example.org/otrs-bridge"),
        ("License", "Apache License 2.0"),
        ("PackageIsVisible", "1"),
        ("PackageIsDownloadable", "0"),
        ("PackageIsRemovable", "1"),
    ]


def _element(name: str, text: str, **attributes: str) -> str:
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"    <{name}{given}>{escape(text)}</{name}>"


def _code(code: Code) -> str:
    if "]]>" in code.perl:
        raise ValueError("code can't hold the end of a CDATA section")
    return f'    <{code.occasion} Type="{code.moment}"><![CDATA[\n{code.perl.rstrip()}\n    ]]></{code.occasion}>'


def _file(packaged: PackagedFile) -> str:
    content = base64.encodebytes(packaged.content).decode().rstrip("\n")
    place = quoteattr(packaged.location)
    return f'        <File Location={place} Permission="644" Encode="Base64">{content}</File>'
