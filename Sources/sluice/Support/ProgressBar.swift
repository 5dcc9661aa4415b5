import SystemPackage

/// One line on standard error that says how far long work has come. Drawn on a terminal only, ten times a second at most,
/// and wiped when the work ends: what stays on the screen is the result.
final class ProgressBar {
    private let line: ProgressLine
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastDrawn: ContinuousClock.Instant
    private let isDrawn: Bool
    private(set) var done: Int64 = 0

    /// - Parameter total: nil if nobody knows how much there is.
    init(_ label: String, total: Int64?, unit: ProgressLine.Unit) {
        line = ProgressLine(label: label, total: total, unit: unit)
        start = clock.now
        lastDrawn = start
        isDrawn = Output.capture == nil && Terminal.standardErrorIsTerminal && Terminal.isCapable
        if isDrawn { draw(at: start) }
    }

    func advance(by count: Int64) {
        done += count
        guard isDrawn else { return }
        let now = clock.now
        guard now - lastDrawn >= .milliseconds(100) else { return }
        draw(at: now)
    }

    /// Prints a line above the bar.
    func say(_ text: String) throws {
        wipe()
        try Output.line(text)
        if isDrawn { draw(at: clock.now) }
    }

    func finish() { wipe() }

    private func wipe() {
        if isDrawn { write("\r\u{1b}[K") }
    }

    private func draw(at now: ContinuousClock.Instant) {
        lastDrawn = now
        let text = line.text(
            done: done, nanoseconds: (now - start).nanoseconds, columns: Terminal.size(2).columns)
        write("\r\u{1b}[K\(text)")
    }

    private func write(_ text: String) {
        // The bar is a courtesy: where it can't be shown, the work goes on.
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }
}

/// The text of a progress bar.
struct ProgressLine {
    enum Unit {
        case bytes
        case records
    }

    var label: String
    var total: Int64?
    var unit: Unit

    /// Fits into `columns`, one of which stays free: a terminal breaks the line when the last one is written.
    func text(done: Int64, nanoseconds: Int64, columns: Int) -> String {
        let rate = nanoseconds > 0 ? Int64(Double(done) * 1e9 / Double(nanoseconds)) : 0
        var parts = [amount(done) + (total.map { " of \(amount($0))" } ?? ""), "\(amount(rate))/s"]
        var fraction: Double?
        if let total {
            fraction = total > 0 ? min(1, Double(done) / Double(total)) : 1
            if rate > 0, done < total {
                parts.append("\(Quantity.time(nanoseconds: (total - done) / rate * 1_000_000_000)) left")
            }
        }
        let width = max(0, columns - 1)
        var text = label
        if let fraction {
            text +=
                " \(String(repeating: " ", count: fraction < 0.1 ? 2 : fraction < 1 ? 1 : 0))\(Int(fraction * 100)) %"
        }
        let figures = parts.joined(separator: "  ")
        let room = width - text.count - figures.count - 6
        if let fraction, room >= 10 {
            let cells = min(40, room)
            let full = Int(fraction * Double(cells))
            text += "  [\(String(repeating: "#", count: full))\(String(repeating: ".", count: cells - full))]"
        }
        text += "  \(figures)"
        return String(text.prefix(width))
    }

    private func amount(_ count: Int64) -> String {
        switch unit {
        case .bytes: Quantity.bytes(count)
        case .records: "\(Quantity.count(count)) records"
        }
    }
}
