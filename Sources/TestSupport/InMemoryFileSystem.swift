import SegmentLog
import Synchronization

/// Files in memory that behave like a disk when the power fails: `crash` loses file content that was not synced and names
/// whose directory was not synced, or keeps a random part of both, in the order in which they were made, with the last
/// write torn. Operations can be made to fail by number, and a failed sync drops what it should have written, as Linux
/// does: a later sync succeeds without it.
public final class InMemoryFileSystem: FileSystem, Sendable {
    public final class File: Sendable {
        let inode: Int
        /// Crashes that the file system had seen when the file was opened: an older handle is dead.
        let life: Int
        let isWritable: Bool
        private let onClose: @Sendable () -> Void

        init(inode: Int, life: Int, isWritable: Bool, onClose: @escaping @Sendable () -> Void) {
            self.inode = inode
            self.life = life
            self.isWritable = isWritable
            self.onClose = onClose
        }

        deinit { onClose() }
    }

    /// How much of what was not synced a crash leaves.
    public enum Survival: Sendable {
        case nothing
        /// Per file, the first few of its writes, the last of them torn; of the directories, the first few changes.
        case prefix(seed: UInt64)
        case everything
    }

    struct Write {
        var position: Int
        /// Nil for a truncation to `position`.
        var bytes: [UInt8]?
    }

    struct Inode {
        var live: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Write] = []
    }

    enum NameChange {
        case link(String, inode: Int)
        case unlink(String)
        case rename(String, String)
        case makeDirectory(String)
        case removeDirectory(String)

        var path: String {
            switch self {
            case .link(let path, _), .unlink(let path), .rename(let path, _), .makeDirectory(let path),
                .removeDirectory(let path):
                path
            }
        }
    }

    struct State {
        var inodes: [Int: Inode] = [:]
        var names: [String: Int] = [:]
        var directories: Set<String> = []
        var durableNames: [String: Int] = [:]
        var durableDirectories: Set<String> = []
        var pendingNames: [NameChange] = []
        var locks: Set<Int> = []
        var nextInode = 1
        var life = 0
        var operationCount = 0
        var openCount = 0
        var failAt: Int?
        var failureCode: Int32 = 0
        var isFull = false
        var powerOffAt: Int?
        var isOff = false
    }

    let state: Mutex<State>

    /// `root` and the folders above it exist and are durable.
    public init(root: String = "/data") {
        var state = State()
        var path = ""
        for part in root.split(separator: "/") {
            path += "/" + part
            state.directories.insert(path)
        }
        state.durableDirectories = state.directories
        self.state = Mutex(state)
    }

    // MARK: Trouble

    /// Operations that change something, since the beginning.
    public var operationCount: Int { state.withLock { $0.operationCount } }
    /// Files that somebody holds open.
    public var openCount: Int { state.withLock { $0.openCount } }

    /// The `count`th changing operation from now on (1: the next) fails with `code` and is not done.
    public func fail(after count: Int, code: Int32 = FileError.inputOutput) {
        state.withLock { state in
            state.failAt = state.operationCount + count
            state.failureCode = code
        }
    }

    /// From now on nothing more can be written (a write takes a part, as on a disk), until a file with bytes in it is
    /// removed.
    public func fillUp() {
        state.withLock { $0.isFull = true }
    }

    /// The `count`th changing operation from now on fails, and so does all that follows, until `crash`.
    public func powerOff(after count: Int) {
        state.withLock { $0.powerOffAt = $0.operationCount + count }
    }

    /// The power fails and comes back. Open files are dead, locks are free.
    public func crash(_ survival: Survival) {
        state.withLock { $0.crash(survival) }
    }

    /// The power is off since the operation that `powerOff` named.
    public var isOff: Bool { state.withLock { $0.isOff } }

    // MARK: What tests look at and spoil

    public func contents(at path: String) -> [UInt8]? {
        state.withLock { state in state.names[path].flatMap { state.inodes[$0]?.live } }
    }

    /// Changes a file's bytes behind everybody's back, durably.
    public func replaceContents(at path: String, with bytes: [UInt8]) {
        state.withLock { state in
            let inode = state.names[path] ?? state.nextInode
            if state.names[path] == nil {
                state.nextInode += 1
                state.names[path] = inode
                state.durableNames[path] = inode
            }
            state.inodes[inode] = Inode(live: bytes, durable: bytes)
        }
    }

    /// The same files, all durable, in a file system of their own.
    public func copy() -> InMemoryFileSystem {
        let copy = InMemoryFileSystem(root: "/")
        state.withLock { source in
            copy.state.withLock { target in
                target.inodes = source.inodes.mapValues { Inode(live: $0.live, durable: $0.live) }
                (target.names, target.durableNames) = (source.names, source.names)
                (target.directories, target.durableDirectories) = (source.directories, source.directories)
                target.nextInode = source.nextInode
            }
        }
        return copy
    }
}

