import Foundation
import KarezCore
import KarezReport
import KarezService
import TestSupport
import Testing

/// The metadata of every dataset there is, read back by a reader of the test's own.
@Suite(.serialized) struct MetadataTests {
  /// What may stand in an element, in the order the standard's schemas give, and what must (`!`).
  ///
  /// - Source: ISO/TS 19115-3, the sequences of mdb 2.0, mri, cit 2.0, mco, mmi, gex, mrd, mrs, mrl,
  ///   mcc and lan; ISO/TS 19157-2, mdq.
  static let sequences: [String: String] = [
    "mdb:MD_Metadata": """
    mdb:metadataIdentifier mdb:defaultLocale mdb:parentMetadata mdb:metadataScope mdb:contact! \
    mdb:dateInfo! mdb:metadataStandard mdb:metadataProfile mdb:alternativeMetadataReference \
    mdb:otherLocale mdb:metadataLinkage mdb:spatialRepresentationInfo mdb:referenceSystemInfo \
    mdb:metadataExtensionInfo mdb:identificationInfo! mdb:contentInfo mdb:distributionInfo \
    mdb:dataQualityInfo mdb:resourceLineage mdb:portrayalCatalogueInfo mdb:metadataConstraints \
    mdb:applicationSchemaInfo mdb:metadataMaintenance mdb:acquisitionInformation
    """,
    "mri:MD_DataIdentification": """
    mri:citation! mri:abstract! mri:purpose mri:credit mri:status mri:pointOfContact \
    mri:spatialRepresentationType mri:spatialResolution mri:temporalResolution \
    mri:topicCategory mri:extent mri:additionalDocumentation mri:processingLevel \
    mri:resourceMaintenance mri:graphicOverview mri:resourceFormat mri:descriptiveKeywords \
    mri:resourceSpecificUsage mri:resourceConstraints mri:associatedResource \
    mri:defaultLocale mri:otherLocale mri:environmentDescription mri:supplementalInformation
    """,
    "cit:CI_Citation": """
    cit:title! cit:alternateTitle cit:date cit:edition cit:editionDate cit:identifier \
    cit:citedResponsibleParty
    """,
    "cit:CI_Date": "cit:date! cit:dateType!",
    "cit:CI_Responsibility": "cit:role! cit:extent cit:party!",
    "cit:CI_Organisation": "cit:name cit:contactInfo cit:partyIdentifier cit:logo cit:individual",
    "mcc:MD_Identifier": "mcc:authority mcc:code! mcc:codeSpace mcc:version mcc:description",
    "mrs:MD_ReferenceSystem":
      "mrs:referenceSystemIdentifier mrs:coordinateEpoch mrs:referenceSystemType",
    "mri:MD_Keywords": "mri:keyword! mri:type mri:thesaurusName mri:keywordClass",
    "mmi:MD_MaintenanceInformation": """
    mmi:maintenanceAndUpdateFrequency mmi:maintenanceDate mmi:userDefinedMaintenanceFrequency \
    mmi:maintenanceScope mmi:maintenanceNote mmi:contact
    """,
    "mco:MD_SecurityConstraints": """
    mco:useLimitation mco:constraintApplicationScope mco:graphic mco:reference \
    mco:releasability mco:responsibleParty mco:classification! mco:userNote \
    mco:classificationSystem mco:handlingDescription
    """,
    "mco:MD_LegalConstraints": """
    mco:useLimitation mco:constraintApplicationScope mco:graphic mco:reference \
    mco:releasability mco:responsibleParty mco:accessConstraints mco:useConstraints \
    mco:otherConstraints
    """,
    "gex:EX_Extent":
      "gex:description gex:geographicElement gex:temporalElement gex:verticalElement",
    "gex:EX_GeographicBoundingBox": """
    gex:extentTypeCode gex:westBoundLongitude! gex:eastBoundLongitude! \
    gex:southBoundLatitude! gex:northBoundLatitude!
    """,
    "gml:TimePeriod": "gml:beginPosition! gml:endPosition!",
    "mrd:MD_Distribution":
      "mrd:description mrd:distributionFormat mrd:distributor mrd:transferOptions",
    "mrl:LI_Lineage":
      "mrl:statement mrl:scope mrl:additionalDocumentation mrl:source mrl:processStep",
    "mrl:LI_ProcessStep": """
    mrl:description! mrl:rationale mrl:stepDateTime mrl:processor mrl:reference mrl:scope \
    mrl:source
    """,
    "mrl:LI_Source": """
    mrl:description mrl:sourceSpatialResolution mrl:sourceReferenceSystem mrl:sourceCitation \
    mrl:sourceMetadata mrl:scope mrl:sourceStep
    """,
    "mdq:DQ_DataQuality": "mdq:scope! mdq:standaloneQualityReport mdq:report!",
    "mdq:DQ_ConformanceResult": """
    mdq:resultScope mdq:dateTime mdq:specification! mdq:explanation mdq:pass!
    """,
    "lan:PT_Locale": "lan:language! lan:country lan:characterEncoding!",
  ]

