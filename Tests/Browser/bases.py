"""Pictures of other servers beneath the map, in a real Chromium; the servers are stood in for.

usage: bases.py ADDRESS DAY [FOLDER_FOR_SCREENSHOTS]
The server's packs name two base maps, `blue` and `red`, at http://tiles.example. The browser's own policy
decides whether they may be asked for; what it lets through is answered here with one colour a map.
Prints `N passed, M failed`; exits 1 if anything failed or nothing was examined.
"""
import base64
import pathlib
import shutil
import struct
import sys
import zlib

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
COLOURS = {"blue": (40, 60, 200), "red": (200, 40, 60)}
# The share of a picture that is of a colour.
SHARE = """async ([text, colour]) => {
  const image = new Image(); image.src = 'data:image/png;base64,' + text; await image.decode();
  const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [120, 80];
  const drawing = canvas.getContext('2d'); drawing.drawImage(image, 0, 0, 120, 80);
  const pixels = drawing.getImageData(0, 0, 120, 80).data; let count = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (colour.every((part, at) => Math.abs(pixels[i + at] - part) < 12)) count++;
  }
  return count / 9600;
}"""


def picture(colour):
    """A PNG of 256 × 256 pixels in one colour."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(
            ">I", zlib.crc32(kind + content))

    rows = (b"\0" + bytes(colour) * 256) * 256
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Desk:
    def __init__(self, browser, address, day, shots):
        self.browser, self.address, self.day, self.shots = browser, address.rstrip("/"), day, shots

    def open(self, more="", name=None):
        """The map without layers of ours, so that what is beneath is seen; and what was asked for."""
        page = self.browser.new_page(viewport={"width": 1280, "height": 800}, locale="en")
        page.set_default_timeout(600_000)
        asked, self.complaints = set(), []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

        def answer(route):
            of = route.request.url.split("/")[3]
            asked.add(of)
            route.fulfill(body=picture(COLOURS[of]), content_type="image/png")

        page.route("http://tiles.example/**", answer)
        page.goto(f"{self.address}/?lang=en&validOn={self.day}&layers=none{more}")
        page.wait_for_selector("body[data-ready=true]")
        page.wait_for_timeout(1_500)
        if self.shots and name:
            page.screenshot(path=str(pathlib.Path(self.shots) / f"{name}.png"))
        return page, asked

    def share(self, page, colour):
        page.wait_for_timeout(1_000)
        shot = page.locator("#map").screenshot()
        return page.evaluate(SHARE, [base64.b64encode(shot).decode(), list(COLOURS[colour])])


def base_maps_stand_in_the_list_and_the_later_lies_above(desk):
    page, asked = desk.open(name="bases")
    assert page.locator("#bases .layer-name").all_inner_texts() == ["Blue", "Red"]
    assert page.locator("#bases input:checked").count() == 2
    assert asked == {"blue", "red"}, asked
    assert desk.share(page, "red") > 0.5 and desk.share(page, "blue") < 0.05
    # Whoever made a picture is named on the map as long as it is there.
    named = page.locator(".ol-attribution")
    assert "Blue" in named.inner_text() and "Red" in named.inner_text(), named.inner_text()
    assert "bases" not in page.url and not desk.complaints, desk.complaints
    page.close()


def one_is_turned_off_and_the_address_says_so(desk):
    page, _ = desk.open()
    page.get_by_label("Red", exact=True).uncheck()
    assert desk.share(page, "blue") > 0.5 and "bases=blue" in page.url, page.url
    assert page.locator(".ol-attribution").inner_text().strip() == "Blue"
    page.get_by_label("Blue", exact=True).uncheck()
    assert desk.share(page, "blue") < 0.05 and "bases=none" in page.url, page.url
    page.close()


def a_link_shows_what_it_names(desk):
    page, asked = desk.open("&bases=blue", name="bases-linked")
    assert asked == {"blue"} and desk.share(page, "blue") > 0.5, asked
    assert not page.get_by_label("Red", exact=True).is_checked()
    page.close()


def other_servers_are_refused_by_the_pages_policy(desk):
    page, _ = desk.open()
    page.evaluate("new Promise(done => { const one = new Image(); one.onload = one.onerror = done;"
                  " one.src = 'http://elsewhere.example/1.png'; })")
    assert any("Content Security Policy" in text for text in desk.complaints), desk.complaints
    page.close()


TESTS = [base_maps_stand_in_the_list_and_the_later_lies_above, one_is_turned_off_and_the_address_says_so,
         a_link_shows_what_it_names, other_servers_are_refused_by_the_pages_policy]


def main():
    address, day = sys.argv[1:3]
    shots = sys.argv[3] if len(sys.argv) > 3 else None
    if shots:
        pathlib.Path(shots).mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for test in TESTS:
            try:
                test(Desk(browser, address, day, shots))
                passed += 1
                print(f"ok   {test.__name__}", flush=True)
            except Exception as error:  # noqa: BLE001: whatever it is, the next one is tried
                failed += 1
                print(f"FAIL {test.__name__}: {str(error)[:600]}", flush=True)
        browser.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