extension InMemoryFileSystem.State {
    mutating func crash(_ survival: InMemoryFileSystem.Survival) {
        var generator = SeededGenerator(seed: 0)
        var isRandom = false
        if case .prefix(let seed) = survival { (generator, isRandom) = (SeededGenerator(seed: seed), true) }
        func kept(of count: Int) -> Int {
            if case .nothing = survival { return 0 }
            return isRandom ? Int.random(in: 0...count, using: &generator) : count
        }
        for change in pendingNames.prefix(kept(of: pendingNames.count)) { applyDurably(change) }
        // In order of their numbers, so that a seed says all.
        for (number, inode) in inodes.sorted(by: { $0.key < $1.key }) {
            var durable = inode.durable
            var writes = Array(inode.pending.prefix(kept(of: inode.pending.count)))
            if isRandom, let bytes = writes.last?.bytes, Bool.random(using: &generator) {
                let count = Int.random(in: 0...bytes.count, using: &generator)
                writes[writes.count - 1].bytes = Array(bytes.prefix(count))
            }
            for write in writes { Self.apply(write, to: &durable) }
            inodes[number] = InMemoryFileSystem.Inode(live: durable, durable: durable)
        }
        (names, directories) = (durableNames, durableDirectories)
        pendingNames = []
        let linked = Set(names.values)
        inodes = inodes.filter { linked.contains($0.key) }
        locks = []
        life += 1
        openCount = 0
        (failAt, powerOffAt, isOff, isFull) = (nil, nil, false, false)
    }

    static func apply(_ write: InMemoryFileSystem.Write, to bytes: inout [UInt8]) {
        guard let new = write.bytes else {
            if bytes.count > write.position { bytes.removeLast(bytes.count - write.position) }
            if bytes.count < write.position { bytes += [UInt8](repeating: 0, count: write.position - bytes.count) }
            return
        }
        let end = write.position + new.count
        if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
        bytes.replaceSubrange(write.position..<end, with: new)
    }

    mutating func applyDurably(_ change: InMemoryFileSystem.NameChange) {
        switch change {
        case .link(let path, let inode): durableNames[path] = inode
        case .unlink(let path): durableNames[path] = nil
        case .rename(let path, let target):
            durableNames[target] = durableNames.removeValue(forKey: path) ?? durableNames[target]
            if durableDirectories.remove(path) != nil { durableDirectories.insert(target) }
            Self.move(path, target, &durableNames, &durableDirectories)
        case .makeDirectory(let path): durableDirectories.insert(path)
        case .removeDirectory(let path): durableDirectories.remove(path)
        }
    }

    /// Renames what lies below a directory.
    static func move(_ path: String, _ target: String, _ names: inout [String: Int], _ directories: inout Set<String>) {
        for (name, inode) in names where name.hasPrefix(path + "/") {
            names[name] = nil
            names[target + name.dropFirst(path.count)] = inode
        }
        for name in directories where name.hasPrefix(path + "/") {
            directories.remove(name)
            directories.insert(target + name.dropFirst(path.count))
        }
    }
}
