import Foundation

/// A prefecture of two counties that is nowhere: a region pack in a folder, and nothing else.
///
/// The border between the counties winds, one of its edges has a vertex only on one side, and the
/// second county has an exclave in a hole of the first.
enum MadeUpRegion {
  static func write(to folder: URL) throws {
    for name in ["codes", "names", "outlines"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    for (name, text) in files {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }

  /// From south to north between the two counties.
  static let border = [
    [81.4, 41.0], [81.41, 41.08], [81.385, 41.15], [81.4, 41.2], [81.43, 41.27], [81.42, 41.36],
    [81.4, 41.4],
  ]

  static func ring(_ points: [[Double]]) -> String {
    "[" + (points + [points[0]]).map { "[\($0[0]),\($0[1])]" }.joined(separator: ",") + "]"
  }

  static var files: [String: String] {
    let exclave = [[81.15, 41.25], [81.19, 41.24], [81.2, 41.3], [81.16, 41.31]]
    let west = [[81.0, 41.4], [81.0, 41.0]] + border
    // The middle of the border's first edge lies only on the eastern side.
    let east =
      [[81.8, 41.0], [81.82, 41.2], [81.8, 41.4]] + border.reversed().dropLast()
      + [[81.405, 41.04], [81.4, 41.0]]
    return [
      "region.yaml": yaml,
      "codes/counties.csv": "code,zh,en,ug\n990101,甲县,Jia County,\n990121,乙县,Yi County,\n",
      "codes/townships.csv": """
      code,county,zh,kind,part
      990101100,990101,东镇,town,1
      990101200,990101,西乡,township,1
      990121100,990121,南镇,town,1
      990121200,990121,北乡,township,1
      990121201,990121,飞地乡,township,2

      """,
      "codes/land-shares.csv": """
      class,zh,area_ha,oasis,margin,wild
      01,耕地,300,100,0,0
      03,林地,100,20,80,0
      07,住宅用地,60,100,0,0
      12,其他土地,540,0,10,90

      """,
      "codes/land-codes.csv": """
      class,code,band,terrain,weight
      01,0102,any,any,100
      03,0301,any,any,60
      03,0305,any,any,40
      07,0702,any,any,100
      12,1205,any,any,100

      """,
      "names/villages.csv": "first,second\n上,河\n中,桥\n下,岸\n",
      "outlines/990101.geojson":
        #"{"type":"Polygon","coordinates":[\#(ring(west)),\#(ring(exclave.reversed()))]}"#,
      "outlines/990121.geojson":
        #"{"type":"MultiPolygon","coordinates":[[\#(ring(east))],[\#(ring(exclave))]]}"#,
    ]
  }

  static let yaml = """
    # 虚构地区
    title: { zh: "虚构地区", en: "Nowhere" }
    adcode: "990100"
    zones: ["27"]
    extent: { west: "81.0", south: "41.0", east: "81.9", north: "41.4" }
    outlines:
      package: "none"
      version: "1"
      sha256: "0"
      folder: "none"
      datum: "CGCS2000"
    landscape:
      density: "20"
      oases:
        - { at: ["81.3", "41.1"], radius: "12 km" }
        - { at: ["81.6", "41.25"], radius: "9 km" }
      highlands:
        - { at: ["81.75", "41.35"], radius: "15 km" }
      shares:
        ecological-red-line: "25 %"
        permanent-basic-farmland: "70 %"
        farmland-reserve: "30 %"
      counts:
        villages: "60"
        mining-rights: "4"
        hazard-sites: "5"
        oil-gas-pipelines: "5"
        nature-reserve-cores: "2"

    """
}
