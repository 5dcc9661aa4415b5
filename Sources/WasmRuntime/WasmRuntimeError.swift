/// Why the engine, a module or a place to run it can't be had. Never about a record: those are `RecordOutcome`s.
///
/// The message may go to an operator or into the answer to a deploy. It quotes numbers and names of the module (escaped,
/// shortened), never what a record holds.
public struct WasmRuntimeError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// The engine's library isn't where it is looked for, or isn't the right one.
        case engineMissing
        /// This machine can't run the engine (address space, threads).
        case engineUnavailable
        /// The module is not one that we run; the message says what would be right.
        case moduleRefused
        /// The compiler could not be run or could not keep its result: the machine's trouble, not the module's.
        case compilerUnavailable
        /// Every guest thread is busy and their queue is full.
        case busy
        case cancelled
        case shutDown
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    static func refused(_ message: String) -> WasmRuntimeError {
        WasmRuntimeError(.moduleRefused, Text.cut(message, to: 200))
    }
}

/// Makes names that come from a module fit to be shown.
enum Text {
    /// `bytes` with everything but printable ASCII as `?`, at most `limit` characters.
    static func escaped(_ bytes: some Sequence<UInt8>, limit: Int = 40) -> String {
        var text = ""
        var count = 0
        for byte in bytes {
            guard count < limit else { return text + "…" }
            text.unicodeScalars.append(0x20..<0x7F ~= byte ? Unicode.Scalar(byte) : "?")
            count += 1
        }
        return text
    }

    /// `text`, cut so that its UTF-8 has at most `limit` bytes.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var short = ""
        var count = 0
        for character in text {
            count += character.utf8.count
            guard count <= limit - 3 else { break }
            short.append(character)
        }
        return short + "…"
    }
}
