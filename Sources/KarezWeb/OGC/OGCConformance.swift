/// 符合性声明: the conformance classes of OGC API the server has; `docs/conformance.md` names the
/// test of each.
///
/// One list for everything under `/ogc`: a family of resources adds its own classes here.
enum OGCConformance {
  static let classes =
    (common + features + filters + schemas + TileRoutes.conformance + OGCWritingRoutes.conformance
    + OGCRecordRoutes.conformance + OGCProcessRoutes.conformance + OGCStyleRoutes.conformance)
    .sorted()

  private static let common = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
  ]

  private static let features = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
  ]

  private static let filters = [
    "advanced-comparison-operators", "basic-cql2", "basic-spatial-functions", "cql2-json",
    "cql2-text", "property-property", "spatial-functions", "temporal-functions",
  ].map { "http://www.opengis.net/spec/cql2/1.0/conf/" + $0 }

  private static let schemas = [
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
  ]
}
