/// A list of plain values that keeps its memory when it is emptied.
///
/// As fast as a C array: no reference counts, no check of exclusive access. Its owner gives it
/// back with `deallocate()` and lets nobody else have it.
struct GrowingMemory<Element: BitwiseCopyable> {
  private struct Header {
    var first: UnsafeMutablePointer<Element>
    var count: Int
    var capacity: Int
  }

  // Safe because the owner frees it once, and elements are plain values.
  private let header: UnsafeMutablePointer<Header>

  init(capacity: Int = 64) {
    header = .allocate(capacity: 1)
    header.initialize(
      to: Header(first: .allocate(capacity: capacity), count: 0, capacity: capacity))
  }

  func deallocate() {
    header.pointee.first.deallocate()
    header.deallocate()
  }

  var count: Int {
    @inline(__always) get { header.pointee.count }
  }

  /// Valid until the next time the list grows.
  var first: UnsafeMutablePointer<Element> {
    @inline(__always) get { header.pointee.first }
  }

  @inline(__always)
  func removeAll() { header.pointee.count = 0 }

  @inline(__always)
  func append(_ element: Element) {
    if header.pointee.count == header.pointee.capacity { grow(to: header.pointee.count + 1) }
    header.pointee.first[header.pointee.count] = element
    header.pointee.count += 1
  }

  @inline(__always)
  func popLast() -> Element? {
    guard header.pointee.count > 0 else { return nil }
    header.pointee.count -= 1
    return header.pointee.first[header.pointee.count]
  }

  /// Makes the list longer by so many elements, which the caller fills, and answers the first.
  @inline(__always)
  func extend(by more: Int) -> UnsafeMutablePointer<Element> {
    let count = header.pointee.count
    if count + more > header.pointee.capacity { grow(to: count + more) }
    header.pointee.count = count + more
    return header.pointee.first + count
  }

  @inline(never)
  private func grow(to needed: Int) {
    let wider = max(needed, header.pointee.capacity * 2)
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: wider)
    moved.update(from: header.pointee.first, count: header.pointee.count)
    header.pointee.first.deallocate()
    header.pointee.first = moved
    header.pointee.capacity = wider
  }
}
