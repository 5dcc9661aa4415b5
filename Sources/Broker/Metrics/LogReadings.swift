import Metering
import SegmentLog

/// The sizes and offsets of all logs at one moment. Made on the read pool: sizes of segments that nobody has looked at yet
/// come from the disk.
struct LogReadings: Sendable {
    struct Sums: Sendable {
        var partitions = 0
        var bytes = 0
        var segments = 0
        var start = 0
        var end = 0
    }

    struct One: Sendable {
        var topic: String
        var index: Int32
        var reading: Sums
    }

    /// Partitions that are told one by one, of topics with a label of their own.
    private static let partitionsMax = 10_000

    /// By label, sorted; `(other)` last.
    let topics: [(label: String, sums: Sums)]
    let partitions: [One]
    private(set) var offline = 0
    private(set) var corrupt = 0

    init(_ topics: [Topic], label: (String) -> String) {
        var own: [(label: String, sums: Sums)] = []
        var others = Sums()
        var partitions: [One] = []
        for topic in topics {
            let label = label(topic.name)
            let isOther = label == LabelSlots<TopicMeter>.otherLabel
            var sums = Sums()
            for partition in topic.partitions {
                let view = partition.view
                let reading = Self.read(view)
                sums.add(reading)
                if partition.isOffline { offline += 1 }
                if view.isCorrupt { corrupt += 1 }
                if !isOther, partitions.count < Self.partitionsMax {
                    partitions.append(One(topic: label, index: partition.index, reading: reading))
                }
            }
            if isOther { others.add(sums) } else { own.append((label, sums)) }
        }
        self.topics = own + [(LabelSlots<TopicMeter>.otherLabel, others)]
        self.partitions = partitions
    }

    private static func read(_ view: LogView<PosixFileSystem>) -> Sums {
        // A segment that retention deletes at this moment, or that can't be read, counts as nothing: its reader is told.
        Sums(
            partitions: 1, bytes: (try? view.byteCount()) ?? 0, segments: view.segmentCount,
            start: Int(view.logStartOffset), end: Int(view.highWatermark))
    }
}

extension LogReadings.Sums {
    fileprivate mutating func add(_ other: Self) {
        partitions += other.partitions
        bytes += other.bytes
        segments += other.segments
        start += other.start
        end += other.end
    }
}
