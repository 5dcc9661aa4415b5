import Synchronization

/// The part of a group commit that blocks: made by the thread that owns the log, run on any other, handed back to the
/// first. Covers all that was appended before it was made; the log takes more meanwhile.
public final class FlushTicket<FS: FileSystem>: Sendable {
    private enum Outcome {
        case pending, done, failed(FileError)
    }

    /// The offset after the last one that this flush makes durable.
    public let endOffset: Int64
    let endPosition: Int
    let segment: Segment<FS>
    /// Of segments sealed since the last flush.
    private let files: [FS.File]
    /// Nil where the log keeps the active file open only through the cache (`Flush.os`).
    private let activeFile: FS.File?
    private let syncsActive: Bool
    private let syncsDirectory: Bool
    private let outcome = Mutex(Outcome.pending)

    init(
        endOffset: Int64, endPosition: Int, segment: Segment<FS>, files: [FS.File],
        activeFile: FS.File?, syncsActive: Bool, syncsDirectory: Bool
    ) {
        self.endOffset = endOffset
        self.endPosition = endPosition
        self.segment = segment
        self.files = files
        self.activeFile = activeFile
        self.syncsActive = syncsActive
        self.syncsDirectory = syncsDirectory
    }

    /// Syncs the files. A failure is final: the log goes offline at `endFlush`, and nobody may try again.
    public func run() throws(LogError) {
        do throws(FileError) {
            for file in files { try segment.fileSystem.sync(file) }
            if syncsActive {
                if let activeFile {
                    try segment.fileSystem.sync(activeFile)
                } else {
                    try segment.fileSystem.sync(segment.file(.log))
                }
            }
            if syncsDirectory { try segment.fileSystem.syncDirectory(segment.directory) }
            outcome.withLock { $0 = .done }
        } catch {
            outcome.withLock { $0 = .failed(error) }
            throw .offline(error)
        }
    }

    /// Nil if all went well. A ticket that has not run is a mistake of the caller.
    var failure: FileError? {
        outcome.withLock { outcome in
            switch outcome {
            case .pending: preconditionFailure("A flush ticket was handed back before it ran")
            case .done: nil
            case .failed(let error): error
            }
        }
    }
}
