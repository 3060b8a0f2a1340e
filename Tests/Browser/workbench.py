"""The map's workbench, as people use it all day; steps of `portal.py`."""
import urllib.parse

from visit import Visit

DESK = {"width": 1280, "height": 800}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
         "device_scale_factor": 2}
# Colours of text against what it stands on, of every element that has text of its own.
CONTRASTS = """() => {
  const numbers = (c) => c.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = numbers(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.85) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".visually-hidden, :disabled, .map, .skip")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(numbers(style.color)), light(ground(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) poor.push([element.textContent.trim().slice(0, 30), ratio.toFixed(2)]);
  }
  return poor;
}"""


def query(visit):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlparse(visit.page.url).query))


def is_past(visit):
    return "past" in visit.page.get_attribute("header.bar", "class").split()


def ready(visit):
    visit.wait(lambda: visit.page.evaluate("document.body.dataset.ready") == "true", "the workbench")


def inside_of_a_patch(visit, day):
    """A place that lies in a land patch: a little beside the middle of its longest level chord."""
    address = f"/api/v1/datasets/land-patches/features?limit=40&validOn={day}"
    found = visit.page.evaluate("async (a) => (await fetch(a)).json()", address)
    best = (0, None)
    for feature in found["features"]:
        rings = feature["geometry"]["coordinates"]
        rings = [r for part in rings for r in part] if feature["geometry"]["type"] == "MultiPolygon" else rings
        ys = [y for _, y in rings[0]]
        level = (min(ys) + max(ys)) / 2
        cuts = sorted(x + (level - y) * (x2 - x) / (y2 - y) for ring in rings
                      for (x, y), (x2, y2) in zip(ring, ring[1:]) if (y > level) != (y2 > level))
        for west, east in zip(cuts[::2], cuts[1::2]):
            best = max(best, (east - west, ((west + east) / 2, level)))
    assert best[1], "no land patch"
    return best[1]


def click_middle(visit):
    box = visit.page.query_selector("#map").bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def opened(browser, address, shots, day, language="zh", more="", **context):
    visit = Visit(browser, address, shots, **({"viewport": DESK} | context))
    visit.open(f"?lang={language}&validOn={day}{more}")
    ready(visit)
    return visit


def searches_layers(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day)
    page = visit.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "layer-search", "/ does not search"
    page.keyboard.type("yjjbnt")
    shown = lambda: page.evaluate("[...document.querySelectorAll('#themes .layer')]"
                                  ".filter((row) => !row.hidden).map((row) => row.dataset.dataset)")
    visit.wait(lambda: "permanent-basic-farmland" in shown() and "land-patches" not in shown(),
               "the layer by its initials")
    visit.shot("search-zh")
    page.keyboard.press("Escape")
    visit.wait(lambda: len(shown()) > 5, "all layers again")
    page.keyboard.type("no such layer")
    visit.wait(lambda: page.is_visible("#search-state") and not shown(), "that nothing was found")
    page.keyboard.press("Escape")
    visit.wait(lambda: len(shown()) > 5, "all layers again")
    # What is on, in which order, and how much of it shows through.
    page.click("#order-part > summary")
    names = lambda: page.evaluate("[...document.querySelectorAll('#order > li')].map((row) => row.dataset.layer)")
    first, second = names()[:2]
    page.focus(f"#order li[data-layer={first}] .grip")
    page.keyboard.press("ArrowDown")
    assert names()[:2] == [second, first], "the keyboard does not move a layer"
    assert page.evaluate("document.activeElement.closest('li').dataset.layer") == first, "focus is lost"
    grip, target = (page.query_selector(f"#order li[data-layer={name}] .grip").bounding_box()
                    for name in (first, second))
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 8, target["y"] + 2, steps=6)
    page.mouse.up()
    assert names()[:2] == [first, second], "dragging does not move a layer"
    page.click(f"#order li[data-layer={second}] summary")
    page.fill(f"#order li[data-layer={second}] input[type=range]", "40")
    visit.wait(lambda: f"{second}~40" in query(visit)["layers"], page.url)
    page.uncheck("#themes .layer[data-dataset=counties] input")
    visit.wait(lambda: "counties" not in query(visit)["layers"].split(","), page.url)
    visit.shot("order-zh")
    visit.close()


