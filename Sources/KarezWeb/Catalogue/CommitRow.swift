import KarezCore
import KarezReport
import KarezStore

/// A commit with its lineage, as lists of pages show it.
struct CommitRow {
  let number: String
  let recordedAt: String
  let recorder: String
  let changes: String
  let commitReason: String
  let commitCase: String?
  let caseAddress: String?
  let days: String
  let source: String
  let sourceSM3: String?
  let reader: String
  let sourceCRS: String
  let profiles: String?
  let submitter: String?
  let signer: String?
  let reportDigest: String?
  let commitDigest: String?

  init(_ record: CommitRecord, names: PersonNames) {
    number = record.commit.description
    recordedAt = SubmissionWords.minute(record.recordedAt)
    recorder = names[record.actor.id]
    changes = "+\(record.inserted) ~\(record.changed) −\(record.ended)"
    commitReason = record.reason
    commitCase = record.caseNumber
    let isSubmission = record.admission?.submittedBy != nil
    caseAddress = isSubmission ? record.caseNumber.map { "/submissions/" + $0 } : nil
    days = "\(record.validity.from) – \(record.validity.until?.description ?? "")"
    source = record.lineage.source
    sourceSM3 = record.lineage.sourceSM3.isEmpty ? nil : record.lineage.sourceSM3
    reader = record.lineage.reader
    sourceCRS = record.lineage.crs
    let admission = record.admission
    profiles = admission.map { $0.profiles.map(\.description).joined(separator: ", ") }
    submitter = admission?.submittedBy.map { names[$0] }
    signer = admission?.signedBy.map { names[$0] }
    reportDigest = admission?.report
    commitDigest = record.sm3.isEmpty ? nil : record.sm3
  }
}
