"""Cuts the power at random points of a recording and opens what is left with the real program.

What was acknowledged has to be there, nothing may be half there, the log has to verify, and the
map has to be ready at once. Then the recording is replayed as if no call had synced:
that has to go red, or the harness shows nothing.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import disk
import recording


# What belongs to a process, or is made again.
REMADE = ("drafts/", "snapshots/", "uploads/", "results/")


class Judge:
    """Judges trees; asks the program once for each state a map can be in after SQLite's recovery."""

    def __init__(self, program, log, folder, most_asked):
        self.program, self.log, self.folder = program, log, folder
        self.most_asked = most_asked
        self.asked, self.slowest = {}, 0.0

    def fault(self, tree, acknowledged, number):
        place = os.path.join(self.folder, f"cut-{number}")
        disk.lay(tree, place)
        try:
            return self.opened(os.path.join(place, "map"), acknowledged)
        finally:
            shutil.rmtree(place)

    def opened(self, data, acknowledged):
        for name, sha256 in acknowledged["files"].items() if acknowledged else ():
            try:
                with open(os.path.join(data, name), "rb") as file:
                    if hashlib.sha256(file.read()).hexdigest() != sha256:
                        return f"{kind(name)} altered"
            except OSError:
                return f"{kind(name)} lost"
        try:
            state, log = self.recovered(data)
        except sqlite3.DatabaseError as error:
            return f"corrupt: {error}"
        if not acknowledged:
            # Nothing was promised yet, but `init` has to make a map of what it left.
            return self.ask(data, state, "init")
        if len(log) < acknowledged["entries"]:
            return "acknowledged and lost"
        if log != self.log[:len(log)]:
            return "another log"
        return self.ask(data, state, "log", "verify")

    def recovered(self, data):
        """A digest of all there is once SQLite has recovered the map, and its log's hashes.

        A copy is recovered: the program is given what power left.
        """
        copy, log = os.path.join(self.folder, "copy"), []
        shutil.rmtree(copy, ignore_errors=True)
        os.mkdir(copy)
        file, sum = os.path.join(copy, "karez.gpkg"), hashlib.sha256()
        for path in sorted(recording.below(data)):
            name = os.path.relpath(path, data)
            if name in ("karez.gpkg", "karez.gpkg-wal"):
                shutil.copy(path, os.path.join(copy, name))
            elif not name.startswith(REMADE):
                with open(path, "rb") as other:
                    sum.update(name.encode() + b"\0" + hashlib.sha256(other.read()).digest())
        if os.path.exists(file):
            db = sqlite3.connect(file)
            try:
                verdict = db.execute("PRAGMA quick_check").fetchone()[0]
                if verdict != "ok":
                    raise sqlite3.DatabaseError(verdict)
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'karez_log'").fetchone():
                    log = [row[0] for row in db.execute("SELECT sm3 FROM karez_log ORDER BY number")]
            finally:
                db.close()
            with open(file, "rb") as pages:
                # The header's counters change without any content.
                sum.update(pages.read()[100:])
        return sum.hexdigest(), log

    def ask(self, data, state, *verb):
        if state in self.asked:
            return self.asked[state]
        if len(self.asked) >= self.most_asked:
            return None
        began = time.monotonic()
        done = subprocess.run(
            [self.program, *verb, "--data", data, "--json"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, env={**os.environ, "KAREZ_HOME": recording.HOME})
        self.slowest = max(self.slowest, time.monotonic() - began)
        fault = None
        if done.returncode != 0:
            fault = f"{' '.join(verb)}: {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}"
        self.asked[state] = fault
        return fault


def kind(name):
    return name.strip("./").split("/")[0]


def replay(task):
    """One share of the cuts: those in one stretch of the recording."""
    program, room_log, inode, log, cuts, seed, is_synced, most_asked = task
    steps = disk.resolved(disk.records(room_log), inode)
    store = disk.Disk(ignores_syncs=not is_synced)
    faults, place, acknowledged = {}, 0, None
    folder = tempfile.mkdtemp(prefix="karez-cuts-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    judge = Judge(program, log, folder, most_asked)
    try:
        for number, point in cuts:
            while place < point:
                if steps[place][0] == "ack":
                    acknowledged = json.loads(steps[place][1])
                store.take(steps[place])
                place += 1
            chance = random.Random(seed * 1_000_003 + number)
            mode = chance.choice(disk.MODES)
            fault = judge.fault(store.cut(chance, mode), acknowledged, number)
            if fault:
                faults.setdefault(fault, []).append((number, point, mode))
    finally:
        shutil.rmtree(folder)
    return faults, len(judge.asked), judge.slowest


def replay_all(arguments, room, log, is_synced):
    steps = room.steps()
    chance = random.Random(arguments.seed)
    # `init` makes most of the calls; half of the cuts come after it.
    first = next(place for place, step in enumerate(steps) if step[0] == "ack") + 1
    points = sorted(
        chance.randrange(first if number % 2 else 1, len(steps) + 1) for number in range(arguments.points))
    cuts = list(enumerate(points))
    share = -(-len(cuts) // arguments.jobs)
    tasks = [
        (room.program, room.log, room.inode, log, cuts[start:start + share], arguments.seed, is_synced,
         arguments.asked)
        for start in range(0, len(cuts), share)]
    faults, asked, slowest = {}, 0, 0.0
    # Not a pool, which ends its workers by a signal that whoever started this may have blocked.
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as workers:
        for found, count, seconds in workers.map(replay, tasks):
            asked, slowest = asked + count, max(slowest, seconds)
            for fault, places in found.items():
                faults.setdefault(fault, []).extend(places)
    return faults, asked, slowest, len(steps)


def is_faithful(room):
    """Whether the recording, replayed to its end, is what lies on the disk: no call was missed."""
    store = disk.Disk()
    for step in room.steps():
        store.take(step)
    tree = store.cut(random.Random(0), "all")
    found = {
        os.path.relpath(path, room.root): path for path in recording.below(room.root)
        if not path.endswith("-shm")}
    files = {path for path, content in tree.items() if content is not None and not path.endswith("-shm")}
    if files != set(found):
        return f"files differ: {sorted(files ^ set(found))[:5]}"
    for path, place in found.items():
        with open(place, "rb") as file:
            if file.read() != bytes(tree[path]):
                return f"content differs: {path}"
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--karez", required=True, help="the program")
    options.add_argument("--points", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--asked", type=int, default=1_000_000, help="states the program is asked about")
    options.add_argument("--short", action="store_true", help="fewer kinds of work")
    options.add_argument("--ready", type=float, help="seconds in which a map has to be ready")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="karez-durability-") as folder:
        room = recording.Room(os.path.abspath(arguments.karez), folder)
        room.work(arguments.short)
        missed = is_faithful(room)
        if missed:
            raise SystemExit(f"power cuts: the recording is not what was done: {missed}")
        log = recording.entries(room.data)
        faults, asked, slowest, steps = replay_all(arguments, room, log, is_synced=True)
        bad = sum(len(places) for places in faults.values())
        print(
            f"power cuts: {arguments.points} in {steps} calls of {room.commands} commands: {bad} bad; "
            f"{asked} states opened by the program, the slowest ready after {slowest:.2f} s")
        for fault, places in sorted(faults.items(), key=lambda item: -len(item[1])):
            print(f"  {len(places)} × {fault} (cut, call, mode: {places[0]})")
        lost, *_ = replay_all(arguments, room, log, is_synced=False)
        red = sum(len(places) for places in lost.values())
        print(f"power cuts: {arguments.points} with no call syncing: {red} bad, as has to be")
        for fault, places in sorted(lost.items(), key=lambda item: -len(item[1]))[:4]:
            print(f"  {len(places)} × {fault[:100]}")
        if bad or red < arguments.points // 20:
            sys.exit(1)
        if arguments.ready and slowest > arguments.ready:
            sys.exit(f"power cuts: a map took {slowest:.2f} s to be ready, more than {arguments.ready}")


if __name__ == "__main__":
    main()
