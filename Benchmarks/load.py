"""Many people at work at the same time: readers who move the portal's map, officers at pages and checks.

usage: load.py KAREZ [--readers 50] [--officers 200] [--seconds 60] [--patches 30000] [--data FOLDER]
       [--url http://127.0.0.1:PORT/ --cookie C]

Starts a server of its own on loopback over a demo prefecture and stops it. A reader's move asks for all
tiles of the layers the portal shows at first that a screen of 1366 × 768 needs and has not got yet, six at
a time, as a browser does; what is measured is the time until the last is there. Officers think between
pages. The generator takes of the same cores as the server; its share is printed. Nothing but loopback is
ever asked, and all ends by itself.
"""
import argparse
import asyncio
import json
import math
import os
import pathlib
import random
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

HOME = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ("counties", "land-patches", "permanent-basic-farmland", "ecological-red-line",
          "urban-development-boundary")
# Screen and tile in pixels, as `Portal/assets/workbench/layer.js` asks for them.
SCREEN, TILE = (1106, 700), 512
PASSWORD = "Uchqun-2026-yultuz"
AT_ONCE = 6
# Degrees along a side of the boundary an officer has checked, and how many of them there are.
SIDE, PLACES = 0.002, 400


class Link:
    """One connection that is kept, as a browser's."""

    def __init__(self, port, address, cookie):
        self.port, self.address, self.cookie = port, address, cookie
        self.streams = None

    async def ask(self, path, body=None, kind="application/json", accept="*/*"):
        """Status and length; once more where the server had closed a connection that was kept."""
        for attempt in (0, 1):
            try:
                return await self._ask(path, body, kind, accept)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt:
                    raise

    async def _ask(self, path, body, kind, accept):
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self.streams
        head = [f"{'POST' if body is not None else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
                f"Accept: {accept}", f"X-Forwarded-For: {self.address}"]
        if self.cookie:
            head.append(f"Cookie: {self.cookie}")
        if body is not None:
            head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + (body or b""))
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        size, text = 0, b""
        if "chunked" in fields.get("transfer-encoding", ""):
            while True:
                count = int(await reader.readline(), 16)
                piece = await reader.readexactly(count + 2)
                size, text = size + count, text + piece[:-2]
                if count == 0:
                    break
        elif status not in (204, 304):
            text = await reader.readexactly(int(fields.get("content-length") or 0))
            size = len(text)
        if fields.get("connection") == "close":
            self.close()
        return status, size, text, fields

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None


class Figures:
    def __init__(self):
        self.times, self.errors, self.requests, self.bytes = {}, {}, 0, 0

    def note(self, what, seconds):
        self.times.setdefault(what, []).append(seconds)

    def count(self, reply, allowed=(200, 204, 304)):
        self.requests += 1
        self.bytes += reply[1]
        if reply[0] not in allowed:
            self.errors[reply[0]] = self.errors.get(reply[0], 0) + 1

    def failed(self, error):
        name = type(error).__name__
        self.errors[name] = self.errors.get(name, 0) + 1


def rank(times, share):
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def square(longitude, latitude, level):
    """Column and row of a place, with their fractions."""
    n = 2 ** level
    y = math.asinh(math.tan(math.radians(latitude)))
    return (longitude + 180) / 360 * n, (1 - y / math.pi) / 2 * n


def shown(view):
    """The squares a screen around a view needs; of the portal's 512-pixel tiles, so one level coarser."""
    longitude, latitude, zoom = view
    level = max(0, zoom - 1)
    x, y = square(longitude, latitude, level)
    half = (SCREEN[0] / 2 / TILE, SCREEN[1] / 2 / TILE)
    return {(level, row, column)
            for column in range(int(x - half[0]), int(x + half[0]) + 1)
            for row in range(int(y - half[1]), int(y + half[1]) + 1)}


