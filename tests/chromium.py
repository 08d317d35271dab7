"""A real headless Chromium, steered by the Chrome DevTools Protocol over a pair of pipes.

The protocol: https://chromedevtools.github.io/devtools-protocol/. Messages are JSON, each ended by a zero byte.
"""

import base64
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Chromium would look up its maker's hosts; nothing may leave the machine, and refused look-ups only take time.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
# Chromium reads commands from file 3 and answers to file 4.
LAUNCH = """\
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execvp("chromium", ["chromium", *sys.argv[3:]])
"""
SIZE = (1600, 1200)
SECONDS = 60


class Page:
    """The one page of a browser."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to_browser = to_browser
        self._from_browser = from_browser
        self._unread = b""
        self._calls = 0
        self._session: str | None = None
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(item["targetId"] for item in targets if item["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers to one command of the protocol; events that come before it are skipped."""
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to_browser, json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self._calls:
            pass
        assert "error" not in answer, f"{method}: {answer['error']}"
        return dict(answer["result"])

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from_browser], [], [], SECONDS)
            assert ready, f"Chromium said nothing for {SECONDS} s."
            data = os.read(self._from_browser, 1 << 20)
            assert data, "Chromium ended."
            self._unread += data
        message, _, self._unread = self._unread.partition(b"\0")
        return dict(json.loads(message))

    def open(self, address: str) -> None:
        """Go to an address, without waiting for what it shows."""
        self.call("Page.navigate", url=address)

    def evaluate(self, script: str) -> Any:
        """The JSON value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """The first true value of a JavaScript expression."""
        value = self._soon(script, SECONDS)
        assert value, f"This did not come true within {SECONDS} s: {script}"
        return value

    def _soon(self, script: str, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(f"({script}) || null")) and time.monotonic() < deadline:
            time.sleep(0.1)
        return value

    def click(self, selector: str) -> None:
        """Press the mouse on what a CSS selector finds first, once it is there and has come to rest."""
        box = (
            f"(() => {{ const found = document.querySelector({json.dumps(selector)}); if (!found) return null;"
            " found.scrollIntoView({block: 'nearest'}); const box = found.getBoundingClientRect();"
            " return box.width ? {x: box.x + box.width / 2, y: box.y + box.height / 2} : null; })()"
        )
        where, before = self.wait_for(box), None
        while where != before:
            time.sleep(0.2)
            where, before = self.wait_for(box), where
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **where, button="left", clickCount=1)

    def fill(self, selector: str, text: str) -> None:
        """Text into a field in place of what it holds."""
        quoted = json.dumps(selector)
        self.wait_for(f"!!document.querySelector({quoted})")
        self.evaluate(f"document.querySelector({quoted}).focus(); document.querySelector({quoted}).select()")
        self.insert(text)

    def insert(self, text: str) -> None:
        """Text into what has the focus, as if pasted."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, code: int, control: bool = False) -> None:
        """A key by its name and Windows key code."""
        for kind in ("keyDown", "keyUp"):
            named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", type=kind, modifiers=2 if control else 0, **named)

    def drop(self, path: Path, taken: str) -> None:
        """A file dragged from a folder and let go over the middle of the page, until a JavaScript expression says that
        it was taken: a page that moves under the pointer meanwhile misses it."""
        for _ in range(3):
            for kind in ("dragEnter", *["dragOver"] * 5, "drop"):
                self._drag(kind, path)
                time.sleep(0.2)
            if self._soon(taken, SECONDS / 3):
                return
            # Else the browser waits for this drag at each move of the mouse.
            self._drag("dragCancel", path)
        raise AssertionError(f"{path} was not taken: {taken}")

    def _drag(self, kind: str, path: Path) -> None:
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        self.call("Input.dispatchDragEvent", type=kind, x=SIZE[0] // 2, y=SIZE[1] // 2, data=data)

    def screenshot(self, path: Path) -> None:
        """The page as it looks, into a PNG file."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A browser with a profile of its own, closed with the block."""
    command_in, command_out = os.pipe()
    answer_in, answer_out = os.pipe()
    options = ["--headless", "--no-sandbox", "--disable-gpu", *QUIET, f"--window-size={SIZE[0]},{SIZE[1]}"]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            LAUNCH,
            str(command_in),
            str(answer_out),
            *options,
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
            "about:blank",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[command_in, answer_out],
        start_new_session=True,
    )
    os.close(command_in)
    os.close(answer_out)
    try:
        yield Page(command_out, answer_in)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(command_out)
        os.close(answer_in)