  /// Faults of order, of names and of what must be there; how many elements were looked at.
  static func faults(in tree: XMLTree) -> (faults: [String], examined: Int) {
    var faults: [String] = []
    var examined = 0
    for element in tree.all {
      guard let sequence = sequences[element.name] else { continue }
      examined += 1
      let steps = sequence.split(separator: " ")
      let names = steps.map { String($0.prefix { $0 != "!" }) }
      var last = 0
      for child in element.children {
        guard let place = names.firstIndex(of: child.name), place >= last else {
          faults.append("\(child.name) in \(element.name)")
          continue
        }
        last = place
      }
      let there = Set(element.children.map(\.name))
      for step in steps where step.hasSuffix("!") && !there.contains(String(step.dropLast())) {
        faults.append("\(element.name) lacks \(step)")
      }
    }
    return (faults, examined)
  }

  static func withMap(_ body: (OneMap, URL) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"), installation: installation, by: .operator)
      try await body(map, folder)
    }
  }

  @Test func `every dataset's metadata is well formed and in the standard's order`() async throws {
    try await Self.withMap { map, _ in
      let schemas = try await map.schemas(in: .all)
      try #require(schemas.count > 80)
      for schema in schemas {
        let record = try await map.record(of: schema.id.text, in: .all)
        let tree = try XMLTree(parsing: MetadataDocument(record).text)
        #expect(tree.name == "mdb:MD_Metadata")
        let (faults, examined) = Self.faults(in: tree)
        #expect(faults.isEmpty && examined > 20, "\(schema.id): \(faults)")
        for (prefix, address) in MetadataDocument.namespaces {
          #expect(tree.attributes["xmlns:" + prefix] == address)
        }
        let ids = tree.all.flatMap { element in
          ["id", "gml:id"].compactMap { element.attributes[$0] }
        }
        #expect(ids.count >= 2 && Set(ids).count == ids.count, "\(schema.id)")
        #expect(tree.descendants("mri:MD_TopicCategoryCode").count == 1, "\(schema.id)")
        #expect(tree.descendants("mco:MD_ClassificationCode").count == 1)
        #expect(tree.descendants("cit:CI_Individual").isEmpty)
      }
    }
  }

  @Test func `what a record says stands in its metadata, and the lineage of its commits`()
    async throws
  {
    try await Self.withMap { map, folder in
      let file = folder.appending(path: "a & b <1>.geojson")
      let text = """
        {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"township_code":\
        "653101001","county_code":"653101","name":"甲"},"geometry":{"type":\
        "Polygon","coordinates":[[[76,39],[76.01,39],[76.01,39.01],[76,39.01],[76,39]]]}}]}
        """
      try Data(text.utf8).write(to: file)
      var order = ImportOrder(
        dataset: "townships", file: FileArgument(file.path),
        validFrom: try #require(LegalDate("2025-01-01")))
      order.reason = "张三的来件"
      _ = try await map.importFile(order, by: .operator, in: .all) { _ in }
      let record = try await map.record(of: "townships", in: .all)
      let document = MetadataDocument(record).text
      let tree = try XMLTree(parsing: document)
      #expect(Self.faults(in: tree).faults.isEmpty)
      let step = try #require(tree.descendants("mrl:LI_ProcessStep").first)
      for words in [
        "a & b <1>.geojson", "karez-reader/1", "every-dataset 1.0.0", "townships 1.0.0",
        record.commits.first?.json["sourceSM3"]?.string ?? "?",
        record.commits.first?.json["recordedAt"]?.string ?? "?",
      ] {
        #expect(step.words.contains(words), "\(words)")
      }
      #expect(!document.contains("张三"), "a person's words are not for other catalogues")
      for (element, words) in [
        ("gex:westBoundLongitude", "76.0000000"), ("gex:northBoundLatitude", "39.0100000"),
        ("gml:beginPosition", "2025-01-01"), ("mri:MD_TopicCategoryCode", "boundaries"),
        ("mdq:pass", "true"), ("mdb:dateInfo", "revision"),
      ] {
        #expect(tree.descendants(element).first?.words.contains(words) == true, "\(element)")
      }
      #expect(tree.descendants("mdb:referenceSystemInfo").first?.words.contains("4490") == true)
      #expect(MetadataDocument(record).text == document, "the same state gives the same bytes")
    }
  }

  @Test func `a text cannot break out of its element, whatever it holds`() throws {
    let hostile = "</gco:CharacterString>&amp;\"'\u{0}\u{8}\u{FFFE}\r\n]]>"
    let node = XMLNode(
      "a:b", [(name: "xmlns:a", value: "x"), (name: "a:c", value: hostile)]
    ) { XMLNode("a:d", text: hostile) }
    let tree = try XMLTree(parsing: node.document)
    let expected = "</gco:CharacterString>&amp;\"'\u{FFFD}\u{FFFD}\u{FFFD}\r\n]]>"
    #expect(tree.attributes["a:c"] == expected)
    #expect(tree.children.map(\.name) == ["a:d"] && tree.children[0].text == expected)
  }

  @Test func `the reader of these tests refuses what is not well formed`() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    for bad in [
      "<a:b xmlns:a=\"x\">", "<a:b xmlns:a=\"x\"></a:c>", "<a:b/>", "<a:b xmlns:a=\"x\">&</a:b>",
      "<a:b xmlns:a=\"x\"/><a:b xmlns:a=\"x\"/>", "<a:b xmlns:a=\"x\" xmlns:a=\"x\"/>", "",
      "<a:b xmlns:a='x'/>",
    ] {
      #expect(throws: XMLTree.Fault.self, "\(bad)") { try XMLTree(parsing: head + bad) }
    }
  }
}