async def reader(number, job, figures):
    """Moves the map about until the time is over: mostly a part of a screen, at times to another level."""
    dice = random.Random(1_000 + number)
    links = [Link(job.port, f"10.1.{number // 250}.{number % 250 + 1}", job.cookie(number))
             for _ in range(AT_ONCE)]
    west, south, east, north = job.box
    view = [dice.uniform(west, east), dice.uniform(south, north), dice.choice((9, 10, 11, 12))]
    have = set()
    await asyncio.sleep(dice.uniform(0, job.think))
    while time.monotonic() < job.end:
        screen = 360 / 2 ** view[2] * SCREEN[0] / 256
        if dice.random() < 0.25:
            view[2] = min(14, max(8, view[2] + dice.choice((-1, 1))))
        else:
            view[0] += dice.uniform(-0.6, 0.6) * screen
            view[1] += dice.uniform(-0.4, 0.4) * screen * 0.5
        if not (west <= view[0] <= east and south <= view[1] <= north):
            view[:2] = [dice.uniform(west, east), dice.uniform(south, north)]
        wanted = [(layer, *tile) for tile in shown(view) for layer in LAYERS
                  if (layer, *tile) not in have]
        begun = time.monotonic()
        queue = iter(wanted)

        async def fetch(link):
            for layer, level, row, column in queue:
                path = f"/ogc/collections/{layer}/tiles/WebMercatorQuad/{level}/{row}/{column}"
                try:
                    figures.count(await link.ask(path + f"?datetime={job.day}"))
                except Exception as error:  # counted, and the others go on
                    figures.failed(error)

        await asyncio.gather(*(fetch(link) for link in links))
        if wanted and time.monotonic() > job.warm:
            figures.note("map move", time.monotonic() - begun)
            figures.note("tiles a move", float(len(wanted)))
        have.update(wanted)
        if len(have) > 600:
            have.clear()
        await asyncio.sleep(dice.expovariate(1 / job.think))
    for link in links:
        link.close()


def rings(geometry):
    """The rings of a polygon or of several."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


def is_inside(x, y, ring):
    crossed = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossed = not crossed
    return crossed


def checkable(counties, box):
    """South-west corners of squares that lie in one county; a boundary elsewhere is none to be checked."""
    dice, found = random.Random(77), []
    outlines = [(ring, min(p[0] for p in ring), max(p[0] for p in ring), min(p[1] for p in ring),
                 max(p[1] for p in ring)) for county in counties for ring in rings(county["geometry"])]
    while len(found) < PLACES:
        x, y = dice.uniform(box[0], box[2]), dice.uniform(box[1], box[3])
        corners = [(x, y), (x + SIDE, y), (x + SIDE, y + SIDE), (x, y + SIDE)]
        # Odd by all rings: a hole of one county is another's land, or nobody's.
        near = [ring for ring, west, east, south, north in outlines
                if west < x + SIDE and x < east and south < y + SIDE and y < north]
        if near and all(sum(is_inside(*corner, ring) for ring in near) % 2 for corner in corners):
            found.append((x, y))
    return found


async def officer(number, job, figures):
    """A day's work, told in short: desk, catalogue, a dataset, its features, a boundary checked, the answer."""
    dice = random.Random(9_000 + number)
    link = Link(job.port, f"10.2.{number // 250}.{number % 250 + 1}", job.cookie(number))
    html = "text/html"
    await asyncio.sleep(dice.uniform(0, job.pause))
    while time.monotonic() < job.end:
        x, y = dice.choice(job.places)
        dataset = dice.choice(LAYERS[:3])
        near = f"bbox={x:.4f},{y:.4f},{x + 0.02:.4f},{y + 0.02:.4f}"
        ring = [[x, y], [x + SIDE, y], [x + SIDE, y + SIDE], [x, y + SIDE], [x, y]]
        body = json.dumps({"boundary": {"type": "Polygon", "coordinates": [ring]},
                           "purpose": "transport/road"}).encode()
        steps = [
            ("page", "/desk", None), ("page", "/", None), ("page", f"/catalogue/{dataset}", None),
            ("page", "/catalogue?search=" + urllib.parse.quote("基本农田"), None),
            ("items", f"/ogc/collections/{dataset}/items?limit=50&{near}", None),
            ("check", "/api/v1/checks", body), ("answer", None, None),
        ]
        answer = None
        for what, path, sent in steps:
            if time.monotonic() > job.end:
                break
            if what == "answer":
                if answer is None:
                    continue
                path = f"/answers/{answer}"
            begun = time.monotonic()
            try:
                reply = await link.ask(path, sent, accept=html if what in ("page", "answer") else "*/*")
                figures.count(reply)
                if what == "check" and reply[0] == 200:
                    answer = json.loads(reply[2]).get("id")
            except Exception as error:  # counted, and the day goes on
                figures.failed(error)
            if begun > job.warm:
                figures.note(f"officer, {what}", time.monotonic() - begun)
                figures.note("officer, all", time.monotonic() - begun)
            await asyncio.sleep(dice.expovariate(1 / job.pause))
    link.close()


