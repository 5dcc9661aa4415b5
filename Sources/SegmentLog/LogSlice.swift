/// Bytes of one segment file that hold record batches as they were stored: where a raw fetch is sent from and where a
/// view reads. Keeps the file open; stays readable after the segment has been deleted.
public struct LogSlice<File: AnyObject & Sendable>: Sendable {
    public let file: File
    /// First byte in the file.
    public let position: Int
    public let byteCount: Int
    /// Base offset of the first batch in the slice.
    public let baseOffset: Int64

    public init(file: File, position: Int, byteCount: Int, baseOffset: Int64) {
        self.file = file
        self.position = position
        self.byteCount = byteCount
        self.baseOffset = baseOffset
    }
}
