internal import NIOCore

/// Chooses where the socket's next bytes go: straight into the large frame that they belong to, so that produced data is
/// copied out of the kernel and nowhere else, or into a buffer for whatever comes. A producer whose frames have all the same
/// length gets each of them with one read.
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
    /// Another large frame is expected.
    var expectsLargeFrame: Bool { expectedBytes != nil }
    /// What the next read takes behind a large frame.
    private var expectedBytes: Int?
    private var lastLength = 0

    /// A frame of `length` bytes is complete, and if it `isLarge`, another one is expected: of the same length where the last
    /// two had the same, which was so few that nobody has to ask before it's read (`readsWhole`).
    func expect(after length: Int, isLarge: Bool, readsWhole: Bool) {
        expectedBytes = isLarge ? (readsWhole && length == lastLength ? length + 4 : Self.beginningBytes) : nil
        lastLength = length
    }

    func expectNothing() {
        expectedBytes = nil
    }

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
        if let expectedBytes { return FrameAssembler.buffer(exactly: expectedBytes) }
        return allocator.buffer(capacity: nextBufferSize() ?? Self.beginningBytes)
    }

    func record(actualReadBytes: Int) -> Bool {
        if !isLent, !expectsLargeFrame { _ = adaptive.record(actualReadBytes: actualReadBytes) }
        // Else NIO would use its last buffer where `nextBufferSize` is nil.
        return true
    }
}
