import KarezCore
import KarezGeometry

/// What a parser would have accepted, in words.
enum ExpectedInputWording {
  static func text(for expected: ExpectedInput) -> LocalizedText {
    switch expected {
    case .end: LocalizedText(zh: "结尾", en: "the end")
    case .byteOrder: LocalizedText(zh: "字节序标志 0 或 1", en: "byte order 0 or 1")
    case .geometryName: LocalizedText(zh: "图形类型名", en: "a geometry's name")
    case .openingBracket: LocalizedText(zh: "左括号", en: "an opening bracket")
    case .closingBracket: LocalizedText(zh: "右括号", en: "a closing bracket")
    case .bracketOrEmpty: LocalizedText(zh: "左括号或 EMPTY", en: "a bracket or EMPTY")
    case .number: LocalizedText(zh: "数字", en: "a number")
    case .anotherNumber: LocalizedText(zh: "个数一致的坐标", en: "as many numbers as before")
    case .finiteNumber: LocalizedText(zh: "有限数", en: "a finite number")
    case .shellBeforeHoles: LocalizedText(zh: "内环之前的外环", en: "a shell before the holes")
    case .srid: LocalizedText(zh: "SRID=代码;", en: "SRID=code;")
    case .geoJSONGeometry: LocalizedText(zh: "GeoJSON 图形", en: "a GeoJSON geometry")
    case .coordinates: LocalizedText(zh: "coordinates 成员", en: "a member `coordinates`")
    case .coordinateArray: LocalizedText(zh: "坐标数组", en: "an array of coordinates")
    case .position: LocalizedText(zh: "由二至四个数组成的坐标", en: "a position of two to four numbers")
    default: boundaryText(for: expected)
    }
  }

  private static func boundaryText(for expected: ExpectedInput) -> LocalizedText {
    switch expected {
    case .coordinateSection: LocalizedText(zh: "[地块坐标]", en: "the section [地块坐标]")
    case .parcelLine: LocalizedText(zh: "以 @ 结尾的地块行", en: "a parcel's line, which ends in @")
    case .parcelFields:
      LocalizedText(zh: "@ 之前的 8 个或 13 个字段", en: "eight or thirteen fields before @")
    case .areaInHectares: LocalizedText(zh: "以公顷计的面积", en: "an area in hectares")
    case .pointCount: LocalizedText(zh: "界址点数", en: "a number of points")
    case .pointLine: LocalizedText(zh: "界址点行 J1,1,X,Y", en: "a point's line J1,1,X,Y")
    case .ringNumber: LocalizedText(zh: "圈号（正整数）", en: "a ring's number")
    case .newRing:
      LocalizedText(zh: "新的圈号（该圈已闭合或已结束）", en: "a new ring; this one has ended")
    case .twoCoordinates: LocalizedText(zh: "两个坐标值", en: "two coordinates")
    case .coordinateColumns: LocalizedText(zh: "坐标列", en: "columns of coordinates")
    case .metres: LocalizedText(zh: "计量单位“米”", en: "metres as the unit")
    case .coordinateTuple:
      LocalizedText(zh: "以逗号分隔的两个或三个数", en: "two or three numbers parted by commas")
    case .wholePositions:
      LocalizedText(zh: "成对（或三个一组）的数", en: "numbers that make whole positions")
    case .closingQuote: LocalizedText(zh: "引号的结尾", en: "the end of the quotation")
    case .fieldEnd: LocalizedText(zh: "逗号或行尾", en: "a comma or the line's end")
    case .asManyFields: LocalizedText(zh: "与表头相同的列数", en: "as many fields as the heading")
    case .groupCode: LocalizedText(zh: "组码（整数）", en: "a group code, a whole number")
    default: LocalizedText(zh: expected.rawValue, en: expected.rawValue)
    }
  }
}
