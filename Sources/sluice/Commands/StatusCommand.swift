import ArgumentParser
import KafkaClient
import KafkaMessages

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the broker, its topics, groups and views; with --watch, live.",
        discussion: """
            Views are shown to the admin only. With --watch it is drawn again in place on a terminal; in a pipe it is a \
            line each time.

            Examples:
              sluice status
              sluice status --watch
              sluice status -b localhost:9092 --output json
            """)

    @Flag(name: .long, help: "Also the topics that the broker keeps for itself.")
    var `internal` = false

    @Flag(name: .shortAndLong, help: "Show it again and again, until Ctrl-C.")
    var watch = false

    @Option(name: .long, help: "Seconds between two looks.")
    var interval: Double = 2

    @Option(name: .long, help: "With --watch: end after so many looks.")
    var count: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.1...3600).contains(interval) else { throw ValidationError("--interval takes 0.1 to 3600 seconds.") }
        if let count, count < 1 { throw ValidationError("--count takes 1 or more.") }
        guard watch || count == nil else { throw ValidationError("--count belongs to --watch.") }
    }

    func run() async throws {
        try await connection.withCluster { cluster in
            guard watch else {
                let status = try await BrokerStatus(cluster, showsInternal: self.internal)
                try Output.show(output.output, json: status.json) { status.table }
                return
            }
            try await watch(cluster)
        }
    }

    private func watch(_ cluster: Cluster) async throws {
        let isDrawn = output.output == .table && Terminal.standardOutputIsTerminal && Terminal.isCapable
        Terminal.wipesLineWhenInterrupted()
        var screen = LiveScreen()
        var previous: (status: BrokerStatus, at: ContinuousClock.Instant)?
        var looks = 0
        while true {
            var status = try await BrokerStatus(cluster, showsInternal: self.internal)
            let now = ContinuousClock.now
            if let previous { status.note(previous.status, nanosecondsAgo: (now - previous.at).nanoseconds) }
            previous = (status, now)
            if output.output == .json {
                try Output.line(status.json.text)
            } else if isDrawn {
                try Output.write(screen.next(status.table, size: Terminal.size(1)))
            } else {
                try Output.line(status.line)
            }
            looks += 1
            if looks == count { return }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}

/// Text that takes the place of the text before it, on a terminal.
struct LiveScreen {
    private var lineCount = 0

    /// What to write: back to where the last text began, the new one over it, the rest wiped. Lines are cut to the width, since
    /// one that the terminal breaks would count as two.
    mutating func next(_ text: String, size: (columns: Int, rows: Int)) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let rows = max(1, size.rows - 1)
        if lines.count > rows {
            let hidden = lines.count - rows + 1
            lines = lines.prefix(rows - 1) + ["… \(hidden) more lines"]
        }
        var drawn = lineCount > 0 ? "\r\u{1b}[\(lineCount)A" : ""
        for line in lines { drawn += "\(Self.cut(line, to: size.columns - 1))\u{1b}[K\n" }
        drawn += "\u{1b}[J"
        lineCount = lines.count
        return drawn
    }

    /// Colours take no columns.
    static func cut(_ line: String, to columns: Int) -> String {
        var shown = 0
        var isEscape = false
        var hasEscape = false
        var result = ""
        for character in line {
            if character == "\u{1b}" { (isEscape, hasEscape) = (true, true) }
            if !isEscape {
                guard shown < columns else { break }
                shown += 1
            }
            result.append(character)
            if isEscape, character.isLetter { isEscape = false }
        }
        return hasEscape && result.count < line.count ? result + "\u{1b}[0m" : result
    }
}
