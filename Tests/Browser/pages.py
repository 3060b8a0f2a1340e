"""Looks at pages in a real Chromium: nothing complains, overflows, or cannot be read.

usage: pages.py ADDRESS PLAN.json [FOLDER_FOR_SCREENSHOTS]
The plan has `keys` of the message catalogues and `looks`: page, address, cookie, language, width.
Prints a line for each fault, then `N looks, M faults`; exits 1 where there was any, or no look.
"""
import json
import pathlib
import sys

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
LOOK = (pathlib.Path(__file__).parent / "look.js").read_text(encoding="utf-8")
# A page that asks again by itself is never quiet.
QUIET_MS = 120


# What each planted fault has to be told as; a look that finds none of them could not fail.
PAGE = ('<!doctype html><html lang="en" dir="ltr"><head><title>T</title><link rel="icon" href="data:,">'
        "</head><body>%s<p>some words</p><p>and more</p><p>and more</p></body></html>")
PLANTED = {
    "": "<h1>A</h1>",
    "contrast": "<h1>A</h1><p style='color:#999'>pale</p>",
    "contrast 3": "<h1>A</h1><p style='opacity:.5'>pale</p>",
    "page 2": "<h1>A</h1><div style='width:2000px'>wide</div>",
    "500 px in 300": "<h1>A</h1><main class='page' style='overflow-y:auto;width:300px'>"
                     "<div style='width:500px'>wide</div></main>",
    "lies outside": "<h1>A</h1><p style='position:fixed;left:1270px;width:90px'>out</p>",
    "key": "<h1>A</h1><p>sign_in</p>",
    "key p": "<h1>A</h1><p title='sign_in'>x</p>",
    "placeholder": "<h1>A</h1><p>{count} rows</p>",
    "2 h1": "<h1>A</h1><h1>B</h1>",
    "0 h1": "<h2>A</h2>",
}


def prove(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for what, body in PLANTED.items():
        page.set_content(PAGE % body)
        faults = page.evaluate(LOOK, ["sign_in"])["faults"]
        assert any(f.startswith(what) for f in faults) if what else not faults, (what, faults)
    page.set_content(PAGE.replace('lang="en"', 'lang="ug"') % "<h1>A</h1>")
    assert page.evaluate(LOOK, [])["faults"] == ["dir ltr for ug"]
    page.set_content(PAGE.replace("<title>T</title>", "") % "<h1>A</h1>")
    assert page.evaluate(LOOK, [])["faults"] == ["no title"]
    page.close()


def context_of(browser, base, cookie, width):
    context = browser.new_context(viewport={"width": width, "height": 844 if width < 800 else 800})
    context.set_default_timeout(60_000)
    if cookie:
        context.add_cookies([{"name": "karez-session", "value": cookie, "url": base}])
    return context


def look_at(context, base, look, keys, shots):
    page = context.new_page()
    faults = []
    page.on("console", lambda m: faults.append("console " + m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append("script " + str(e)))
    query = "&" if "?" in look["address"] else "?"
    address = look["address"] + query + "lang=" + look["language"]
    response = page.goto(base + address, wait_until="load")
    page.wait_for_timeout(QUIET_MS)
    if response is None or (response.status >= 400) != look["isRefused"]:
        faults.append(f"status {response and response.status}")
    if look["isRefused"]:  # Which the browser says of the page itself.
        faults = [f for f in faults if "Failed to load resource" not in f]
    found = page.evaluate(LOOK, keys)
    if shots:
        name = f"{look['page']}-{look['language']}-{look['width']}"
        page.screenshot(path=str(shots / (name.replace("/", "_").strip("_") + ".png")))
    page.close()
    return faults + found["faults"]


def main():
    base, plan = sys.argv[1], json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    shots = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    count, bad = 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        prove(browser)
        contexts = {}
        for look in plan["looks"]:
            key = (look["cookie"], look["width"])
            if key not in contexts:
                contexts[key] = context_of(browser, base, *key)
            try:
                faults = look_at(contexts[key], base, look, plan["keys"], shots)
            except Exception as error:  # What a page does to the browser is a fault of the page.
                faults = [f"not looked at: {error}"]
            count += 1
            bad += len(faults)
            for fault in faults:
                print(f"{look['page']} {look['language']} {look['width']}: {fault}")
        browser.close()
    print(f"{count} looks, {bad} faults")
    sys.exit(0 if count and not bad else 1)


main()
