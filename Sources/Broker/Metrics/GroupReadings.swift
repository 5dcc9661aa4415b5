import Coordinators
import Metering
import SegmentLog

/// A group at one moment, as metrics need it.
struct GroupReading: Sendable {
    var id: String
    var state: ConsumerGroup.StateName
    var memberCount: Int
    var offsets: CommittedOffsets
}

/// Members and lag by group, with a bound on the number of series.
struct GroupReadings {
    private struct Series: Hashable, Comparable {
        var group: String
        var topic: String

        static func < (one: Series, other: Series) -> Bool { (one.group, one.topic) < (other.group, other.topic) }
    }

    /// Pairs of group and topic; the rest share one.
    private static let lagsMax = 10_000

    private var states: [ConsumerGroup.StateName: Int] = [:]
    private var members: [String: Int] = [:]
    private var lags: [Series: Int] = [:]

    init(_ groups: [GroupReading], topics: TopicTable, metrics: BrokerMetrics) {
        let other = LabelSlots<BrokerMetrics.GroupMark>.otherLabel
        let names = Set(groups.map(\.id))
        metrics.groups.keep { names.contains($0) }
        for group in groups.sorted(by: { $0.id < $1.id }) {
            states[group.state, default: 0] += 1
            _ = metrics.groups.take(group.id)
            let label = metrics.groups.label(of: group.id)
            members[label, default: 0] += group.memberCount
            for (name, partitions) in group.offsets.sorted {
                guard let topic = topics[name] else { continue }
                var lag = 0
                for (index, entry) in partitions {
                    guard let partition = topic.partition(index) else { continue }
                    lag += Int(max(0, partition.view.highWatermark - entry.offset))
                }
                var series = Series(group: label, topic: metrics.topics.label(of: name))
                if lags[series] == nil, lags.count >= Self.lagsMax { series = Series(group: other, topic: other) }
                lags[series, default: 0] += lag
            }
        }
    }

    func write(to page: inout MetricsPage) {
        page.write(BrokerMetric.groups) { family in
            for state in ConsumerGroup.StateName.allCases { family.add([state.rawValue], states[state] ?? 0) }
        }
        page.write(BrokerMetric.groupMembers) { family in
            for (label, count) in members.sorted(by: { $0.key < $1.key }) { family.add([label], count) }
        }
        page.write(BrokerMetric.groupLag) { family in
            for (series, lag) in lags.sorted(by: { $0.key < $1.key }) { family.add([series.group, series.topic], lag) }
        }
    }
}
