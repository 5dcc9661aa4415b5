/// A codec that gives its output in pieces, into memory that grows as the output comes.
protocol StreamDecompressor: ~Copyable {
    /// Writes as much as fits into `free`, which isn't empty. `isDone` says that all input is used up and its last stream
    /// ended. Where it isn't done, `free` must be full: else it throws `decompressionFailed`.
    mutating func write(
        into free: UnsafeMutableRawBufferPointer
    ) throws(RecordBatchError) -> (count: Int, isDone: Bool)
}

extension StreamDecompressor where Self: ~Copyable {
    /// All output, at most `bound` bytes, in memory of at first `expected` bytes, doubled each time that it is full.
    consuming func run(expected: Int, bound: Int) throws(RecordBatchError) -> [UInt8] {
        var output: [UInt8] = []
        // One byte more than the bound tells output that just fits from output that goes on.
        let limit = bound + 1
        var isDone = false
        while !isDone {
            let free = min(limit - output.count, max(expected, output.count, 1))
            guard free > 0 else { throw .decompressedTooLarge(bound: bound) }
            try output.append(addingCapacity: free) { span throws(RecordBatchError) in
                try unsafe span.withUnsafeMutableBufferPointer { buffer, count throws(RecordBatchError) in
                    let step = try unsafe write(into: UnsafeMutableRawBufferPointer(buffer))
                    count = step.count
                    isDone = step.isDone
                }
            }
        }
        guard output.count <= bound else { throw .decompressedTooLarge(bound: bound) }
        return output
    }
}

/// A guess at the size of what `byteCount` compressed bytes give: records of JSON shrink to a quarter or a tenth.
func expectedByteCount(compressed byteCount: Int) -> Int { max(16 << 10, 4 * byteCount) }
