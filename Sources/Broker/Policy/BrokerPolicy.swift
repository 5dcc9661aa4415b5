import KafkaMessages
import KafkaRecords
import NIOCore
import SegmentLog
import Views
import WasmRuntime

/// One of the policy topics as the store writes and replays it.
struct BrokerTopicLog: InternalTopicLog {
    struct Missing: Error {}

    let name: String
    let topics: TopicTable
    let clock: any BrokerClock
    let readPool: ReadPool
    let decompressedBytesMax: Int

    func append(_ batch: [UInt8]) async throws -> Int64 { try await log().append(batch) }

    func replay(_ visit: @Sendable (DecodedBatch) throws -> Void) async throws { try await log().replay(visit) }

    private func log() throws -> InternalLog {
        guard let partition = topics[name]?.partition(0) else { throw Missing() }
        return InternalLog(
            partition: partition, clock: clock, readPool: readPool, decompressedBytesMax: decompressedBytesMax)
    }
}

/// What the policy has to know of this broker's topics.
struct BrokerTopicCatalog: TopicCatalog {
    let topics: TopicTable

    func topicFacts() async -> [TopicFact] {
        topics.snapshot.byName.values.map { topic in
            TopicFact(ref: topic.reference, isCompacted: topic.configuration.isCompacted)
        }
    }
}

/// Decides by the Wasm runtime whether modules may run here.
struct GuestAdmission: ModuleAdmission {
    let runtime: GuestRuntime

    func admit(_ module: [UInt8]) async throws(ModuleRefusal) -> String {
        do throws(WasmRuntimeError) {
            return try await runtime.admit(module).abi.rawValue
        } catch {
            throw ModuleRefusal(error.message, isTemporary: error.code != .moduleRefused)
        }
    }

    func admit(
        _ module: [UInt8], parameters: [ViewParameter], limits: ViewLimits
    ) async throws(ModuleRefusal) {
        var values: [String: String] = [:]
        for parameter in parameters { values[parameter.key.string] = parameter.value }
        do throws(WasmRuntimeError) {
            let loaded = try await runtime.load(module)
            try await runtime.admit(StepPlan(module: loaded, parameters: values), limits: GuestLimits(limits))
        } catch {
            throw ModuleRefusal(error.message, isTemporary: error.code != .moduleRefused)
        }
    }
}

extension PolicyStore {
    /// Carries out a change of settings by which `topics` become compacted, while no change of policy can come in between.
    /// Refused where a view of one of them replaces records: in a compacted topic that would stand for a deletion.
    func keepingViews<Result>(
        of topics: [TopicRef], _ change: () async throws(TopicError) -> Result
    ) async throws(TopicError) -> Result {
        if topics.isEmpty { return try await change() }
        guard await takeTurn() else {
            throw TopicError(code: .coordinatorLoadInProgress, message: "too many changes of policy wait; try again")
        }
        defer { endTurn() }
        for topic in topics {
            guard let refusal = state.compactionRefusal(of: topic) else { continue }
            throw TopicError(code: .invalidConfig, message: refusal.message)
        }
        return try await change()
    }
}

extension Broker {
    /// How long a reader may take what was queued for it raw when its topic becomes protected; then it's cut off.
    private static let rawGraceMs: Int64 = 5_000

    /// A Produce request's batch for one of the policy topics.
    func writePolicy(
        _ records: ByteBuffer, _ topic: PolicyTopic, _ index: Int32, _ context: RequestContext
    ) async -> ProduceResponse.PartitionProduceResponse {
        let answer = await policy.produce(
            topic: topic, batch: Array(records.readableBytesView), origin: context.policyOrigin(topic))
        var response = answer.produceResponse
        response.index = index
        return response
    }

    /// `view.default` of a topic that is being made: stands before the topic can be seen.
    func setViewDefault(
        _ value: String, topic: String, isCompacted: Bool, validateOnly: Bool, _ context: RequestContext
    ) async throws(TopicError) {
        try await changeViews(
            [ConfigViews.record(topic: topic, viewDefault: value)],
            creating: [TopicFact(ref: TopicRef(id: (0, 0), name: topic), isCompacted: isCompacted)],
            validateOnly: validateOnly, context)
    }

    /// A change of views by configs.
    func changeViews(
        _ records: [PolicyRecord], creating: [TopicFact] = [], validateOnly: Bool, _ context: RequestContext
    ) async throws(TopicError) {
        let answer = await policy.change(
            topic: .views, records: records,
            origin: context.policyOrigin(.views), creating: creating, validateOnly: validateOnly)
        if answer.errorCode != .none {
            let code: ErrorCode = answer.errorCode == .invalidRecord ? .invalidConfig : answer.errorCode
            throw TopicError(code: code, message: answer.message ?? "views can't be set")
        }
    }

    /// Called with each new policy before its change is acknowledged: parked fetches look again, and raw bytes that are
    /// queued for a topic which is protected now are sent or cut off.
    func policyChanged(_ snapshot: PolicySnapshot) async {
        parking.wakeAll()
        let protected = topics.snapshot.byName.values.filter { topic in
            Resolution.isProtected(snapshot, topic: topic.reference)
        }
        await rawSends.drain(Set(protected.map(\.id)), graceMs: Self.rawGraceMs, timers: timers)
    }

    /// Whether a reader may not even know the offsets of a topic: its outcome is deny.
    func mayNotKnowOffsets(_ topic: Topic, _ context: RequestContext) async -> Bool {
        if case .deny = await attribution.outcome(topic: topic, context, policy.snapshot) { return true }
        return false
    }

    /// The step that a fetch brings along in our own tags, loaded. Needs the right to write modules.
    func adhocStep(of request: FetchRequest, _ context: RequestContext) async throws(AdhocRefusal) -> AdhocStep? {
        guard request.adhocDigest != nil || request.adhocModule != nil else { return nil }
        guard context.policyOrigin(.modules).mayWrite else { throw .notAllowed }
        let bytes: [UInt8]
        switch (request.adhocDigest, request.adhocModule) {
        case (nil, let module?):
            guard module.readableBytes <= configuration.moduleBytesMax else { throw .invalid }
            bytes = Array(module.readableBytesView)
        case (let digest?, nil):
            guard let sha256 = Digest(bytes: digest.bytes), let stored = policy.moduleBytes(sha256) else {
                throw .invalid
            }
            bytes = stored
        default: throw .invalid
        }
        var parameters: [String: String] = [:]
        for parameter in request.adhocParams { parameters[parameter.name] = parameter.value }
        do throws(WasmRuntimeError) {
            let module = try await reader.runtime.admit(bytes)
            let step = AdhocStep(module: module, parameters: parameters)
            try await reader.runtime.admit(step.step, limits: GuestLimits())
            return step
        } catch {
            throw error.code == .moduleRefused ? .invalid : .temporary
        }
    }
}

/// Why a step that a reader brings along isn't run.
enum AdhocRefusal: Error {
    /// No right: 29 for each partition; the client runs the module on what it's sent.
    case notAllowed
    case invalid
    case temporary

    var code: ErrorCode {
        switch self {
        case .notAllowed: .topicAuthorizationFailed
        case .invalid: .invalidRecord
        case .temporary: .kafkaStorageError
        }
    }
}
