public import Broker
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The network side of a broker: listens, cuts streams into requests, hands them to a `BrokerService` and sends its
/// answers. Used once: `bind`, then `run`, which returns when a graceful stop has been asked for and everything taken on
/// is answered.
public final class BrokerServer: Service {
    private struct State {
        var listeners: [BoundListener] = []
        var channels: [AcceptChannel] = []
        var tls: [TLSListener] = []
        var isBound = false
        var isStopping = false
        /// Cuts what a graceful stop doesn't finish in time.
        var cut: Scheduled<Void>?
    }

    public let counters: ServerCounters
    let context: ServerContext
    private let group: MultiThreadedEventLoopGroup
    private let readPool: NIOThreadPool
    private let state = Mutex(State())

    public init(
        configuration: ServerConfiguration, service: any BrokerService, logger: Logger
    ) {
        counters = ServerCounters()
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.networkThreads))
        readPool = NIOThreadPool(numberOfThreads: max(1, configuration.readThreads))
        context = ServerContext(
            settings: ServerSettings(configuration), service: service,
            registry: ConnectionRegistry(
                totalMax: configuration.connectionsMax, perAddressMax: configuration.connectionsPerAddressMax),
            budget: MemoryBudget(limit: configuration.requestBytesInFlightMax),
            slices: SliceReader(pool: readPool, counters: counters), counters: counters, log: ServerLog(logger))
    }

    /// Binds every listener and the admin socket, or none. Throws a `ServerError` that names what is in the way.
    @discardableResult
    public func bind() async throws -> [BoundListener] {
        let binding = ListenerBinding(group: group, context: context)
        var listeners: [BoundListener] = []
        var channels: [AcceptChannel] = []
        let configuration = context.configuration
        var secured: [TLSListener] = []
        do {
            // Files that are missing or wrong, before anybody can connect.
            let tls = try configuration.listeners.map { listener in
                try listener.tls.map { try TLSListener(name: listener.name, $0, configuration.tls) }
            }
            secured = tls.compactMap { $0 }
            for (specification, tls) in zip(configuration.listeners, tls) {
                let (listener, bound) = try await binding.bind(specification, tls: tls)
                listeners.append(listener)
                channels += bound
            }
            if let folder = configuration.adminSocketFolder {
                let (listener, bound) = try await binding.bindAdmin(
                    in: folder, advertised: listeners.first?.advertised ?? HostAndPort(host: "", port: 0))
                listeners.append(listener)
                channels += bound
            }
        } catch {
            await ListenerBinding.close(channels)
            throw error
        }
        for listener in secured { listener.warnIfExpired(context.log.logger) }
        state.withLock { [listeners, channels, secured] state in
            precondition(!state.isBound, "a server is bound once")
            state.isBound = true
            state.listeners = listeners
            state.channels = channels
            state.tls = secured
        }
        return listeners
    }

    /// What is listened on; empty before `bind`.
    public func boundListeners() -> [BoundListener] {
        state.withLock { $0.listeners }
    }

    var eventLoops: [any EventLoop] { Array(group.makeIterator()) }

    /// Takes the limits of another configuration, from now on: connections that are open keep the size of a request and
    /// the idle time that they came with. Reads certificates and keys again.
    public func reload(_ configuration: ServerConfiguration) {
        context.settings.takeLimits(of: configuration)
        context.registry.limit(total: configuration.connectionsMax, perAddress: configuration.connectionsPerAddressMax)
        context.budget.limit(to: configuration.requestBytesInFlightMax)
        lookAtCertificates(force: true)
    }

    /// Reads the files of certificates and keys again where they have changed, or in any case. Blocks.
    func lookAtCertificates(force: Bool = false) {
        for listener in tlsListeners { listener.look(force: force, context.log.logger) }
    }

    var tlsListeners: [TLSListener] { state.withLock { $0.tls } }

    /// Serves until the task is asked to stop, gracefully or by cancellation. Binds first if nobody has.
    public func run() async throws {
        if !state.withLock({ $0.isBound }) { try await bind() }
        let channels = state.withLock { $0.channels }
        readPool.start()
        let executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
        let watch = watchCertificates()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for channel in channels {
                    group.addTask { await self.accept(channel, executors) }
                }
            }
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
        watch?.cancel()
        state.withLock { $0.cut.take() }?.cancel()
        // Sockets that were accepted while the server stopped and never got a task.
        _ = context.registry.closeAll()
        if let folder = context.configuration.adminSocketFolder { AdminSocket.remove(in: folder) }
        try await readPool.shutdownGracefully()
        try await group.shutdownGracefully()
    }

    /// Looks at the files of certificates now and then, on a thread that may wait for a disk.
    private func watchCertificates() -> RepeatedTask? {
        guard !tlsListeners.isEmpty else { return nil }
        let interval = TimeAmount.milliseconds(context.configuration.certificateCheckMs)
        let readPool = readPool
        return group.any().scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { _ in
            readPool.runIfActive(eventLoop: self.group.any()) { self.lookAtCertificates() }
        }
    }

    /// Serves one listening socket and all of its connections.
    private func accept(_ channel: AcceptChannel, _ executors: [ObjectIdentifier: EventLoopExecutor]) async {
        await withDiscardingTaskGroup { group in
            do {
                try await channel.executeThenClose { inbound in
                    for try await connection in inbound {
                        let executor = executors[ObjectIdentifier(connection.channel.eventLoop)]
                        group.addTask(executorPreference: executor) { await connection.run() }
                    }
                }
            } catch {
                context.log.logger.error("stopped accepting connections: \(error)")
            }
        }
    }

    /// Accepts nothing more, has requests that were taken on finished and their answers sent, and cuts what isn't done in
    /// time. Returns at once; `run` returns when it is done.
    private func stop() {
        let channels = state.withLock { state -> [AcceptChannel] in
            guard !state.isStopping else { return [] }
            state.isStopping = true
            return state.channels
        }
        guard !channels.isEmpty else { return }
        for channel in channels { channel.channel.close(promise: nil) }
        context.registry.stop()
        context.service.stopping()
        let context = context
        let cut = group.any().scheduleTask(in: .milliseconds(context.configuration.shutdownMsMax)) {
            let count = context.registry.closeAll()
            if count > 0 { context.log.logger.warning("cut \(count) connections that weren't done in time") }
        }
        state.withLock { $0.cut = cut }
    }
}
