import SegmentLog

extension InMemoryFileSystem {
    public func open(_ path: String, _ mode: FileMode) throws(FileError) -> File {
        try run(.open, path, changes: false) { state throws(FileError) in
            if let inode = state.names[path] { return self.handle(inode, mode, &state) }
            guard mode == .create else { throw FileError(.open, code: FileError.notFound, path: path) }
            guard state.directories.contains(Self.parent(of: path)) else {
                throw FileError(.open, code: FileError.notFound, path: path)
            }
            try Self.count(.open, path, &state)
            let inode = state.nextInode
            state.nextInode += 1
            state.inodes[inode] = Inode()
            state.names[path] = inode
            state.pendingNames.append(.link(path, inode: inode))
            return self.handle(inode, mode, &state)
        }
    }

    private func handle(_ inode: Int, _ mode: FileMode, _ state: inout State, isLock: Bool = false) -> File {
        state.openCount += 1
        let life = state.life
        return File(inode: inode, life: life, isWritable: mode != .read) { [weak self] in
            self?.state.withLock { state in
                guard state.life == life else { return }
                state.openCount -= 1
                if isLock { state.locks.remove(inode) }
            }
        }
    }

    public func size(of file: File) throws(FileError) -> Int {
        try run(.size, nil, changes: false) { state throws(FileError) in
            try Self.inode(file, .size, &state).live.count
        }
    }

    public func size(at path: String) throws(FileError) -> Int {
        try run(.size, path, changes: false) { state throws(FileError) in
            guard let inode = state.names[path].flatMap({ state.inodes[$0] }) else {
                throw FileError(.size, code: FileError.notFound, path: path)
            }
            return inode.live.count
        }
    }

