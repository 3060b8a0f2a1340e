/// 校验码分类: whether records of a kind carry codes, and why.
///
/// A record carries one where believing a forged row would give somebody what nobody gave them: a
/// right, another's papers, somebody's word, or that work is done in their name. The others are
/// figures and remarks: whoever forges those alters what is shown, and the log tells.
enum RecordSealing: Hashable {
  case sealed(String)
  case open(String)

  /// Every kind there is.
  ///
  /// One that is missing carries codes, and fails `RecordSealingTests` until it says why.
  static let kinds: [String: RecordSealing] = [
    // Who may sign in, and as whom.
    "account": .sealed("roles, regions, level, password and factors of a person"),
    "service-token": .sealed("a program is its owner with the secret the row has the digest of"),
    "transient/session": .sealed("a browser is the account the row names"),
    "transient/sign-in": .sealed("the password counts as shown; only the second step is asked"),
    "transient/sign-in-nobody": .sealed("written as an account is, so that both take as long"),
    "transient/directory": .sealed("says what the directory has to bring back"),
    "transient/pace": .sealed("how often something was done: less lets it be done more"),
    "transient/registration": .sealed("becomes an account once its code is typed"),
    // Who may do what for whom.
    "case-deputy": .sealed("gives somebody's roles in cases to another account"),
    "case-deputy-act": .sealed("says in whose stead an officer acted"),
    "mandate": .sealed("gives an applicant's cases to another account"),
    "mandate-act": .sealed("says for whom an agent acted"),
    "case-tracking": .sealed("whoever has the code reads the case"),
    "application": .sealed("says whose a case is, and by which mandate"),
    "transient/application-draft": .sealed("names its owner, and files that are shown to them"),
    // What two people agreed to, and by which rules.
    "proposal": .sealed("an agreement is spent by whoever it was given to"),
    "classification": .sealed("the level of a dataset"),
    "pack-publication": .sealed("which rules and rights are in force"),
    "submission": .sealed("who signed off what becomes a commit"),
    // What leaves, and in whose name.
    "exchange-partner": .sealed("keys, zone and regions of who receives"),
    "exchange-sent": .sealed("which package is the last, so what may follow it"),
    "exchange-received": .sealed("which package may be taken in, and who let it"),
    "held-ground": .sealed("how much a recipient has had: less lets more leave"),
    "certificate": .sealed("a paper of the department's, by its number"),
    "payment-order": .sealed("what is owed for a case, and that it was paid or let go"),
    "certificate-series": .sealed("the last number given: an earlier one gives numbers twice"),
    "transient/case-notice": .sealed("is sent to people in the department's name"),
    // Work that is done in somebody's name, and what it found.
    "transient/job": .sealed("is run in the name of the account it says"),
    "transient/check-batch": .sealed("says whose findings they are, and in which scope"),
    // What gives nobody anything.
    "case-evaluation": .open("an opinion of a service, counted"),
    "service-grades": .open("counts of opinions"),
    "indicator-series": .open("figures that were typed in; the log has their digests"),
    "indicator-figures": .open("figures that can be computed anew"),
    "indicator-warning": .open("that a figure passed its bound, which can be computed anew"),
    "plan-project": .open("how far a project says it is"),
    "transient/access": .open("counts of what was looked at, by agency"),
    "transient/case-opening": .open("a number under a key; the case is asked for by scope"),
    "transient/notice": .open("tells an account to look at what it is then asked for by scope"),
    "transient/saved-check": .open("a remark beside an answer, which is asked for by scope"),
  ]

  /// Kinds whose rows are taken as they are.
  static let openNames: Set<String> = Set(
    kinds.compactMap { name, sealing in if case .open = sealing { name } else { nil } })

  /// Kinds that carried codes before the others did.
  static let firstNames: Set<String> = [
    "account", "classification", "pack-publication", "transient/session",
  ]

  /// Kinds of an hour at most that the log does not answer for: what was begun is begun again
  /// rather than believed when a map gets its codes.
  static let begunNames: Set<String> = [
    "transient/session", "transient/sign-in", "transient/directory", "transient/registration",
  ]
}

extension RecordKind {
  var isSealed: Bool { !RecordSealing.openNames.contains(name) }
}
