import NIOCore
import SegmentLog
import Synchronization

/// Batches on their way to the partitions of a lane, in the order in which they were submitted. The lane takes all that
/// are there at once: under load it is woken once for many, and a connection goes on reading while it writes. Bounded by
/// the answers that each connection may have outstanding.
final class AppendQueue: Sendable {
    struct Submission: Sendable {
        let partition: Partition
        let records: ByteBuffer
        let nowMs: Int64
        let options: AppendOptions
        let pending: PendingAppend
    }

    private let waiting = Mutex<[Submission]>([])
    private let writer: SerialThread
    private let commit: GroupCommit

    init(writer: SerialThread, commit: GroupCommit) {
        self.writer = writer
        self.commit = commit
    }

    func submit(_ submission: Submission) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(submission)
            return waiting.count == 1
        }
        if isFirst { writer.run { [self] in drain() } }
    }

    /// On the lane.
    private func drain() {
        let submissions = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for submission in submissions {
            submission.partition.assumeIsolated { $0.write(submission) }
        }
        commit.written()
    }
}
