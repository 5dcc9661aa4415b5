/// One API that this package speaks.
public struct SupportedApi: Sendable {
    public var apiKey: ApiKey
    public var name: String
    /// The versions that can be read and written.
    public var versions: ClosedRange<Int16>
    /// The versions that ApiVersions offers. Produce is offered from 0, as by Kafka 4, though 0–2 are refused:
    /// librdkafka before 2.11.1 else sends gzip, snappy and lz4 batches uncompressed.
    public var advertised: ClosedRange<Int16>
    /// The first version with compact encodings and tagged fields; nil: none has.
    public var flexibleFrom: Int16?
}

/// The table of APIs: what ApiVersions answers with, what headers go by, and what the docs show.
public enum SupportedApis {
    /// By API key number.
    private static let byKey: [SupportedApi?] = {
        var table: [SupportedApi?] = Array(repeating: nil, count: 128)
        for api in all { table[Int(api.apiKey.rawValue)] = api }
        return table
    }()

    /// nil: this package doesn't speak it.
    public static func find(apiKeyNumber: Int16) -> SupportedApi? {
        guard apiKeyNumber >= 0, Int(apiKeyNumber) < byKey.count else { return nil }
        return byKey[Int(apiKeyNumber)]
    }

    public static func find(_ apiKey: ApiKey) -> SupportedApi? { find(apiKeyNumber: apiKey.rawValue) }

    static func isFlexible(apiKeyNumber: Int16, apiVersion: Int16) -> Bool {
        guard let first = find(apiKeyNumber: apiKeyNumber)?.flexibleFrom else { return false }
        return apiVersion >= first
    }
}
