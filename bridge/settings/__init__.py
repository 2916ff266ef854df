"""The configuration: read in one place, handed on as frozen objects."""

from bridge.settings.connections import Mailbox, Otrs, Smtp
from bridge.settings.load import SettingsProblems, load_settings, settings_path
from bridge.settings.model import ControllerSettings, SelfService, Settings

__all__ = [
    "ControllerSettings",
    "Mailbox",
    "Otrs",
    "SelfService",
    "Settings",
    "SettingsProblems",
    "Smtp",
    "load_settings",
    "settings_path",
]
