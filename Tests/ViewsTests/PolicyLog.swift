@testable import Views

/// A state and the log that makes it, as a broker without I/O.
struct PolicyLog {
    var state = PolicyState()
    var moduleRecords: [PolicyRecord] = []
    var viewRecords: [PolicyRecord] = []
    var topics = [TopicFact(ref: TopicRef(id: (1, 1), name: "accounts"))]
    var author = PolicyAuthor(principal: .admin, timestamp: 1_769_860_800_000)

    /// Deploys bytes that admission accepts.
    @discardableResult
    mutating func deploy(
        _ name: String, _ bytes: String, headers: [PolicyRecord.Header] = []
    ) throws(PolicyRefusal) -> String? {
        try modules([PolicyRecord(key: Array(name.utf8), value: Array(bytes.utf8), headers: headers)]).assigned.first?
            .name
    }

    @discardableResult
    mutating func modules(_ records: [PolicyRecord]) throws(PolicyRefusal) -> PolicyPlan {
        var admitted: [Int: AdmittedModule] = [:]
        for (index, bytes) in try state.modulesToAdmit(records, moduleBytesMax: 4_194_304) {
            admitted[index] = AdmittedModule(sha256: Digest(hashing: bytes), abi: "sluice-1")
        }
        let plan = try state.planModules(records, admitted: admitted, author: author)
        for record in plan.records {
            state.applyModule(record, offset: Int64(moduleRecords.count))
            moduleRecords.append(record)
        }
        return plan
    }

    /// A batch of texts: key, value (nil: null), `if-version`.
    @discardableResult
    mutating func views(
        _ batch: [(key: String, value: String?)], ifVersion: String? = nil
    ) throws(PolicyRefusal) -> PolicyPlan {
        let records = batch.map { key, value in
            PolicyRecord(
                key: Array(key.utf8), value: value.map { Array($0.utf8) },
                headers: ifVersion.map { [PolicyRecord.Header("if-version", $0)] } ?? [])
        }
        return try views(records)
    }

    @discardableResult
    mutating func views(_ records: [PolicyRecord]) throws(PolicyRefusal) -> PolicyPlan {
        let plan = try state.planViews(records, author: author, topics: topics)
        for record in plan.records {
            state.applyView(record, offset: Int64(viewRecords.count))
            viewRecords.append(record)
        }
        return plan
    }

    @discardableResult
    mutating func bind(
        _ group: String, _ topic: String, _ target: String, principal: String? = nil
    ) throws(PolicyRefusal) -> PolicyPlan {
        let who = principal.map { #"["exact","\#($0)"]"# } ?? #"["any"]"#
        return try views([
            (#"["binding",["exact","\#(group)"],\#(who),["exact","\#(topic)"]]"#, #"{"target":"\#(target)"}"#)
        ])
    }

    @discardableResult
    mutating func setDefault(_ topic: String, _ target: String?) throws(PolicyRefusal) -> PolicyPlan {
        try views([(#"["default",["exact","\#(topic)"]]"#, target.map { #"{"target":"\#($0)"}"# })])
    }

    func outcome(_ group: String?, _ topic: String, _ principal: Principal = .anonymous) -> String {
        var evidence = Evidence()
        evidence.connectionGroups = group.map { [Name($0)] } ?? []
        return Resolution.resolve(
            state.snapshot(), Reader(principal: principal), topic: TopicRef(id: (1, 1), name: topic),
            evidence: evidence,
            now: 0, waitMs: 5_000, mayReadGroup: { _ in true }
        ).outcome.name
    }

    /// What a broker has that starts on these logs; `compacted` keeps the last record of each key.
    func reloaded(compacted: Bool) -> PolicyState {
        func kept(_ records: [PolicyRecord]) -> [(offset: Int64, record: PolicyRecord)] {
            records.enumerated().compactMap { index, record in
                let isLast = !records[(index + 1)...].contains { $0.key == record.key }
                if compacted && (!isLast || record.value == nil) { return nil }
                return (Int64(index), record)
            }
        }
        var state = PolicyState()
        for (offset, record) in kept(moduleRecords) { state.applyModule(record, offset: offset) }
        for (offset, record) in kept(viewRecords) { state.applyView(record, offset: offset) }
        return state
    }
}

/// The message with which something is refused; nil if it isn't.
func refusal(_ body: () throws(PolicyRefusal) -> Void) -> String? {
    do throws(PolicyRefusal) {
        try body()
        return nil
    } catch { return error.message }
}
