extension Layer {
  /// One layer of all polygons that take part, with the columns named.
  ///
  /// A single layer of which all polygons take part is answered as it is.
  public static func merging(
    _ selections: [LayerSelection], columns: [String] = [], spoolingIn folder: String
  ) throws(LayerError) -> Layer {
    if selections.count == 1, selections[0].admits == nil { return selections[0].layer }
    let writer = LayerWriter(columns: columns, spoolingIn: folder)
    for selection in selections {
      let layer = selection.layer
      let places = columns.map { layer.column(named: $0) }
      for number in 0..<layer.count where selection.admits?(number) ?? true {
        let values = try places.map { column throws(LayerError) in
          try column.map { column throws(LayerError) in
            try layer.text(of: number, column: column)
          } ?? ""
        }
        try writer.append(
          row: layer.row(of: number), id: try layer.id(of: number), values: values,
          try layer.geometry(of: number))
      }
    }
    return try writer.finish()
  }
}
