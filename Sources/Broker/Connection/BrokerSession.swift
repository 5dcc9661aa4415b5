import KafkaMessages
import NIOCore
import Views

/// The broker's side of one connection: reads requests, hands them to the handlers, makes frames of their answers.
final class BrokerSession: ConnectionSession {
    /// Elements of all arrays of a request together: more than any client sends, and little memory.
    private static let elementsMax = 100_000

    let broker: Broker
    let connection: ConnectionInfo
    /// Where the listener asks for a login.
    let gate: LoginGate?
    private(set) var principal: Principal
    private var access: AccessCache
    /// Of the request that is handled now; nil: nothing bounds its client.
    var quota: RequestQuota?
    /// One partition of each lane that has got records from here since the last `settle`.
    private var unsettled: [Partition] = []

    init(broker: Broker, connection: ConnectionInfo) {
        self.broker = broker
        self.connection = connection
        gate = connection.listener.saslMechanisms.isEmpty ? nil : LoginGate(broker, connection)
        principal = broker.principal(of: connection)
        access = AccessCache(broker.authorizer, principal, host: connection.peerAddress)
        broker.attribution.connected(connection, as: principal)
    }

    var awaitsLogin: Bool { gate?.awaitsLogin ?? false }

    /// A login has proven who this is.
    func authenticated(as principal: Principal) {
        guard principal != self.principal else { return }
        self.principal = principal
        access = AccessCache(broker.authorizer, principal, host: connection.peerAddress)
        broker.attribution.authenticated(connection, as: principal)
    }

    func handle(_ frame: ByteBuffer) async throws(ConnectionClosure) -> Reply {
        if let gate, gate.takesBareMessages { return try await bareMessage(frame, gate) }
        let header = try readHeader(frame)
        guard let api = SupportedApis.find(apiKeyNumber: header.apiKeyNumber) else {
            throw ConnectionClosure("API key \(header.apiKeyNumber) is not offered")
        }
        guard api.versions.contains(header.apiVersion) else {
            guard api.apiKey == .apiVersions else {
                throw ConnectionClosure("\(api.name) version \(header.apiVersion) is not offered")
            }
            return .ready(try Self.encode(broker.unsupportedApiVersions(), version: 0, header))
        }
        try gate?.admit(api.apiKey)
        let context = RequestContext(
            connection: connection, principal: principal, access: access, clientId: header.clientId ?? "",
            api: api.apiKey, apiVersion: header.apiVersion, correlationId: header.correlationId)
        broker.attribution.request(context)
        if api.apiKey != .produce { await settle() }
        await holdBack(context)
        let startNs = broker.clock.monotonicNs()
        do throws(ConnectionClosure) {
            let reply = try await dispatch(api.apiKey, frame, header, context)
            if case .ready(let answer) = reply { count(api.apiKey, answer.error, since: startNs) }
            return reply
        } catch {
            broker.metrics.requests.closed(api.apiKey)
            var closure = error
            closure.api = api.name
            closure.correlationId = header.correlationId
            throw closure
        }
    }

    private func count(_ api: ApiKey, _ error: ErrorCode, since startNs: Int64) {
        broker.metrics.requests.answered(api, error, nanoseconds: broker.clock.monotonicNs() - startNs)
    }

    func disconnected() {
        broker.fetchSessions.disconnected(connection.id)
        broker.attribution.disconnected(connection)
        broker.authorizer.denials.forget(connection.id)
    }

    private func dispatch(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        switch api {
        case .produce: return try await produce(try decode(frame, header), header, context)
        case .fetch: return try await fetch(try decode(frame, header), header, context)
        case .apiVersions:
            let request: ApiVersionsRequest = try decode(frame, header)
            broker.attribution.software(
                request.clientSoftwareName, request.clientSoftwareVersion, of: connection)
            return .ready(try encode(broker.handle(request, context), header))
        case .saslHandshake, .saslAuthenticate: return try await dispatchLogin(api, frame, header, context)
        case .metadata:
            let request: MetadataRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .listOffsets:
            let request: ListOffsetsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .createTopics:
            let request: CreateTopicsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .deleteTopics:
            let request: DeleteTopicsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .initProducerId:
            let request: InitProducerIdRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .describeConfigs:
            let request: DescribeConfigsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        default: return try await dispatchAdmin(api, frame, header, context)
        }
    }

