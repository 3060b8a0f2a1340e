"""Opens pages that show hostile texts in a real Chromium, and says whether anything of them ran.

usage: attack.py ADDRESS [--cookie=NAME=VALUE] PATH...
A cookie is shown with the paths behind it, in place of the one before. Prints `N pages, nothing ran`; exits 1 if a script ran, a dialog opened, something was asked of
another address, or the page's policy had to stop anything.
"""
import shutil
import sys

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader",
         "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def main() -> None:
    address, paths = sys.argv[1], sys.argv[2:]
    faults, seen = [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(600_000)
        where = ""

        def fault(what):
            faults.append(f"{where}: {what}")

        def console(message):
            if "Content Security Policy" in message.text or "Refused to" in message.text:
                fault(message.text)

        page.on("dialog", lambda dialog: (fault("a dialog"), dialog.dismiss()))
        page.on("console", console)
        page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:"))
                else fault(f"asks {request.url}"))
        for where in paths:
            if where.startswith("--cookie="):
                name, value = where.removeprefix("--cookie=").split("=", 1)
                context.clear_cookies()
                context.add_cookies([{"name": name, "value": value, "url": address}])
                continue
            seen += 1
            page.goto(address + where, wait_until="load")
            page.wait_for_timeout(150)
            if page.evaluate("typeof window.ran") != "undefined":
                fault("a script ran")
            for tag in ("img[src='x']", "svg[onload]", "a[href^='javascript']", "iframe"):
                if page.query_selector(tag):
                    fault(f"{tag} is an element")
        # The examination itself must be able to fail.
        page.evaluate("window.ran = 1")
        if page.evaluate("typeof window.ran") == "undefined":
            fault("nothing would have been noticed")
        browser.close()
    for line in faults:
        print(line)
    if not faults:
        print(f"{seen} pages, nothing ran")
    sys.exit(1 if faults or not seen else 0)


if __name__ == "__main__":
    main()
