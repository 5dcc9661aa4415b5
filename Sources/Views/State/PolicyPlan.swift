/// What a change of policy comes to: one batch for the broker to append and then apply.
public struct PolicyPlan: Sendable, Equatable {
    public struct Assigned: Sendable, Equatable {
        /// Which record of the client's batch, from 0.
        public var index: Int
        /// `name@version`.
        public var name: String

        public init(index: Int, name: String) {
            self.index = index
            self.name = name
        }
    }

    /// Empty where everything is stored already.
    public var records: [PolicyRecord] = []
    /// Views that are written for the first time: their steps have to be admitted with their parameters.
    public var views: [ViewTarget] = []
    /// For tag 10000 of the Produce answer.
    public var assigned: [Assigned] = []
    /// Where the first thing lies that is stored already; the answer's offset if nothing is appended.
    public var unchangedOffset: Int64?

    public init() {}
}

/// A topic that exists, as far as policy is concerned.
public struct TopicFact: Sendable, Hashable {
    public var ref: TopicRef
    /// `cleanup.policy` holds `compact`.
    public var isCompacted: Bool

    public init(ref: TopicRef, isCompacted: Bool = false) {
        self.ref = ref
        self.isCompacted = isCompacted
    }
}

/// What admission found out about the bytes of a module.
public struct AdmittedModule: Sendable, Hashable {
    public var sha256: Digest
    public var abi: String

    public init(sha256: Digest, abi: String) {
        self.sha256 = sha256
        self.abi = abi
    }
}
