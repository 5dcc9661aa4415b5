internal import NIOCore

/// Chooses where the socket's next bytes go: straight into the large frame that they belong to, so that produced data is
/// copied out of the kernel and nowhere else, or into a buffer for whatever comes.
///
/// `@unchecked Sendable`: NIO's protocol asks for it, but calls an allocator only on the event loop of the one channel that
/// it was given to, where the decoder runs, too.
final class FrameReceiver: RecvByteBufferAllocator, @unchecked Sendable {
    /// Behind a large frame usually comes another: only its beginning is read, the rest then goes where it belongs.
    private static let beginningBytes = 512

    private var adaptive = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 64 * 1024)
    private var offered: ByteBuffer?
    private var isLent = false
    /// A read failed after the frame had been lent, and its first bytes are gone with it, or a read went elsewhere. Linux
    /// doesn't fail a read of a TCP socket that it has called readable; if it ever does, the connection must close.
    private(set) var hasLost = false
    var expectsLargeFrame = false

    /// The next read continues this frame. It must be the caller's only reference, or the read copies it first.
    func offer(_ frame: consuming ByteBuffer) {
        offered = frame
    }

    /// True if the bytes that have just been read came with those of the frame that was offered before them.
    func takeBack() -> Bool {
        if offered != nil { hasLost = true }
        defer { isLent = false }
        return isLent
    }

    // MARK: RecvByteBufferAllocator

    /// nil keeps NIO from using a buffer of its own.
    func nextBufferSize() -> Int? {
        offered != nil || expectsLargeFrame ? nil : adaptive.nextBufferSize()
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        if isLent { hasLost = true }
        if let frame = offered.take() {
            isLent = true
            return frame
        }
        return allocator.buffer(capacity: nextBufferSize() ?? Self.beginningBytes)
    }

    func record(actualReadBytes: Int) -> Bool {
        if !isLent, !expectsLargeFrame { _ = adaptive.record(actualReadBytes: actualReadBytes) }
        // Else NIO would use its last buffer where `nextBufferSize` is nil.
        return true
    }
}
