"""Make a virtual environment; on Debian as root, install the package that lets Python do so when it is missing."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path


def main() -> None:
    """Make the environment named on the command line."""
    if sys.version_info < (3, 11):
        sys.exit("OTRS bridge needs Python 3.11 or newer.")
    target = Path(sys.argv[1])
    try:
        venv.create(target, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ModuleNotFoundError, ImportError):
        if not (shutil.which("apt-get") and os.geteuid() == 0):
            sys.exit("Python can't make virtual environments here: install python3-venv (Debian) first.")
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "python3-venv"], check=True)
        venv.create(target, with_pip=True, clear=True)


if __name__ == "__main__":
    main()
