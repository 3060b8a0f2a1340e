"""Drives the pages of statistics and of map sheets in a real Chromium as an officer would.

usage: plates.py ADDRESS DAY REGION [FOLDER_FOR_SCREENSHOTS]
Prints `N passed, M failed`; exits 1 if anything failed or nothing was examined.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import time

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
SIZES = {"wide": (1280, 800), "phone": (390, 844)}


class Visit:
    """One browser page, everything it complained of, and what was examined."""

    def __init__(self, browser, address, shots, size="wide", **context):
        width, height = SIZES[size]
        self.context = browser.new_context(
            accept_downloads=True, viewport={"width": width, "height": height}, **context)
        self.context.set_default_timeout(600_000)
        self.page = self.context.new_page()
        self.address, self.shots = address.rstrip("/"), shots
        self.complaints = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, path):
        self.page.goto(self.address + path, wait_until="load")

    def wait(self, condition, what, seconds=600):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"waited {seconds} s in vain for {what}")

    def wait_for_chart(self):
        self.wait(lambda: self.page.get_attribute("#chart", "data-shown") in ("classes", "regions"), "a chart")

    def wait_for_picture(self):
        self.wait(lambda: self.page.get_attribute("#picture", "data-state") == "drawn", "a sheet")

    def shot(self, name):
        if self.shots:
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=False)

    def holds_its_width(self):
        wide = self.page.evaluate("document.querySelector('#work').scrollWidth - document.querySelector('#work').clientWidth")
        assert wide <= 1, f"the page is {wide} px wider than its window"

    def close(self):
        self.context.close()
        assert not self.complaints, self.complaints


def number(text):
    return float(re.sub(r"[\s\u2009]", "", text))


def adds_up(browser, address, day, region, shots):
    visit = Visit(browser, address, shots, locale="en")
    visit.open(f"/statistics?dataset=land-patches&validOn={day}&lang=en")
    visit.wait_for_chart()
    visit.shot("statistics-en-wide")
    column = [number(t) for t in visit.page.locator("#by-class ~ div tbody td:nth-child(4)").all_inner_texts()]
    whole = number(visit.page.locator("#by-class ~ div tfoot td:nth-child(4)").inner_text())
    assert len(column) > 3 and abs(sum(column) - whole) < 5e-5, f"{sum(column)} is not {whole}"
    visit.page.click("[data-chart-of=regions]")
    visit.wait(lambda: visit.page.get_attribute("#chart", "data-shown") == "regions", "bars of regions")
    visit.page.locator("#by-class ~ div tbody tr td:nth-child(3) a").first.click()
    visit.page.wait_for_load_state("load")
    assert "/statistics/rows" in visit.page.url and day in visit.page.inner_text("#work")
    rows = [number(t) for t in visit.page.locator("#rows-head ~ div tbody td.number").all_inner_texts()]
    assert rows, "no feature behind a figure"
    visit.shot("statistics-rows-en-wide")
    visit.close()


def draws_an_area(browser, address, day, region, shots):
    visit = Visit(browser, address, shots, locale="zh-CN")
    visit.open(f"/statistics?dataset=land-patches&validOn={day}")
    visit.page.click("#area > summary")
    visit.wait(lambda: visit.page.get_attribute("#area-map", "data-ready") == "true", "a map")
    visit.page.wait_for_timeout(1500)
    box = visit.page.query_selector("#area-map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    corners = [(-30, -25), (30, -25), (30, 25), (-30, 25)]
    for x, y in corners:
        visit.page.mouse.click(middle[0] + x, middle[1] + y)
        visit.page.wait_for_timeout(350)
    visit.page.mouse.dblclick(middle[0] - 31, middle[1] - 20)
    visit.wait(lambda: visit.page.input_value("#drawn").startswith("{"), "a drawn area")
    visit.page.click("#area-form button[type=submit]")
    visit.page.wait_for_load_state("load")
    visit.wait_for_chart()
    assert re.search(r"area=[0-9a-f]{32}", visit.page.url), visit.page.url
    assert "地块" in visit.page.inner_text("#area-words")
    visit.shot("statistics-area-zh-wide")
    visit.close()


def takes_files(browser, address, day, region, shots):
    visit = Visit(browser, address, shots, locale="zh-CN")
    visit.open(f"/statistics?dataset=land-patches&validOn={day}")
    for name, start in [("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK")]:
        with visit.page.expect_download() as download:
            visit.page.click(f"text={name}")
        content = pathlib.Path(download.value.path()).read_bytes()
        assert content.startswith(start) or name == "CSV" and content.startswith(b"region"), content[:20]
    visit.close()


def looks_right_everywhere(browser, address, day, region, shots):
    for language in ("zh", "ug", "en"):
        for size in SIZES:
            visit = Visit(browser, address, shots, size)
            visit.open(f"/statistics?dataset=land-patches&validOn={day}&level=county&lang={language}")
            visit.wait_for_chart()
            visit.holds_its_width()
            visit.shot(f"statistics-{language}-{size}")
            visit.page.evaluate("document.querySelector('#by-class').scrollIntoView()")
            visit.shot(f"statistics-table-{language}-{size}")
            visit.open(f"/print?layers=land-patches,counties&region={region}&validOn={day}&title=Karez&lang={language}")
            visit.wait_for_picture()
            visit.holds_its_width()
            visit.shot(f"print-{language}-{size}")
            if size == "phone":
                visit.page.evaluate("document.querySelector('#picture').scrollIntoView()")
                visit.shot(f"print-sheet-{language}-{size}")
            visit.close()


def composes_and_prints(browser, address, day, region, shots):
    visit = Visit(browser, address, shots, locale="zh-CN")
    visit.open(f"/print?validOn={day}")
    visit.page.fill("input[name=title]", "土地利用现状图")
    visit.page.select_option("#region", region)
    visit.page.select_option("select[name=grid]", "kilometres")
    visit.page.click("#compose button[type=submit]")
    visit.page.wait_for_load_state("load")
    visit.wait_for_picture()
    visit.shot("print-composed-zh-wide")
    before = visit.page.get_attribute("#picture", "data-middle")
    box = visit.page.query_selector("#preview").bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    visit.page.wait_for_url("**centre=**")
    visit.wait_for_picture()
    after = visit.page.get_attribute("#picture", "data-middle")
    east = float(after.split(",")[0]) - float(before.split(",")[0])
    north = float(after.split(",")[1]) - float(before.split(",")[1])
    assert east < 0 < north, f"a click up and to the left moved the map by {east}, {north}"
    with visit.page.expect_download() as download:
        visit.page.click("a[href*='/print/sheet.pdf']")
    path = pathlib.Path(download.value.path())
    assert path.read_bytes().startswith(b"%PDF-"), "the download is no PDF"
    if visit.shots and shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-png", "-r", "110", str(path), str(visit.shots / "sheet-zh")], check=True)
    visit.close()


def says_why_it_cannot(browser, address, day, region, shots):
    visit = Visit(browser, address, shots, locale="en")
    visit.open("/print?layers=counties&centre=20,39&lang=en")
    assert "national grid" in visit.page.inner_text("#work"), "no reason is given"
    visit.shot("print-refused-en-wide")
    visit.close()


JOURNEYS = [adds_up, draws_an_area, takes_files, looks_right_everywhere, composes_and_prints, says_why_it_cannot]


def main():
    address, day, region = sys.argv[1:4]
    shots = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for journey in JOURNEYS:
            try:
                journey(browser, address, day, region, shots)
                passed += 1
                print(f"ok   {journey.__name__}", flush=True)
            except Exception as error:  # noqa: BLE001: whatever it is, the next journey is tried
                failed += 1
                print(f"FAIL {journey.__name__}: {str(error)[:600]}", flush=True)
        browser.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
