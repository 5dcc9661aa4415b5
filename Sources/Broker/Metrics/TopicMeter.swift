import Metering

/// What goes in and out of a topic. Counted on lanes and event loops, read by metrics.
final class TopicMeter: Sendable {
    /// Records and bytes of batches that were appended; a batch that an idempotent producer sent again isn't.
    let recordsIn = Counter()
    let bytesIn = Counter()
    /// Record bytes in answers to fetches, as they are sent.
    let bytesOut = Counter()

    init() {}
}
