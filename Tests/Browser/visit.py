"""One browser page, everything it complained of, and what was examined; see `portal.py`."""
import time


class Visit:
    """One browser page, everything it complained of, and what was examined."""

    def __init__(self, browser, address, shots, **context):
        self.context = browser.new_context(accept_downloads=True, **context)
        self.context.set_default_timeout(600_000)
        self.page = self.context.new_page()
        self.address, self.shots = address, shots
        self.complaints, self.asked = [], []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}")
                     if r.status >= 500 else None)

    def open(self, query=""):
        self.page.goto(self.address + query, wait_until="load")
        self.wait(lambda: self.page.evaluate("!!document.querySelector('#map canvas')"), "a drawn map")

    def wait(self, condition, what, seconds=600):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"waited {seconds} s in vain for {what}")

    def shot(self, name):
        if self.shots:
            self.page.wait_for_timeout(800)
            self.page.screenshot(path=str(self.shots / f"{name}.png"))

    def close(self):
        self.context.close()
        assert not self.complaints, self.complaints
