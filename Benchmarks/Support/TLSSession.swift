import CNIOBoringSSL
import Glibc

/// BoringSSL on a blocking socket, with nothing in between: what a floor sends through and the load generator reads with.
/// It's the copy that NIOSSL brings. Trusts everybody, on loopback.
@safe final class TLSSession {
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Shakes hands: as a server with the PEM files of `identity`, or as a client.
    init(descriptor: Int32, identity: (certificate: String, key: String)?) throws {
        guard let context = unsafe SSL_CTX_new(TLS_method()), let session = unsafe SSL_new(context) else {
            throw Failure("no TLS session")
        }
        unsafe self.context = context
        unsafe self.session = session
        if let identity {
            guard unsafe SSL_use_certificate_file(session, identity.certificate, SSL_FILETYPE_PEM) == 1,
                unsafe SSL_use_PrivateKey_file(session, identity.key, SSL_FILETYPE_PEM) == 1
            else { throw Failure("TLS can't use \(identity.certificate) and \(identity.key)") }
            unsafe SSL_set_accept_state(session)
        } else {
            unsafe SSL_set_connect_state(session)
        }
        guard unsafe SSL_set_fd(session, descriptor) == 1, unsafe SSL_do_handshake(session) == 1 else {
            throw Failure("no TLS handshake")
        }
    }

    deinit {
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
    }

    /// Sends all bytes.
    func send(_ bytes: UnsafeRawBufferPointer) throws {
        guard unsafe !bytes.isEmpty else { return }
        let count = unsafe SSL_write(session, bytes.baseAddress, Int32(bytes.count))
        guard Int(count) == bytes.count else { throw Failure("TLS can't send") }
    }

    /// Reads what is there, at least one byte, at most what fits. 0: the other end has closed.
    func receive(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = unsafe SSL_read(session, target.baseAddress, Int32(clamping: target.count))
        if count > 0 { return Int(count) }
        let error = unsafe SSL_get_error(session, count)
        guard error == SSL_ERROR_ZERO_RETURN || error == SSL_ERROR_SYSCALL else { throw Failure("TLS can't receive") }
        return 0
    }
}
