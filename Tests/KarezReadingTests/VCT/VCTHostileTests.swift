import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezReading

/// What bad files get: a reason with its line, and everything else read.
@Suite(.timeLimit(.minutes(60))) struct VCTHostileTests {
  // MARK: One object

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let change: @Sendable (inout VCTText) -> Void
    let fault: VCTObjectFault.Kind
    var testDescription: String { name }

    init(
      _ name: String, _ fault: VCTObjectFault.Kind,
      _ change: @escaping @Sendable (inout VCTText) -> Void
    ) {
      self.name = name
      self.fault = fault
      self.change = change
    }

    /// A change of the text of the first polygon.
    init(_ name: String, _ fault: VCTObjectFault.Kind, polygon: String) {
      self.init(name, fault) { $0.polygons[0] = polygon }
    }
  }

  static let start = "1\n2001010100\nUnknown\n"
  static let label = VCTText.place(1, 1)

  static let cases: [Case] = [
    Case("a line that is not there", .lineMissing, polygon: VCTText.indirect(1, [11, 77])),
    Case("a line that stands twice", .lineTwice) { $0.lines.append($0.lines[1]) },
    Case("a line without its coordinates", .lineFaulty) {
      $0.lines[1] = "12\n1099000000\nUnknown\n1\n1\n11\n5\n0"
    },
    Case("a coordinate that is not a number", .lineFaulty) {
      $0.lines[1] = $0.lines[1].replacingOccurrences(
        of: "25585000.0000,4370100", with: "NaN,4370100")
    },
    Case("a coordinate beyond all numbers", .lineFaulty) {
      $0.lines[1] = $0.lines[1].replacingOccurrences(
        of: "25585000.0000,4370100", with: "1e999,4370100")
    },
    Case("lines that do not meet", .linesApart, polygon: VCTText.indirect(1, [12, -11])),
    Case("a ring that does not close", .ringOpen, polygon: VCTText.indirect(1, [12])),
    Case("a ring of one line there and back", .ringShort, polygon: VCTText.indirect(1, [11, -11])),
    Case("a count that is too large", .count, polygon: "\(start)100\n\(label)\n21\n3\n11,12\n0"),
    Case("a count that is too small", .count, polygon: "\(start)100\n\(label)\n21\n1\n11,12\n0"),
    Case("a count of billions", .count, polygon: "\(start)100\n\(label)\n21\n4000000000\n11,12\n0"),
    Case("a negative count", .count, polygon: "\(start)100\n\(label)\n21\n-2\n11,12\n0"),
    Case("a count that is no number", .count, polygon: "\(start)100\n\(label)\n21\ntwo\n11,12\n0"),
    Case("a count of nothing", .count, polygon: "\(start)100\n\(label)\n21\n0\n0"),
    Case(
      "references that are no numbers", .count, polygon: "\(start)100\n\(label)\n21\n2\n11,x\n0"),
    Case(
      "a reference beyond all numbers", .count,
      polygon: "\(start)100\n\(label)\n21\n2\n11,99999999999999999999\n0"),
    Case("a label that is no place", .coordinate, polygon: "\(start)100\nhere\n21\n2\n11,12\n0"),
    Case("an unknown feature type", .featureType, polygon: "\(start)7\n\(label)\n21\n2\n11,12\n0"),
    Case("an unknown composition", .featureType, polygon: "\(start)100\n\(label)\n23\n2\n11,12\n0"),
    Case("a circle", .curve, polygon: "\(start)1\n\(label)\n1\n13\n1\n\(label)\n5\n0"),
    Case("an arc in a line", .lineFaulty) {
      $0.lines[1] = $0.lines[1].replacingOccurrences(of: "1\n1\n11\n", with: "1\n1\n12\n")
    },
    Case(
      "more points than there are", .count, polygon: "\(start)1\n\(label)\n1\n11\n9\n\(label)\n0"),
    Case(
      "billions of points", .count, polygon: "\(start)1\n\(label)\n1\n11\n2000000000\n\(label)\n0"),
    Case(
      "millions of rings of a million points", .count,
      polygon: "\(start)1\n\(label)\n1000000\n11\n1000000\n\(label)\n0"),
    Case("an open direct ring", .ringOpen) {
      $0.polygons[0] = VCTText.direct(1, [[(0, 0), (1, 0), (1, 1), (0, 1)]])
    },
    Case("a direct ring of two points", .ringShort) {
      $0.polygons[0] = VCTText.direct(1, [[(0, 0), (1, 0), (0, 0)]])
    },
    Case("coordinates off the Earth", .coordinate) {
      $0.polygons[0] = VCTText.direct(1, [[(0, 0), (1e10, 0), (1, 1), (0, 0)]])
    },
    Case(
      "a polygon that refers to itself", .cycle, polygon: VCTText.indirect(1, [1], composition: 22)),
    Case("polygons that refer to each other", .cycle) {
      $0.polygons = [
        VCTText.indirect(1, [2], composition: 22), VCTText.indirect(2, [1], composition: 22),
      ]
    },
    Case("a polygon of one that is not there", .polygonMissing) {
      $0.polygons[0] = VCTText.indirect(1, [9], composition: 22)
    },
    Case("a polygon of a faulty one", .polygonFaulty) {
      $0.polygons[0] = VCTText.indirect(1, [8], composition: 22)
      $0.polygons.append("8\n2001010100\nUnknown\n100\nhere\n0")
    },
    Case("a polygon less another", .polygonMissing) {
      $0.polygons[0] = VCTText.indirect(1, [-2], composition: 22)
    },
    Case("a line that refers to itself", .cycle) {
      $0.lines[1] = "12\n1099000000\nUnknown\n100\n1\n12\n0"
    },
    Case("no row", .rowMissing) { $0.rows = ["DLTB\n2,A2,0301,1\nTableEnd"] },
    Case("two rows", .rowTwice) {
      $0.rows = ["DLTB\n1,A1,0101,1\n2,A2,0301,1\n1,A3,0101,1\nTableEnd"]
    },
    Case("a row of another width", .rowWidth) {
      $0.rows = ["DLTB\n2,A2,0301,1\n1,A1,0101,1,2,3\nTableEnd"]
    },
    Case("an identifier that is no number", .identifier) {
      $0.polygons[0] = $0.polygons[0].replacingOccurrences(of: "1\n2001", with: "one\n2001")
    },
  ]

  @Test(arguments: cases)
  func `is its feature's fault, and the rest is read`(_ one: Case) throws {
    var text = VCTText.neighbours
    one.change(&text)
    let features = try text.features()
    let faults = features.compactMap(\.vctFault)
    #expect(faults.first?.kind == one.fault, "\(features.map(\.fault))")
    let line = try #require(faults.first?.line)
    #expect(line > 30 && line < 120)
    // The second polygon needs neither.
    if one.fault != .cycle || text.polygons[1].contains("13,-11") {
      let second = try #require(features.first { $0.fid == "2" })
      #expect(second.fault == nil, "\(one.name)")
      #expect(second.geometry != nil)
    }
  }

  @Test func `there are thirty cases and more`() { #expect(Self.cases.count >= 30) }

  @Test func `an identifier that comes back is the second one's fault`() throws {
    var text = VCTText.neighbours
    text.polygons.append(VCTText.indirect(1, [11, 12]))
    let features = try text.features()
    #expect(features.map { $0.vctFault?.kind } == [nil, nil, .identifierTwice])
    #expect(features.map { $0.geometry != nil } == [true, true, true])
  }

  @Test func `a row without an object is a feature without geometry`() throws {
    var text = VCTText.neighbours
    text.rows = ["DLTB\n1,A1,0101,1\n7,A7,0101,1\n2,A2,0301,1\nx,A8,0301,1\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fid) == ["1", "2", "7", "4"])
    #expect(features.map { $0.vctFault?.kind } == [nil, nil, .figureMissing, .identifier])
    #expect(features[2].attributes["BSM"] == .text("A7"))
  }

  @Test func `an object without an end takes the next one with it, and that one's row tells`()
    throws
  {
    var text = VCTText.neighbours
    text.polygons.append(VCTText.indirect(3, [11, 12]))
    text.polygons[0] = String(text.polygons[0].dropLast(2))
    text.rows = ["DLTB\n1,A1,1,1\n2,A2,1,1\n3,A3,1,1\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fid) == ["1", "3", "2"])
    #expect(features.map { $0.vctFault?.kind } == [.ending, nil, .figureMissing])
  }

  // MARK: The whole file

  @Test func `a file cut anywhere is refused with the place`() throws {
    var text = VCTText.neighbours
    text.extra = ["AnnotationBegin\n5\n1\nUnknown\n1\n注记\n1,2,0\n0\nAnnotationEnd\n"]
    let bytes = Array(text.text.utf8)
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "d")))
    var sections: Set<String> = []
    for length in stride(from: 10, to: end, by: 3) {
      let error = #expect(throws: ReadingError.self) {
        try VCTFile(MemoryBytes(Array(bytes.prefix(length))))
      }
      switch error {
      case .vct(.endsTooSoon(let line, let section)):
        sections.insert(section)
        let lines = bytes.prefix(length).split(separator: 0x0A, omittingEmptySubsequences: false)
        #expect(line <= lines.count && line >= lines.count - 2, "\(length)")
      case .vct(.sectionMissing(let section)): sections.insert(section)
      default: Issue.record("\(length): \(String(describing: error))")
      }
    }
    #expect(
      sections.isSuperset(of: [
        "Head", "FeatureCode", "TableStructure", "Point", "Line", "Polygon", "Annotation",
        "Attribute",
      ]))
  }

  static let wholes: [(String, VCTFault)] = [
    ("HeadBegin\nHeadEnd\n", .sectionMissing("FeatureCode")),
    ("HeadBegin\nHeadEnd\nsomething\n", .unexpected(line: 3, section: "", found: "something")),
    (
      "HeadBegin\nHeadEnd\nFeatureCodeBegin\nnonsense\n",
      .unexpected(line: 4, section: "FeatureCode", found: "nonsense")
    ),
    (
      "HeadBegin\nHeadEnd\nFeatureCodeBegin\n1,a,Blob,T\n",
      .unexpected(line: 4, section: "FeatureCode", found: "1,a,Blob,T")
    ),
    (
      "HeadBegin\nHeadEnd\nTableStructureBegin\nT,-1\n",
      .unexpected(line: 4, section: "TableStructure", found: "T,-1")
    ),
    (
      "HeadBegin\nHeadEnd\nTableStructureBegin\nT,2000000000\n",
      .unexpected(line: 4, section: "TableStructure", found: "T,2000000000")
    ),
    (
      "HeadBegin\nHeadEnd\nTableStructureBegin\nT,2\nA,Char,2\n0\n",
      .unexpected(line: 6, section: "TableStructure", found: "0")
    ),
    (
      "HeadBegin\nHeadEnd\nTableStructureBegin\nT,1\nA,Char,2\n0\nT,1\nA,Char,2\n0\n",
      .unexpected(line: 7, section: "TableStructure", found: "T,1")
    ),
    ("PointBegin\nPointEnd\n", .unexpected(line: 1, section: "Head", found: "PointBegin")),
    ("CommentBegin\nHeadBegin\n", .endsTooSoon(line: 1, section: "Comment")),
  ]

  @Test(arguments: wholes)
  func `a section that is not as it should be refuses the file`(
    text: String, fault: VCTFault
  ) {
    #expect(throws: ReadingError.vct(fault)) { try VCTFile(MemoryBytes(Array(text.utf8))) }
  }

  @Test func `objects without their attributes are a file cut short`() throws {
    let text = VCTText.neighbours.text
    let cut = text.components(separatedBy: "AttributeBegin")[0]
    #expect(throws: ReadingError.vct(.sectionMissing("Attribute"))) {
      try VCTFile(MemoryBytes(Array(cut.utf8)))
    }
  }

  @Test func `a line of a hundred megabytes is refused before it is held`() throws {
    let head = Array("HeadBegin\nDataMark:".utf8)
    let bytes = LongLine(head: head, size: 100 << 20)
    #expect(throws: ReadingError.vct(.lineTooLong(line: 2, limit: 1 << 20))) {
      try VCTFile(bytes)
    }
    #expect(bytes.asked.value < 8 << 20)
  }

  /// A file of one endless line, which counts how much of it was read.
  final class LongLine: ByteSource {
    final class Count { var value = 0 }
    let head: [UInt8]
    let size: Int64
    let asked = Count()

    init(head: [UInt8], size: Int64) {
      self.head = head
      self.size = size
    }

    func read(at offset: Int64, count: Int) -> [UInt8] {
      asked.value += count
      let rest = offset < Int64(head.count) ? Array(head.dropFirst(Int(offset))) : []
      let length = min(count, Int(size - offset))
      return Array(
        (rest + Array(repeating: 0x41, count: max(0, length - rest.count))).prefix(length))
    }
  }

  @Test func `one line drawn again and again ends at the size of the file`() throws {
    var text = VCTText.neighbours
    let far = (0..<3_000).map { (Double($0), Double($0 * 7 % 50)) } + [(0, 0)]
    text.lines.append(VCTText.line(50, far))
    text.polygons = (1...1_000).map { VCTText.indirect(Int64($0), [50]) }
    text.rows = [
      (["DLTB"] + (1...1_000).map { "\($0),A,1,1" } + ["TableEnd"]).joined(separator: "\n")
    ]
    #expect(throws: ReadingError.self) { try text.features() }
    text.polygons[0] = VCTText.indirect(1, Array(repeating: 50, count: 900))
    let file = try VCTFile(MemoryBytes(Array(text.text.utf8)))
    #expect {
      try file.walk(file.layers[0], most: 10_000) { _ in }
    } throws: { error in
      guard case .tooManyVertices(1, let count, 10_000) = error as? ReadingError else {
        return false
      }
      return count < 20_000
    }
  }

  @Test func `polygons that refer to polygons without end are their own fault`() throws {
    var text = VCTText.neighbours
    text.polygons = (1...6).map { number in
      VCTText.indirect(
        Int64(number), Array(repeating: Int64(number + 1), count: 8), composition: 22)
    }
    text.polygons.append(VCTText.direct(7, [VCTText.square(0, 0, 1)]))
    text.rows = [
      (["DLTB"] + (1...7).map { "\($0),A,1,1" } + ["TableEnd"]).joined(separator: "\n")
    ]
    let features = try text.features()
    #expect(features.first?.vctFault?.kind == .tooManyReferences)
    #expect(features.last?.fault == nil)
  }

  @Test func `rings across one another are told apart, twenty thousand refused`() throws {
    var text = VCTText.neighbours
    let rings = (0..<400).map { VCTText.square(Double($0) / 100, Double($0) / 100, 1_000) }
    text.polygons[0] = VCTText.direct(1, rings)
    let features = try text.features()
    #expect(features[1].fault == nil)
    let tooMany = (0..<20_001).map { VCTText.square(Double($0), 0, 0.5) }
    text.polygons[0] = VCTText.direct(1, tooMany)
    #expect(try text.features().map { $0.vctFault?.kind } == [.tooManyRings, nil])
  }

  // MARK: Chance

  @Test(arguments: 0..<120)
  func `bytes changed by chance are read or refused, and nothing else`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var text = VCTText.neighbours
    text.polygons.append(VCTText.indirect(3, [1, 2], composition: 22))
    text.points = ["9\n7\nUnknown\n1\n1\n\(VCTText.place(1, 2))\n0"]
    var bytes = Array(text.text.utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2:
        bytes.insert(Array("0123456789,-\n".utf8).randomElement(using: &random) ?? 0, at: place)
      case 3:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      default:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
        bytes.removeSubrange(place..<end)
      }
    }
    do {
      let file = try VCTFile(MemoryBytes(bytes))
      for layer in file.layers {
        var rows: Int64 = 0
        try file.walk(layer, most: 1_000_000) { feature in
          rows += 1
          #expect(feature.row == rows)
          #expect(feature.geometry != nil || feature.fault != nil || layer.geometry == .none)
        }
      }
    } catch {
      // Refused, which is as good.
    }
  }
}
