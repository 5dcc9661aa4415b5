internal import NIOCore

/// Cuts a stream of bytes into Kafka's frames: a signed 4-byte length, then so many bytes. Frames that came in one read
/// are slices of it; one that came in pieces is put together in a buffer of its own, allocated once.
struct FrameAssembler {
    enum Step {
        case frame(ByteBuffer)
        case needsBytes
        /// A large frame begins; its bytes wait until `grant()`.
        case needsBudget(Int)
        case failure(FrameError)
    }

    enum FrameError: Error, Equatable {
        case negativeLength(Int)
        case oversized(Int)
        /// The stream begins with a TLS handshake.
        case clientHello
    }

    /// Longer frames ask for budget before any of their bytes are gathered.
    let smallBytesMax: Int
    var bytesMax: Int

    /// Bytes of the last read that aren't used up.
    private var incoming = ByteBuffer()
    /// The length prefix as far as it has come.
    private var prefix: UInt32 = 0
    private var prefixCount = 0
    /// The length of the frame that has begun.
    private var length: Int?
    private var isGranted = false
    /// No frame has begun.
    private var isAtStart = true
    /// The frame's first bytes, where it came in more than one piece.
    private var partial: ByteBuffer?

    init(bytesMax: Int, smallBytesMax: Int = 64 * 1024) {
        self.bytesMax = bytesMax
        self.smallBytesMax = smallBytesMax
    }

    /// True between the first byte of a frame and its last.
    var isInsideFrame: Bool { length != nil || prefixCount > 0 }

    /// Takes the bytes of one read. Only after `next` has said `needsBytes`: then nothing is left of the last read.
    mutating func append(_ bytes: ByteBuffer) {
        assert(incoming.readableBytes == 0)
        incoming = bytes
    }

    /// Bytes that the frame under assembly lacks; 0 between frames.
    var missingBytes: Int {
        guard let length, let partial else { return 0 }
        return length - partial.readableBytes
    }

    /// The frame that waits for more bytes, as the caller's own: its capacity ends where the frame ends. `resume` brings it
    /// back. nil between frames.
    mutating func takePartial() -> ByteBuffer? {
        partial.take()
    }

    /// Brings back what `takePartial` gave, with or without more bytes.
    mutating func resume(_ frame: consuming ByteBuffer) {
        partial = frame
    }

    mutating func grant() {
        isGranted = true
    }

    mutating func next() -> Step {
        let length: Int
        if let known = self.length {
            length = known
        } else {
            guard readPrefix() else { return .needsBytes }
            // A handshake record of TLS, any version: as a length 369,295,360 or a little more, which no first request has.
            if isAtStart, prefix >> 16 == 0x1603 { return .failure(.clientHello) }
            isAtStart = false
            let signed = Int(Int32(bitPattern: prefix))
            guard signed >= 0 else { return .failure(.negativeLength(signed)) }
            guard signed <= bytesMax else { return .failure(.oversized(signed)) }
            self.length = signed
            isGranted = signed <= smallBytesMax
            length = signed
        }
        guard isGranted else { return .needsBudget(length) }
        guard var frame = partial else {
            if let whole = incoming.readSlice(length: length) { return finish(whole) }
            if incoming.readerIndex + length == incoming.capacity {
                // The read was made for a frame of just this length, and the rest goes where it has begun.
                partial = incoming
                return needBytes()
            }
            var frame = Self.buffer(exactly: length)
            frame.writeBuffer(&incoming)
            partial = frame
            return needBytes()
        }
        // The buffer must be this variable's alone, or the write would copy it.
        partial = nil
        let missing = length - frame.readableBytes
        // Writing even nothing would copy a buffer that NIO still holds.
        if incoming.readableBytes > 0, var piece = incoming.readSlice(length: min(missing, incoming.readableBytes)) {
            frame.writeBuffer(&piece)
        }
        if frame.readableBytes == length { return finish(frame) }
        partial = frame
        return needBytes()
    }

    /// A buffer's memory is rounded up to a power of two; this one takes no byte more than it is asked for.
    static func buffer(exactly length: Int) -> ByteBuffer {
        var whole = ByteBufferAllocator().buffer(capacity: length)
        whole.moveWriterIndex(forwardBy: length)
        guard var exact = whole.readSlice(length: length) else { return whole }
        exact.moveWriterIndex(to: 0)
        return exact
    }

    private mutating func finish(_ frame: ByteBuffer) -> Step {
        length = nil
        prefix = 0
        prefixCount = 0
        // An empty rest would keep the memory of its read alive.
        if incoming.readableBytes == 0 { incoming = ByteBuffer() }
        return .frame(frame)
    }

    private mutating func needBytes() -> Step {
        incoming = ByteBuffer()
        return .needsBytes
    }

    private mutating func readPrefix() -> Bool {
        if prefixCount == 0, let whole = incoming.readInteger(as: UInt32.self) {
            prefix = whole
            prefixCount = 4
            return true
        }
        while prefixCount < 4, let byte = incoming.readInteger(as: UInt8.self) {
            prefix = prefix << 8 | UInt32(byte)
            prefixCount += 1
        }
        if prefixCount == 4 { return true }
        incoming = ByteBuffer()
        return false
    }
}
