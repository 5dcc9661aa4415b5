/// A type that holds what clients wrote. Printing, interpolating, dumping or debugging one shows its type and nothing in it,
/// so that no log line, error or crash report carries payload.
public protocol PayloadHolder: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension PayloadHolder {
    public var description: String { "\(Self.self)(payload not shown)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
