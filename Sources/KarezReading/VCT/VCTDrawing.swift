import KarezGeometry

/// Makes geometries of objects, fetching the lines and polygons they refer to.
final class VCTDrawing {
  private let layout: VCTLayout
  /// Lines that are fetched, one here and one there.
  private var fetched: VCTObjects
  private let polygons: VCTIndex
  private var fetchedPolygons: VCTObjects
  /// Positions put together so far.
  private var drawn: Int64 = 0
  private let mostDrawn: Int64

  /// Most positions of one object.
  private let most: Int64
  private static let deepest = 16
  private static let mostMembers = 4_096

  /// - Errors: `tooMany` for more polygons than are held, in a file where polygons refer to others.
  init(_ layout: VCTLayout, _ source: any ByteSource, most: Int64) throws(ReadingError) {
    self.layout = layout
    self.most = most
    let cache = CachedBytes(source)
    var coordinates = layout.coordinates
    coordinates.most = most
    let lines = VCTLines(cache, window: 1 << 13)
    fetched = VCTObjects(.line, lines, coordinates, isPassing: false)
    fetchedPolygons = VCTObjects(.polygon, lines, coordinates, isPassing: false)
    polygons = layout.refersToPolygons ? try Self.polygons(of: layout, source) : VCTIndex()
    // A file has fewer positions than bytes, and a coverage uses each line twice. What draws much
    // more than it writes refers to the same lines again and again.
    mostDrawn = max(1 << 17, source.size)
  }

  private static func polygons(
    of layout: VCTLayout, _ source: any ByteSource
  ) throws(ReadingError) -> VCTIndex {
    var index = VCTIndex()
    for section in layout.sections where section.kind == .polygon {
      let lines = VCTLines(source, from: section.place.offset, after: section.place.line)
      var objects = VCTObjects(.polygon, lines, layout.coordinates, isPassing: true)
      while let object = try objects.next() {
        guard object.identifier > 0 else { continue }
        guard index.add(object.identifier, at: object.offset) else {
          throw .vct(.tooMany(kind: "Polygon", line: object.line, limit: Int64(VCTIndex.most)))
        }
      }
    }
    index.finish()
    return index
  }

  /// The geometry of an object that has no fault of its own.
  ///
  /// - Errors: the object's fault, or what ends the reading of the file; `row` is told with it.
  func geometry(of object: VCTObject, row: Int64) throws(VCTStop) -> Geometry {
    var work = Work(object: object, row: row)
    switch (object.kind, object.figure) {
    case (.point, .points(let positions)):
      try draw(positions.count, &work)
      return .points(positions)
    case (.line, .parts(let parts)):
      for part in parts { try draw(part.count, &work) }
      return .lines(parts)
    case (.line, .lines(let references)):
      var parts: [[Position]] = []
      for group in references.split(separator: 0) {
        parts.append(try path(of: group, &work, depth: 0))
      }
      return .lines(parts)
    case (.polygon, .parts), (.polygon, .lines), (.polygon, .members):
      return .polygons(MultiPolygon(try polygons(of: object, &work, in: [object.identifier])))
    default: throw work.stop(.featureType)
    }
  }

  /// What is being put together, and for which object.
  private struct Work {
    let object: VCTObject
    let row: Int64
    var count: Int64 = 0
    var members = 0

    func stop(_ kind: VCTObjectFault.Kind, _ other: Int64 = 0, found: String = "") -> VCTStop {
      .object(VCTObjectFault(kind, line: object.line, object: other, found: found))
    }
  }

  private func draw(_ count: Int, _ work: inout Work) throws(VCTStop) {
    work.count += Int64(count)
    drawn += Int64(count)
    guard work.count <= most else {
      throw .file(.tooManyVertices(row: work.row, count: work.count, limit: most))
    }
    guard drawn <= mostDrawn else {
      throw .file(.tooManyVerticesInFile(row: work.row, limit: mostDrawn))
    }
  }

  // MARK: Polygons

