import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// What WFS says of itself to one reader.
///
/// - Source: OGC 09-025r2, OGC 09-026r2.
struct WFSCapabilities {
  private let portal: Portal
  private let language: Language
  private let address: OGCAddresses

  static let space = "http://www.opengis.net/wfs/2.0"
  private static let operators = [
    "PropertyIsEqualTo", "PropertyIsNotEqualTo", "PropertyIsLessThan", "PropertyIsGreaterThan",
    "PropertyIsLessThanOrEqualTo", "PropertyIsGreaterThanOrEqualTo", "PropertyIsLike",
    "PropertyIsNull", "PropertyIsNil", "PropertyIsBetween",
  ]
  private static let relations = [
    "BBOX", "Intersects", "Within", "Contains", "Disjoint", "Touches", "Overlaps", "Crosses",
    "Equals",
  ]

  init(_ portal: Portal, _ language: Language, _ address: OGCAddresses) {
    self.portal = portal
    self.language = language
    self.address = address
  }

  private static let spaces = [
    (name: "xmlns", value: space), ("xmlns:wfs", space),
    ("xmlns:ows", "http://www.opengis.net/ows/1.1"),
    ("xmlns:fes", "http://www.opengis.net/fes/2.0"),
    ("xmlns:gml", "http://www.opengis.net/gml/3.2"),
    ("xmlns:xlink", "http://www.w3.org/1999/xlink"), ("xmlns:karez", GMLNames.space),
  ]

  func document(_ types: [DatasetSummary]) -> XMLNode {
    XMLNode("wfs:WFS_Capabilities", [("version", "2.0.0")] + Self.spaces) {
      XMLNode("ows:ServiceIdentification") {
        XMLNode("ows:Title", text: portal.catalogues[language].text("ogc_title"))
        XMLNode("ows:ServiceType", text: "WFS")
        XMLNode("ows:ServiceTypeVersion", text: "2.0.0")
      }
      operations
      XMLNode("FeatureTypeList") { for type in types { self.type(type) } }
      Self.filters
    }
  }

  private var operations: XMLNode {
    XMLNode("ows:OperationsMetadata") {
      operation("GetCapabilities", ["AcceptVersions": ["2.0.0"]])
      operation("DescribeFeatureType", ["outputFormat": [WFSRoutes.gml[0]]])
      operation("ListStoredQueries", [:])
      operation("DescribeStoredQueries", [:])
      operation(
        "GetFeature",
        [
          "outputFormat": Array(WFSRoutes.gml.prefix(2) + WFSRoutes.json.prefix(2)),
          "resultType": ["results", "hits"],
        ])
      for (name, isOffered) in [
        ("ImplementsBasicWFS", false), ("ImplementsTransactionalWFS", false),
        ("ImplementsLockingWFS", false), ("KVPEncoding", true), ("XMLEncoding", false),
        ("SOAPEncoding", false), ("ImplementsInheritance", false),
        ("ImplementsRemoteResolve", false), ("ImplementsResultPaging", true),
        ("ImplementsStandardJoins", false), ("ImplementsSpatialJoins", false),
        ("ImplementsTemporalJoins", false), ("ImplementsFeatureVersioning", false),
        ("ManageStoredQueries", false),
      ] {
        Self.constraint(name, isOffered)
      }
      XMLNode("ows:Constraint", [("name", "CountDefault")]) {
        XMLNode("ows:NoValues")
        XMLNode("ows:DefaultValue", text: String(portal.limits.features.mostReturned))
      }
    }
  }

  private static func constraint(_ name: String, _ isOffered: Bool) -> XMLNode {
    XMLNode("ows:Constraint", [("name", name)]) {
      XMLNode("ows:NoValues")
      XMLNode("ows:DefaultValue", text: isOffered ? "TRUE" : "FALSE")
    }
  }

  private func operation(_ name: String, _ parameters: [String: [String]]) -> XMLNode {
    XMLNode("ows:Operation", [("name", name)]) {
      XMLNode("ows:DCP") {
        XMLNode("ows:HTTP") {
          XMLNode(
            "ows:Get", [("xlink:href", address.base + ClassicService.wfs.path + "?")])
        }
      }
      for (name, values) in parameters.sorted(by: { $0.key < $1.key }) {
        XMLNode("ows:Parameter", [("name", name)]) {
          XMLNode("ows:AllowedValues") {
            for value in values { XMLNode("ows:Value", text: value) }
          }
        }
      }
    }
  }

  private func type(_ summary: DatasetSummary) -> XMLNode {
    let schema = summary.schema
    return XMLNode("FeatureType") {
      XMLNode("Name", text: GMLNames.prefix + ":" + schema.id.text)
      XMLNode("Title", text: schema.title[language])
      if let entry = schema.entry { XMLNode("Abstract", text: entry.summary[language]) }
      if schema.geometry == .none {
        XMLNode("NoCRS")
      } else {
        XMLNode("DefaultCRS", text: OfferedCRS.cgcs2000.urn)
        XMLNode("OtherCRS", text: OfferedCRS.crs84.urn)
        XMLNode("OtherCRS", text: "urn:ogc:def:crs:EPSG::4326")
        for crs in OfferedCRS.all where crs.crs.grid != nil {
          XMLNode("OtherCRS", text: crs.urn)
        }
      }
      XMLNode("OutputFormats") {
        XMLNode("Format", text: WFSRoutes.gml[0])
        XMLNode("Format", text: WFSRoutes.json[0])
      }
      if let box = summary.extent {
        XMLNode("ows:WGS84BoundingBox") {
          XMLNode("ows:LowerCorner", text: "\(box.minX) \(box.minY)")
          XMLNode("ows:UpperCorner", text: "\(box.maxX) \(box.maxY)")
        }
      }
    }
  }

