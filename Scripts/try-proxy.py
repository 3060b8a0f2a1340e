"""Tries nginx with our recipe before a real server: TLS, headers, forwarded addresses, rates, caching
by scope, large uploads, downloads.

usage: try-proxy.py KAREZ [DATA]
Everything runs on loopback and in a temporary folder; DATA, a demo's folder without accounts, is copied there
instead of made. Prints `N passed, M failed`.
"""
import concurrent.futures
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

HOME = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = "Uchqun-2026-yultuz"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Reply:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.getheaders(), body

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name):
        found = self.all(name)
        assert len(found) <= 1, f"{name} is there {len(found)} times"
        return found[0] if found else None


class Client:
    """A browser without rendering: keeps the session's cookie."""

    def __init__(self, port, secure=True):
        self.port, self.secure, self.cookie = port, secure, None

    def ask(self, method, path, body=None, headers=()):
        if self.secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            link = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=600)
        else:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        sent = dict(headers)
        if self.cookie:
            sent["Cookie"] = self.cookie
        try:
            link.request(method, path, body=body, headers=sent)
            response = link.getresponse()
            reply = Reply(response, response.read())
        finally:
            link.close()
        for cookie in reply.all("Set-Cookie"):
            if "karez-session=" in cookie:
                self.cookie = cookie.split(";")[0]
        return reply

    def get(self, path, **headers):
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def form(self, path, headers=(), **fields):
        return self.ask("POST", path, urllib.parse.urlencode(fields), {
            "Content-Type": "application/x-www-form-urlencoded", **dict(headers)})


class Ground:
    """A server with people, and nginx before it."""

    def __init__(self, karez, folder):
        self.karez, self.folder = str(pathlib.Path(karez).resolve()), pathlib.Path(folder)
        self.environment = {**os.environ, "KAREZ_HOME": str(HOME)}
        self.server_port, self.tls_port, self.plain_port = free_port(), free_port(), free_port()
        self.running = []

    def run(self, *words):
        done = subprocess.run([self.karez, *words], capture_output=True, text=True, env=self.environment)
        assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def prepare(self):
        data = str(self.folder / "data")
        if len(sys.argv) > 2:
            shutil.copytree(sys.argv[2], data)
        else:
            self.run("demo", "--data", data, "--out", str(self.folder / "out"), "--patches", "3000")
        self.secrets = {}
        for name, region in (("anar", None), ("bahar", None), ("dilnur", "653101")):
            words = ["--region", region] if region else []
            made = self.run("user", "add", name, "--name", name, "--role", "viewer", "--agency", "一科",
                            *words, "--json", "--data", data)
            self.secrets[name] = json.loads(made)["secret"]
        token = self.run("user", "token", "anar", "--title", "try", "--may", "view", "--days", "1",
                         "--json", "--data", data)
        self.token = next(v for v in json.loads(token).values() if isinstance(v, str) and len(v) > 40)

    def start(self):
        log = open(self.folder / "karez.log", "wb")
        server = subprocess.Popen(
            [self.karez, "serve", "--data", str(self.folder / "data"), "--port", str(self.server_port),
             "--proxy", "127.0.0.1"], stdout=log, stderr=log, env=self.environment)
        self.running.append(server)
        self.wait(self.server_port, server)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-keyout", self.folder / "karez.key", "-out", self.folder / "karez.crt"],
            check=True, capture_output=True)
        self.write_configuration()
        command = ["nginx", "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf")]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert tested.returncode == 0, tested.stderr
        nginx = subprocess.Popen([*command, "-g", "daemon off;"])
        self.running.append(nginx)
        self.wait(self.tls_port, nginx)

    def write_configuration(self):
        recipe = (HOME / "Operations/nginx/karez.conf").read_text(encoding="utf-8")
        changes = [
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.tls_port} ssl"),
            ("map.example.gov.cn", "localhost 127.0.0.1"),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{self.server_port};"),
            ("/etc/nginx/karez", f"{self.folder}/karez"),
            ("/var/cache/nginx-karez", f"{self.folder}/cache"),
        ]
        for was, becomes in changes:
            assert was in recipe, f"the recipe has no {was}"
            recipe = recipe.replace(was, becomes)
        temporary = " ".join(
            f"{kind}_temp_path {self.folder}/temp-{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user} worker_processes 1; pid {self.folder}/nginx.pid;\n"
            "events { worker_connections 512; }\n"
            f"http {{ include /etc/nginx/mime.types; access_log {self.folder}/access.log; {temporary}\n"
            f"{recipe}\n}}\n", encoding="utf-8")

    @staticmethod
    def wait(port, process):
        for _ in range(600):
            assert process.poll() is None, "ended early"
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError(f"nobody answers on {port}")

    def stop(self):
        for process in reversed(self.running):
            process.terminate()
            process.wait(60)

    def signed_in(self, name):
        client = Client(self.tls_port)
        secret = self.secrets[name]
        reply = client.form("/sign-in", account=name, password=secret)
        assert reply.status == 303 and client.cookie, f"{name}: {reply.status}"
        if secret != PASSWORD:
            page = client.get("/password").body.decode()
            key = re.search(r'name="formKey" value="([^"]+)"', page).group(1)
            done = client.form("/password", formKey=key, old=secret, new=PASSWORD, again=PASSWORD)
            assert done.status == 303, f"{name}: {done.status} {done.body[:300]}"
            self.secrets[name] = PASSWORD
        return client

    def asked(self, route, status_class=None):
        """How many requests of a route have reached the server."""
        text = Client(self.server_port, secure=False).get("/metrics").body.decode()
        found = re.findall(r'karez_requests_total\{method="GET",route="([^"]+)",class="(\dxx)"\} (\d+)', text)
        return sum(int(n) for r, c, n in found if r == route and status_class in (None, c))


