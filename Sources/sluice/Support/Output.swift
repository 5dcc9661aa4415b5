import ArgumentParser
import Synchronization
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
    /// Where tests look at what is written; nil: standard output and error.
    @TaskLocal static var capture: OutputCapture?

    static func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    static func write(_ bytes: [UInt8]) throws {
        if let capture {
            capture.write(bytes)
            return
        }
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

    /// Text on standard error that goes on in the same line.
    static func prompt(_ text: String) {
        if let capture {
            capture.note(text)
            return
        }
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }

    /// A line on standard error. Nothing can be told to anybody if that fails.
    static func note(_ text: String) {
        if let capture {
            capture.note(text)
            return
        }
        _ = try? FileDescriptor.standardError.writeAll(Array((text + "\n").utf8))
    }
}

/// Keeps what a command writes.
final class OutputCapture: Sendable {
    private let state = Mutex<(bytes: [UInt8], notes: [String])>(([], []))

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var notes: [String] { state.withLock { $0.notes } }

    func write(_ bytes: [UInt8]) { state.withLock { $0.bytes += bytes } }
    func note(_ text: String) { state.withLock { $0.notes.append(text) } }
}

/// The reader of standard output has gone: the command ends, and it is no failure.
struct OutputClosed: Error {}
