public import KafkaMessages

/// What a broker said of itself in its answer to ApiVersions.
public struct BrokerFeatures: Sendable {
    /// The versions that it offers of each API that we know.
    public var versions: [ApiKey: ClosedRange<Int16>] = [.apiVersions: ApiVersionsRequest.versions]
    /// Set by a Sluice broker (tag 10000): only such a one is sent the tags of our own client.
    public var sluiceFeatures: String?

    public var isSluice: Bool { sluiceFeatures != nil }

    init() {}

    init(_ response: ApiVersionsResponse) {
        versions = [:]
        for entry in response.apiKeys {
            guard let key = ApiKey(rawValue: entry.apiKey), entry.minVersion <= entry.maxVersion else { continue }
            versions[key] = entry.minVersion...entry.maxVersion
        }
        sluiceFeatures = response.sluiceFeatures
    }
}
