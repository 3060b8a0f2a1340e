/// Something that reads bytes nobody vouches for, the way a fuzzer calls it.
///
/// Its seeds are the files of `Fuzz/Corpus/<name>`, and `Fuzz/parsers.txt` says which parsers it
/// reaches. Refusing is what a parser is for: only a trap, a claim of `hold` that fails, a second
/// too long or a gigabyte too much are faults.
protocol FuzzTarget: Sendable {
  static var name: String { get }
  static func feed(_ bytes: [UInt8])
}

enum FuzzTargets {
  static let all: [any FuzzTarget.Type] = [
    BackupManifestTarget.self, BoundaryTarget.self, BundleTarget.self, ClassicTarget.self,
    CSVTarget.self,
    CheckpointTarget.self, CodesTarget.self, CRSTarget.self, DrawingTarget.self,
    EncodingsTarget.self, ExchangeTarget.self, ExpressionTarget.self, FileHeadTarget.self,
    FilterInputTarget.self, FramesTarget.self, GeoJSONFileTarget.self, GeoJSONTarget.self,
    IncrementTarget.self, JSONTarget.self, KeysTarget.self, LayerTarget.self, MarkupTarget.self,
    MultipartTarget.self, PackFilesTarget.self, PackTextTarget.self, QueryTarget.self,
    PlanTarget.self, RecordsTarget.self, RequestTarget.self, ServiceBodyTarget.self,
    ShapefileTarget.self,
    StyleTarget.self, TextEncodingTarget.self, TileTarget.self, ValuesTarget.self, VCTTarget.self,
    WebTokenTarget.self, WKBTarget.self, WKTTarget.self, ZipTarget.self,
  ]

  static func named(_ name: String) -> (any FuzzTarget.Type)? { all.first { $0.name == name } }
}

/// Ends the program where a claim about a parser does not hold, as a fuzzer wants it.
func hold(
  _ claim: @autoclosure () -> Bool, _ what: @autoclosure () -> String,
  file: StaticString = #file, line: UInt = #line
) {
  // Not a precondition: its message is left out of an optimised build.
  guard !claim() else { return }
  fatalError(what(), file: file, line: line)
}

/// The text of bytes, where they are one; parsers of text are never given anything else.
func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

/// Takes bytes apart: the first says how many the first part has, and so on; the rest is the last.
func parts(_ count: Int, of bytes: [UInt8]) -> [[UInt8]] {
  var rest = bytes[...]
  var parts: [[UInt8]] = []
  for _ in 1..<count {
    let low = Int(rest.popFirst() ?? 0)
    let high = Int(rest.popFirst() ?? 0)
    let part = rest.prefix(low | high << 8)
    parts.append(Array(part))
    rest = rest.dropFirst(part.count)
  }
  return parts + [Array(rest)]
}
