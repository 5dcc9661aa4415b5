import KafkaClient
import KafkaRecords
import Views

/// One change of a binding or default: looked at, agreed to, written.
struct PolicyChange {
    private let cluster: Cluster
    private let key: PolicyKey
    private let target: String?
    private let record: PolicyRecord
    /// nil if this connection may not read the policy, so that only the broker knows.
    private let state: PolicyState?
    private let preview: PolicyPreview?

    /// - Parameters:
    ///   - pattern: the topics that the key is for.
    ///   - target: nil removes what is stored.
    init(_ cluster: Cluster, _ key: PolicyKey, on pattern: TopicPattern, target: String?) async throws {
        self.cluster = cluster
        self.key = key
        self.target = target
        let value = target.map { JSON.object(["target": .string($0), "v": 1]).text }
        record = PolicyRecord(key: key.bytes, value: value.map { Array($0.utf8) })
        state = try await StoredPolicy.readIfAllowed(cluster)
        guard let state else {
            preview = nil
            return
        }
        let now = WallClock.milliseconds()
        let readers = try await PresentReaders.read(cluster, now: now)
        let topics = try await cluster.metadata(topics: nil).topics
        do throws(PolicyRefusal) {
            preview = try PolicyPreview(state, record, on: pattern, topics: topics, readers: readers, now: now)
        } catch {
            // The broker decides, and says why.
            preview = nil
        }
    }

    /// Whether there is something to remove; true where only the broker knows.
    var mayBeStored: Bool { state?.holds(key) ?? true }

    /// Asks if readers would lose what they read now.
    /// - Parameter isAgreed: `--yes`.
    func confirm(isAgreed: Bool) throws {
        let losses = preview?.effects.filter(\.isLoss) ?? []
        guard !losses.isEmpty, !isAgreed else { return }
        let shown =
            losses.prefix(20).map { "  \($0.text)" } + (losses.count > 20 ? ["  and \(losses.count - 20) more"] : [])
        Output.note(Table.printableLines(["these readers are denied from then on:"] + shown))
        guard Terminal.confirms("Do it?") else {
            throw CommandFailure(
                .refused,
                "nothing was changed: \(losses.count) present \(losses.count == 1 ? "reader" : "readers") "
                    + "would be denied", hint: "--yes does it all the same")
        }
    }

    /// - Returns: the target as the broker resolved it, with its version; empty for a removal.
    func write(while action: String) async throws -> String {
        let sent = Record(key: record.key, value: record.value, timestamp: WallClock.milliseconds())
        do throws(KafkaClientError) {
            let assigned = try await PolicyWriter(cluster).write([sent], to: PolicyWriter.viewsTopic)
            return assigned.last { $0.index == 0 }?.name ?? target ?? ""
        } catch {
            throw error.restated("can't \(action)")
        }
    }

    /// What the operator should know once it is done.
    func note() {
        for topic in preview?.closedTopics.prefix(20) ?? [] {
            Output.note(
                "note: readers of \(Table.printable(topic)) whom no binding names are denied from now on; "
                    + "`sluice view default --topic \(Table.printable(topic)) raw` opens it to them")
        }
        for effect in preview?.effects.filter({ !$0.isLoss }).prefix(20) ?? [] {
            Output.note("note: \(Table.printable(effect.text))")
        }
    }
}
