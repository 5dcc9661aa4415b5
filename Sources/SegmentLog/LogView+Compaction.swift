import KafkaRecords

/// How much of a log waits for compaction.
public struct CompactionEstimate: Sendable, Equatable {
    /// Bytes of the segments that have been compacted.
    public var cleanByteCount = 0
    /// Bytes of the segments that may be compacted.
    public var dirtyByteCount = 0
    /// A record has waited for longer than `max.compaction.lag.ms`.
    public var isOverdue = false

    /// The dirty part of what a compaction would go through, 0 to 1.
    public var dirtyRatio: Double {
        dirtyByteCount == 0 ? 0 : Double(dirtyByteCount) / Double(cleanByteCount + dirtyByteCount)
    }

    /// Kafka's rule.
    public func isDue(_ configuration: LogConfiguration) -> Bool {
        dirtyByteCount > 0 && (isOverdue || dirtyRatio > configuration.minCleanableDirtyRatio)
    }
}

extension LogView {
    /// What a compaction would find now. Reads little, but may read; so not on the partition's lane.
    public func compactionEstimate(
        _ configuration: LogConfiguration, now: Int64
    ) throws(LogError) -> CompactionEstimate {
        let range = try compactionRange(configuration, now: now)
        var estimate = CompactionEstimate()
        for (number, segment) in segments.dropLast().enumerated() where segment.baseOffset < range.upperBound {
            let byteCount = try io { () throws(FileError) in try segment.sealedByteCount() }
            guard segments[number + 1].baseOffset > range.lowerBound else {
                estimate.cleanByteCount += byteCount
                continue
            }
            estimate.dirtyByteCount += byteCount
            if let maxLagMs = configuration.maxCompactionLagMs, !estimate.isOverdue {
                let first = try segment.firstTimestamp()
                estimate.isOverdue = first >= 0 && now &- first > maxLagMs
            }
        }
        return estimate
    }

    /// The offsets that are not compacted yet and may be: behind the last compaction, in sealed segments, and not before
    /// all of a segment is older than `min.compaction.lag.ms`. (A segment without timestamps counts as old.)
    func compactionRange(_ configuration: LogConfiguration, now: Int64) throws(LogError) -> Range<Int64> {
        let lower = max(cleanedOffset ?? 0, logStartOffset)
        var upper = segments[segments.count - 1].baseOffset
        if configuration.minCompactionLagMs > 0 {
            for (number, segment) in segments.dropLast().enumerated() where segments[number + 1].baseOffset > lower {
                let newest = try io { () throws(FileError) in try segment.maxTimestamp() }
                if newest > now &- configuration.minCompactionLagMs {
                    upper = min(upper, segment.baseOffset)
                    break
                }
            }
        }
        return lower..<max(lower, upper)
    }
}