TILE = "/ogc/collections/{id}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"


def tile(dataset):
    return f"/ogc/collections/{dataset}/tiles/WebMercatorQuad/6/24/45"


def plain_leads_to_tls(ground):
    reply = Client(ground.plain_port, secure=False).get("/catalogue")
    assert reply.status == 301 and reply.one("Location").startswith("https://"), reply.headers


def headers_are_the_servers_own(ground):
    reply = Client(ground.tls_port).get("/sign-in")
    assert reply.status == 200
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
                 "X-Frame-Options", "Referrer-Policy", "Cache-Control", "X-Request-Id"):
        assert reply.one(name), name
    assert reply.one("Server") == "nginx", reply.one("Server")


def no_other_name_is_answered(ground):
    for host in ("map.example.org", "localhost.example.org", "169.254.169.254", "[::1]"):
        for port, secure in ((ground.tls_port, True), (ground.plain_port, False)):
            try:
                reply = Client(port, secure).get("/sign-in", Host=host)
                raise AssertionError(f"{host}: {reply.status}")
            except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLError):
                pass


def cookies_are_bound_to_tls(ground):
    client = Client(ground.tls_port)
    reply = client.form("/sign-in", account="anar", password=ground.secrets["anar"])
    cookie = reply.one("Set-Cookie")
    assert cookie.startswith("__Host-karez-session="), cookie
    for word in ("Secure", "HttpOnly", "SameSite=Strict"):
        assert word in cookie, cookie


def figures_are_for_the_machine(ground):
    direct = Client(ground.server_port, secure=False)
    assert direct.get("/metrics").status == 200
    assert direct.get("/metrics", X_Forwarded_For="203.0.113.9").status == 404
    assert Client(ground.tls_port).get("/metrics").status == 404
    assert Client(ground.tls_port).get("/metrics", X_Forwarded_For="127.0.0.1").status == 404
    assert Client(ground.tls_port).get("/scope").status == 404, "what a cache asks is not for outside"


def public_tiles_are_cached_by_scope(ground):
    first, second, bound = (ground.signed_in(n) for n in ("anar", "bahar", "dilnur"))
    path = tile("counties")
    one = first.get(path)
    assert one.status == 200 and one.one("Cache-Control") == "private, no-cache", one.headers
    tag, reached = one.one("ETag"), ground.asked(TILE)
    same = second.get(path)
    assert same.body == one.body and same.one("ETag") == tag
    assert ground.asked(TILE) == reached, "one of the same scope is answered by the cache"
    known = second.get(path, If_None_Match=tag)
    assert known.status == 304 and not known.body, known.status
    other = bound.get(path)
    assert ground.asked(TILE) == reached + 1, "another scope is asked of the server"
    assert other.status in (200, 204) and other.one("Cache-Control") == "private, no-store"
    assert bound.get(path).one("Cache-Control") == "private, no-store"
    stranger = Client(ground.tls_port).get(path)
    assert stranger.status == 401, f"whoever has not signed in gets nothing: {stranger.status}"
    time.sleep(10.5)
    before = ground.asked(TILE, "3xx")
    again = first.get(path)
    assert again.status == 200 and again.body == one.body
    assert ground.asked(TILE, "3xx") == before + 1, "an old one is asked about by its tag"


