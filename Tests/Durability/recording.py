"""Runs the real program under the recorder: mixed work, and what was acknowledged of it."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile

import disk

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.dirname(os.path.dirname(HERE))
# Written once; whoever was told of one finds it as it was.
KEPT = (
    "karez.json", "keys/integrity.key", "keys/integrity.generation", "blobs/", "../witness/", "../backup/")


def compiled(folder):
    """The recorder as a library, compiled into a folder by the compiler Swift comes with."""
    library = os.path.join(folder, "recorder.so")
    subprocess.run(
        ["clang", "-shared", "-fPIC", "-O2", "-o", library, os.path.join(HERE, "recorder.c"), "-ldl"],
        check=True)
    return library


class Room:
    """A folder `disk` that is recorded, and beside it what is not."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.root = os.path.join(folder, "disk")
        self.log = os.path.join(folder, "log")
        self.library = compiled(folder)
        os.mkdir(self.root, 0o700)
        self.inode = os.stat(self.root).st_ino
        self.data = os.path.join(self.root, "map")
        self.key = os.path.join(folder, "key.pem")
        self.commands = 0

    def environment(self, **more):
        return {**os.environ, "KAREZ_HOME": HOME, "LC_ALL": "C.UTF-8", **more}

    def karez(self, *arguments, recorded=True, **more):
        """What the program says; an acknowledgement in the log when it says it is done."""
        traced = {"LD_PRELOAD": self.library, "KAREZ_IO_ROOT": self.root, "KAREZ_IO_LOG": self.log}
        done = subprocess.run(
            [self.program, *arguments, "--json"], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, env=self.environment(**(traced if recorded else {}), **more))
        if done.returncode != 0:
            raise SystemExit(f"karez {' '.join(arguments)}: {done.returncode}: {done.stderr}")
        self.commands += 1
        if recorded:
            disk.mark(self.log, json.dumps(self.acknowledged()))
        return json.loads(done.stdout) if done.stdout.strip() else None

    def acknowledged(self):
        """What whoever was told "done" may count on from now on."""
        files = {}
        for base in (self.data, os.path.join(self.root, "witness"), os.path.join(self.root, "backup")):
            for path in below(base):
                name = os.path.relpath(path, self.data)
                if name.startswith(KEPT) and "/." not in name:
                    with open(path, "rb") as file:
                        files[name] = hashlib.sha256(file.read()).hexdigest()
        return {"entries": len(entries(self.data)), "files": files}

    def file(self, name, count, shift):
        """A file of squares, each with the code of a township."""
        features = []
        for index in range(count):
            x, y = 100 + index % 40 * 0.02 + shift, 30 + index // 40 * 0.02
            ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
            code = f"653101{index:03d}"
            features.append({
                "type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"township_code": code, "name": "乡" + code, "county_code": "653101"}})
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            json.dump({"type": "FeatureCollection", "features": features}, file)
        return path

    def work(self, is_short):
        """Every kind of write there is, one after the other."""
        place = ["--data", self.data]
        day = ["--valid-from", "2025-01-01"]
        subprocess.run(
            [self.program, "log", "key", self.key], check=True, capture_output=True,
            env=self.environment())
        witness = os.path.join(self.root, "witness")
        sign = ["--witness", witness, "--signing-key", self.key]
        self.karez("init", *place)
        os.mkdir(witness)
        disk_folder = os.stat(witness).st_ino
        with open(self.log, "ab") as log:
            log.write(disk.HEAD.pack(b"M", disk_folder, 0, 7, 0) + b"witness")
            log.write(disk.HEAD.pack(b"S", self.inode, 0, 0, 0))
        self.karez("import", "townships", self.file("a.geojson", 3, 0), *day, *place)
        self.karez("submit", "townships", self.file("b.geojson", 4, 0.0005), "--reason", "r", *day, *place)
        self.karez("jobs", "run", "--once", *place)
        self.karez("log", "checkpoint", *sign, *place)
        self.karez("end", "townships", "653101002", "--on", "2025-06-01", "--reason", "r", *place)
        if is_short:
            return
        self.karez("import", "townships", self.file("c.geojson", 400, 0.001), "--valid-from", "2025-07-01", *place)
        self.karez(
            "correct", "townships", "653101001", "--from", "2025-07-01", "--set", "name=改", "--reason", "r",
            *place)
        self.karez("backup", os.path.join(self.root, "backup"), *place)
        self.karez("revert", "townships", "4", "--reason", "r", *place)
        self.karez("submit", "townships", self.file("d.geojson", 40, 0.002), "--reason", "r",
                   "--valid-from", "2025-08-01", *place)
        self.karez("jobs", "run", "--once", *place)
        self.karez("log", "checkpoint", *sign, *place)

    def steps(self):
        return disk.resolved(disk.records(self.log), self.inode)


def below(folder):
    for base, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(base, name)


def read(folder, body):
    """What a body reads from a copy of the map's file, so that nothing is written beside it."""
    with tempfile.TemporaryDirectory() as copy:
        for ending in ("", "-wal"):
            source = os.path.join(folder, "karez.gpkg" + ending)
            if os.path.exists(source):
                shutil.copy(source, os.path.join(copy, "karez.gpkg" + ending))
        with sqlite3.connect(os.path.join(copy, "karez.gpkg")) as db:
            db.execute("PRAGMA trusted_schema=OFF")
            return body(db)


def entries(folder):
    """Hashes of the log's entries, in order."""
    return read(folder, lambda db: [
        row[0] for row in db.execute("SELECT sm3 FROM karez_log ORDER BY number")])
