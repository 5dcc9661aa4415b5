import KafkaMessages
import KafkaRecords
import Logging
import Synchronization
import Views
import WasmRuntime

/// Writes failed records into `__sluice_errors`, each once, and says so in the log. Fetches don't wait for it: what comes
/// faster than it's written is counted and comes again with the next fetch.
final class ViewErrorWriter: ViewErrorSink, Sendable {
    static let topicName = "__sluice_errors"
    private static let queuedMax = 1_000

    private let log = Mutex(ViewErrorLog())
    private let policy: @Sendable () -> PolicySnapshot
    private let clock: any BrokerClock
    private let logger: Logger
    private let queue: AsyncStream<Record>
    private let input: AsyncStream<Record>.Continuation

    init(policy: @escaping @Sendable () -> PolicySnapshot, clock: any BrokerClock, logger: Logger) {
        self.policy = policy
        self.clock = clock
        self.logger = logger
        (queue, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queuedMax))
    }

    /// Failures that were over the rate and not written.
    var leftOutCount: Int { Int(clamping: log.withLock { $0.droppedCount }) }

    func report(_ failures: [ViewFailure], omitted: Int) {
        let snapshot = policy()
        for failure in failures {
            guard let digest = Digest(bytes: failure.digest.bytes),
                let view = snapshot.allViews.first(where: { $0.target.digest == digest })?.target
            else { continue }  // A step that a reader brought along: it has been told.
            let step = failure.step ?? 0
            let module = view.definition.steps[min(step, view.definition.steps.count - 1)].module
            let error = ViewError(
                digest: digest,
                topic: TopicRef(id: (failure.topicId.high, failure.topicId.low), name: failure.topic),
                partition: failure.partition, offset: failure.offset,
                groupCount: snapshot.bindings.count { $0.digest == digest }, errorClass: failure.failure.name,
                step: step, module: module, rule: view.definition.onError)
            guard let record = log.withLock({ $0.record(of: error, now: clock.wallMs()) }) else { continue }
            input.yield(record)
            let next =
                view.definition.onError == .stop
                ? "; readers of the view stay there until the module is mended and bound again" : ""
            logger.warning(
                """
                view \(view.name) failed on \(failure.topic)-\(failure.partition) at offset \(failure.offset): \
                \(failure.failure.name) in module \(module), rule \(error.rule.name)\(next)
                """)
        }
    }

    /// Writes until `finish` is called and everything is written.
    func run(_ append: @Sendable ([UInt8]) async throws -> Void) async {
        for await record in queue {
            do {
                try await append(RecordBatch.encode([record]))
            } catch {
                logger.error("\(Self.topicName) can't be written: \(error)")
            }
        }
    }

    func finish() { input.finish() }
}
