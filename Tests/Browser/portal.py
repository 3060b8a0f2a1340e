"""Drives the portal in a real Chromium as an officer would.

usage: portal.py ADDRESS BOUNDARY_FILE DAY [FOLDER_FOR_SCREENSHOTS or - [STEP ...]]
Prints `N passed, M failed`; exits 1 if anything failed or nothing was examined.
"""
import json
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree

from playwright.sync_api import sync_playwright

import alternatives
import workbench
from visit import Visit

# Maps are drawn on plain canvases: a graphics card made up by the processor only costs minutes.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def answer_is_there(visit):
    return lambda: visit.page.evaluate(
        "(() => { const a = document.querySelector('#answer');"
        " return !!a && !a.hidden && a.textContent.trim().length > 40; })()")


def check(visit):
    visit.page.click("#check-button")
    visit.wait(answer_is_there(visit), "an answer")


def crs_of(text):
    return re.search(r"EPSG:\d+", text).group()


def upload(visit, file):
    visit.page.set_input_files("#file", file)
    visit.page.select_option("#purpose", "transport/road")
    visit.page.wait_for_timeout(200)
    check(visit)


def uploads_and_reads(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="zh-CN", viewport={"width": 1366, "height": 800})
    visit.open(f"?validOn={day}")
    upload(visit, file)
    text = visit.page.inner_text("#answer")
    assert "禁止" in text or "需认定" in text or "符合" in text, text[:200]
    assert visit.page.evaluate("location.search + location.pathname").find("answer") >= 0, "no link"
    visit.shot("answer-zh")
    finding = visit.page.query_selector("#answer .finding button, #answer .finding")
    assert finding, "no finding to click"
    finding.click()
    visit.shot("finding-zh")
    with visit.page.expect_download() as download:
        visit.page.click("#answer a[href$='.pdf'], #answer a[href*='.pdf']")
    path = pathlib.Path(download.value.path())
    assert path.read_bytes().startswith(b"%PDF-"), "the download is no PDF"
    first = visit.page.get_attribute("#answer", "data-answer")
    visit.page.click("#check-again")
    visit.page.click("#check-button")
    visit.wait(lambda: visit.page.get_attribute("#answer", "data-answer") not in (None, "", first),
               "a second answer")
    again = visit.page.inner_text("#answer")
    assert crs_of(again) == crs_of(text) != "EPSG:4490", f"{crs_of(text)} became {crs_of(again)}"
    visit.close()


def changes_the_day(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="zh-CN", viewport={"width": 1280, "height": 800})
    visit.open("?validOn=2025-09-30")
    assert "past" in visit.page.get_attribute("header.bar", "class"), "a past day is not marked"
    upload(visit, file)
    assert "2025-09-30" in visit.page.inner_text("#answer")
    visit.shot("past-zh")
    visit.close()


