import NIOCore
import NIOPosix

/// The system's reason in a few words, without its numbers where it has a name.
func reason(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
        if let first = error.connectionErrors.first { return reason(of: first.error) }
        return "the name \(error.host) can't be resolved"
    case let error as IOError:
        return systemReason(error.errnoCode) ?? "\(error)"
    case ChannelError.connectTimeout: return "no answer in time"
    case is ChannelError: return "the connection ended"
    default: return "\(error)"
    }
}

/// Linux's numbers of the errors that a client meets (asm-generic/errno.h).
private func systemReason(_ number: CInt) -> String? {
    switch number {
    case 2: "no such socket"
    case 13: "permission denied"
    case 32: "broken pipe"
    case 101: "network unreachable"
    case 104: "connection reset"
    case 110: "no answer in time"
    case 111: "connection refused"
    case 113: "no route to host"
    default: nil
    }
}
