import KarezGeometry
import KarezStore

/// What is at hand when every row has been seen.
struct ExaminedDraft {
  let id: DraftID
  /// The polygons that could be laid out, by row; nil where no check asked for them.
  let layer: Layer?
  let recorded: RecordedMap
  let progress: @Sendable (Gate.Progress) -> Void
}
