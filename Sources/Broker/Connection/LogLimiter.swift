/// Lets a few log lines through and counts the rest, so that a flood of bad connections doesn't become a flood of logs.
public struct LogLimiter: Sendable {
    private let linesPerSecond: Int
    private var second: Int64 = .min
    private var lines = 0
    private var suppressed = 0

    public init(linesPerSecond: Int) {
        self.linesPerSecond = linesPerSecond
    }

    /// The number of lines left out since the last one that was let through; nil: leave out this one, too.
    public mutating func admit(nowMs: Int64) -> Int? {
        let now = nowMs / 1000
        if now != second {
            second = now
            lines = 0
        }
        guard lines < linesPerSecond else {
            suppressed += 1
            return nil
        }
        lines += 1
        defer { suppressed = 0 }
        return suppressed
    }
}
