#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Questions to whoever sits there.
enum Terminal {
    static var standardInputIsTerminal: Bool { isatty(0) == 1 }
    static var standardOutputIsTerminal: Bool { isatty(1) == 1 }

    /// Asks on standard error. Where nobody can answer, the answer is no.
    static func confirms(_ question: String) -> Bool {
        guard standardInputIsTerminal else { return false }
        Output.note("\(question) [y/N]")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