    /// Waits until what this connection has produced is written, so that its later requests find it.
    private func settle() async {
        for partition in unsettled { await partition.settled() }
        unsettled.removeAll(keepingCapacity: true)
    }

    /// Acks 0 has no answer; an error closes the connection then, as in Kafka, since there is no other way to say it.
    private func produce(
        _ request: ProduceRequest, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        let startNs = broker.clock.monotonicNs()
        let started = await ProduceHandler(broker: broker).handle(request, context)
        let throttleMs = throttleMs(ofProduced: request)
        for partition in started.partitions where !unsettled.contains(where: { $0.lane === partition.lane }) {
            unsettled.append(partition)
        }
        if request.acks == 0 {
            let response = await started.answer()
            let code = response.responses.lazy.flatMap(\.partitionResponses).first { $0.errorCode != .none }?.errorCode
            if let code { throw ConnectionClosure("a produce request with acks=0 failed with error \(code.rawValue)") }
            count(.produce, .none, since: startNs)
            return .none
        }
        let broker = broker
        return .pending(
            PendingReply {
                var response = await started.answer()
                response.throttle(ms: throttleMs)
                do throws(ConnectionClosure) {
                    let frame = try Self.encode(response, header)
                    broker.metrics.requests.answered(
                        .produce, frame.error, nanoseconds: broker.clock.monotonicNs() - startNs)
                    return frame
                } catch {
                    broker.metrics.requests.closed(.produce)
                    return nil
                }
            })
    }

    private func fetch(
        _ request: FetchRequest, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        let isOwnSession = broker.attribution.fetch(context, group: request.group, sessionId: request.sessionId)
        let answer = await FetchHandler(
            broker: broker, context: context, request: request, isOwnSession: isOwnSession
        ).handle()
        var frame: ResponseFrame
        do throws(ConnectionClosure) {
            var response = answer.response
            response.throttle(ms: throttleMs(ofFetched: answer))
            frame = try Self.encode(response, header, slices: answer.slices)
        } catch {
            answer.onSent?()
            throw error
        }
        frame.onSent = answer.onSent
        return .ready(frame)
    }

    // MARK: Bytes

    private func readHeader(_ frame: ByteBuffer) throws(ConnectionClosure) -> RequestHeader {
        var reader = WireReader(frame)
        do throws(WireError) {
            return try RequestHeader(from: &reader)
        } catch {
            throw ConnectionClosure("malformed request header")
        }
    }

    func decode<Request: KafkaRequest>(
        _ frame: ByteBuffer, _ header: RequestHeader
    ) throws(ConnectionClosure) -> Request {
        var reader = WireReader(frame, elementsMax: Self.elementsMax)
        do throws(WireError) {
            _ = try RequestHeader(from: &reader)
            return try Request(from: &reader, version: header.apiVersion)
        } catch {
            throw ConnectionClosure("malformed \(Request.name) request, version \(header.apiVersion)")
        }
    }

    /// The frame of an answer, which says for how long quotas hold the client back.
    func encode<Response: KafkaResponse>(
        _ response: Response, _ header: RequestHeader
    ) throws(ConnectionClosure) -> ResponseFrame {
        var response = response
        response.throttle(ms: throttleMs(of: Response.apiKey))
        return try Self.encode(response, header)
    }

    static func encode<Response: KafkaResponse>(
        _ response: Response, version: Int16? = nil, _ header: RequestHeader, slices: [RawSlice] = []
    ) throws(ConnectionClosure) -> ResponseFrame {
        let pieces: [WirePiece]
        do throws(WireError) {
            pieces = try response.encode(
                version: version ?? header.apiVersion, correlationId: header.correlationId)
        } catch {
            throw ConnectionClosure("\(Response.name) version \(header.apiVersion) can't carry the answer")
        }
        var parts: [ResponseFrame.Part] = []
        parts.reserveCapacity(pieces.count)
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): parts.append(.bytes(bytes))
            case .external(let token, _): parts.append(.slice(slices[token]))
            }
        }
        return ResponseFrame(parts: parts, error: response.firstError)
    }
}