    public func read(
        _ file: File, at position: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(FileError) -> Int {
        let bytes = try run(.read, nil, changes: false) { state throws(FileError) in
            let live = try Self.inode(file, .read, &state).live
            return live[min(position, live.count)..<min(position + buffer.count, live.count)]
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    public func write(
        _ file: File, at position: Int, pieces: [GatherPiece], patches: RawSpan, body: RawSpan
    ) throws(FileError) {
        var bytes: [UInt8] = []
        for piece in pieces {
            let source = piece.isPatch ? patches : body
            source.extracting(piece.start..<piece.start + piece.count).withUnsafeBytes { bytes += $0 }
        }
        let written = bytes
        try run(.write, nil, changes: false) { state throws(FileError) in
            guard file.isWritable else { throw FileError(.write, code: 9) }
            _ = try Self.inode(file, .write, &state)
            let isLast = state.powerOffAt == state.operationCount + 1
            let isFailing = state.failAt == state.operationCount + 1 || state.isFull
            if isLast || !isFailing { Self.change(file, Write(position: position, bytes: written), &state) }
            if isFailing, !isLast {
                // A full disk takes a part.
                let part = Array(written.prefix(written.count / 2))
                Self.change(file, Write(position: position, bytes: part), &state)
            }
            try Self.count(.write, nil, &state)
        }
    }

    public func truncate(_ file: File, to byteCount: Int) throws(FileError) {
        try run(.truncate, nil, changes: true) { state throws(FileError) in
            let inode = try Self.inode(file, .truncate, &state)
            if inode.live.count != byteCount { Self.change(file, Write(position: byteCount, bytes: nil), &state) }
        }
    }

    public func sync(_ file: File) throws(FileError) {
        do throws(FileError) {
            try run(.sync, nil, changes: true) { state throws(FileError) in
                var inode = try Self.inode(file, .sync, &state)
                for write in inode.pending { State.apply(write, to: &inode.durable) }
                inode.pending = []
                state.inodes[file.inode] = inode
            }
        } catch {
            // The pages count as clean now, though the disk does not have them.
            state.withLock { state in
                if !state.isOff { state.inodes[file.inode]?.pending = [] }
            }
            throw error
        }
    }

    public func syncDirectory(_ path: String) throws(FileError) {
        try run(.syncDirectory, path, changes: true) { state throws(FileError) in
            for change in state.pendingNames where Self.parent(of: change.path) == path { state.applyDurably(change) }
            state.pendingNames.removeAll { Self.parent(of: $0.path) == path }
        }
    }

    public func syncAll(_ directory: String) throws(FileError) {
        try run(.sync, directory, changes: true) { state throws(FileError) in
            for change in state.pendingNames { state.applyDurably(change) }
            state.pendingNames = []
            for (number, inode) in state.inodes {
                var durable = inode.durable
                for write in inode.pending { State.apply(write, to: &durable) }
                state.inodes[number] = Inode(live: inode.live, durable: durable)
            }
        }
    }

    public func rename(_ path: String, to target: String) throws(FileError) {
        try run(.rename, path, changes: true) { state throws(FileError) in
            if let inode = state.names.removeValue(forKey: path) {
                state.names[target] = inode
            } else if state.directories.remove(path) != nil {
                state.directories.insert(target)
                State.move(path, target, &state.names, &state.directories)
            } else {
                throw FileError(.rename, code: FileError.notFound, path: path)
            }
            state.pendingNames.append(.rename(path, target))
        }
    }

    public func remove(_ path: String) throws(FileError) {
        try run(.remove, path, changes: false) { state throws(FileError) in
            guard state.names[path] != nil else { throw FileError(.remove, code: FileError.notFound, path: path) }
            try Self.count(.remove, path, &state)
            if let inode = state.names[path], state.inodes[inode]?.live.isEmpty == false { state.isFull = false }
            state.names[path] = nil
            state.pendingNames.append(.unlink(path))
        }
    }

    public func list(_ directory: String) throws(FileError) -> [String] {
        try run(.list, directory, changes: false) { state throws(FileError) in
            guard state.directories.contains(directory) else {
                throw FileError(.list, code: FileError.notFound, path: directory)
            }
            let prefix = directory + "/"
            let all = Array(state.names.keys) + Array(state.directories)
            return all.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
                .map { String($0.dropFirst(prefix.count)) }
        }
    }

    public func makeDirectory(_ path: String) throws(FileError) {
        try run(.makeDirectory, path, changes: true) { state throws(FileError) in
            guard state.directories.insert(path).inserted else {
                throw FileError(.makeDirectory, code: FileError.alreadyExists, path: path)
            }
            state.pendingNames.append(.makeDirectory(path))
        }
    }

    public func removeDirectory(_ path: String) throws(FileError) {
        try run(.remove, path, changes: true) { state throws(FileError) in
            guard state.directories.remove(path) != nil else {
                throw FileError(.remove, code: FileError.notFound, path: path)
            }
            state.pendingNames.append(.removeDirectory(path))
        }
    }

    public func lock(_ path: String) throws(FileError) -> File {
        let file = try open(path, .create)
        // A second lock in the same process fails, too, as flock on another descriptor does.
        let lock = state.withLock { state in
            state.locks.insert(file.inode).inserted ? self.handle(file.inode, .create, &state, isLock: true) : nil
        }
        guard let lock else { throw FileError(.lock, code: FileError.wouldBlock, path: path) }
        return lock
    }

    // MARK: -

    private func run<Result>(
        _ operation: FileError.Operation, _ path: String?, changes: Bool,
        _ body: (inout State) throws(FileError) -> Result
    ) throws(FileError) -> Result {
        try state.withLock { state throws(FileError) in
            if state.isOff { throw FileError(operation, code: FileError.inputOutput, path: path) }
            if changes { try Self.count(operation, path, &state) }
            return try body(&state)
        }
    }

    /// Counts a changing operation; throws if it is the one that fails.
    private static func count(
        _ operation: FileError.Operation, _ path: String?, _ state: inout State
    ) throws(FileError) {
        state.operationCount += 1
        if state.powerOffAt == state.operationCount {
            state.isOff = true
            throw FileError(operation, code: FileError.inputOutput, path: path)
        }
        if state.isFull, operation == .write { throw FileError(.write, code: FileError.noSpace, path: path) }
        if state.failAt == state.operationCount {
            state.failAt = nil
            throw FileError(operation, code: state.failureCode, path: path)
        }
    }

    private static func inode(
        _ file: File, _ operation: FileError.Operation, _ state: inout State
    ) throws(FileError) -> Inode {
        // EBADF: the handle is of before the crash.
        guard file.life == state.life, let inode = state.inodes[file.inode] else {
            throw FileError(operation, code: 9)
        }
        return inode
    }

    private static func change(_ file: File, _ write: Write, _ state: inout State) {
        guard var inode = state.inodes.removeValue(forKey: file.inode) else { return }
        State.apply(write, to: &inode.live)
        inode.pending.append(write)
        state.inodes[file.inode] = inode
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }
}
