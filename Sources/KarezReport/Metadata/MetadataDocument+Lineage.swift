import KarezCore
import KarezService
import KarezStore

extension MetadataDocument {
  /// Where the rows came from: a step a commit, the last first, each with its source.
  var lineage: XMLNode {
    XMLNode("mrl:LI_Lineage") {
      Self.free("mrl:statement", statement)
      XMLNode("mrl:scope") { Self.wholeDataset }
      for commit in record.commits { XMLNode("mrl:processStep") { step(commit) } }
      for (number, decision) in record.decisions.enumerated() {
        XMLNode("mrl:processStep") { step(decision, record.decisions.count - number) }
      }
    }
  }

  private var statement: LocalizedText {
    let count = record.commits.count
    guard count > 0 else {
      return LocalizedText(zh: "尚无数据入库。", en: "Nothing is recorded yet.")
    }
    return LocalizedText(
      zh: "经质检入库，每次提交留痕；以下为最近 \(count) 次提交。",
      en: "Recorded through the quality gate, every commit in a chained log; "
        + "these are the last \(count).")
  }

  /// A level that was given; without the reason, as below.
  private func step(_ decision: LabelDecision, _ number: Int) -> XMLNode {
    let what = [schema.id.text, decision.order.attribute].compactMap { $0 }.joined(separator: "/")
    let levels = "\(decision.former.rawValue) → \(decision.order.level.rawValue)"
    return XMLNode("mrl:LI_ProcessStep") {
      Self.free(
        "mrl:description",
        LocalizedText(zh: "定级 \(what)：\(levels)", en: "classification of \(what): \(levels)"))
      XMLNode("mrl:stepDateTime") {
        XMLNode("gml:TimeInstant", [(name: "gml:id", value: "classification-\(number)")]) {
          XMLNode("gml:timePosition", text: decision.at)
        }
      }
      XMLNode("mrl:processor") { steward(as: "processor") }
    }
  }

  /// Without the reason: that is a person's own words, and meant for the house.
  private func step(_ commit: CommitRecord) -> XMLNode {
    let counts = "+\(commit.inserted) ~\(commit.changed) -\(commit.ended)"
    let profiles = (commit.admission?.profiles ?? []).map(\.description)
      .joined(separator: ", ")
    let description = LocalizedText(
      zh: "第 \(commit.commit) 次提交 \(counts)；规则集：\(profiles.isEmpty ? "无" : profiles)",
      en: "commit \(commit.commit) \(counts); "
        + "rule profiles: \(profiles.isEmpty ? "none" : profiles)")
    return XMLNode("mrl:LI_ProcessStep") {
      Self.free("mrl:description", description)
      XMLNode("mrl:stepDateTime") {
        XMLNode("gml:TimeInstant", [(name: "gml:id", value: "commit-\(commit.commit)")]) {
          XMLNode("gml:timePosition", text: commit.recordedAt)
        }
      }
      XMLNode("mrl:processor") { steward(as: "processor") }
      XMLNode("mrl:source") { Self.source(commit.lineage) }
    }
  }

  private static func source(_ lineage: Lineage) -> XMLNode {
    XMLNode("mrl:LI_Source") {
      XMLNode("mrl:description") { string("\(lineage.reader); \(lineage.crs)") }
      XMLNode("mrl:sourceCitation") {
        citation(.same(lineage.source), identifier: identifier(lineage.sourceSM3, of: "sm3"))
      }
    }
  }

  /// What the newest commit that passed a gate was held to.
  var quality: XMLNode {
    let admission = record.commits.lazy.compactMap(\.admission).first
    return XMLNode("mdq:DQ_DataQuality") {
      XMLNode("mdq:scope") { Self.wholeDataset }
      if let admission, !admission.profiles.isEmpty {
        for profile in admission.profiles {
          XMLNode("mdq:report") { Self.conformance(to: profile, report: admission.report) }
        }
      } else {
        XMLNode("mdq:report", [(name: "gco:nilReason", value: "unknown")])
      }
    }
  }

  private static func conformance(to profile: ProfileVersion, report: String?) -> XMLNode {
    let title = LocalizedText(zh: "质检规则集 \(profile.id)", en: "rule profile \(profile.id)")
    return XMLNode("mdq:DQ_ConceptualConsistency") {
      XMLNode("mdq:result") {
        XMLNode("mdq:DQ_ConformanceResult") {
          XMLNode("mdq:specification") { citation(title, edition: profile.version) }
          if let report { XMLNode("mdq:explanation") { string("sm3:" + report) } }
          XMLNode("mdq:pass") { XMLNode("gco:Boolean", text: "true") }
        }
      }
    }
  }
}
