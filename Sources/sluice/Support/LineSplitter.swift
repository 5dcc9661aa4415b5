/// Cuts a stream of chunks into lines at `\n`; the end of a file without one ends its last line too. A `\r` stays:
/// a record's bytes are what was written.
struct LineSplitter {
    /// A longer line is an error, so that a file without line ends can't take all memory.
    let lineBytesMax: Int
    private var partial: [UInt8] = []

    init(lineBytesMax: Int) {
        self.lineBytesMax = lineBytesMax
    }

    mutating func lines(in chunk: ArraySlice<UInt8>) throws(CommandFailure) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = chunk
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            partial.append(contentsOf: rest[rest.startIndex..<end])
            try check()
            lines.append(partial)
            partial = []
            rest = rest[(end + 1)...]
        }
        partial.append(contentsOf: rest)
        try check()
        return lines
    }

    mutating func last() -> [UInt8]? {
        guard !partial.isEmpty else { return nil }
        defer { partial = [] }
        return partial
    }

    private func check() throws(CommandFailure) {
        guard partial.count <= lineBytesMax else {
            throw CommandFailure(.failed, "a line is longer than \(lineBytesMax) bytes", hint: "a record is a line")
        }
    }
}
