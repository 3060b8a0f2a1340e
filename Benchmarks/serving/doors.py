"""The servers that are compared, each started on its own and asked through the door it offers.

A door is asked by one reader on one connection that is kept, where the program keeps any. `restart` begins
anew; `cold` as well, with nothing of its files in the page cache.
"""
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.parse

import psycopg

import caches
import cluster
import fastcgi
import ground
import places
from program import BINARY

STARTS_WITHIN_S = 120


class Kept:
    """An HTTP connection that is kept."""

    def __init__(self, port: int):
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def get(self, path: str, accept: str = "*/*") -> bytes:
        self.link.request("GET", path, headers={"Accept": accept})
        answer = self.link.getresponse()
        body = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body


class Door:
    """What every server does alike."""

    # Whether it remembers what it has drawn, so that asking again is another figure.
    remembers = False

    def __init__(self, size: str):
        self.size = size
        self.process: subprocess.Popen | None = None

    def servers(self) -> tuple[int, ...]:
        """The processes whose work is this server's."""
        pids = [self.process.pid] if self.process else []
        return tuple(pids + ([cluster.postmaster()] if self.uses_postgres else []))

    uses_postgres = True

    def settle(self) -> None:
        """Lets what the server does once a day by itself be over before anything is measured."""

    def restart(self) -> None:
        self.stop()
        self.start()

    def cold(self) -> int:
        """Megabytes that were asked to leave the page cache."""
        self.stop()
        cluster.stop()
        forgotten = caches.forget(cluster.folder() / "data")
        cluster.start()
        self.start()
        return forgotten

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(120)
            self.process = None

    def folder(self) -> pathlib.Path:
        folder = places.work() / "serving" / "doors"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Karez(Door):
    name, remembers, uses_postgres = "karez", True, False

    def start(self) -> None:
        environment = {"KAREZ_HOME": str(places.REPOSITORY), **os.environ}
        log = open(self.folder() / "karez.log", "wb")
        self.process = subprocess.Popen(
            [str(BINARY), "serve", "--data", str(ground.store(self.size)), "--port", "0"],
            stdout=subprocess.PIPE, stderr=log, env=environment)
        for line in self.process.stdout:
            found = re.search(rb"http://[^:]+:(\d+)", line)
            if found:
                self.kept = Kept(int(found.group(1)))
                return
        raise RuntimeError("karez serve ended; see " + str(self.folder()))

    def settle(self) -> None:
        self.start()
        words = [str(BINARY), "jobs", "list", "--data", str(ground.store(self.size))]
        while subprocess.run(words, capture_output=True, check=True).stdout.strip():
            time.sleep(1)
        self.stop()

    def cold(self) -> int:
        self.stop()
        forgotten = caches.forget(ground.store(self.size))
        self.start()
        return forgotten

    def tile(self, level: int, row: int, column: int) -> bytes:
        return self.kept.get(
            f"/ogc/collections/{ground.DATASET}/tiles/WebMercatorQuad/{level}/{row}/{column}")

    def page(self, query: dict) -> bytes:
        return self.kept.get(
            f"/ogc/collections/{ground.DATASET}/items?" + urllib.parse.urlencode(query),
            "application/geo+json")


class PostGIS(Door):
    """ST_AsMVT asked directly, the statement prepared: nothing stands between it and the reader."""

    name = "postgis, ST_AsMVT"
    TILE = """select st_asmvt(q, 'land-patches', 4096, 'shape') from (
      select identifier, land_class,
        st_asmvtgeom(web, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) shape
      from patches_web
      where web && st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)) q"""

    def start(self) -> None:
        self.link = psycopg.connect(cluster.DSN, autocommit=True)
        self.link.execute(f"set search_path = {ground.schema(self.size)}, public")

    def stop(self) -> None:
        if getattr(self, "link", None):
            self.link.close()
            self.link = None

    def tile(self, level: int, row: int, column: int) -> bytes:
        found = self.link.execute(
            self.TILE, {"z": level, "x": column, "y": row}, prepare=True).fetchone()[0]
        return found or b""


