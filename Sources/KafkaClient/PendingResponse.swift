public import KafkaMessages
import NIOCore

/// An answer that is on its way. Awaiting it decodes it in the task that awaits.
public struct PendingResponse<Response: KafkaResponse>: Sendable {
    let future: EventLoopFuture<ByteBuffer>
    let version: Int16
    let address: BrokerAddress
    let connectionFailure: ConnectionFailure

    public func response() async throws(KafkaClientError) -> Response {
        try Self.decode(await frame(), version: version, address: address)
    }

    /// The frame from the correlation id on.
    func frame() async throws(KafkaClientError) -> ByteBuffer {
        do {
            return try await future.get()
        } catch let error as KafkaClientError {
            throw error
        } catch {
            // TLS that fails takes the requests with it that wait to be written.
            if let known = connectionFailure.error ?? TLSFailure.error(error, address) { throw known }
            throw KafkaClientError(.connectionClosed, "connection to \(address) lost: \(reason(of: error))")
        }
    }

    static func decode(
        _ frame: ByteBuffer, version: Int16, address: BrokerAddress
    ) throws(KafkaClientError) -> Response {
        do {
            return try Response(decoding: frame, version: version)
        } catch {
            throw KafkaClientError(.malformedResponse, "\(address): answer to \(Response.name) v\(version): \(error)")
        }
    }
}
