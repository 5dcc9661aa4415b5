import KafkaMessages
import WasmRuntime

/// A record that couldn't be shown. Coordinates and classes only.
struct ViewFailure: Sendable, Equatable {
    var topicId: Uuid
    var topic: String
    var partition: Int32
    var offset: Int64
    var digest: ViewDigest
    var failure: FailureClass
    /// The step that failed, from 0, and its module's SHA-256; nil where the batch couldn't be read at all.
    var step: Int?
    var module: [UInt8]?
    var rule: OnErrorRule
}

/// Where failures go. Called once for a batch and each time that it is encoded: the sink keeps a record for each (topic id,
/// partition, offset, view digest) and forgets repeats.
protocol ViewErrorSink: Sendable {
    /// `omitted` more of the same batch aren't listed.
    func report(_ failures: [ViewFailure], omitted: Int)
}
