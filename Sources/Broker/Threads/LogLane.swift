/// The one thread on which a set of partitions is written, and the one that syncs what it wrote. A `Partition` is an
/// actor that runs on its lane, so that file writes block neither event loops nor other lanes.
final class LogLane: Sendable {
    let writer: SerialThread
    let appends: AppendQueue
    let commit: GroupCommit

    init(index: Int, clock: any BrokerClock, metrics: BrokerMetrics) {
        writer = SerialThread(name: "log-\(index)", clock: clock)
        commit = GroupCommit(index: index, writer: writer, clock: clock, metrics: metrics)
        appends = AppendQueue(writer: writer, commit: commit)
    }

    /// Ends the threads of the lane; its partitions are closed before.
    func stop() {
        commit.stop()
        writer.stop()
    }
}
