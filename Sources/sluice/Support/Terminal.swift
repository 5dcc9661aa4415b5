#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the command knows of whoever sits there.
enum Terminal {
    static var standardInputIsTerminal: Bool { isatty(0) == 1 }
    static var standardOutputIsTerminal: Bool { isatty(1) == 1 }
    static var standardErrorIsTerminal: Bool { isatty(2) == 1 }

    /// Whether the terminal understands more than lines: nothing is redrawn or coloured on one that is called `dumb`.
    static var isCapable: Bool { Environment.value("TERM") ?? "dumb" != "dumb" }

    /// Columns and rows of the terminal behind a descriptor; 80 × 24 where it doesn't say.
    static func size(_ descriptor: Int32) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Asks on standard error. Where nobody can answer, the answer is no.
    static func confirms(_ question: String) -> Bool {
        guard standardInputIsTerminal else { return false }
        Output.note("\(question) [y/N]")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    /// From here on, Ctrl-C and SIGTERM wipe the line that is being drawn and end the process, with 128 + the signal.
    static func wipesLineWhenInterrupted() {
        // Elsewhere no line is drawn, and the signal does what it does by default.
        guard Output.capture == nil, standardErrorIsTerminal else { return }
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                // Only calls that a signal handler may make.
                let wipe: StaticString = "\r\u{1b}[K"
                _ = unsafe write(2, wipe.utf8Start, wipe.utf8CodeUnitCount)
                _exit(128 + number)
            }
        }
    }
}

/// Colours, where they can be seen and nobody has said no (https://no-color.org).
enum Paint: String, CaseIterable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
    case bold = "1"

    /// Whether standard output takes colours.
    static var isOn: Bool {
        Output.capture == nil && Terminal.standardOutputIsTerminal && Terminal.isCapable
            && Environment.value("NO_COLOR") == nil
    }

    func callAsFunction(_ text: String, isOn: Bool = Paint.isOn) -> String {
        isOn ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}
