import Synchronization
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Ctrl-C and SIGTERM as a wish that a loop looks at: what is under way is finished, the group is left. The second
/// signal ends the process at once.
final class Interrupt: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Runs `body` with the signals caught.
    func watch<Result>(_ body: () async throws -> Result) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let watcher = Task { [self] in
            for await signal in signals {
                guard !flag.exchange(true, ordering: .relaxed) else { exit(128 + signal.rawValue) }
            }
        }
        defer { watcher.cancel() }
        return try await body()
    }
}
