/// What resolution gives a reader of a partition.
public enum Outcome: Sendable, Equatable {
    /// The stored bytes as they are.
    case raw(RawPermit)
    case view(ViewTarget)
    /// TOPIC_AUTHORIZATION_FAILED (29).
    case deny
    /// KAFKA_STORAGE_ERROR (56), which all clients retry without a word.
    case wait

    public static func == (left: Outcome, right: Outcome) -> Bool {
        switch (left, right) {
        case (.raw, .raw), (.deny, .deny), (.wait, .wait): true
        case (.view(let own), .view(let other)): own == other
        default: false
        }
    }

    /// For `explain`, logs and metrics.
    public var name: String {
        switch self {
        case .raw: "raw"
        case .view(let view): view.name.description
        case .deny: "deny"
        case .wait: "wait"
        }
    }
}

/// An outcome and how it came about.
public struct Decision: Sendable, Equatable {
    /// One group, or none, and what it would get.
    public struct Candidate: Sendable, Equatable {
        public var group: Name?
        public var outcome: Outcome
    }

    public enum Reason: Sendable, Equatable {
        /// No READ on the topic.
        case topicNotReadable
        case internalTopic
        /// The pinned or named group may not be read, or isn't the listener's: answer GROUP_AUTHORIZATION_FAILED (30)
        /// where the answer can carry it.
        case groupRefused(Name)
        /// The outcome doesn't depend on the group.
        case groupIrrelevant
        /// All candidates agree.
        case agreed([Candidate])
        /// They don't. `isReloading`: a member reloaded after a start is among them, so the wait isn't counted yet.
        case ambiguous([Candidate], isReloading: Bool)
    }

    public var outcome: Outcome
    public var reason: Reason
    /// What decided about the group; nil where it made no difference.
    public var evidence: EvidenceClass?
    /// The listener's, whether it made a difference or not.
    public var cap = ListenerRule.Cap.none

    public var isAmbiguous: Bool {
        if case .ambiguous = reason { true } else { false }
    }
}
