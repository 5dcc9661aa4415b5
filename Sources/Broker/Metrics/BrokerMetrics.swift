import Metering
import SegmentLog
import Views

/// What the broker counts as it goes. Counting takes neither lock nor memory; what can be read off the broker's own state
/// when somebody asks is not counted here, see `Broker+Metrics.swift`.
final class BrokerMetrics: Sendable {
    /// Topics with a label of their own.
    let topics: LabelSlots<TopicMeter>
    /// Views by name and version.
    let views: LabelSlots<ViewMeter>
    let groups: LabelSlots<GroupMark>
    let requests = RequestMeter()
    /// One fdatasync of a partition's files.
    let flushSeconds = Histogram(.work)
    let flushFailures = Counter()
    let duplicateBatches = Counter()
    /// Appends that failed, by `AppendFailure`.
    let appendFailures = CounterTable(count: AppendFailure.allCases.count)
    let parkedSeconds = Histogram(.requests)
    /// What fetches of a topic got, by `OutcomeKind`, and by what their group was found.
    let outcomes = CounterTable(count: OutcomeKind.allCases.count)
    let evidence = CounterTable(count: EvidenceClass.allCases.count)
    let guestSeconds = Histogram(.work)
    let segmentsDeleted = Counter()
    let maintenanceFailures = Counter()
    /// Requests that waited for what their client owes.
    let throttledRequests = Counter()
    /// Logins by `LoginResult`.
    let logins = CounterTable(count: LoginResult.allCases.count)

    /// A group's label holds nothing.
    struct GroupMark: Sendable {}

    private static let viewsMax = 200

    init(topicsMax: Int, groupsMax: Int) {
        topics = LabelSlots(limit: topicsMax) { TopicMeter() }
        views = LabelSlots(limit: Self.viewsMax) { ViewMeter() }
        groups = LabelSlots(limit: groupsMax) { GroupMark() }
    }
}

/// Why an append failed, for the metric.
enum AppendFailure: Int, CaseIterable {
    case noSpace, io, offline, corrupt, producer, batch

    /// `no_space`, `io`, …
    var name: String {
        switch self {
        case .noSpace: "no_space"
        case .io: "io"
        case .offline: "offline"
        case .corrupt: "corrupt"
        case .producer: "producer"
        case .batch: "batch"
        }
    }

    init(_ error: LogError) {
        switch error {
        case .io(let error) where error.isOutOfSpace: self = .noSpace
        case .io, .closed, .locked, .malformedFile: self = .io
        case .offline: self = .offline
        case .corrupt: self = .corrupt
        case .outOfOrderSequence, .invalidProducerEpoch: self = .producer
        case .invalidBatch, .appendTooLarge, .offsetsExhausted, .offsetOutOfRange: self = .batch
        }
    }
}

/// How a SASL login ended.
enum LoginResult: Int, CaseIterable {
    case succeeded, failed

    var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        }
    }
}

/// An outcome without what it carries.
enum OutcomeKind: Int, CaseIterable {
    case raw, view, deny, wait

    init(_ outcome: Outcome) {
        switch outcome {
        case .raw: self = .raw
        case .view: self = .view
        case .deny: self = .deny
        case .wait: self = .wait
        }
    }

    var name: String {
        switch self {
        case .raw: "raw"
        case .view: "view"
        case .deny: "deny"
        case .wait: "wait"
        }
    }
}