def identifies(browser, address, file, day, shots):
    for language in ("zh", "ug", "en"):
        visit = opened(browser, address, shots, day, language)
        page = visit.page
        x, y = inside_of_a_patch(visit, day)
        visit.open(f"?lang={language}&validOn={day}&view={x},{y},16")
        ready(visit)
        click_middle(visit)
        patch = "#found details[data-dataset=land-patches]"
        visit.wait(lambda: page.query_selector(patch), "the land patch")
        feature = page.get_attribute(patch, "data-feature")
        if page.get_attribute(patch, "open") is None:
            page.click(f"{patch} > summary")
        visit.wait(lambda: query(visit).get("feature") == f"land-patches/{feature}", "the selection")
        text = page.inner_text(patch)
        assert "m²" in text and "sm3" in text, text
        code = page.evaluate("(id) => fetch(`/api/v1/datasets/land-patches/features/${id}/history`)"
                             ".then((r) => r.json())", feature)["versions"][-1]
        assert code["areaM2"].split(".")[0][-3:] in text.replace("\u2009", ""), "an area of its own making"
        assert f"/catalogue/land-patches/features/{feature}" in page.get_attribute(f"{patch} .acts a", "href")
        assert not page.evaluate(CONTRASTS), page.evaluate(CONTRASTS)
        visit.shot(f"identify-{language}")
        page.keyboard.press("Escape")
        assert "at" not in query(visit) and not page.is_visible("#found"), "Esc does not close it"
        page.focus("#map")
        page.keyboard.press("Enter")
        visit.wait(lambda: page.query_selector(patch), "the patch asked about by keyboard")
        visit.close()


def slides_through_both_times(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day, "en")
    page = visit.page
    assert is_past(visit) == (page.get_attribute("body", "data-today") != day)
    page.click("#as-of-open")
    visit.wait(lambda: page.is_visible("#time-ready-part"), "the ticks")
    assert page.evaluate("document.querySelectorAll('#time-valid-ticks span').length") > 1
    commits = page.evaluate("document.querySelectorAll('#time-recorded-ticks span').length")
    assert commits > 1, "no ticks of commits"
    before = query(visit).get("validOn")
    page.focus("#time-valid")
    page.keyboard.press("PageDown")
    visit.wait(lambda: query(visit).get("validOn") not in (None, before), "another day")
    slid = query(visit)["validOn"]
    visit.wait(lambda: any("/tiles/" in a and f"datetime={slid}" in a for a in visit.asked), "tiles of it")
    assert is_past(visit) and slid in page.inner_text(".past-words"), "the header says nothing"
    page.keyboard.press("ArrowLeft")
    visit.wait(lambda: query(visit)["validOn"] < slid, "the day before")
    page.click("#time-recorded-back")
    visit.wait(lambda: "recorded" in query(visit), "another commit")
    recorded = query(visit)["recorded"]
    visit.wait(lambda: any("/tiles/" in a and f"recorded={recorded}" in a for a in visit.asked), "its tiles")
    assert not page.evaluate(CONTRASTS), page.evaluate(CONTRASTS)
    visit.shot("slider-en")
    page.reload(wait_until="load")
    ready(visit)
    assert query(visit)["recorded"] == recorded and is_past(visit), "the address does not hold it"
    page.click("#as-of-open")
    visit.wait(lambda: page.is_enabled("#time-now"), "the way back")
    page.click("#time-now")
    visit.wait(lambda: not is_past(visit) and "recorded" not in query(visit), "now")
    page.keyboard.press("Escape")
    assert not page.is_visible("#time"), "Esc does not close the strip"
    visit.close()


