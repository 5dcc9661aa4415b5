/// Kafka's file names in the folder of a partition.
public enum LogFileName {
    public static let leaderEpochs = "leader-epoch-checkpoint"
    public static let partitionMetadata = "partition.metadata"
    /// First offset that readers may see, once it lies after the first segment's base.
    public static let logStart = "log-start-offset-checkpoint"
    /// Offset up to which everything was known to be on stable storage.
    public static let recoveryPoint = "recovery-point-offset-checkpoint"
    /// Offset up to which the log has been compacted.
    public static let cleanerCheckpoint = "cleaner-offset-checkpoint"
    static let temporarySuffix = ".tmp"
    /// Files that compaction is writing.
    static let cleanedSuffix = ".cleaned"
    /// Files of compaction that are about to take the place of others, see `SegmentSwap`.
    static let swapSuffix = ".swap"
    static let deletedSuffix = ".deleted"
    /// What a crash may leave and nobody needs.
    static let leftoverSuffixes = [temporarySuffix, deletedSuffix, cleanedSuffix]

    public enum Kind: UInt8, CaseIterable, Sendable {
        case log, index, timeIndex, snapshot

        /// The files that hold a segment; a snapshot is of the producers before it.
        static let ofSegment: [Kind] = [.log, .index, .timeIndex]

        public var suffix: String {
            switch self {
            case .log: ".log"
            case .index: ".index"
            case .timeIndex: ".timeindex"
            case .snapshot: ".snapshot"
            }
        }
    }

    /// Twenty digits and the suffix.
    public static func name(_ offset: Int64, _ kind: Kind) -> String {
        let digits = String(offset)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + kind.suffix
    }

    /// The offset in a name of this kind; nil for any other name.
    public static func offset(of name: String, _ kind: Kind) -> Int64? {
        let digits = name.utf8.dropLast(kind.suffix.utf8.count)
        guard name.hasSuffix(kind.suffix), digits.count == 20, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(Substring(digits))
    }
}