  private func polygons(
    of object: VCTObject, _ work: inout Work, in ancestors: [Int64]
  ) throws(VCTStop) -> [Polygon] {
    var rings: [Ring] = []
    switch object.figure {
    case .parts(let parts):
      for part in parts {
        try draw(part.count, &work)
        rings.append(try ring(part, work))
      }
    case .lines(let references):
      for group in references.split(separator: 0) {
        rings.append(try ring(try path(of: group, &work, depth: 0), work))
      }
    case .members(let references):
      let members = try members(references, &work, in: ancestors)
      for outline in VCTOutline.rings(around: members) { rings.append(try ring(outline, work)) }
    case .points, .unread: break
    }
    guard !rings.isEmpty else { throw work.stop(.ringShort, found: "0") }
    guard let polygons = VCTNesting.polygons(of: rings) else {
      throw work.stop(.tooManyRings, found: String(rings.count))
    }
    return polygons
  }

  private func ring(_ positions: [Position], _ work: Work) throws(VCTStop) -> Ring {
    do throws(GeometryError) {
      return try Ring(positions)
    } catch {
      switch error {
      case .ringNotClosed: throw work.stop(.ringOpen)
      case .ringTooShort(let count): throw work.stop(.ringShort, found: String(count))
      default: throw work.stop(.coordinate)
      }
    }
  }

  private func members(
    _ references: [Int64], _ work: inout Work, in ancestors: [Int64]
  ) throws(VCTStop) -> [Polygon] {
    var members: [Polygon] = []
    for reference in references where reference != 0 {
      work.members += 1
      guard work.members <= Self.mostMembers else { throw work.stop(.tooManyReferences) }
      guard !ancestors.contains(reference), ancestors.count < Self.deepest else {
        throw work.stop(.cycle, reference)
      }
      guard case .at(_, let offset) = polygons.find(reference) else {
        throw work.stop(.polygonMissing, reference)
      }
      let found: VCTObject?
      do throws(ReadingError) {
        found = try fetchedPolygons.object(at: offset)
      } catch {
        throw .file(error)
      }
      guard let found, found.fault == nil else { throw work.stop(.polygonFaulty, reference) }
      members += try polygons(of: found, &work, in: ancestors + [reference])
    }
    return members
  }

  // MARK: Lines

  /// The lines one after another, each beginning where the one before it ends.
  private func path(
    of references: ArraySlice<Int64>, _ work: inout Work, depth: Int
  ) throws(VCTStop) -> [Position] {
    var path: [Position] = []
    for reference in references {
      let line = try line(reference, &work, depth: depth)
      guard let last = path.last else {
        path = line
        continue
      }
      guard last == line.first else { throw work.stop(.linesApart, reference) }
      path += line.dropFirst()
    }
    return path
  }

  /// A line as it is referred to: the other way round for a negative identifier.
  private func line(
    _ reference: Int64, _ work: inout Work, depth: Int
  ) throws(VCTStop) -> [Position] {
    guard depth < Self.deepest else { throw work.stop(.cycle, reference) }
    let offset: Int64
    switch layout.lines.find(abs(reference)) {
    case .missing: throw work.stop(.lineMissing, reference)
    case .twice: throw work.stop(.lineTwice, reference)
    case .at(_, let place): offset = place
    }
    let found: VCTObject?
    do throws(ReadingError) { found = try fetched.object(at: offset) } catch { throw .file(error) }
    guard let found, found.fault == nil else { throw work.stop(.lineFaulty, reference) }
    var path: [Position] = []
    switch found.figure {
    case .parts(let parts):
      for part in parts {
        try draw(part.count, &work)
        guard path.isEmpty || path.last == part.first else {
          throw work.stop(.lineFaulty, reference)
        }
        path += path.isEmpty ? part[...] : part.dropFirst()
      }
    case .lines(let references):
      for group in references.split(separator: 0) {
        let part = try self.path(of: group, &work, depth: depth + 1)
        guard path.isEmpty || path.last == part.first else {
          throw work.stop(.lineFaulty, reference)
        }
        path += path.isEmpty ? part[...] : part.dropFirst()
      }
    default: throw work.stop(.lineFaulty, reference)
    }
    return reference < 0 ? path.reversed() : path
  }
}
