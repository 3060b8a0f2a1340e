import Foundation

/// What libFuzzer calls; `KAREZ_FUZZ_TARGET` says which target, and libFuzzer has the `main`.
@_cdecl("LLVMFuzzerTestOneInput")
public func feed(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // Safe because libFuzzer's bytes stay as they are until this returns.
  chosen.feed(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private let chosen: any FuzzTarget.Type = {
  let name = ProcessInfo.processInfo.environment["KAREZ_FUZZ_TARGET"] ?? ""
  if let target = FuzzTargets.named(name) { return target }
  print(FuzzTargets.all.map { $0.name }.joined(separator: "\n"))
  exit(name.isEmpty ? 0 : 2)
}()
