"""A real Chromium, the pages on a real server, and axe-core to look at them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from bridge.web.server import serve
from tests.servers.state import state_folder
from tests.unit.web.web_bench import WebBench, benched

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=en",
)
AXE = "axe-core@4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


class Site:
    """The pages under test, at their address."""

    def __init__(self, bench: WebBench, port: int) -> None:
        self.bench = bench
        self.address = f"http://127.0.0.1:{port}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    with benched(folder, filled=True) as bench:
        server = serve(bench.app, ("127.0.0.1", 0))
        yield Site(bench, server.port)
        server.stop()


@pytest.fixture(scope="session")
def one_chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def chromium(one_chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """Yield a browser without cookies, 1200 px wide."""
    width(one_chromium, 1200)
    yield one_chromium
    one_chromium.delete_all_cookies()
    one_chromium.get("about:blank")
    one_chromium.get_log("browser")  # type: ignore[no-untyped-call]


def width(driver: webdriver.Chrome, pixels: int, *, dark: bool = False) -> None:
    """Set the width of the view, and the colours that the reader prefers."""
    metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core's script, fetched once by npm."""
    kept = state_folder() / "axe" / AXE
    script = kept / "axe.min.js"
    if not script.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed, so there is no axe-core")
        kept.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["npm", "pack", "--silent", AXE], cwd=kept, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"npm pack {AXE} failed: {done.stderr[-1000:]}"
        with tarfile.open(kept / done.stdout.split()[-1]) as archive:
            found = archive.extractfile("package/axe.min.js")
            assert found is not None
            script.write_bytes(found.read())
    content = script.read_bytes()
    assert hashlib.sha256(content).hexdigest() == AXE_SHA256, "axe.min.js is not the one that was tried"
    return content.decode()