def compares_two_states(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day, "ug")
    page = visit.page
    page.click("#tool-compare")
    page.click("[data-compare=swipe]")
    visit.wait(lambda: page.evaluate("!!document.querySelector('#map-2 canvas')"), "a second map")
    ground = page.evaluate("getComputedStyle(document.getElementById('map-2')).backgroundColor")
    assert ground.startswith("rgb("), f"the first map shows through the second: {ground}"
    page.focus("#divider")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    visit.wait(lambda: query(visit)["split"] == "40", page.url)

    def is_dragged():
        divider = page.query_selector("#divider").bounding_box()
        page.mouse.move(divider["x"] + 12, divider["y"] + 60)
        page.mouse.down()
        page.mouse.move(divider["x"] + 112, divider["y"] + 60, steps=5)
        page.mouse.up()
        return int(query(visit)["split"]) > 45

    # Where the divider stands is drawn a moment after the address says so.
    visit.wait(is_dragged, "a divider that is dragged")
    # The second side gets a day and layers of its own; the first keeps what it had.
    layers = query(visit)["layers"]
    page.fill("#as-of-date", "2024-12-31")
    page.click(".as-of button[type=submit]")
    visit.wait(lambda: query(visit).get("validOn2") == "2024-12-31", "the second day")
    page.uncheck("#themes .layer[data-dataset=permanent-basic-farmland] input")
    visit.wait(lambda: "permanent-basic-farmland" not in query(visit)["layers2"], page.url)
    visit.wait(lambda: query(visit)["layers"] == layers and query(visit).get("validOn") in (day, None), page.url)
    visit.shot("swipe-ug")
    page.click("#tool-compare")
    page.click("[data-compare=linked]")
    size = lambda of: page.query_selector(of).bounding_box()["width"]
    visit.wait(lambda: abs(size("#map") - size("#map-2")) < 4 and query(visit)["with"] == "linked", "two maps")
    page.click("#tool-in")
    visit.shot("linked-ug")
    page.click("[data-side='0']:visible")
    assert page.is_checked("#themes .layer[data-dataset=permanent-basic-farmland] input"), "the tree shows no side"
    page.click("#tool-compare")
    page.click("#compare-end")
    visit.wait(lambda: "with" not in query(visit) and not page.is_visible("#map-2"), page.url)
    visit.close()


def measures(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day, "zh", "&view=76,39.2,13")
    page = visit.page
    box = page.query_selector("#map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for kind, words in (("length", ["椭球面距离", "平面距离", "EPSG:45"]),
                        ("area", ["椭球面积（法定）", "平面面积", "EPSG:45", "公顷", "亩"])):
        page.click("#tool-measure")
        page.click(f"#measure-{kind}")
        for dx, dy in ((-80, -60), (80, -60), (80, 60)):
            page.mouse.click(middle[0] + dx, middle[1] + dy)
            page.wait_for_timeout(350)
        page.mouse.dblclick(middle[0] - 80, middle[1] + 60)
        visit.wait(lambda: all(word in page.inner_text("#measured") for word in words), kind)
        visit.shot(f"measure-{kind}-zh")
    asked = [a for a in visit.asked if "/api/v1/measure" in a and "closed" in a][-1]
    answer = page.evaluate("async (a) => (await fetch(a)).json()", asked)
    shown = page.inner_text("#measured").replace("\u2009", "")
    assert answer["statutoryAreaM2"] in shown and answer["planarAreaM2"] in shown, shown
    assert answer["statutoryAreaM2"] != answer["planarAreaM2"]
    page.keyboard.press("Escape")
    assert not page.is_visible("#measured"), "Esc does not clear it"
    visit.close()


def shares_what_it_shows(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day, "zh")
    page = visit.page
    x, y = inside_of_a_patch(visit, day)
    link = (f"?lang=zh&view={x:.5f},{y:.5f},15.50&validOn=2025-06-30&recorded=9"
            f"&layers=land-patches~60,counties&with=swipe&split=30&validOn2=2024-12-31&layers2=land-patches"
            f"&at={x:.6f},{y:.6f}")
    visit.open(link)
    ready(visit)
    visit.wait(lambda: "feature" in query(visit), "the selection")
    page.click("#tool-share")
    shared = page.input_value("#share-link")
    assert "lang=" not in shared, shared
    page.click("#share-copy")
    page.keyboard.press("Escape")
    page.click("#tab-bookmarks")
    page.fill("#bookmark-name", "卷帘")
    page.click("#bookmark-form button")
    visit.wait(lambda: page.is_visible("#bookmarks a"), "the bookmark")
    assert "浏览器" in page.inner_text("#page-bookmarks"), "where it is kept is not said"
    visit.shot("bookmarks-zh")
    state = query(visit)
    colleague = Visit(browser, "", shots, viewport=DESK, locale="en")
    colleague.open(shared)
    ready(colleague)
    other = colleague.page
    colleague.wait(lambda: other.query_selector("#found details[open]"), "the selection")
    there = query(colleague)
    for key in set(state) - {"lang"}:
        assert there.get(key) == state[key], f"{key}: {state[key]} became {there.get(key)}"
    assert other.is_visible("#map-2") and other.is_visible("#divider") and is_past(colleague)
    other.click("#order-part > summary")
    assert other.evaluate("[...document.querySelectorAll('#order > li')].map((row) => row.dataset.layer)") == [
        "land-patches", "counties"]
    assert "60" in other.inner_text("#order li[data-layer=land-patches]")
    colleague.shot("shared-en")
    colleague.close()
    visit.open("?lang=zh")
    page.click("#tab-bookmarks")
    page.click("#bookmarks a")
    visit.wait(lambda: page.is_visible("#map-2") and query(visit).get("split") == "30", "the bookmark's view")
    page.click("#tab-bookmarks")
    page.click("#bookmarks .quiet")
    assert page.is_visible("#bookmarks-none"), "the bookmark stays"
    visit.close()


