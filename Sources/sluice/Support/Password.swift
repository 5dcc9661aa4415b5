import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A password. Not printed.
struct Password: Equatable, CustomStringConvertible, CustomReflectable {
    static let bytesMax = 1024

    let text: String

    var bytes: [UInt8] { Array(text.utf8) }
    var description: String { "(hidden)" }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }

    /// - Parameter place: where it is from, for messages.
    init(_ text: String, from place: String) throws(CommandFailure) {
        guard !text.isEmpty else { throw CommandFailure(.usage, "the password from \(place) is empty") }
        guard text.utf8.count <= Self.bytesMax else {
            throw CommandFailure(.usage, "the password from \(place) is longer than \(Self.bytesMax) bytes")
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw CommandFailure(.usage, "the password from \(place) holds a line end or another control character")
        }
        self.text = text
    }

    /// The content of a file, without the line end that editors put there.
    init(file path: String) throws(CommandFailure) {
        try self.init(bytes: try FileReader.read(path, bytesMax: Self.bytesMax + 2), from: path)
    }

    /// All of standard input, without a line end.
    static func standardInput() throws(CommandFailure) -> Password {
        try Password(
            bytes: try FileReader.readAll(.standardInput, "standard input", bytesMax: bytesMax + 2),
            from: "standard input")
    }

    private init(bytes: [UInt8], from place: String) throws(CommandFailure) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "the password from \(place) isn't UTF-8")
        }
        // A line end of two characters is one to Swift.
        try self.init(text.last?.isNewline == true ? String(text.dropLast()) : text, from: place)
    }

    /// 24 letters and digits, some 142 random bits; without 0, O, 1, l and I, which look alike.
    static func generated() -> Password {
        let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        return Password(unchecked: String((0..<24).map { _ in letters[Int.random(in: letters.indices)] }))
    }

    private init(unchecked text: String) {
        self.text = text
    }
}

/// Asks for a password on the terminal, which doesn't show what is typed.
enum PasswordPrompt {
    /// What a user would log in with; asked once.
    static func password(of user: String) throws(CommandFailure) -> Password {
        try read("Password of \(Table.printable(user)): ")
    }

    /// A new one: asked twice.
    static func new(for user: String) throws(CommandFailure) -> Password {
        let first = try read("New password of \(Table.printable(user)): ")
        guard first == (try read("The same again: ")) else {
            throw CommandFailure(.usage, "the two passwords aren't the same")
        }
        return first
    }

    /// The terminal is put back as it was however this ends: Ctrl-C is read like any other key meanwhile.
    private static func read(_ prompt: String) throws(CommandFailure) -> Password {
        var before = termios()
        guard unsafe tcgetattr(0, &before) == 0 else {
            throw CommandFailure(.usage, "there is no terminal to ask for a password on")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        unsafe withUnsafeMutableBytes(of: &silent.c_cc) { keys in
            // A read waits for one byte, for ever.
            unsafe keys[Int(VMIN)] = 1
            unsafe keys[Int(VTIME)] = 0
        }
        unsafe tcsetattr(0, TCSAFLUSH, &silent)
        defer { unsafe tcsetattr(0, TCSAFLUSH, &before) }
        Output.prompt(prompt)
        defer { Output.prompt("\n") }
        var line: [UInt8] = []
        while true {
            switch try key() {
            case 0x0A, 0x0D: return try Password(String(decoding: line, as: UTF8.self), from: "the terminal")
            case 0x03: throw CommandFailure(.interrupted, "interrupted")
            case 0x04 where line.isEmpty: throw CommandFailure(.usage, "no password was given")
            case 0x15: line = []
            case 0x08, 0x7F:
                // A whole character of UTF-8.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case let byte: if line.count <= Password.bytesMax { line.append(byte) }
            }
        }
    }

    private static func key() throws(CommandFailure) -> UInt8 {
        var byte: UInt8 = 0
        do {
            let count = try unsafe withUnsafeMutableBytes(of: &byte) {
                unsafe try FileDescriptor.standardInput.read(into: $0)
            }
            if count == 1 { return byte }
        } catch {}
        throw CommandFailure(.usage, "the terminal is gone")
    }
}
