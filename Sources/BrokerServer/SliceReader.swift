internal import Broker
internal import CSluice
internal import NIOCore
internal import NIOPosix
internal import SegmentLog
internal import SystemPackage

/// Makes responses with slices of files ready to be written: a small slice is read into memory, a large one goes by
/// sendfile. What the page cache doesn't hold is read by a pool of threads first, since a sendfile of cold pages would
/// stop an event loop and all its connections for as long as the disk takes.
final class SliceReader: Sendable {
    /// A slice up to this size costs less copied into the response than as a sendfile of its own.
    private static let copiedBytesMax = 16 * 1024

    private let pool: NIOThreadPool
    private let counters: ServerCounters

    init(pool: NIOThreadPool, counters: ServerCounters) {
        self.pool = pool
        self.counters = counters
    }

    /// Throws if a file is shorter than its slice or can't be read: then the response can't be sent, and the connection
    /// must be closed.
    func prepare(_ frame: ResponseFrame) async throws -> OutgoingFrame {
        var ready = frame
        var regions: [FileRegion] = []
        var files: [PosixFile] = []
        do {
            for index in ready.parts.indices {
                guard case .slice(let raw) = ready.parts[index] else { continue }
                if raw.slice.byteCount <= Self.copiedBytesMax {
                    ready.parts[index] = .bytes(try await read(raw, at: 0, byteCount: raw.slice.byteCount))
                } else {
                    try await warm(raw)
                    // Each response has a handle of its own, since one handle serves one write at a time. It only lends
                    // the descriptor: `FrameCompletion` keeps the file open and takes the descriptor back.
                    files.append(raw.slice.file)
                    let handle = NIOFileHandle(
                        _deprecatedTakingOwnershipOfDescriptor: raw.slice.file.descriptor.rawValue)
                    let start = raw.slice.position
                    regions.append(
                        FileRegion(fileHandle: handle, readerIndex: start, endIndex: start + raw.slice.byteCount))
                }
            }
        } catch {
            FrameCompletion(onSent: nil, handles: regions.map(\.fileHandle)).finish()
            throw error
        }
        let completion = FrameCompletion(
            onSent: frame.onSent, handles: regions.map(\.fileHandle), files: files)
        ready.onSent = nil
        return OutgoingFrame(frame: ready, regions: regions, completion: completion)
    }

    /// A part of a slice; `offset` is from the slice's beginning.
    func read(_ raw: RawSlice, at offset: Int, byteCount: Int) async throws -> ByteBuffer {
        let file = raw.slice.file
        let position = Int64(raw.slice.position + offset)
        var bytes = ByteBufferAllocator().buffer(capacity: byteCount)
        let count = unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { target in
            unsafe max(
                0, sluice_read_resident(file.descriptor.rawValue, target.baseAddress, byteCount, position))
        }
        if count == byteCount { return bytes }
        counters.coldSlices.increase()
        return try await pool.runIfActive {
            var bytes = ByteBufferAllocator().buffer(capacity: byteCount)
            try unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { target in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: target.prefix(byteCount))
                try unsafe file.descriptor.readWhole(into: target, at: position)
                return byteCount
            }
            return bytes
        }
    }

    /// Has the page cache hold a slice.
    func warm(_ raw: RawSlice) async throws {
        let slice = raw.slice
        let descriptor = slice.file.descriptor
        switch sluice_is_resident(descriptor.rawValue, Int64(slice.position), slice.byteCount) {
        case 1:
            return
        case 0:
            counters.coldSlices.increase()
            try await pool.runIfActive {
                try descriptor.readAhead(at: Int64(slice.position), byteCount: slice.byteCount)
                // Without this the descriptor could be closed while it is read.
                withExtendedLifetime(slice.file) {}
            }
        default:
            throw ShortFileError()
        }
    }
}

/// A file is shorter than a slice of it. sendfile would send nothing, for ever.
struct ShortFileError: Error, CustomStringConvertible {
    var description: String { "a segment file is shorter than its index says" }
}

extension SystemPackage.FileDescriptor {
    /// Blocks.
    func readWhole(into target: UnsafeMutableRawBufferPointer, at position: Int64) throws {
        var done = 0
        while done < target.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count = unsafe try read(fromAbsoluteOffset: position + Int64(done), into: rest)
            guard count > 0 else { throw ShortFileError() }
            done += count
        }
    }

    /// Blocks until the range is in the page cache.
    func readAhead(at position: Int64, byteCount: Int) throws {
        sluice_will_need(rawValue, position, byteCount)
        let block = 256 * 1024
        try unsafe withUnsafeTemporaryAllocation(byteCount: min(block, byteCount), alignment: 16) { scratch in
            var done = 0
            while done < byteCount {
                let count = min(block, byteCount - done)
                try unsafe readWhole(
                    into: UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(count)), at: position + Int64(done))
                done += count
            }
        }
    }
}
