package import KarezCore
import KarezGeometry

/// A VCT file, its layers and their features.
///
/// - Shape: a layer is an attribute table and the objects of one kind whose classes name it; a
///   class without a table is a layer named by its code, a table without a class one of rows.
/// - Complexity: two walks over the file, one to know what is where, one over the layer that is
///   read. Sixteen bytes are held a line, and a row of the layer's table; coordinates are not held.
/// - Source: GB/T 17798-2007 and the profile of it the third national land survey uses.
package struct VCTFile {
  package struct Layer {
    package let name: String
    /// 要素名称, in the file's words.
    package let title: String
    package let geometry: GeometryKind
    package let fields: [SourceField]
    package let featureCount: Int64
    package let warnings: [ReadWarning]
    let kind: VCTObjects.Kind?
    let codes: Set<String>
    let table: Int?
  }

  package let layers: [Layer]
  package let crs: SourceCRS
  package let crsReason: CRSReason
  package let crsName: String
  package let encoding: SourceEncoding
  let layout: VCTLayout
  let source: any ByteSource

  package init(_ source: any ByteSource) throws(ReadingError) {
    let layout = try VCTSurvey(source).layout
    guard let decoder = TextDecoder(encoding: layout.encoding.name) else {
      throw .encodingUnknown(name: layout.encoding.name)
    }
    let system = VCTSystem(layout.head, sample: layout.sample) { decoder.decode($0) }
    crs = system.crs
    crsReason = system.reason
    crsName = system.name
    encoding = layout.encoding
    layers = VCTCatalogue(layout, decoder).layers
    self.layout = layout
    self.source = source
  }

  /// Gives each feature of a layer in the order of the file, and last the rows without an object.
  ///
  /// - Errors: what ends the reading; an object's own fault comes with its feature.
  package func walk(
    _ layer: Layer, most verticesInFeature: Int64,
    _ body: (SourceFeature) throws(ReadingError) -> Void
  ) throws(ReadingError) {
    guard let decoder = TextDecoder(encoding: encoding.name) else {
      throw .encodingUnknown(name: encoding.name)
    }
    let rows = try VCTRows(layer, layout, source, decoder)
    var row: Int64 = 0
    if let kind = layer.kind {
      let drawing = try VCTDrawing(layout, source, most: verticesInFeature)
      for section in layout.sections where section.kind == kind {
        var coordinates = layout.coordinates
        coordinates.most = verticesInFeature
        let lines = VCTLines(source, from: section.place.offset, after: section.place.line)
        var objects = VCTObjects(kind, lines, coordinates, isPassing: false)
        while let object = try objects.next() {
          guard layer.codes.contains(object.code) else { continue }
          row += 1
          try body(try feature(of: object, row, drawing, rows))
        }
      }
    }
    while let left = try rows.nextLeft() {
      row += 1
      try body(left.feature(row, isAlone: layer.kind == nil))
    }
  }

  private func feature(
    of object: VCTObject, _ row: Int64, _ drawing: VCTDrawing, _ rows: VCTRows
  ) throws(ReadingError) -> SourceFeature {
    let identifier = object.identifier > 0 ? String(object.identifier) : String(row)
    var feature = SourceFeature(row: row, fid: identifier)
    if let fault = object.fault {
      feature.fault = .vct(fault)
    } else {
      do throws(VCTStop) {
        feature.geometry = try drawing.geometry(of: object, row: row)
      } catch {
        switch error {
        case .file(let error): throw error
        case .object(let fault): feature.fault = .vct(fault)
        }
      }
    }
    if object.identifier > 0 { try rows.fill(&feature, of: object) }
    return feature
  }
}
