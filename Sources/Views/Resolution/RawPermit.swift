/// The right to hand stored bytes of a partition to a reader as they are. Only `Resolution` makes one (the initialiser
/// is this module's own), so that no other code can send a raw slice of the log.
public struct RawPermit: Sendable {
    init() {}
}
