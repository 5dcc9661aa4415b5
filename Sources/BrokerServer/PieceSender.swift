internal import Broker
internal import NIOCore
internal import SegmentLog

/// Sends responses on a channel whose bytes pass through user space, in pieces: each is read, encrypted and handed to the
/// socket before the next, so that an answer of any size takes the memory of one piece and of what the socket holds. The
/// event loop serves others in between.
struct PieceSender {
    /// Three records of TLS, whose encrypted form fits into the 64 KiB that a connection keeps.
    static let bytesMax = 3 * 16 * 1024

    let channel: any Channel
    let ends: ConnectionLoop.Ends
    let slices: SliceReader

    /// Throws if a file is shorter than its slice or can't be read: then the connection must be closed.
    func send(_ frame: ResponseFrame) async throws {
        let byteCount = frame.byteCount
        var cutter = FrameCutter(frame.parts, bytesMax: Self.bytesMax)
        var isFirst = true
        while true {
            let (runs, isLast) = cutter.next()
            var piece = ResponseFrame(parts: [], closes: isLast && frame.closes)
            for run in runs { piece.parts.append(.bytes(try await bytes(of: run))) }
            await ends.gate.pass()
            guard !isLast else {
                let completion = frame.onSent.map { FrameCompletion(onSent: $0) }
                return await send(OutgoingFrame(frame: piece, part: isFirst ? .whole : .last, completion: completion))
            }
            let part: OutgoingFrame.Part = isFirst ? .first(byteCount: byteCount) : .middle
            await send(OutgoingFrame(frame: piece, part: part, completion: nil))
            guard channel.isActive else {
                frame.onSent?()
                return
            }
            isFirst = false
            await Task.yield()
        }
    }

    private func bytes(of run: FrameCutter.Run) async throws -> ByteBuffer {
        switch run {
        case .bytes(let bytes): return bytes
        case .file(let raw, let offset, let byteCount):
            // The disk is asked for the whole slice at once.
            if offset == 0, byteCount < raw.slice.byteCount { try await slices.warm(raw) }
            return try await slices.read(raw, at: offset, byteCount: byteCount)
        }
    }

    /// Returns when the writer has it.
    private func send(_ outgoing: OutgoingFrame) async {
        if channel.eventLoop.inEventLoop { return ends.writer.value.send(outgoing) }
        let writer = ends.writer
        do {
            try await channel.eventLoop.submit { writer.value.send(outgoing) }.get()
        } catch {
            // The event loop is gone, and everything with it; the frame's completion goes with the frame.
        }
    }
}

/// Cuts the parts of a response into pieces of a bounded size, without copying.
struct FrameCutter {
    /// What lies together.
    enum Run {
        case bytes(ByteBuffer)
        case file(RawSlice, offset: Int, byteCount: Int)
    }

    private var parts: ArraySlice<ResponseFrame.Part>
    /// Bytes of the first part that are cut off already.
    private var offset = 0
    private let bytesMax: Int

    init(_ parts: [ResponseFrame.Part], bytesMax: Int) {
        self.parts = parts[...]
        self.bytesMax = bytesMax
    }

    /// The next piece, and whether it is the last.
    mutating func next() -> ([Run], isLast: Bool) {
        var runs: [Run] = []
        var room = bytesMax
        while let part = parts.first {
            let left = part.byteCount - offset
            guard left > 0 else {
                advance()
                continue
            }
            guard room > 0 else { return (runs, isLast: false) }
            let count = min(left, room)
            switch part {
            case .bytes(let buffer):
                // There are as many: `left` counts them.
                guard let bytes = buffer.getSlice(at: buffer.readerIndex + offset, length: count) else { break }
                runs.append(.bytes(bytes))
            case .slice(let raw):
                runs.append(.file(raw, offset: offset, byteCount: count))
            }
            room -= count
            offset += count
            if count == left { advance() }
        }
        return (runs, isLast: true)
    }

    private mutating func advance() {
        parts.removeFirst()
        offset = 0
    }
}

extension ResponseFrame.Part {
    fileprivate var byteCount: Int {
        switch self {
        case .bytes(let buffer): buffer.readableBytes
        case .slice(let raw): raw.slice.byteCount
        }
    }
}
