import KarezCore
import KarezGeometry
import KarezPacks
import KarezService
import KarezStore

extension MetadataDocument {
  /// What the dataset is, where and since when, and what may be done with it.
  var identification: XMLNode {
    XMLNode("mri:MD_DataIdentification") {
      XMLNode("mri:citation") {
        Self.citation(
          schema.title, since: record.item.summary.currentTo,
          identifier: Self.identifier(schema.id.text, of: "karez"))
      }
      Self.free("mri:abstract", schema.entry?.summary ?? schema.title)
      XMLNode("mri:status") { Self.code("mcc:MD_ProgressCode", progress) }
      XMLNode("mri:pointOfContact") { steward(as: "custodian") }
      XMLNode("mri:spatialRepresentationType") {
        Self.code(
          "mcc:MD_SpatialRepresentationTypeCode",
          schema.geometry == .none ? "textTable" : "vector")
      }
      if let theme = record.themes.last {
        XMLNode("mri:topicCategory") {
          XMLNode("mri:MD_TopicCategoryCode", text: theme.topic.rawValue)
        }
      }
      if record.item.summary.extent != nil || record.item.summary.currentTo != nil {
        XMLNode("mri:extent") { extent }
      }
      if let entry = schema.entry {
        XMLNode("mri:resourceMaintenance") { Self.maintenance(entry.cycle) }
      }
      XMLNode("mri:descriptiveKeywords") { keywords }
      XMLNode("mri:resourceConstraints") { security }
      if !record.basis.isEmpty { XMLNode("mri:resourceConstraints") { legal } }
      XMLNode("mri:defaultLocale") { Self.locale(.zh, isNamed: false) }
    }
  }

  private var progress: String {
    record.item.summary.commit == .none ? "planned" : "onGoing"
  }

  /// The box of all that was recorded, and the day since which its newest state counts.
  private var extent: XMLNode {
    XMLNode("gex:EX_Extent") {
      if let box = record.item.summary.extent {
        XMLNode("gex:geographicElement") {
          XMLNode("gex:EX_GeographicBoundingBox") {
            Self.side("west", "Longitude", box.minX)
            Self.side("east", "Longitude", box.maxX)
            Self.side("south", "Latitude", box.minY)
            Self.side("north", "Latitude", box.maxY)
          }
        }
      }
      if let day = record.item.summary.currentTo {
        XMLNode("gex:temporalElement") {
          XMLNode("gex:EX_TemporalExtent") {
            XMLNode("gex:extent") {
              XMLNode("gml:TimePeriod", [(name: "gml:id", value: "validity")]) {
                XMLNode("gml:beginPosition", text: day.description)
                XMLNode("gml:endPosition", [(name: "indeterminatePosition", value: "now")])
              }
            }
          }
        }
      }
    }
  }

  private static func side(_ side: String, _ axis: String, _ degrees: Double) -> XMLNode {
    XMLNode("gex:\(side)Bound\(axis)") {
      XMLNode("gco:Decimal", text: DecimalText.fixed(degrees, decimals: 7))
    }
  }

  private static func maintenance(_ cycle: UpdateCycle) -> XMLNode {
    let frequency =
      switch cycle {
      case .continuous: "continual"
      case .daily: "daily"
      case .monthly: "monthly"
      case .quarterly: "quarterly"
      case .yearly: "annually"
      case .fiveYearly: "periodic"
      case .asNeeded: "asNeeded"
      }
    return XMLNode("mmi:MD_MaintenanceInformation") {
      XMLNode("mmi:maintenanceAndUpdateFrequency") {
        code("mmi:MD_MaintenanceFrequencyCode", frequency)
      }
      if cycle == .fiveYearly {
        XMLNode("mmi:userDefinedMaintenanceFrequency") {
          XMLNode("gco:TM_PeriodDuration", text: "P5Y")
        }
      }
    }
  }

  private var keywords: XMLNode {
    XMLNode("mri:MD_Keywords") {
      for theme in record.themes { Self.free("mri:keyword", theme.title) }
      Self.free("mri:keyword", schema.title)
      XMLNode("mri:type") { Self.code("mri:MD_KeywordTypeCode", "theme") }
    }
  }

  /// The class in the nearest word of the standard's list.
  private var security: XMLNode {
    let classification =
      switch schema.classification {
      case .public: "unclassified"
      case .internal: "forOfficialUseOnly"
      case .restricted: "restricted"
      case .confidential: "confidential"
      }
    return XMLNode("mco:MD_SecurityConstraints") {
      XMLNode("mco:classification") {
        Self.code("mco:MD_ClassificationCode", classification)
      }
    }
  }

  /// The articles the dataset rests on.
  private var legal: XMLNode {
    XMLNode("mco:MD_LegalConstraints") {
      for basis in record.basis {
        XMLNode("mco:reference") {
          Self.citation(
            basis.law.title, since: basis.law.validity.from,
            identifier: Self.identifier("\(basis.law.id)#\(basis.article)", of: "karez"))
        }
      }
      XMLNode("mco:accessConstraints") {
        Self.code("mco:MD_RestrictionCode", "otherRestrictions")
      }
      for basis in record.basis {
        Self.free(
          "mco:otherConstraints",
          LocalizedText(
            zh: "\(basis.law.title.zh)第 \(basis.article) 条",
            en: "\(basis.law.title.en), article \(basis.article)"))
      }
    }
  }
}
