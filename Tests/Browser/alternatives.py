"""A batch, saved checks, answers side by side, and what would avoid a line; see `portal.py`."""
import json
import pathlib

from visit import Visit


def parcels(file):
    """Two parcels beside the boundary file, in the middle of the demo's land."""
    def square(x, y, side=0.004):
        return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    features = [{"type": "Feature", "properties": {"id": key, "name": f"地块 {key}"},
                 "geometry": {"type": "Polygon", "coordinates": [square(x, 39.45)]}}
                for key, x in (("A1", 75.98), ("A2", 75.99))]
    path = pathlib.Path(file).with_name("parcels.geojson")
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def is_narrow_enough(visit, what):
    # The page scrolls by itself, so the document's own width says nothing of it.
    over = max(visit.page.evaluate(
        "[document.documentElement, document.querySelector('.page')].map("
        "(part) => part.scrollWidth - part.clientWidth)"))
    assert over <= 1, f"{what}: scrolls sideways by {over} px"


def map_is_drawn(page):
    return lambda: page.get_attribute("#checks-map", "data-shown") not in (None, "0")


def goes_on_from_a_check(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="en", viewport={"width": 1366, "height": 800})
    page = visit.page
    visit.open(f"?lang=en&validOn={day}")
    page.set_input_files("#file", file)
    page.select_option("#purpose", "residential/rural")
    page.click("#check-button")
    visit.wait(lambda: page.get_attribute("#answer", "data-answer"), "an answer")
    answer = page.get_attribute("#answer", "data-answer")
    page.click(".onward-more summary")
    page.fill(".onward-more input[name=title]", "route A")
    page.click(".onward-more button[value=save]")
    page.wait_for_url("**/checks")
    assert page.is_visible("text=route A"), "it is not saved"
    visit.shot("checks-en")

    page.goto(f"{address}checks/avoid?answer={answer}&lang=en", wait_until="load")
    visit.shot("avoid-en")
    if page.query_selector(".card.line"):
        visit.wait(map_is_drawn(page), "the suggestion on the map")
    if offer := page.query_selector("form[action='/checks/avoid'] button"):
        with page.expect_download() as download:
            page.click("a[href*='format=txt']")
        text = pathlib.Path(download.value.path()).read_text()
        assert "[地块坐标]" in text, text[:200]
        offer.click()
        visit.wait(lambda: "/checks/compare" in page.url, "both answers")
    else:
        page.goto(f"{address}?answer={answer}&lang=en", wait_until="load")
        page.click(".onward-more:nth-of-type(2) summary")
        page.fill(".onward-more:nth-of-type(2) input[name=validOn]", "2027-06-01")
        page.click("form[action='/checks/again'] button")
        visit.wait(lambda: "/checks/compare" in page.url, "both answers")
    visit.wait(map_is_drawn(page), "both outlines")
    visit.shot("compare-en")
    visit.close()


def checks_a_batch(browser, address, file, day, shots):
    visit = Visit(browser, address, shots, locale="zh-CN", viewport={"width": 1366, "height": 800})
    page = visit.page
    page.goto(address + "checks", wait_until="load")
    page.set_input_files(".batch-form input[type=file]", [parcels(file), file])
    page.select_option(".batch-form select[name=purpose]", "residential/rural")
    page.fill(".batch-form input[name=title]", "三块地")
    page.click(".batch-form button[type=submit]")
    # The page loads itself anew when the job is done.
    page.wait_for_selector("tr[data-shape]", timeout=240_000)
    visit.wait(map_is_drawn(page), "the parcels on the map")
    page.click("tr[data-shape] td:nth-child(2)")
    assert page.query_selector("tr.lit"), "the parcel is not lit"
    visit.shot("batch-zh")
    with page.expect_download() as download:
        page.click("a[href$='format=xlsx']")
    assert pathlib.Path(download.value.path()).read_bytes().startswith(b"PK"), "no spreadsheet"
    page.click("a.total:nth-child(2)")
    page.wait_for_url("**verdict=**")
    page.wait_for_selector("tr[data-shape]")
    own = page.url
    visit.close()
    for language in ("zh", "ug", "en"):
        visit = Visit(browser, address, shots, viewport={"width": 390, "height": 844}, has_touch=True,
                      is_mobile=True, device_scale_factor=2)
        for name, place in (("checks", address + "checks?"), ("batch", own + "&")):
            visit.page.goto(f"{place}lang={language}", wait_until="load")
            is_narrow_enough(visit, f"{name} {language}")
            visit.shot(f"phone-{name}-{language}")
        visit.close()


STEPS = (goes_on_from_a_check, checks_a_batch)
