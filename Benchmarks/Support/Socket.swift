import Glibc
import NIOCore

/// A blocking TCP socket on loopback. One thread at a time.
final class Socket {
    let descriptor: Int32
    private var inbox = ByteBuffer()
    /// nil: in the clear.
    private var tls: TLSSession?

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var one: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    static func connect(port: Int) throws -> Socket {
        let socket = try make()
        var address = loopback(port)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.system("connect to port \(port)") }
        return socket
    }

    /// Listens on a port that the kernel picks.
    static func listen() throws -> (socket: Socket, port: Int) {
        let socket = try make()
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(socket.descriptor, pointer, length) == 0 else { return Int32(-1) }
                guard Glibc.listen(socket.descriptor, 16) == 0 else { return -1 }
                return unsafe getsockname(socket.descriptor, pointer, &length)
            }
        }
        guard result == 0 else { throw Failure.system("listen") }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    func accept() throws -> Socket {
        let descriptor = Glibc.accept(descriptor, nil, nil)
        guard descriptor >= 0 else { throw Failure.system("accept") }
        return Socket(descriptor)
    }

    private static func make() throws -> Socket {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system("socket") }
        return Socket(descriptor)
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// From now on everything goes through TLS: as a server with PEM files, or as a client.
    func startTLS(identity: (certificate: String, key: String)? = nil) throws {
        tls = try TLSSession(descriptor: descriptor, identity: identity)
    }

    /// Sends all bytes. `more`: others follow at once.
    func send(_ bytes: RawSpan, more: Bool = false) throws {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        try unsafe bytes.withUnsafeBytes { buffer in
            if let tls { return try unsafe tls.send(buffer) }
            var done = 0
            while done < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
                guard count > 0 else { throw Failure.system("send") }
                done += count
            }
        }
    }

    /// Reads what is there, at least one byte, at most what fits. 0: the other end has closed.
    func receive(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if let tls { return try unsafe tls.receive(into: target) }
        let count = unsafe recv(descriptor, target.baseAddress, target.count, 0)
        guard count >= 0 else { throw Failure.system("recv") }
        return count
    }

    /// The next frame of a 4-byte length and so many bytes, without the length. Let go of it before the next call: its
    /// memory is used again.
    func receiveFrame() throws -> ByteBuffer {
        while true {
            var wanted = 4
            if let length = inbox.getInteger(at: inbox.readerIndex, as: UInt32.self) {
                wanted += Int(length)
                if inbox.readableBytes >= wanted {
                    inbox.moveReaderIndex(forwardBy: 4)
                    guard let frame = inbox.readSlice(length: Int(length)) else { break }
                    return frame
                }
            }
            if inbox.readableBytes == 0 { inbox.clear() }
            let space = max(wanted - inbox.readableBytes, 64 * 1024)
            let count = try unsafe inbox.writeWithUnsafeMutableBytes(minimumWritableBytes: space) {
                try unsafe receive(into: $0)
            }
            if count == 0 { break }
        }
        throw Failure("the connection has been closed by the other end")
    }
}
