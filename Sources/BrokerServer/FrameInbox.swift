internal import DequeModule
internal import NIOCore
internal import Synchronization

/// Frames on their way from the event loop to the task that handles them, one at a time. Cheaper than NIO's async channel,
/// whose cancellation and type machinery costs more than all the rest of a small pipelined request: 3.7 µs
/// of CPU with it, 1.5 without.
final class FrameInbox: Sendable {
    /// So many frames wait, then the socket isn't read until only `low` are left.
    private static let high = 16
    private static let low = 4

    private struct State {
        var frames: Deque<ByteBuffer> = []
        var isFinished = false
        /// The decoder has held back a read until there is room.
        var owesRead = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let eventLoop: any EventLoop
    private let resumeReading: @Sendable () -> Void

    /// `resumeReading` is called on the event loop.
    init(eventLoop: any EventLoop, resumeReading: @escaping @Sendable () -> Void) {
        self.eventLoop = eventLoop
        self.resumeReading = resumeReading
    }

    func push(_ frame: ByteBuffer) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.isFinished { return nil }
            state.frames.append(frame)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// No frame comes any more. Those that wait are still handed out, also if nobody is there for their answers: a producer
    /// with acks=0 sends, closes and counts on it.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// True if the socket may be read. Else `resumeReading` is called when it may.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.owesRead = state.frames.count >= Self.high
            return !state.owesRead
        }
    }

    /// nil when the inbox is finished and empty. Used by one task. Needs no cancellation: whatever ends a connection
    /// finishes its inbox.
    func next() async -> ByteBuffer? {
        while true {
            let (frame, isFinished, mustResume) = take()
            if mustResume { eventLoop.execute(resumeReading) }
            if let frame { return frame }
            if isFinished { return nil }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.frames.isEmpty, !state.isFinished else { return false }
                    state.waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }

    private func take() -> (ByteBuffer?, isFinished: Bool, mustResume: Bool) {
        state.withLock { state in
            let frame = state.frames.popFirst()
            let mustResume = state.owesRead && state.frames.count <= Self.low
            if mustResume { state.owesRead = false }
            return (frame, state.isFinished, mustResume)
        }
    }
}
