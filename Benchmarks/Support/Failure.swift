import Glibc

/// Why a measurement can't be made. Ends the run: a number from a run with errors is worth nothing.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call has failed.
    static func system(_ call: String) -> Failure {
        Failure("\(call): error \(errno)")
    }
}
