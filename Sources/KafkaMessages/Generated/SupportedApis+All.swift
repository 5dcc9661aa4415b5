// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.

extension SupportedApis {
    /// Every API that this package speaks, by rising key.
    public static let all: [SupportedApi] = [
        SupportedApi(
            apiKey: .produce, name: "Produce",
            versions: 3...13, advertised: 0...13, flexibleFrom: 9),
        SupportedApi(
            apiKey: .fetch, name: "Fetch",
            versions: 4...18, advertised: 4...18, flexibleFrom: 12),
        SupportedApi(
            apiKey: .listOffsets, name: "ListOffsets",
            versions: 1...11, advertised: 1...11, flexibleFrom: 6),
        SupportedApi(
            apiKey: .metadata, name: "Metadata",
            versions: 0...13, advertised: 0...13, flexibleFrom: 9),
        SupportedApi(
            apiKey: .apiVersions, name: "ApiVersions",
            versions: 0...4, advertised: 0...4, flexibleFrom: 3),
    ]
}
