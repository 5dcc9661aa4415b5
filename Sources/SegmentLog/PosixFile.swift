public import SystemPackage

/// An open file of the operating system, shared by all who read it and closed with the last of them.
public final class PosixFile: Sendable {
    /// Valid as long as this object lives. Whoever hands it to a writer that closes its descriptor duplicates it first.
    public let descriptor: FileDescriptor

    /// Takes over `descriptor` and closes it in `deinit`.
    public init(owning descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit {
        // Nothing is buffered in user space, so a failed close loses nothing that a sync has not reported.
        try? descriptor.close()
    }
}
