import ArgumentParser
import SystemPackage

/// How a command shows its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Text for people.
    case table
    /// One JSON value on one line, in the shape that Docs/cli.md gives.
    case json
}

/// Writes to standard output and error, all of it or an error.
enum Output {
    static func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    static func write(_ bytes: [UInt8]) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch let error as Errno where error == .brokenPipe {
            // Whoever read has seen enough (`sluice consume … | head`).
            throw OutputClosed()
        } catch {
            throw CommandFailure(.failed, "can't write to standard output: \(error)")
        }
    }

    static func line(_ text: String) throws {
        try write(text + "\n")
    }

    /// Shows a result in the format that was asked for.
    static func show(_ format: OutputFormat, json: @autoclosure () -> JSON, table: () -> String) throws {
        switch format {
        case .json: try line(json().text)
        case .table: try write(table())
        }
    }

    /// A line on standard error. Nothing can be told to anybody if that fails.
    static func note(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array((text + "\n").utf8))
    }
}

/// The reader of standard output has gone: the command ends, and it is no failure.
struct OutputClosed: Error {}