def what_is_not_public_is_kept_nowhere(ground):
    client = ground.signed_in("anar")
    path = tile("land-patches")
    first = client.get(path)
    assert first.status == 200 and first.one("Cache-Control") == "private, no-store", first.headers
    reached = ground.asked(TILE)
    assert client.get(path).status == 200 and ground.asked(TILE) == reached + 1
    kept = [f for f in (ground.folder / "cache").rglob("*") if f.is_file()]
    assert kept, "nothing was cached at all"
    for file in kept:
        assert b"land-patches" not in file.read_bytes(), "a tile of land patches lies in the cache"


def programs_are_counted_by_the_server(ground):
    client, path = Client(ground.tls_port), tile("counties")
    reached = ground.asked(TILE)
    for _ in range(2):
        assert client.get(path, Authorization="Bearer " + ground.token).status == 200
    assert ground.asked(TILE) == reached + 2


def large_uploads_pass_and_larger_do_not(ground):
    client = ground.signed_in("anar")
    page = client.get("/").body.decode()
    key = re.search(r'name="formKey" value="([^"]+)"', page).group(1)

    def upload(megabytes):
        head = (f'--x\r\nContent-Disposition: form-data; name="formKey"\r\n\r\n{key}\r\n--x\r\n'
                'Content-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n').encode()
        body = head + b"[" + b" " * (megabytes << 20) + b"\r\n--x--\r\n"
        return client.ask("POST", "/checks", body, {
            "Content-Type": "multipart/form-data; boundary=x",
            "Origin": f"https://127.0.0.1:{ground.tls_port}"})

    refused = upload(90)
    assert refused.status in (400, 422), f"{refused.status} {refused.body[:200]}"
    assert b"nginx" not in refused.body, "the server itself says what is wrong with the file"
    assert upload(102).status == 413


def downloads_come_whole(ground):
    client = ground.signed_in("anar")
    reply = client.get("/api/v1/datasets/land-patches/export?format=geojson")
    assert reply.status == 200 and len(reply.body) == int(reply.one("Content-Length"))
    assert len(json.loads(reply.body)["features"]) > 2_900
    assert reply.one("Karez-SM3") and reply.one("Cache-Control") == "private, no-store"


def pages_are_not_compressed_and_tiles_are(ground):
    client = ground.signed_in("anar")
    page = client.get("/catalogue", Accept_Encoding="gzip")
    assert page.status == 200 and page.one("Content-Encoding") is None, page.headers
    zipped = client.get(tile("land-patches"), Accept_Encoding="gzip")
    assert zipped.one("Content-Encoding") == "gzip", (zipped.status, len(zipped.body), zipped.headers)
    assert gzip.decompress(zipped.body)
    missing = client.get("/assets/no-such-file.js", Accept_Encoding="gzip")
    assert missing.status == 404 and b"formKey" not in missing.body
    script = client.get("/assets/ol.js", Accept_Encoding="gzip")
    assert script.status == 200 and script.one("Content-Encoding") == "gzip"


def whoever_tries_passwords_is_slowed_down(ground):
    def attempt(number):
        return Client(ground.tls_port).form(
            "/sign-in", account="nobody", password="x",
            headers={"X-Forwarded-For": f"203.0.113.{number}"}.items()).status

    with concurrent.futures.ThreadPoolExecutor(40) as many:
        statuses = list(many.map(attempt, range(40)))
    assert 429 in statuses, "a made-up address does not help"


TRIES = [
    plain_leads_to_tls, headers_are_the_servers_own, no_other_name_is_answered, cookies_are_bound_to_tls,
    figures_are_for_the_machine, public_tiles_are_cached_by_scope, what_is_not_public_is_kept_nowhere,
    programs_are_counted_by_the_server, large_uploads_pass_and_larger_do_not, downloads_come_whole,
    pages_are_not_compressed_and_tiles_are, whoever_tries_passwords_is_slowed_down,
]


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="karez-proxy-") as folder:
        ground = Ground(sys.argv[1], folder)
        try:
            ground.prepare()
            ground.start()
            for attempt in TRIES:
                name = attempt.__name__.replace("_", " ")
                try:
                    attempt(ground)
                    passed += 1
                    print(f"ok {name}", flush=True)
                except Exception as error:  # whatever it is, the rest is tried too
                    failed += 1
                    print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            print("largest memory of the server:", peak(ground.running[0].pid))
        finally:
            ground.stop()
        complaints = [line for line in (ground.folder / "karez.log").read_text().splitlines()
                      if '"level":"error"' in line]
        print(*complaints[:5], sep="\n")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed or complaints else 0)


def peak(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return re.search(r"VmHWM:\s+(.*)", status).group(1)


if __name__ == "__main__":
    main()
