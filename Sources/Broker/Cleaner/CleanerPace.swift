import Glibc

/// Keeps compaction below so many bytes a second: after each turn its thread rests for as long as the bytes would take.
struct CleanerPace: Sendable {
    /// A stop is seen after this at the latest.
    private static let restNsMax = 50_000_000.0

    let bytesPerSecond: Int

    /// Blocks. False once `isStopped` says so.
    func rest(after byteCount: Int, isStopped: () -> Bool) -> Bool {
        var leftNs = Double(byteCount) / Double(bytesPerSecond) * 1e9
        while !isStopped() {
            guard leftNs >= 1 else { return true }
            var time = timespec(tv_sec: 0, tv_nsec: Int(min(leftNs, Self.restNsMax)))
            unsafe nanosleep(&time, nil)
            leftNs -= Self.restNsMax
        }
        return false
    }
}
