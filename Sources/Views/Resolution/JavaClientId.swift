/// Java's default client.id is `consumer-<group>-<number>` or `consumer-<group>-<instance id>`. Groups and instance ids
/// may hold dashes, so a client.id can name several groups; which of them exist is for the caller to know.
enum JavaClientId {
    private static let start = "consumer-"
    /// More dashes than this say nothing.
    private static let dashesMax = 64

    /// Each group that `clientId` may name, the shortest first.
    static func groups(in clientId: Name) -> [Name] {
        let utf8 = clientId.string.utf8
        guard utf8.starts(with: start.utf8), utf8.count <= AttributionTable.nameBytesMax else { return [] }
        let first = utf8.index(utf8.startIndex, offsetBy: start.utf8.count)
        let dashes = utf8.indices[first...].filter { utf8[$0] == UInt8(ascii: "-") }
        guard dashes.count <= dashesMax else { return [] }
        return dashes.filter { $0 > first }.map { Name(String(clientId.string[first..<$0])) }
    }
}