def draws(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="en", viewport={"width": 1366, "height": 800})
    visit.open(f"?lang=en&validOn={day}")
    for _ in range(6):
        visit.page.click("#tool-in")
        visit.page.wait_for_timeout(350)
    box = visit.page.query_selector("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.click("#tool-draw")
    for dx, dy in ((-60, -50), (70, -40), (60, 240), (-50, 50)):
        visit.page.mouse.click(x + dx, y + dy)
        visit.page.wait_for_timeout(350)
    visit.page.mouse.dblclick(x - 60, y - 50)
    visit.page.wait_for_timeout(500)
    assert visit.page.input_value("#boundary"), "nothing was drawn"
    check(visit)
    assert "m²" in visit.page.inner_text("#answer")
    visit.shot("drawn-en")
    visit.close()


def works_by_keyboard(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="en", viewport={"width": 1366, "height": 800})
    visit.open(f"?lang=en&validOn={day}")
    seen = set()
    for _ in range(80):
        visit.page.keyboard.press("Tab")
        seen.add(visit.page.evaluate("document.activeElement.id"))
    assert {"purpose", "valid-on", "check-button", "tool-draw"} <= seen, seen
    visit.close()


def is_refused_kindly(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="zh-CN", viewport={"width": 1366, "height": 800})
    visit.open()
    bad = pathlib.Path(file).with_name("nothing.geojson")
    bad.write_bytes(b"")
    visit.page.set_input_files("#file", str(bad))
    visit.page.click("#check-button")
    visit.wait(lambda: "文件为空" in visit.page.inner_text("#panel"), "the refusal")
    visit.shot("refused-zh")
    bad.unlink()
    visit.complaints = [c for c in visit.complaints if "422" not in c]
    visit.close()


def speaks_uyghur(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="ug", viewport={"width": 1366, "height": 800})
    visit.open(f"?lang=ug&validOn={day}")
    assert visit.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    upload(visit, file)
    panel = visit.page.query_selector("#panel").bounding_box()
    assert panel["x"] < 683, "the panel is not mirrored"
    visit.shot("answer-ug")
    visit.close()


def fits_a_phone(browser, address, file, day, shots):
    for language in ("zh", "ug", "en"):
        visit = Visit(browser, address, shots, viewport={"width": 390, "height": 844}, has_touch=True,
                      is_mobile=True, device_scale_factor=2)
        visit.open(f"?lang={language}&validOn={day}")
        visit.shot(f"phone-{language}")
        if visit.page.get_attribute("#panel-handle", "aria-expanded") == "false":
            visit.page.click("#panel-handle")
            visit.page.wait_for_timeout(400)
        upload(visit, file)
        over = visit.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 1, f"{language}: scrolls sideways by {over} px"
        visit.shot(f"phone-answer-{language}")
        visit.close()


def keeps_its_address(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="zh-CN", viewport={"width": 1366, "height": 800})
    visit.open(f"?validOn={day}")
    upload(visit, file)
    answer = visit.page.get_attribute("#answer", "data-answer")
    shown = lambda: visit.page.get_attribute("#answer", "data-answer") == answer
    visit.page.reload(wait_until="load")
    visit.wait(shown, "the answer after a reload")
    visit.page.click("a[data-lang=en]")
    visit.wait(lambda: visit.page.evaluate("document.documentElement.lang") == "en", "English")
    visit.wait(shown, "the answer in another language")
    visit.page.click("#check-again")
    visit.wait(lambda: visit.page.is_visible("#check-form") and "answer=" not in visit.page.url,
               "the form without the answer")
    visit.wait(lambda: visit.page.get_attribute("#chosen", "data-state") == "ready", "the boundary")
    visit.page.go_back()
    visit.wait(shown, "the answer after going back")
    visit.close()


def answers_without_scripts(browser, address, file, day, shots):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.set_input_files("#file", file)
    page.click("#check-button")
    page.wait_for_selector("article#answer[data-answer]")
    assert "answer=" in page.url, page.url
    context.close()


def square(x, y, side=0.01):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def polygons(file, name, squares):
    """A file of polygons beside the boundary file."""
    features = [{"type": "Feature", "properties": {"identifier": key},
                 "geometry": {"type": "Polygon", "coordinates": [ring]}} for key, ring in squares]
    path = pathlib.Path(file).with_name(name)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def hands_in_and_waits(browser, address, file, day, shots):
    overlapping = polygons(file, "overlapping.geojson", [("a", square(76, 39)), ("b", square(76.005, 39))])
    apart = polygons(file, "apart.geojson", [("a", square(76, 39)), ("b", square(76.05, 39))])
    visit = Visit(browser, address, shots, locale="en", viewport={"width": 1366, "height": 800})
    page = visit.page
    page.goto(address + "?lang=en", wait_until="load")
    page.keyboard.press("g")
    page.keyboard.press("d")
    visit.wait(lambda: page.url.endswith("/desk"), "the desk")
    visit.shot("desk-en")
    page.click("a[href='/submissions/new']")
    page.select_option("#dataset", "polygons")
    page.fill("#reason", "a trial")
    page.set_input_files("#file", overlapping)
    visit.shot("submission-form-en")
    page.click("button.primary")
    visit.wait(lambda: page.is_visible("text=To be corrected"), "the gate's answer", 240)
    visit.wait(lambda: page.evaluate("!!document.querySelector('#findings-map canvas')"), "a map of findings")
    assert page.query_selector("tr[data-place]"), "no finding with a place"
    page.click("tr[data-place]")
    assert page.query_selector("tr.lit"), "the finding is not lit"
    visit.shot("submission-refused-en")
    page.click("details summary:has-text('Correct')")
    page.set_input_files("#file", apart)
    page.click("form[action$='/correct'] button")
    visit.wait(lambda: page.is_visible("text=To be signed"), "the gate's second answer", 240)
    assert page.is_visible("text=a second person has to sign"), "one person would sign alone"
    visit.shot("submission-waiting-en")
    own = page.url
    visit.close()
    for language in ("zh", "ug", "en"):
        visit = Visit(browser, address, shots, viewport={"width": 390, "height": 844}, has_touch=True,
                      is_mobile=True, device_scale_factor=2)
        for name, place in (("desk", address + "desk"), ("new", address + "submissions/new"),
                            ("submission", own), ("jobs", address + "jobs")):
            visit.page.goto(f"{place}?lang={language}", wait_until="load")
            over = visit.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 1, f"{name} {language}: scrolls sideways by {over} px"
            visit.shot(f"phone-{name}-{language}")
        visit.close()


def reads_the_catalogue(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="en", viewport={"width": 1366, "height": 800})
    page = visit.page
    page.goto(address + "?lang=en", wait_until="load")
    page.keyboard.press("g")
    page.keyboard.press("c")
    visit.wait(lambda: page.url.endswith("/catalogue"), "the catalogue")
    visit.shot("catalogue-en")
    page.fill("#search", "dltb")
    page.keyboard.press("Enter")
    visit.wait(lambda: "search=dltb" in page.url, "the search")
    page.click("a.item-main[href^='/catalogue/land-patches']")
    visit.wait(lambda: page.is_visible("#attributes-head"), "the dataset's record")
    page.click("a[href='#codes-land-classes']")
    page.click("#codes-land-classes summary")
    assert page.is_visible("#codes-land-classes td:has-text('0101')"), "no code of the table"
    page.click("details.commit summary")
    assert page.is_visible("details.commit[open] dd:has-text('every-dataset')"), "no lineage"
    visit.shot("dataset-en")
    with page.expect_download() as download:
        page.click("a[href*='metadata.xml']")
    text = pathlib.Path(download.value.path()).read_text(encoding="utf-8")
    root = xml.etree.ElementTree.fromstring(text.encode())
    assert root.tag == "{http://standards.iso.org/iso/19115/-3/mdb/2.0}MD_Metadata", root.tag
    page.click("a[href='/differences?dataset=land-patches']")
    page.fill("input[name=from]", "2024-12-31")
    page.fill("input[name=to]", day)
    page.click("form.states button")
    shown = lambda: page.get_attribute("#differences-map", "data-shown")
    visit.wait(lambda: page.is_visible("text=closure 0.0000") and shown(), "a ledger and a map", 60)
    assert int(shown()) > 0, "no shape is drawn"
    page.click("tr[data-patch] td:nth-child(2)")
    assert page.query_selector("tr.lit"), "the patch is not lit"
    visit.shot("differences-en")
    page.click("tr[data-patch] a")
    visit.wait(lambda: page.is_visible("#versions-head"), "the feature's history")
    visit.shot("history-en")
    places = ["catalogue", "catalogue/land-patches", page.url.split(address)[1].split("?")[0],
              "differences?dataset=land-patches&from=2024-12-31&to=" + day]
    places.append(places[2] + "?tab=history")
    visit.close()
    for language in ("zh", "ug", "en"):
        visit = Visit(browser, address, shots, viewport={"width": 390, "height": 844}, has_touch=True,
                      is_mobile=True, device_scale_factor=2)
        for number, place in enumerate(places):
            joint = "&" if "?" in place else "?"
            visit.page.goto(f"{address}{place}{joint}lang={language}", wait_until="load")
            # The page scrolls by itself, so the document's own width says nothing of it.
            over = visit.page.evaluate(
                "[document.documentElement, document.querySelector('.page')].map("
                "(part) => part.scrollWidth - part.clientWidth)")
            assert max(over) <= 1, f"{place} {language}: scrolls sideways by {over} px"
            visit.shot(f"phone-catalogue-{number}-{language}")
        visit.close()


STEPS = (uploads_and_reads, changes_the_day, draws, works_by_keyboard, is_refused_kindly, speaks_uyghur,
         fits_a_phone, keeps_its_address, answers_without_scripts, hands_in_and_waits, reads_the_catalogue)


def main():
    address, file, day = sys.argv[1:4]
    shots = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 and sys.argv[4] != "-" else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for step in STEPS + workbench.STEPS + alternatives.STEPS:
            if sys.argv[5:] and step.__name__ not in sys.argv[5:]:
                continue
            try:
                step(browser, address, file, day, shots)
                passed += 1
            except Exception as error:  # a step that fails must not hide the others
                failed += 1
                print(f"{step.__name__}: {type(error).__name__}: {error}")
        browser.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
