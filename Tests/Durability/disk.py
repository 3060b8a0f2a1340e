"""What a disk may hold when power goes: a recording of `recorder.c`, cut anywhere.

What was synced is there. Of what was not, each 512-byte sector, each change of a file's length and
each change of a name may be there or not; a name is certain when its folder was synced.
"""

import os
import struct

HEAD = struct.Struct("<cQqHI")
SECTOR = 512
MODES = ("none", "all", "some", "torn", "ordered")


def records(path):
    """The records of a log, in order: (op, inode, offset, path, data)."""
    with open(path, "rb") as file:
        log = file.read()
    place, found = 0, []
    while place + HEAD.size <= len(log):
        op, inode, offset, name, count = HEAD.unpack_from(log, place)
        place += HEAD.size
        path = log[place:place + name].decode()
        place += name
        found.append((op.decode(), inode, offset, path, log[place:place + count]))
        place += count
    return found


def mark(path, text):
    """Appends an acknowledgement to a log that no program is writing."""
    data = text.encode()
    with open(path, "ab") as file:
        file.write(HEAD.pack(b"A", 0, 0, 0, len(data)) + data)


def resolved(found, root_inode):
    """The records with paths and inodes replaced by numbers no two files ever share."""
    numbers, folders, steps, last = {root_inode: 0}, {0: {}}, [], 0

    def place(path):
        folder = 0
        *above, name = path.split("/")
        for step in above:
            folder = folders[folder][step]
        return folder, name

    for op, inode, offset, path, data in found:
        if op in "CM":
            last += 1
            numbers[inode] = last
            if op == "M":
                folders[last] = {}
            folder, name = place(path)
            folders[folder][name] = last
            steps.append(("name", folder, name, last, op == "M"))
        elif op in "UD":
            folder, name = place(path)
            steps.append(("gone", folder, name, folders[folder].pop(name)))
        elif op in "RL":
            folder, name = place(path)
            target, other = place(data.decode())
            number = folders[folder][name] if op == "L" else folders[folder].pop(name)
            folders[target][other] = number
            steps.append(("link" if op == "L" else "move", folder, name, number, target, other))
        elif op == "W":
            steps.append(("data", numbers[inode], offset, data))
        elif op == "T":
            steps.append(("size", numbers[inode], offset))
        elif op == "S":
            steps.append(("sync", numbers[inode]))
        elif op == "A":
            steps.append(("ack", data.decode()))
    return steps


class Disk:
    """What is certain, and what is still under way, as steps go by."""

    def __init__(self, ignores_syncs=False):
        self.ignores_syncs = ignores_syncs
        self.folders, self.files = {0: {}}, {}
        self.names, self.data = [], {}

    def take(self, step):
        kind = step[0]
        if kind in ("data", "size"):
            self.data.setdefault(step[1], []).append(step)
        elif kind == "sync":
            if not self.ignores_syncs:
                self.settle(step[1])
        elif kind != "ack":
            if kind == "name":
                if step[4]:
                    self.folders.setdefault(step[3], {})
                else:
                    self.files.setdefault(step[3], bytearray())
            self.names.append(step)

    def settle(self, number):
        for step in self.data.pop(number, []):
            write(self.files[number], step)
        rest = []
        for step in self.names:
            # A move from one folder to another is certain when both are.
            own = {step[1], step[4]} if step[0] == "move" else {step[4] if step[0] == "link" else step[1]}
            if own == {number}:
                rename(self.folders, step)
            else:
                rest.append(step)
        self.names = rest

    def cut(self, random, mode):
        """A tree of what may be there: {path: bytes}, folders with None."""
        folders = {number: dict(names) for number, names in self.folders.items()}
        if mode == "ordered":
            names = self.names[:random.randrange(len(self.names) + 1)]
        else:
            names = [step for step in self.names if stays(random, mode)]
        for step in names:
            rename(folders, step)
        tree = {}
        self.walk(folders, 0, "", tree, random, mode)
        return tree

    def walk(self, folders, number, path, tree, random, mode):
        for name, child in folders[number].items():
            place = f"{path}/{name}" if path else name
            if child in folders:
                tree[place] = None
                self.walk(folders, child, place, tree, random, mode)
            elif place not in tree:
                tree[place] = self.content(child, random, mode)

    def content(self, number, random, mode):
        steps = self.data.get(number)
        if not steps:
            return self.files[number]
        content = bytearray(self.files[number])
        for step in steps:
            if step[0] == "data" and mode in ("torn", "ordered"):
                for start in range(0, len(step[3]), SECTOR):
                    if random.random() < 0.5:
                        piece = step[3][start:start + SECTOR]
                        write(content, ("data", number, step[2] + start, piece))
            elif stays(random, mode):
                write(content, step)
        return content


def stays(random, mode):
    return mode == "all" or (mode != "none" and random.random() < 0.5)


def write(content, step):
    if step[0] == "size":
        size = step[2]
        if size < len(content):
            del content[size:]
        else:
            content.extend(bytes(size - len(content)))
        return
    _, _, offset, data = step
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def rename(folders, step):
    kind, folder, name, number = step[:4]
    if kind == "name":
        folders[folder][name] = number
    elif kind == "gone":
        if folders[folder].get(name) == number:
            del folders[folder][name]
    else:
        if kind == "move" and folders[folder].get(name) == number:
            del folders[folder][name]
        folders[step[4]][step[5]] = number


def lay(tree, folder):
    """Writes a tree into a folder that is not there."""
    os.mkdir(folder, 0o700)
    for path, content in tree.items():
        place = os.path.join(folder, path)
        if content is None:
            os.mkdir(place, 0o700)
        else:
            with open(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(content)
