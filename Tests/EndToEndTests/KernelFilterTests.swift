import Foundation
import KarezCore
import TestSupport
import Testing

/// `karez kernel` between another engine's hands: a Python process that holds both ends of it.
@Suite struct KernelFilterTests {
  static let python = Places.repository.appending(path: ".venv/bin/python")
  static let hasPython = FileManager.default.isExecutableFile(atPath: python.path)

  /// The layout of docs/kernel-filter.md, by somebody who only knows that page.
  static let client = """
    import json, math, struct, subprocess, sys
    import pyarrow

    class Filter:
        def __init__(self, *options):
            self.process = subprocess.Popen(
                [sys.argv[1], "kernel", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            magic, count = self.head()
            assert magic == b"KRG1", magic
            self.groups = self.texts(count)

        def numbers(self, form, count):
            size = struct.calcsize(form)
            return list(struct.unpack(f"<{count}{form}", self.process.stdout.read(count * size)))

        def head(self):
            return self.process.stdout.read(4), self.numbers("I", 1)[0]

        def texts(self, count):
            offsets = self.numbers("I", count + 1)
            body = self.process.stdout.read(offsets[-1])
            return [body[a:b].decode() for a, b in zip(offsets, offsets[1:])]

        def ask(self, ids, column):
            # The buffers of an Arrow binary column go out as they are.
            _, offsets, values = column.buffers()
            send = self.process.stdin
            send.write(b"KRZ1" + struct.pack("<I", len(ids)) + struct.pack(f"<{len(ids)}Q", *ids))
            starts = offsets.to_pybytes()[:4 * len(ids) + 4] if ids else bytes(4)
            send.write(starts)
            send.write(values.to_pybytes()[:struct.unpack("<I", starts[-4:])[0]] if values else b"")
            send.flush()
            errors = []
            magic, count = self.head()
            if magic == b"KRE1":
                faulty, rows = self.numbers("Q", count), self.numbers("I", count)
                texts = self.texts(3 * count)
                errors = [[faulty[n], rows[n], *texts[3 * n:3 * n + 3]] for n in range(count)]
                magic, count = self.head()
            assert magic == b"KRA1", magic
            return errors, list(zip(
                self.numbers("Q", count), self.numbers("i", count), self.numbers("d", count)))

        def close(self):
            self.process.stdin.close()
            said = self.process.stderr.read().decode()
            rest = self.process.stdout.read()
            return [self.process.wait(), said, len(rest)]

    def box(west, south, east, north):
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        return struct.pack("<BIII", 1, 3, 1, 5) + b"".join(struct.pack("<2d", *p) for p in ring)

    def column(values):
        return pyarrow.array(values, pyarrow.binary())

    # The regulation's formula, written anew: b² ΔL (σ(B2) − σ(B1)).
    A, F = 6378137.0, 1 / 298.257222101
    def quadrangle(west, south, east, north):
        b = A * (1 - F)
        e2 = F * (2 - F)
        e4, e6, e8 = e2 ** 2, e2 ** 3, e2 ** 4
        k = [1 + e2 / 2 + e4 * 3 / 8 + e6 * 5 / 16 + e8 * 35 / 128,
             e2 / 6 + e4 * 3 / 16 + e6 * 3 / 16 + e8 * 35 / 192,
             e4 * 3 / 80 + e6 / 16 + e8 * 5 / 64, e6 / 112 + e8 * 5 / 256, e8 * 5 / 2304]
        def sigma(lat):
            return sum((-1) ** n * c * math.sin((2 * n + 1) * math.radians(lat))
                       for n, c in enumerate(k))
        return b * b * math.radians(east - west) * (sigma(north) - sigma(south))

    boxes = [(75 + n / 7, 30 + n / 11, 75 + n / 7 + 0.02, 30 + n / 11 + 0.03) for n in range(200)]
    plain = Filter()
    answers = []
    for first in range(0, 200, 50):
        part = boxes[first:first + 50]
        ids = [2 ** 63 + first + n for n in range(50)]
        answers.append(plain.ask(ids, column([box(*b) for b in part])))
    found = [row for errors, rows in answers for row in rows]
    worst = max(abs(area / quadrangle(*b) - 1) for (_, _, area), b in zip(found, boxes))
    mixed = plain.ask([1, 2, 3], column([box(*boxes[0]), b"nonsense", b""]))
    empty = plain.ask([], column([]))

    # One layer of two classes: the halves of a box west and east of a meridian.
    against = Filter("--against", sys.argv[2], "--by", "class")
    halves = against.ask([5, 6], column([box(75.4, 39.4, 75.6, 39.6), box(60, 10, 61, 11)]))
    parts = [quadrangle(75.4, 39.4, 75.5, 39.6), quadrangle(75.5, 39.4, 75.6, 39.6)]
    json.dump({
        "groups": plain.groups, "ids": [row[0] - 2 ** 63 for row in found],
        "plain": sorted({row[1] for row in found}), "worst": worst,
        "codes": [e[2] for e in mixed[0]], "rows": [e[1] for e in mixed[0]],
        "texts": mixed[0][0][3:], "rest": [row[0] for row in mixed[1]], "empty": empty,
        "names": against.groups, "halves": [list(row) for row in halves[1]], "parts": parts,
        "ends": [plain.close(), against.close()]}, sys.stdout)
    """

