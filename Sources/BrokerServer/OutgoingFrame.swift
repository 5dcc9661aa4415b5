internal import Broker
internal import NIOCore
internal import SegmentLog
internal import Synchronization

/// A response that the channel can write without waiting for a disk.
struct OutgoingFrame: Sendable {
    /// What part of a response this is.
    enum Part: Sendable {
        case whole
        /// The first of several; `byteCount`: of all of them together.
        case first(byteCount: Int)
        case middle
        case last
    }

    let frame: ResponseFrame
    var part = Part.whole
    /// One for each `.slice` of the frame, in order.
    var regions: [FileRegion] = []
    /// nil if nobody waits for the frame to be sent.
    let completion: FrameCompletion?
}

/// What has to happen once when a response is sent or can't be sent any more. Whoever drops a frame on its way (a writer
/// that has finished, a channel that has closed) does it by letting go of this object.
final class FrameCompletion: Sendable {
    private let onSent: (@Sendable () -> Void)?
    private let handles: [NIOFileHandle]
    /// Stay open as long as a handle lends their descriptors.
    private let files: [PosixFile]
    private let isFinished = Atomic<Bool>(false)

    init(onSent: (@Sendable () -> Void)?, handles: [NIOFileHandle] = [], files: [PosixFile] = []) {
        self.onSent = onSent
        self.handles = handles
        self.files = files
    }

    deinit {
        finish()
    }

    /// Any thread; only the first call does anything.
    func finish() {
        guard !isFinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for handle in handles {
            // The descriptor belongs to a file of `files`; the handle only lends it to NIO.
            // Can't fail: the write is over, so the handle isn't in use, and nobody else takes its descriptor.
            do { _ = try handle.takeDescriptorOwnership() } catch { assertionFailure("\(error)") }
        }
        onSent?()
    }
}
