import KarezCore
public import KarezWriting

/// What is to be told of a file that was written, in words.
public enum OutputNoteWording {
  /// The note's stable code.
  public static func code(of note: OutputNote) -> String {
    switch note {
    case .fieldRenamed: "field-renamed"
    case .layerRenamed: "layer-renamed"
    case .fieldsLeftOut: "fields-left-out"
    case .geometryLeftOut: "geometry-left-out"
    case .systemUnstated: "system-unstated"
    case .statedAsWGS84: "stated-as-wgs84"
    case .partsParted: "parts-parted"
    }
  }

  /// A line a note, and one for all names that are others.
  static func lines(for notes: [OutputNote], in language: Language) -> [String] {
    let names = notes.compactMap { note -> String? in
      guard case .fieldRenamed(let field, let name) = note else { return nil }
      return "\(field) → \(name)"
    }
    let others = notes.filter { note in
      if case .fieldRenamed = note { false } else { true }
    }
    let mapping = LocalizedText(
      zh: "字段名：\(names.joined(separator: "，"))",
      en: "field names: \(names.joined(separator: ", "))")
    return ((names.isEmpty ? [] : [mapping]) + others.map(text)).map { $0[language] }
  }

  static func text(for note: OutputNote) -> LocalizedText {
    switch note {
    case .fieldRenamed(let field, let name):
      LocalizedText(zh: "字段 \(field) 在文件中为 \(name)", en: "\(field) is \(name) in the file")
    case .layerRenamed(let name):
      LocalizedText(zh: "图层在文件中名为 \(name)", en: "the layer is called \(name) in the file")
    case .fieldsLeftOut(let names):
      LocalizedText(
        zh: "该格式没有属性表，未写：\(names.joined(separator: "、"))",
        en: "the format has no place for: \(names.joined(separator: ", "))")
    case .geometryLeftOut:
      LocalizedText(zh: "表格只有属性，没有图形", en: "the table has no geometry, attributes only")
    case .systemUnstated(let crs):
      LocalizedText(
        zh: "该格式不记录坐标系；坐标为 \(crs)", en: "the format states no system; coordinates are in \(crs)")
    case .statedAsWGS84:
      LocalizedText(
        zh: "KML 规定为 WGS 84；CGCS2000 坐标原样写入，两者相差在分米以内",
        en: "KML is WGS 84 by definition; CGCS2000 stands in it as it is, within decimetres"
      )
    case .partsParted(let count):
      LocalizedText(
        zh: "\(count) 个多部件要素写成同号的多个地块",
        en: "\(count) features of several parts became several parcels of the same number")
    }
  }
}
