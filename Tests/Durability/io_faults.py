"""Lets the n-th call that writes, syncs or resizes fail, for every n of one command.

Each time the command either says it is done, and what it did is there, or says in one line what
is wrong, and the map is as it was; it never gives a wrong answer, and works again afterwards.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import recording

FAULTS = (("EIO", 5, False), ("ENOSPC", 28, False), ("ENOSPC for good", 28, True))


class Trial:
    def __init__(self, room, command):
        self.room, self.command = room, command
        self.base = os.path.join(room.folder, "base")
        self.count = os.path.join(room.folder, "count")
        self.before = recording.entries(self.base)
        calls, done = self.run()
        if done.returncode != 0:
            raise SystemExit(f"i/o faults: the command fails without one: {done.stderr}")
        self.calls, self.after = calls, recording.entries(room.data)
        if len(self.after) <= len(self.before):
            raise SystemExit("i/o faults: the command records nothing")

    def run(self, fail=0, number=0, stays=False):
        """The command on a fresh copy of the map: calls made, and how it ended."""
        shutil.rmtree(self.room.data, ignore_errors=True)
        shutil.copytree(self.base, self.room.data)
        faults = {"KAREZ_IO_FAIL": str(fail), "KAREZ_IO_ERRNO": str(number)} if fail else {}
        if stays:
            faults["KAREZ_IO_STAYS"] = "1"
        done = subprocess.run(
            [self.room.program, *self.command, "--data", self.room.data, "--lang", "en"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.room.environment(
                LD_PRELOAD=self.room.library, KAREZ_IO_ROOT=self.room.root, KAREZ_IO_COUNT=self.count,
                **faults))
        with open(self.count) as file:
            return int(file.read()), done

    def fault(self, fail, number, stays):
        """What is wrong with how the command took the fault; nothing where all is well."""
        _, done = self.run(fail, number, stays)
        if done.returncode < 0:
            return f"killed by signal {-done.returncode}: {done.stderr[-200:]}"
        found = recording.entries(self.room.data)
        said = [line for line in done.stderr.splitlines() if line.strip()]
        if found[:len(self.before)] != self.before:
            return "the log is not what it was"
        if done.returncode == 0:
            if len(found) < len(self.after):
                return f"done, says the command, and is not: {len(found)} entries of {len(self.after)}"
        elif not said:
            return f"fails with {done.returncode} and says nothing"
        verified = subprocess.run(
            [self.room.program, "log", "verify", "--data", self.room.data], capture_output=True,
            text=True, stdin=subprocess.DEVNULL, env=self.room.environment())
        if verified.returncode != 0:
            return f"afterwards: {verified.stdout[-200:]}{verified.stderr[-200:]}"
        if done.returncode != 0 and len(found) not in (len(self.before), len(self.after)):
            return f"half done: {len(self.before)}, {len(found)}, {len(self.after)} entries"
        return None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--karez", required=True, help="the program")
    options.add_argument("--every", type=int, default=1, help="only every so many calls")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="karez-faults-") as folder:
        room = recording.Room(os.path.abspath(arguments.karez), folder)
        room.karez("init", "--data", room.data, recorded=False)
        shutil.copytree(room.data, os.path.join(folder, "base"))
        file = room.file("a.geojson", 5, 0)
        trial = Trial(room, ["import", "townships", file, "--valid-from", "2025-01-01"])
        bad, tried = {}, 0
        for name, number, stays in FAULTS:
            for call in range(1, trial.calls + 1):
                if (call + number) % arguments.every:
                    continue
                tried += 1
                fault = trial.fault(call, number, stays)
                if fault:
                    bad.setdefault(fault, []).append(f"{name} at call {call}")
        failed = sum(len(places) for places in bad.values())
        print(f"i/o faults: {tried} in an import of {trial.calls} calls: {failed} bad")
        for fault, places in bad.items():
            print(f"  {len(places)} × {fault} ({places[0]})")
        if failed or not tried:
            sys.exit(1)


if __name__ == "__main__":
    main()