class Job:
    def __init__(self, options):
        self.options = options
        self.think, self.pause = options.think, options.pause
        self.cookies = []

    def cookie(self, number):
        return self.cookies[number % len(self.cookies)] if self.cookies else None


class Server:
    """A server of our own with people who have signed in."""

    ACCOUNTS = 8

    def __init__(self, karez, data, folder):
        self.karez, self.data, self.folder = str(pathlib.Path(karez).resolve()), data, folder
        self.environment = {"KAREZ_HOME": str(HOME), **os.environ}
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]

    def run(self, *words):
        done = subprocess.run([self.karez, *words], capture_output=True, text=True, env=self.environment)
        if done.returncode != 0:
            sys.exit(f"load: karez {words[0]}: {done.stderr[-400:]}")
        return done.stdout

    def prepare(self, patches):
        if not pathlib.Path(self.data, "karez.gpkg").exists():
            print(f"load: making a prefecture of {patches} patches", file=sys.stderr, flush=True)
            self.run("demo", "--data", self.data, "--out", str(self.folder / "out"), "--patches", str(patches))
        names = [f"load-{number}" for number in range(self.ACCOUNTS)]
        known = {one["account"] for one in json.loads(self.run("user", "list", "--json", "--data", self.data))}
        self.secrets = {}
        for name in names:
            if name in known:
                self.secrets[name] = PASSWORD
                continue
            made = self.run("user", "add", name, "--name", name, "--role", "viewer", "--role", "submitter",
                            "--agency", "load", "--json", "--data", self.data)
            self.secrets[name] = json.loads(made)["secret"]

    def start(self):
        self.log = open(self.folder / "karez.log", "wb")
        self.process = subprocess.Popen(
            [self.karez, "serve", "--data", self.data, "--port", str(self.port), "--proxy", "127.0.0.1"],
            stdout=self.log, stderr=self.log, env=self.environment)
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit("load: the server ended; see " + str(self.folder))
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        sys.exit("load: nobody answers")

    async def sign_in(self):
        cookies = []
        for number, (name, secret) in enumerate(list(self.secrets.items())):
            link = Link(self.port, f"10.3.0.{number + 1}", None)

            async def send(path, **fields):
                reply = await link.ask(path, urllib.parse.urlencode(fields).encode(),
                                       "application/x-www-form-urlencoded")
                found = re.match(r"((?:__Host-)?karez-session=[^;]*)", reply[3].get("set-cookie", ""))
                if found:
                    link.cookie = found.group(1)
                return reply

            reply = await send("/sign-in", account=name, password=secret)
            if reply[0] != 303:
                sys.exit(f"load: {name} could not sign in: {reply[0]}")
            if secret != PASSWORD:
                page = (await link.ask("/password"))[2].decode()
                key = re.search(r'name="formKey" value="([^"]+)"', page).group(1)
                await send("/password", formKey=key, old=secret, new=PASSWORD, again=PASSWORD)
                self.secrets[name] = PASSWORD
            cookies.append(link.cookie)
            link.close()
        return cookies

    def used(self):
        """Processor seconds, and memory now and at its most, of the server."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        memory = {k: int(re.search(rf"{k}:\s+(\d+)", status).group(1)) / 1024 for k in ("VmRSS", "VmHWM")}
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), memory

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


async def run(job, server, readers, officers):
    job.port, job.cookies = server.port, await server.sign_in()
    link = Link(job.port, "10.3.1.1", job.cookies[0])
    page = json.loads((await link.ask("/ogc/collections/land-patches?f=json"))[2])
    job.box = page["extent"]["spatial"]["bbox"][0]
    counties = json.loads((await link.ask("/ogc/collections/counties/items?limit=100"))[2])["features"]
    job.places = checkable(counties, job.box)
    link.close()
    job.day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    figures = Figures()
    begun = time.monotonic()
    # A tenth of the time warms caches; its times do not count, its errors do.
    job.warm, job.end = begun + job.options.seconds / 10, begun + job.options.seconds
    people = [reader(number, job, figures) for number in range(readers)]
    people += [officer(number, job, figures) for number in range(officers)]
    before = server.used()[0]
    await asyncio.gather(*people)
    figures.wall = time.monotonic() - begun
    figures.cpu = server.used()[0] - before
    figures.memory = server.used()[1]
    return figures


def show(title, figures):
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(f"## {title}\n")
    print("| what | count | p50 | p95 | p99 | most |\n|---|---|---|---|---|---|")
    for what, times in sorted(figures.times.items()):
        if what == "tiles a move":
            continue
        cells = [f"{1000 * v:.0f} ms" for v in (rank(times, .5), rank(times, .95), rank(times, .99), max(times))]
        print(f"| {what} | {len(times)} | " + " | ".join(cells) + " |")
    tiles = figures.times.get("tiles a move")
    if tiles:
        print(f"\ntiles a move: {sum(tiles) / len(tiles):.1f}")
    print(f"requests: {figures.requests}, {figures.requests / figures.wall:.0f} a second, "
          f"{figures.bytes / 1e6:.0f} MB; errors: {figures.errors or 'none'}")
    print(f"server: {figures.cpu:.1f} s of processor in {figures.wall:.0f} s, "
          f"{figures.memory['VmRSS']:.0f} MB now, {figures.memory['VmHWM']:.0f} MB at most; "
          f"generator: {own.ru_utime + own.ru_stime:.1f} s of processor so far\n", flush=True)


# What was to be reached: the 95th percentile in seconds, and the server's memory in MB.
BARS = {"map move": 0.3, "officer, all": 1.0}
MOST_MEMORY = 600


def bars(figures):
    """Says of each bar whether it was reached; whether all were."""
    rows = [(f"{what}, p95", f"≤ {1000 * bar:.0f} ms", f"{1000 * rank(figures.times[what], .95):.0f} ms",
             rank(figures.times[what], .95) <= bar)
            for what, bar in BARS.items() if what in figures.times]
    most = figures.memory["VmHWM"]
    rows.append(("memory of the server", f"≤ {MOST_MEMORY} MB", f"{most:.0f} MB", most <= MOST_MEMORY))
    print("| what | goal | seen | reached |\n|---|---|---|---|")
    for what, goal, seen, reached in rows:
        print(f"| {what} | {goal} | {seen} | {'yes' if reached else '**NO**'} |")
    print(flush=True)
    return all(reached for *_, reached in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("karez")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--officers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--patches", type=int, default=30_000)
    parser.add_argument("--think", type=float, default=4, help="mean seconds between two moves of a reader")
    parser.add_argument("--pause", type=float, default=20, help="mean seconds between two pages of an officer")
    parser.add_argument("--data", help="a demo prefecture that stands already, or where to make it")
    options = parser.parse_args()
    if not (0 <= options.readers <= 500 and 0 <= options.officers <= 1000 and 5 <= options.seconds <= 3600):
        sys.exit("load: at most 500 readers, 1,000 officers and an hour")
    failed = False
    with tempfile.TemporaryDirectory(prefix="karez-load-") as scratch:
        folder = pathlib.Path(scratch)
        server = Server(options.karez, options.data or str(folder / "data"), folder)
        server.prepare(options.patches)
        server.start()
        try:
            for title, readers, officers in (
                    (f"{options.readers} readers move the map", options.readers, 0),
                    (f"{options.officers} officers at work", 0, options.officers),
                    ("both", options.readers, options.officers)):
                if readers + officers == 0 or (title == "both" and not (options.readers and options.officers)):
                    continue
                figures = asyncio.run(run(Job(options), server, readers, officers))
                show(title, figures)
                failed = failed or bool(figures.errors) or not figures.times
                # Readers and officers at once are more than was asked for: shown, not judged.
                reached = bars(figures)
                failed = failed or not (reached or (readers and officers))
        finally:
            server.stop()
        complaints = [line for line in (folder / "karez.log").read_text().splitlines()
                      if re.search(r'"level":"(error|critical)"', line)]
        print("complaints of the server:", len(complaints), *complaints[:3], sep="\n")
    sys.exit(1 if failed or complaints else 0)


if __name__ == "__main__":
    main()
