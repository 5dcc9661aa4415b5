import Synchronization

/// Open files of all partitions, least recently used closed first. Bounds descriptors, whatever the number of segments.
///
/// A file stays open as long as somebody holds it, so a slice outlives its place in the cache and even its segment.
public final class FileCache<FS: FileSystem>: Sendable {
    private struct Key: Hashable {
        var owner: UInt64
        var kind: LogFileName.Kind
    }

    private struct Entry {
        var key: Key
        /// Nil in a free slot, which must not keep a file open.
        var file: FS.File?
        /// Neighbours in order of use, by slot; -1 at the ends.
        var newer: Int
        var older: Int
    }

    private struct State {
        var slots: [Key: Int] = [:]
        var entries: [Entry] = []
        var free: [Int] = []
        /// Outside of the order and the bound: files whose names are about to change.
        var pinned: [Key: FS.File] = [:]
        var newest = -1
        var oldest = -1
        var nextOwner: UInt64 = 0
        var openedCount = 0

        mutating func use(_ key: Key) -> FS.File? {
            guard let slot = slots[key] else { return pinned.isEmpty ? nil : pinned[key] }
            if slot != newest {
                unlink(slot)
                linkNewest(slot)
            }
            return entries[slot].file
        }

        /// Another thread may have opened the same file meanwhile: the first one stays.
        mutating func insert(
            _ key: Key, _ file: FS.File, capacity: Int
        ) -> (file: FS.File, dropped: FS.File?) {
            openedCount += 1
            if let present = use(key) { return (present, file) }
            var dropped: FS.File?
            if slots.count >= capacity { dropped = remove(entries[oldest].key) }
            let entry = Entry(key: key, file: file, newer: -1, older: -1)
            let slot: Int
            if let reused = free.popLast() {
                slot = reused
                entries[slot] = entry
            } else {
                slot = entries.count
                entries.append(entry)
            }
            slots[key] = slot
            linkNewest(slot)
            return (file, dropped)
        }

        mutating func remove(_ key: Key) -> FS.File? {
            guard let slot = slots.removeValue(forKey: key) else { return nil }
            unlink(slot)
            let file = entries[slot].file
            entries[slot].file = nil
            free.append(slot)
            return file
        }

        private mutating func unlink(_ slot: Int) {
            let (newer, older) = (entries[slot].newer, entries[slot].older)
            if newer >= 0 { entries[newer].older = older } else { newest = older }
            if older >= 0 { entries[older].newer = newer } else { oldest = newer }
        }

        private mutating func linkNewest(_ slot: Int) {
            entries[slot].newer = -1
            entries[slot].older = newest
            if newest >= 0 { entries[newest].newer = slot } else { oldest = slot }
            newest = slot
        }
    }

    public let fileSystem: FS
    public let capacity: Int
    private let state = Mutex(State())

    public init(fileSystem: FS, capacity: Int = 512) {
        precondition(capacity > 0, "A cache holds at least one file")
        self.fileSystem = fileSystem
        self.capacity = capacity
    }

    /// Files that the cache holds open.
    public var count: Int { state.withLock { $0.slots.count + $0.pinned.count } }

    /// Files that had to be opened, since the cache did not hold them.
    public var openedCount: Int { state.withLock { $0.openedCount } }

    /// A number that no other segment of this cache has.
    func makeOwner() -> UInt64 {
        state.withLock { state in
            state.nextOwner += 1
            return state.nextOwner
        }
    }

    /// The open file of `owner`, opened now if need be; outside of the lock, since opening may block.
    func file(
        owner: UInt64, kind: LogFileName.Kind, mode: FileMode, path: @autoclosure () -> String
    ) throws(FileError) -> FS.File {
        let key = Key(owner: owner, kind: kind)
        if let file = state.withLock({ $0.use(key) }) { return file }
        let opened = try fileSystem.open(path(), mode)
        // What falls out is closed when `dropped` goes, after the lock has been given back.
        let (file, dropped) = state.withLock { $0.insert(key, opened, capacity: capacity) }
        withExtendedLifetime(dropped) {}
        return file
    }

    /// Holds a file that `file` then returns, until `unpin` or `remove`; nothing is opened by its path meanwhile.
    func pin(owner: UInt64, kind: LogFileName.Kind, _ file: FS.File) {
        let key = Key(owner: owner, kind: kind)
        let dropped = state.withLock { state in
            defer { state.pinned[key] = file }
            return state.remove(key)
        }
        withExtendedLifetime(dropped) {}
    }

    /// The files may be closed and opened by their paths again.
    func unpin(owner: UInt64) {
        let dropped = state.withLock { state in
            LogFileName.Kind.allCases.compactMap { state.pinned.removeValue(forKey: Key(owner: owner, kind: $0)) }
        }
        withExtendedLifetime(dropped) {}
    }

    /// Forgets the files of a segment; they close with their last user.
    func remove(owner: UInt64) {
        let dropped = state.withLock { state in
            LogFileName.Kind.allCases.flatMap { kind in
                let key = Key(owner: owner, kind: kind)
                return [state.remove(key), state.pinned.removeValue(forKey: key)]
            }
        }
        withExtendedLifetime(dropped) {}
    }
}
