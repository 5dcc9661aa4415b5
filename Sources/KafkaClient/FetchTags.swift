/// The tagged fields of our own client in Fetch. They are sent to Sluice brokers only.
public struct FetchTags: Sendable {
    /// The group that the reader speaks for.
    public var group: String?
    /// A Wasm module to run over the records after whatever view the reader has.
    public var adhocModule: [UInt8]?
    public var adhocParameters: [(name: String, value: String)] = []

    public init(group: String? = nil, adhocModule: [UInt8]? = nil) {
        self.group = group
        self.adhocModule = adhocModule
    }
}