class Tipg(Door):
    name = "tipg"

    def start(self) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{cluster.PORT}/overlay",
            "TIPG_DB_SCHEMAS": json.dumps([ground.schema(self.size)]),
            # It would leave features out beyond ten thousand.
            "TIPG_MAX_FEATURES_PER_TILE": "100000000", "TIPG_TILE_BUFFER": "64",
            "TIPG_TILE_RESOLUTION": "4096"}
        log = open(self.folder() / "tipg.log", "wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port",
             str(port), "--log-level", "warning", "--no-access-log"],
            stdout=log, stderr=log, env=environment)
        end = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    self.kept = Kept(port)
                    return
            time.sleep(0.1)
        raise RuntimeError("tipg does not answer; see " + str(self.folder() / "tipg.log"))

    def _path(self, table: str) -> str:
        return f"/collections/{ground.schema(self.size)}.{table}"

    def tile(self, level: int, row: int, column: int) -> bytes:
        return self.kept.get(
            f"{self._path('patches_web')}/tiles/WebMercatorQuad/{level}/{column}/{row}"
            "?properties=identifier,land_class")

    def page(self, query: dict) -> bytes:
        return self.kept.get(f"{self._path('patches')}/items?" + urllib.parse.urlencode(query),
                             "application/geo+json")


class MapServer(Door):
    """Its program kept running as FastCGI, and its connection to PostGIS kept open."""

    name = "mapserver"
    PROGRAMS = ("/usr/lib/cgi-bin/mapserv", "/usr/bin/mapserv")
    MAP = """MAP
  NAME "peers"
  STATUS ON
  SIZE 256 256
  MAXSIZE 8192
  UNITS METERS
  EXTENT -20037508 -20037508 20037508 20037508
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT
    NAME "mvt" DRIVER "MVT" IMAGEMODE FEATURE
    FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=4"
  END
  LAYER
    NAME "{layer}" TYPE POLYGON STATUS ON
    CONNECTIONTYPE POSTGIS CONNECTION "{connection}" PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "web from {schema}.patches_web using unique id using srid=3857"
    PROJECTION "init=epsg:3857" END
    METADATA "gml_include_items" "identifier,land_class" END
    TEMPLATE "none"
    CLASS STYLE COLOR 200 200 160 END END
  END
END
"""

    @classmethod
    def program(cls) -> str | None:
        return next((name for name in cls.PROGRAMS if os.access(name, os.X_OK)), None)

    def start(self) -> None:
        folder = self.folder()
        self.map = folder / "peers.map"
        self.map.write_text(self.MAP.format(
            layer=ground.DATASET, connection=cluster.DSN, schema=ground.schema(self.size)))
        settings = folder / "mapserver.conf"
        settings.write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
        self.place = folder / "mapserver.socket"
        log = open(folder / "mapserver.log", "wb")
        with fastcgi.listener(self.place) as own:
            self.process = subprocess.Popen(
                [self.program()], stdin=own.fileno(), stdout=log, stderr=log,
                env={**os.environ, "MAPSERVER_CONFIG_FILE": str(settings)})

    def stop(self) -> None:
        # It would wait for one more request before it ends.
        if self.process:
            self.process.kill()
        super().stop()

    def tile(self, level: int, row: int, column: int) -> bytes:
        body = fastcgi.ask(self.place, urllib.parse.urlencode({
            "map": str(self.map), "mode": "tile", "tilemode": "gmap", "layers": ground.DATASET,
            "tile": f"{column} {row} {level}", "map.imagetype": "mvt"}))
        if b"error" in body[:500] and b"<" in body[:100]:
            raise RuntimeError(body[:300].decode("utf-8", "replace"))
        return body
