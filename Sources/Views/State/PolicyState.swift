/// The policy as the records of `__sluice_modules` and `__sluice_views` make it, applied in their order. What can't be
/// read denies: the topics that its key names, else every topic.
public struct PolicyState: Sendable {
    public struct StoredView: Sendable {
        public var target: ViewTarget
        public var meta: PolicyMeta
        public var offset: Int64
        public var isDeleted: Bool
    }

    public struct StoredTarget: Sendable {
        public var target: Target
        public var digest: Digest?
        public var meta: PolicyMeta
        public var offset: Int64
    }

    public struct StoredQuarantine: Sendable {
        public var quarantine: Quarantine
        public var meta: PolicyMeta
        public var offset: Int64
    }

    public struct StoredMark: Sendable {
        public var meta: PolicyMeta
        public var offset: Int64
    }

    /// The highest feature level that this broker knows.
    public static let level: Int64 = 1
    /// Revisions of deleted keys that are remembered.
    private static let revisionsMax = 200_000

    public internal(set) var modules: [Name: [UInt32: ModuleVersion]] = [:]
    public internal(set) var views: [VersionedName: StoredView] = [:]
    /// The highest version that a view of this name ever had.
    var viewVersions: [Name: UInt32] = [:]
    public internal(set) var bindings: [BindingKey: StoredTarget] = [:]
    public internal(set) var defaults: [TopicPattern: StoredTarget] = [:]
    public internal(set) var pauses: [Name: StoredMark] = [:]
    public internal(set) var quarantines: [PolicyKey: StoredQuarantine] = [:]
    var feature: StoredMark?
    /// The last `rev` of each key, also of those that are gone.
    var revisions: [PolicyKey: UInt64] = [:]
    /// Keys that couldn't be read, as bytes, and what they lock.
    var locks: [[UInt8]: PolicySnapshot.Lock] = [:]
    public private(set) var number = PolicySnapshot.Number(modules: 0, views: 0)

    public init() {}

    /// Whether something stored can't be read. Then policy takes no changes.
    public var isLocked: Bool { !locks.isEmpty }

    /// What couldn't be read, for one line in the log.
    public var unreadableCount: Int { locks.count }

    // MARK: Reading

    /// Takes a record of `__sluice_modules`.
    public mutating func applyModule(_ record: PolicyRecord, offset: Int64) {
        number.modules = offset &+ 1
        let key = record.key ?? []
        guard let text = String(validating: key, as: UTF8.self), let name = VersionedName(text) else {
            locks[key] = record.value == nil ? nil : .everything
            return
        }
        var module = ModuleVersion(
            name: name, sha256: Digest(hashing: []), abi: "", byteCount: record.value?.count ?? 0, createdBy: "",
            createdAt: "", offset: offset, isDeleted: record.value?.isEmpty ?? true, isLoaded: false)
        if let sha256 = record.text(of: "sha256").flatMap({ Digest(hex: $0) }), let abi = record.text(of: "abi") {
            module.sha256 = sha256
            module.abi = abi
            module.createdBy = record.text(of: "created-by") ?? ""
            module.createdAt = record.text(of: "created-at") ?? ""
            module.isLoaded =
                !module.isDeleted && record.text(of: "name") == name.name.string
                && record.text(of: "version") == String(name.version)
                && Digest(hashing: record.value ?? []) == sha256
        }
        // A module whose bytes or headers aren't right keeps its version taken, and the views that name it deny.
        modules[name.name, default: [:]][name.version] = module
    }

    /// A module's bytes couldn't be loaded, or could again. Views that name it deny as long as they can't.
    public mutating func setLoaded(_ module: VersionedName, _ isLoaded: Bool) {
        modules[module.name]?[module.version]?.isLoaded = isLoaded
    }

    /// Takes a record of `__sluice_views`.
    public mutating func applyView(_ record: PolicyRecord, offset: Int64) {
        number.views = offset &+ 1
        let bytes = record.key ?? []
        do throws(PolicyRefusal) {
            let key = try PolicyKey(parsing: bytes)
            guard key.bytes == bytes else { throw PolicyRefusal("key is not canonical") }
            locks[bytes] = nil
            guard let value = record.value else {
                remove(key)
                return
            }
            do throws(PolicyRefusal) { try apply(key, value, offset) } catch {
                remove(key)
                throw error
            }
        } catch {
            if record.value == nil {
                locks[bytes] = nil
            } else {
                locks[bytes] = PolicyKey.topicNamed(by: bytes).map { .topics($0) } ?? .everything
            }
        }
    }

