public import KafkaRecords
public import Views

/// The log of one internal topic's only partition.
public protocol InternalTopicLog: Sendable {
    /// Appends one batch, whose offsets the log assigns, and returns the first of them when the batch is durable. If it
    /// throws, whether the batch is there is unknown.
    func append(_ batch: [UInt8]) async throws -> Int64
    /// Visits every batch from the start of the log to the end that it has now, in order.
    func replay(_ visit: @Sendable (DecodedBatch) throws -> Void) async throws
}

/// What the policy has to know of the topics that exist.
public protocol TopicCatalog: Sendable {
    func topicFacts() async -> [TopicFact]
}

/// Decides whether modules may run here. The texts of refusals go to whoever deploys or binds.
public protocol ModuleAdmission: Sendable {
    /// Compiles `module` in the child and tries it once. Returns its ABI as `abi` headers name it (`sluice-1`, …).
    func admit(_ module: [UInt8]) async throws(ModuleRefusal) -> String
    /// Tries `module` with the parameters and limits of a view that is to be written.
    func admit(_ module: [UInt8], parameters: [ViewParameter], limits: ViewLimits) async throws(ModuleRefusal)
}

/// Why a module isn't taken.
public struct ModuleRefusal: Error, Sendable, Equatable {
    /// For the answer; printable, without anything that a record held.
    public var text: String
    /// The machine's trouble rather than the module's: trying again may help.
    public var isTemporary: Bool

    public init(_ text: String, isTemporary: Bool = false) {
        self.text = text
        self.isTemporary = isTemporary
    }
}
