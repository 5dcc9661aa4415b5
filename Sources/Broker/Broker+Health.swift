import SegmentLog

/// What a supervisor asks of a broker.
extension Broker {
    /// The broker's threads by name, each with a way to have it run something: for finding one that hangs. Not those of
    /// guests, whose work has a deadline of its own.
    public var threads: [(name: String, run: @Sendable (@escaping @Sendable () -> Void) -> Void)] {
        var threads: [(name: String, run: @Sendable (@escaping @Sendable () -> Void) -> Void)] = []
        for (index, lane) in lanes.enumerated() {
            threads.append(("log-\(index)", { lane.writer.run($0) }))
            threads.append(("sync-\(index)", { lane.commit.syncer.run($0) }))
        }
        threads.append(("timers", { [timers] in timers.schedule(afterMs: 0, $0) }))
        return threads
    }

    /// Why the data folder can't be written, in one line; nil if it can. Found out by writing, on the read pool.
    public func diskProblem() async -> String? {
        let probe = DiskProbe(folder: directory.path)
        return await readPool.run { probe.problem() }
    }
}
