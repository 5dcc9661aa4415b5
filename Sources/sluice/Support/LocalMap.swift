import KafkaClient
import WasmRuntime

/// Runs a `--map` module in this process, where the broker doesn't run modules for this connection.
final class LocalMap {
    private let view: LocalView

    init(
        module: [UInt8], parameters: [(name: String, value: String)],
        compile: CompileStrategy = .child(executable: "/proc/self/exe")
    ) async throws(CommandFailure) {
        view = try await LocalView(
            [LocalView.Step(module: module, parameters: parameters)], label: "--map", compile: compile)
    }

    /// - Returns: what the module leaves of the records, in their order.
    /// - Throws: at the first record that the module can't take, with its place and the class of the error.
    func map(_ records: [ConsumedRecord]) async throws(CommandFailure) -> [ConsumedRecord] {
        var mapped: [ConsumedRecord] = []
        for (record, result) in zip(records, try await view.run(records)) {
            switch result {
            case .kept: mapped.append(record)
            case .changed(let changed): mapped.append(changed)
            case .dropped: break
            case .failed(let failure, _):
                throw CommandFailure(
                    .failed,
                    "--map: the module fails on \(record.topic)-\(record.partition) offset \(record.offset): "
                        + failure.name)
            }
        }
        return mapped
    }

    func close() { view.close() }
}
