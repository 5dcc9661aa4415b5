import KafkaMessages
import Synchronization

/// The topics there are, by name and by id: an immutable snapshot that requests take and that `TopicManager` replaces.
final class TopicTable: Sendable {
    struct Snapshot: Sendable {
        fileprivate(set) var byName: [String: Topic] = [:]
        fileprivate(set) var byId: [Uuid: Topic] = [:]

        var sorted: [Topic] { byName.values.sorted { $0.name < $1.name } }
    }

    private let state = Mutex(Snapshot())

    var snapshot: Snapshot { state.withLock { $0 } }

    subscript(name: String) -> Topic? { state.withLock { $0.byName[name] } }

    subscript(id: Uuid) -> Topic? { state.withLock { $0.byId[id] } }

    func insert(_ topic: Topic) {
        state.withLock {
            $0.byName[topic.name] = topic
            $0.byId[topic.id] = topic
        }
    }

    func remove(_ topic: Topic) {
        state.withLock {
            $0.byName[topic.name] = nil
            $0.byId[topic.id] = nil
        }
    }
}