  static let layer = """
    {"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"class":"west"},"geometry":{"type":"Polygon","coordinates":
    [[[75,39],[75.5,39],[75.5,40],[75,40],[75,39]]]}},
    {"type":"Feature","properties":{"class":"east"},"geometry":{"type":"Polygon","coordinates":
    [[[75.5,39],[76,39],[76,40],[75.5,40],[75.5,39]]]}}]}
    """

  @Test(.enabled(if: hasPython))
  func `a client in another language gets the areas of the regulation`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "land.geojson")
      try Data(Self.layer.utf8).write(to: file)
      let outcome = try Program.run(
        Self.python.path, ["-c", Self.client, Program.path(of: "karez").path, file.path],
        environment: ["KAREZ_HOME": Places.repository.path])
      try #require(outcome.status == 0, "\(outcome.problems.suffix(1_500))")
      let found = try JSONValue(parsing: outcome.output)
      #expect(found["groups"]?.array?.isEmpty == true)
      #expect(found["ids"]?.array?.compactMap(\.double) == (0..<200).map(Double.init))
      #expect(found["plain"]?.array?.compactMap(\.double) == [-1])
      #expect((found["worst"]?.double ?? 1) < 1e-9)
      #expect(
        found["codes"]?.array?.compactMap(\.string) == [
          "text-unexpected", "text-ends-too-soon",
        ])
      #expect(found["rows"]?.array?.compactMap(\.double) == [1, 2])
      #expect(found["texts"]?.array?.compactMap(\.string).count == 2)
      #expect(found["rest"]?.array?.compactMap(\.double) == [1])
      #expect(found["names"]?.array?.compactMap(\.string) == ["east", "west"])
      let halves = (found["halves"]?.array ?? []).map { $0.array?.compactMap(\.double) ?? [] }
      let parts = found["parts"]?.array?.compactMap(\.double) ?? []
      try #require(halves.count == 2 && parts.count == 2)
      #expect(halves[0].prefix(2) == [5, 0])
      #expect(halves[1].prefix(2) == [5, 1])
      #expect(abs(halves[0][2] / parts[1] - 1) < 1e-11)
      #expect(abs(halves[1][2] / parts[0] - 1) < 1e-11)
      let ends = found["ends"]?.array ?? []
      #expect(ends.count == 2)
      for end in ends { #expect(end.array?.first?.double == 0 && end.array?.last?.double == 0) }
    }
  }

  @Test func `what is no frame ends the filter with one line`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "noise")
      try Data("KRZ1".utf8 + [255, 255, 255, 255]).write(to: file)
      let outcome = try Program.run("karez", ["kernel", "--lang", "en"], input: file)
      #expect(outcome.status == 3)
      #expect(
        outcome.problems
          == "stdin: frame 1: the frame declares 4294967295 geometries, the limit is 1048576; "
          + "send it as several frames\n")
      #expect(outcome.output == "KRG1" + String(repeating: "\0", count: 8))
      #expect(try Program.run("karez", ["kernel", "--by", "class"]).status == 2)
      let missing = try Program.run(
        "karez", ["kernel", "--against", "nowhere.gpkg", "--by", "class"])
      #expect(missing.status == 3)
      #expect(missing.output.isEmpty)
    }
  }
}
