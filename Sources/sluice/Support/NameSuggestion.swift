import KafkaClient
import KafkaMessages

/// Says what may have been meant where the broker doesn't know a topic or group.
enum NameSuggestion {
    /// The error as the command reports it.
    static func failure(_ error: KafkaClientError, _ cluster: Cluster) async -> CommandFailure {
        var failure = CommandFailure(error)
        guard let name = quotedName(in: error.message) else { return failure }
        // A list that can't be had leaves the hint as it was.
        switch error.errorCode {
        case .unknownTopicOrPartition:
            let topics = try? await cluster.metadata(topics: nil).topics.map(\.name)
            // The topic may be there, and a partition not.
            guard let topics, !topics.contains(name) else { return failure }
            if let near = Suggestion.nearest(to: name, among: topics) { failure.hint = "did you mean \(near)?" }
        case .groupIdNotFound:
            let groups = try? await GroupAdmin(cluster).list().map(\.id)
            if let near = Suggestion.nearest(to: name, among: groups ?? []) { failure.hint = "did you mean \(near)?" }
        default: break
        }
        return failure
    }

    /// What stands in the first pair of quotation marks.
    static func quotedName(in text: String) -> String? {
        let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[1].isEmpty ? String(parts[1]) : nil
    }
}
