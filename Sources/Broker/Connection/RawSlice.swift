public import SegmentLog
public import Views

/// Stored bytes on their way to a socket. Can't be made without a `RawPermit`.
public struct RawSlice: Sendable {
    public let slice: LogSlice<PosixFile>

    public init(_ slice: LogSlice<PosixFile>, permit: RawPermit) {
        self.slice = slice
    }
}
