/// Settings from the environment: `SLUICE_LOG_RETENTION_MS` is `log.retention.ms`.
enum EnvironmentSettings {
    /// Variables of the commands and of the engine's loader, which are no settings.
    private static let others =
        ["SLUICE_DATA", "SLUICE_CONFIG", "SLUICE_BOOTSTRAP", "SLUICE_WASMTIME_LIB"] + ClientSettings.variableNames

    /// - Returns: in order of the names.
    static func entries(_ environment: [String: String]) -> [(variable: String, name: String, value: String)] {
        environment.compactMap { variable, value in
            guard variable.hasPrefix("SLUICE_"), !others.contains(variable), !isInjected(variable), !value.isEmpty
            else {
                return nil
            }
            let name = variable.dropFirst("SLUICE_".count).lowercased().map { $0 == "_" ? "." : $0 }
            return (variable, String(name), value)
        }.sorted { $0.variable < $1.variable }
    }

    /// Kubernetes sets `SLUICE_SERVICE_HOST`, `SLUICE_PORT_9092_TCP_ADDR` and so on in every pod beside a service that is
    /// called `sluice`; nobody has written them.
    private static func isInjected(_ variable: String) -> Bool {
        variable == "SLUICE_PORT" || variable.hasPrefix("SLUICE_PORT_") || variable.hasPrefix("SLUICE_SERVICE_HOST")
            || variable.hasPrefix("SLUICE_SERVICE_PORT")
    }
}
