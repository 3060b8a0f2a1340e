import KarezCore
public import KarezService
import KarezStore

/// 元数据: a dataset's record as ISO 19115-3 has it, for the catalogues of others.
///
/// - Shape: one `mdb:MD_Metadata` of the namespaces below; the order of elements within each is
///   that of the standard's schemas. The same state gives the same bytes.
/// - Source: ISO 19115-1:2014 with ISO/TS 19115-3:2016 (edition 2018 of its schemas).
public struct MetadataDocument: Sendable {
  static let standards = "http://standards.iso.org/iso/"

  private static let parts = [
    ("cit", "19115/-3/cit/2.0"), ("gco", "19115/-3/gco/1.0"), ("gex", "19115/-3/gex/1.0"),
    ("lan", "19115/-3/lan/1.0"), ("mcc", "19115/-3/mcc/1.0"), ("mco", "19115/-3/mco/1.0"),
    ("mdb", "19115/-3/mdb/2.0"), ("mdq", "19157/-2/mdq/1.0"), ("mmi", "19115/-3/mmi/1.0"),
    ("mrd", "19115/-3/mrd/1.0"), ("mri", "19115/-3/mri/1.0"), ("mrl", "19115/-3/mrl/2.0"),
    ("mrs", "19115/-3/mrs/1.0"),
  ]

  /// Prefixes and what they stand for.
  public static let namespaces: [String: String] = {
    var namespaces = Dictionary(uniqueKeysWithValues: parts).mapValues { standards + $0 }
    namespaces["gml"] = "http://www.opengis.net/gml/3.2"
    namespaces["xsi"] = "http://www.w3.org/2001/XMLSchema-instance"
    return namespaces
  }()

  let record: DatasetRecord

  public init(_ record: DatasetRecord) { self.record = record }

  var schema: DatasetSchema { record.schema }

  /// The document as text.
  public var text: String {
    let declared = Self.namespaces.sorted { $0.key < $1.key }.map {
      (name: "xmlns:" + $0.key, value: $0.value)
    }
    return XMLNode("mdb:MD_Metadata", declared) {
      XMLNode("mdb:metadataIdentifier") { Self.identifier(schema.id.text, of: "karez") }
      XMLNode("mdb:defaultLocale") { Self.locale(.zh, isNamed: true) }
      XMLNode("mdb:metadataScope") {
        XMLNode("mdb:MD_MetadataScope") {
          XMLNode("mdb:resourceScope") { Self.code("mcc:MD_ScopeCode", "dataset") }
        }
      }
      XMLNode("mdb:contact") { steward(as: "pointOfContact") }
      XMLNode("mdb:dateInfo") { dateStamp }
      XMLNode("mdb:metadataStandard") { Self.citation(.same("ISO 19115-3:2016")) }
      XMLNode("mdb:otherLocale") { Self.locale(.en, isNamed: true) }
      if schema.geometry != .none {
        XMLNode("mdb:referenceSystemInfo") { Self.referenceSystem }
      }
      XMLNode("mdb:identificationInfo") { identification }
      XMLNode("mdb:distributionInfo") { distribution }
      XMLNode("mdb:dataQualityInfo") { quality }
      XMLNode("mdb:resourceLineage") { lineage }
    }.document
  }

  /// When what is told here last changed; of a dataset without commits the day asked for.
  private var dateStamp: XMLNode {
    guard let last = record.commits.first else {
      return Self.date(Self.day(record.asOf.validOn), "creation")
    }
    return Self.date(XMLNode("gco:DateTime", text: last.recordedAt), "revision")
  }

  /// The frame everything is recorded in.
  private static var referenceSystem: XMLNode {
    XMLNode("mrs:MD_ReferenceSystem") {
      XMLNode("mrs:referenceSystemIdentifier") {
        XMLNode("mcc:MD_Identifier") {
          XMLNode("mcc:code") { string("4490") }
          XMLNode("mcc:codeSpace") { string("EPSG") }
          XMLNode("mcc:description") { string("CGCS2000") }
        }
      }
      XMLNode("mrs:referenceSystemType") {
        code("mrs:MD_ReferenceSystemTypeCode", "geodeticGeographic2D")
      }
    }
  }

  private var distribution: XMLNode {
    XMLNode("mrd:MD_Distribution") {
      for format in record.formats {
        XMLNode("mrd:distributionFormat") {
          XMLNode("mrd:MD_Format") {
            XMLNode("mrd:formatSpecificationCitation") { Self.citation(.same(format)) }
          }
        }
      }
      XMLNode("mrd:distributor") {
        XMLNode("mrd:MD_Distributor") {
          XMLNode("mrd:distributorContact") { steward(as: "distributor") }
        }
      }
    }
  }
}
