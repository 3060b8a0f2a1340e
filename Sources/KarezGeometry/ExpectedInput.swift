/// What a parser would have accepted where it met something else.
public enum ExpectedInput: String, CaseIterable, Hashable, Sendable {
  // WKB and WKT.
  case end
  case byteOrder = "byte-order"
  case geometryName = "geometry-name"
  case openingBracket = "opening-bracket"
  case closingBracket = "closing-bracket"
  case bracketOrEmpty = "bracket-or-empty"
  case number
  case anotherNumber = "another-number"
  case finiteNumber = "finite-number"
  case shellBeforeHoles = "shell-before-holes"
  case srid
  // GeoJSON.
  case geoJSONGeometry = "geojson-geometry"
  case coordinates
  case coordinateArray = "coordinate-array"
  case position
  // Boundary text.
  case coordinateSection = "coordinate-section"
  case parcelLine = "parcel-line"
  case parcelFields = "parcel-fields"
  case areaInHectares = "area-in-hectares"
  case pointCount = "point-count"
  case pointLine = "point-line"
  case ringNumber = "ring-number"
  case newRing = "new-ring"
  case twoCoordinates = "two-coordinates"
  case coordinateColumns = "coordinate-columns"
  case metres
  // KML and DXF.
  case coordinateTuple = "coordinate-tuple"
  case wholePositions = "whole-positions"
  case closingQuote = "closing-quote"
  case fieldEnd = "field-end"
  case asManyFields = "as-many-fields"
  case groupCode = "group-code"
}

extension ExpectedInput: CustomStringConvertible {
  public var description: String { rawValue }
}
