import Glibc
import KafkaRecords

/// The least that fetching can cost: answers each request with a range of a file by sendfile. One thread, blocking calls.
/// A request is two 32-bit numbers, position and length; an answer is the length and the bytes.
///
///     floor-sendfile FILE
struct SendfileFloor {
    private let path: String

    init(_ arguments: [String]) throws {
        guard arguments.count == 1 else { throw Failure("floor-sendfile: arguments") }
        path = arguments[0]
    }

    func run() throws {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.system("open \(path)") }
        let (listener, port) = try Socket.listen()
        print(port)
        fflush(nil)
        let connection = try listener.accept()
        var request = [UInt8](repeating: 0, count: 8)
        while true {
            let received = try unsafe request.withUnsafeMutableBytes { try unsafe connection.receive(into: $0) }
            if received == 0 { return }
            guard received == request.count else { throw Failure("a request in pieces") }
            var position = off_t(Frame.integer(at: 0, in: request.rawSpan))
            var left = Int(Frame.integer(at: 4, in: request.rawSpan))
            try connection.send(request.rawSpan.extracting(4..<8), more: true)
            while left > 0 {
                let count = unsafe sendfile(connection.descriptor, file, &position, left)
                guard count > 0 else { throw Failure.system("sendfile") }
                left -= count
            }
        }
    }
}
