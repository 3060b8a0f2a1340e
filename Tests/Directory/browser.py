"""A browser that signs in by the directory and says what the portal answered, as JSON.

Arguments: the address to begin at, the user and the password at the provider. It keeps cookies,
fills in the provider's forms, agrees to what it asks, and stops at the portal's answer.
"""

import html
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request


class Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            Staying, urllib.request.HTTPCookieProcessor(self.jar)
        )

    def go(self, address: str, fields: dict | None = None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            reply = self.opener.open(urllib.request.Request(address, data=data), timeout=600)
        except urllib.error.HTTPError as error:
            reply = error
        return reply, reply.read().decode()


def fields_of(page: str, user: str, password: str) -> dict:
    fields = {}
    for tag in re.findall(r"<(?:input|button)[^>]*>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        # Of several buttons of one name, the one that agrees.
        if name and (name[1] not in fields or (value and value[1] == "accept")):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    if "login" in fields:
        fields["login"] = user
    if "password" in fields:
        fields["password"] = password
    return fields


def main() -> None:
    begin, user, password = sys.argv[1:4]
    portal = urllib.parse.urlsplit(begin).netloc
    browser = Browser()
    reply, page = browser.go(begin)
    trail = [begin]
    for _ in range(12):
        where = reply.headers.get("Location")
        if where:
            trail.append(urllib.parse.urljoin(reply.url, where))
            reply, page = browser.go(trail[-1])
        elif urllib.parse.urlsplit(reply.url).netloc != portal:
            reply, page = browser.go(reply.url, fields_of(page, user, password))
        else:
            break
    answer = {"status": reply.status, "trail": trail, "page": page}
    answer["cookies"] = {cookie.name: cookie.value for cookie in browser.jar}
    # The same answer of the provider once more, and in a browser that began nothing.
    answer["again"] = browser.go(trail[-1])[0].status
    answer["elsewhere"] = Browser().go(trail[-1])[0].status
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
