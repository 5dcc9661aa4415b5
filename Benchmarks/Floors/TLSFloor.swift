import Glibc
import KafkaRecords

/// The least that fetching over TLS can cost: answers each request with a range of a file, read into memory and written
/// through BoringSSL. One thread, blocking calls. A request is two 32-bit numbers, position and length; an answer is the
/// length and the bytes.
///
///     floor-tls FILE CERTIFICATE KEY
struct TLSFloor {
    private let path: String
    private let identity: (certificate: String, key: String)

    init(_ arguments: [String]) throws {
        guard arguments.count == 3 else { throw Failure("floor-tls: arguments") }
        path = arguments[0]
        identity = (arguments[1], arguments[2])
    }

    func run() throws {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.system("open \(path)") }
        let (listener, port) = try Socket.listen()
        print(port)
        fflush(nil)
        let connection = try listener.accept()
        try connection.startTLS(identity: identity)
        var request = [UInt8](repeating: 0, count: 8)
        var answer = [UInt8](repeating: 0, count: 4)
        while true {
            let received = try unsafe request.withUnsafeMutableBytes { try unsafe connection.receive(into: $0) }
            if received == 0 { return }
            guard received == request.count else { throw Failure("a request in pieces") }
            let position = off_t(Frame.integer(at: 0, in: request.rawSpan))
            let length = Int(Frame.integer(at: 4, in: request.rawSpan))
            if answer.count < 4 + length { answer += [UInt8](repeating: 0, count: 4 + length - answer.count) }
            Frame.put(UInt32(length), at: 0, in: &answer)
            try unsafe answer.withUnsafeMutableBytes { bytes in
                var done = 0
                while done < length {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(4 + done)..<(4 + length)])
                    let count = unsafe pread(file, rest.baseAddress, rest.count, position + off_t(done))
                    guard count > 0 else { throw Failure.system("pread") }
                    done += count
                }
            }
            try connection.send(answer.rawSpan.extracting(0..<4 + length))
        }
    }
}