  private static var filters: XMLNode {
    XMLNode("fes:Filter_Capabilities") {
      XMLNode("fes:Conformance") {
        for (name, isOffered) in [
          ("ImplementsQuery", true), ("ImplementsAdHocQuery", true), ("ImplementsFunctions", false),
          ("ImplementsResourceId", false), ("ImplementsMinStandardFilter", true),
          ("ImplementsStandardFilter", true), ("ImplementsMinSpatialFilter", true),
          ("ImplementsSpatialFilter", false), ("ImplementsMinTemporalFilter", false),
          ("ImplementsTemporalFilter", false), ("ImplementsVersionNav", false),
          ("ImplementsSorting", true), ("ImplementsExtendedOperators", false),
          ("ImplementsMinimumXPath", true), ("ImplementsSchemaElementFunc", false),
        ] {
          XMLNode("fes:Constraint", [("name", name)]) {
            XMLNode("ows:NoValues")
            XMLNode("ows:DefaultValue", text: isOffered ? "TRUE" : "FALSE")
          }
        }
      }
      XMLNode("fes:Scalar_Capabilities") {
        XMLNode("fes:LogicalOperators")
        XMLNode("fes:ComparisonOperators") {
          for name in operators { XMLNode("fes:ComparisonOperator", [("name", name)]) }
        }
      }
      XMLNode("fes:Spatial_Capabilities") {
        XMLNode("fes:GeometryOperands") {
          for name in ["gml:Envelope", "gml:Point", "gml:Polygon"] {
            XMLNode("fes:GeometryOperand", [("name", name)])
          }
        }
        XMLNode("fes:SpatialOperators") {
          for name in relations { XMLNode("fes:SpatialOperator", [("name", name)]) }
        }
      }
    }
  }

  // MARK: Stored queries

  static func storedQueries(_ types: [DatasetSchema]) -> XMLNode {
    XMLNode("wfs:ListStoredQueriesResponse", spaces) {
      XMLNode("StoredQuery", [("id", WFSRoutes.byID)]) {
        XMLNode("Title", text: "GetFeatureById")
        for type in types {
          XMLNode("ReturnFeatureType", text: GMLNames.prefix + ":" + type.id.text)
        }
      }
    }
  }

  static func storedQuery(_ types: [DatasetSchema]) -> XMLNode {
    let names = types.map { GMLNames.prefix + ":" + $0.id.text }
    return XMLNode("wfs:DescribeStoredQueriesResponse", spaces) {
      XMLNode("StoredQueryDescription", [("id", WFSRoutes.byID)]) {
        XMLNode("Title", text: "GetFeatureById")
        XMLNode(
          "Parameter",
          [
            (name: "name", value: "id"), ("type", "xs:string"),
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
          ])
        XMLNode(
          "QueryExpressionText",
          [
            (name: "isPrivate", value: "true"),
            ("language", "urn:ogc:def:queryLanguage:OGC-WFS::WFSQueryExpression"),
            ("returnFeatureTypes", names.joined(separator: " ")),
          ])
      }
    }
  }
}

/// The types of features as XML Schema.
enum WFSSchema {
  static func document(_ types: [DatasetSchema]) -> XMLNode {
    XMLNode(
      "xs:schema",
      [
        (name: "xmlns:xs", value: "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:karez", GMLNames.space), ("xmlns:gml", "http://www.opengis.net/gml/3.2"),
        ("targetNamespace", GMLNames.space), ("elementFormDefault", "qualified"),
      ]
    ) {
      XMLNode(
        "xs:import",
        [
          (name: "namespace", value: "http://www.opengis.net/gml/3.2"),
          ("schemaLocation", "http://schemas.opengis.net/gml/3.2.1/gml.xsd"),
        ])
      for type in types {
        XMLNode(
          "xs:element",
          [
            (name: "name", value: type.id.text), ("type", "karez:\(type.id.text)Type"),
            ("substitutionGroup", "gml:AbstractFeature"),
          ])
        Self.type(type)
      }
    }
  }

  private static func type(_ schema: DatasetSchema) -> XMLNode {
    XMLNode("xs:complexType", [("name", schema.id.text + "Type")]) {
      XMLNode("xs:complexContent") {
        XMLNode("xs:extension", [("base", "gml:AbstractFeatureType")]) {
          XMLNode("xs:sequence") {
            for queryable in GMLNames.queryables(of: schema) {
              XMLNode(
                "xs:element",
                [
                  (name: "name", value: queryable.name),
                  ("type", name(of: queryable, schema.geometry)), ("minOccurs", "0"),
                ])
            }
          }
        }
      }
    }
  }

  private static func name(of queryable: Queryable, _ geometry: GeometryKind) -> String {
    switch queryable.kind {
    case .geometry:
      switch geometry {
      case .point: "gml:MultiPointPropertyType"
      case .line: "gml:MultiCurvePropertyType"
      case .polygon, .none: "gml:MultiSurfacePropertyType"
      }
    case .value(_, let type):
      switch type {
      case .text: "xs:string"
      case .integer: "xs:long"
      case .decimal: "xs:double"
      case .boolean: "xs:boolean"
      case .date: "xs:date"
      }
    }
  }
}