    private mutating func apply(_ key: PolicyKey, _ value: [UInt8], _ offset: Int64) throws(PolicyRefusal) {
        let meta: PolicyMeta?
        switch key {
        case .view(let name, let version):
            meta = try applyView(VersionedName(name: name, version: version), value, offset)
        case .binding(let binding):
            let read = try TargetValue(parsing: value, "binding", from: .stored)
            meta = read.meta
            bindings[binding] = try stored(read, offset)
        case .topicDefault(let topic):
            let read = try TargetValue(parsing: value, "default", from: .stored)
            meta = read.meta
            defaults[topic] = try stored(read, offset)
        case .pause(let name):
            let read = try PolicyValue(parsing: value, "pause", known: [], from: .stored)
            meta = read.meta
            pauses[name] = read.meta.map { StoredMark(meta: $0, offset: offset) }
        case .quarantine(let id, let partition, let place):
            let read = try PolicyValue(parsing: value, "quarantine", known: ["digest", "class"], from: .stored)
            meta = read.meta
            let digest = try read.fields.required(try read.fields.digest("digest"), "digest")
            let errorClass = try read.fields.required(try read.fields.string("class"), "class")
            let quarantine = Quarantine(
                topicId: id, partition: partition, offset: place, digest: digest, errorClass: Name(errorClass))
            quarantines[key] = read.meta.map { StoredQuarantine(quarantine: quarantine, meta: $0, offset: offset) }
        case .feature:
            let read = try PolicyValue(parsing: value, "feature", known: ["level"], from: .stored)
            meta = read.meta
            let level = try read.fields.required(try read.fields.integer("level"), "level")
            guard level <= Self.level else { throw PolicyRefusal("level is \(level), this broker knows \(Self.level)") }
            feature = read.meta.map { StoredMark(meta: $0, offset: offset) }
        }
        if let meta { note(meta.rev, of: key) }
    }

    private mutating func applyView(
        _ name: VersionedName, _ value: [UInt8], _ offset: Int64
    ) throws(PolicyRefusal) -> PolicyMeta? {
        guard name.version > 0 else { throw PolicyRefusal("a stored view has a version") }
        viewVersions[name.name] = max(viewVersions[name.name] ?? 0, name.version)
        let read = try ViewValue(parsing: value, from: .stored)
        guard let meta = read.meta else { return nil }
        if read.isDeleted {
            views[name]?.isDeleted = true
            views[name]?.meta = meta
            views[name]?.offset = offset
        } else if let definition = read.storedDefinition {
            views[name] = StoredView(
                target: ViewTarget(name: name, definition: definition), meta: meta, offset: offset, isDeleted: false)
        }
        return meta
    }

    private func stored(_ value: TargetValue, _ offset: Int64) throws(PolicyRefusal) -> StoredTarget? {
        let target = try value.storedTarget()
        return value.meta.map { StoredTarget(target: target, digest: value.digest, meta: $0, offset: offset) }
    }

    private mutating func note(_ rev: UInt64, of key: PolicyKey) {
        revisions[key] = rev
        guard revisions.count > Self.revisionsMax else { return }
        revisions = revisions.filter { isStored($0.key) }
    }

    mutating func remove(_ key: PolicyKey) {
        switch key {
        case .view(let name, let version): views[VersionedName(name: name, version: version)] = nil
        case .binding(let key): bindings[key] = nil
        case .topicDefault(let topic): defaults[topic] = nil
        case .pause(let name): pauses[name] = nil
        case .quarantine: quarantines[key] = nil
        case .feature: feature = nil
        }
    }

    func isStored(_ key: PolicyKey) -> Bool {
        switch key {
        case .view(let name, let version): views[VersionedName(name: name, version: version)] != nil
        case .binding(let key): bindings[key] != nil
        case .topicDefault(let topic): defaults[topic] != nil
        case .pause(let name): pauses[name] != nil
        case .quarantine: quarantines[key] != nil
        case .feature: feature != nil
        }
    }

    // MARK: Snapshot

    /// The policy as readers get it.
    public func snapshot() -> PolicySnapshot {
        PolicySnapshot(
            number: number,
            bindings: bindings.map { key, value in
                Binding(
                    group: key.group, principal: key.principal, topic: key.topic, target: value.target,
                    digest: value.digest)
            },
            defaults: defaults.map { TopicDefault(topic: $0, target: $1.target, digest: $1.digest) },
            views: views.values.filter { !$0.isDeleted }.map { view in
                PolicySnapshot.View(view.target, isUsable: isUsable(view.target))
            },
            locks: Array(locks.values), quarantines: quarantines.values.map(\.quarantine))
    }

    /// Not paused, and each module there, loaded and the one that the view was written with.
    public func isUsable(_ view: ViewTarget) -> Bool {
        pauses[view.name.name] == nil
            && view.definition.steps.allSatisfy { step in
                guard let module = modules[step.module.name]?[step.module.version] else { return false }
                return module.isLoaded && !module.isDeleted && module.sha256 == step.sha256
            }
    }
}