def says_what_is_missing(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day, "zh", "&layers=counties,not-for-everyone")
    page = visit.page
    assert page.is_visible("#layers-missing"), "a layer out of reach is passed over in silence"
    page.context.set_offline(True)
    click_middle(visit)
    visit.wait(lambda: page.is_visible("#found [role=alert]"), "the failure")
    visit.shot("failed-zh")
    page.context.set_offline(False)
    page.click("#found .button")
    visit.wait(lambda: page.query_selector("#found .found-place"), "the second try")
    page.uncheck("#themes .layer[data-dataset=counties] input")
    click_middle(visit)
    visit.wait(lambda: page.is_visible("#found .empty"), "that no layer is on")
    visit.shot("empty-zh")
    visit.complaints = [c for c in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in c]
    visit.close()


def weighs_little(browser, address, file, day, shots):
    visit = opened(browser, address, shots, day)
    sizes = visit.page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])")
    own = sum(size for name, size in sizes
              if "/tiles/" not in name and name not in ("/assets/ol.js", "/assets/ol.css", "/assets/htmx.min.js"))
    assert 0 < own < 1_000_000, f"the first view weighs {own} bytes"
    print(f"first view: {own} bytes in {len(sizes)} requests, besides tiles and vendored libraries")
    visit.close()


def works_on_a_phone(browser, address, file, day, shots):
    for language in ("zh", "ug", "en"):
        visit = opened(browser, address, shots, day, language, "&view=76,39.2,9", **PHONE)
        page = visit.page
        no_wider = lambda: page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        page.click("#layers-show")
        visit.shot(f"phone-layers-{language}")
        page.keyboard.press("Escape")
        page.click("#as-of-open")
        visit.wait(lambda: page.is_visible("#time-ready-part"), "the ticks")
        page.click("#time-valid-back")
        visit.wait(lambda: is_past(visit), "the past")
        assert no_wider(), f"{language}: scrolls sideways"
        visit.shot(f"phone-slider-{language}")
        page.click("#time-close")
        page.click("#tool-compare")
        page.click("[data-compare=linked]")
        visit.wait(lambda: page.evaluate("!!document.querySelector('#map-2 canvas')"), "a second map")
        visit.shot(f"phone-linked-{language}")
        page.click("#tool-compare")
        page.click("#compare-end")
        page.touchscreen.tap(150, 400)
        visit.wait(lambda: page.query_selector("#found .found-place"), "what is there")
        low = page.query_selector("#panel").bounding_box()
        assert low["height"] > 300, "the sheet stays low"
        assert no_wider(), f"{language}: scrolls sideways"
        visit.shot(f"phone-found-{language}")
        small = page.evaluate(
            "[...document.querySelectorAll('.tools button, #panel-tabs button')].filter((b) => b.checkVisibility())"
            ".map((b) => b.getBoundingClientRect().height).filter((height) => height < 44)")
        assert not small, f"targets of {small} px"
        visit.close()


STEPS = (searches_layers, identifies, slides_through_both_times, compares_two_states, measures,
         shares_what_it_shows, says_what_is_missing, weighs_little, works_on_a_phone)
