extension Decision {
    /// One line for the log of a reader who is refused, or waits: what it got and what to set so that it gets something.
    /// Names are escaped; they come from clients. nil where there is nothing to set.
    public func advice(topic: TopicRef) -> String? {
        if cap == .deny { return "topic \(Self.quoted(topic.name)): its listener gives nothing out (views=deny)" }
        guard let advice = adviceOnPolicy(topic) else { return nil }
        return cap == .none ? advice : "\(advice); its listener gives nothing raw (views=\(cap.rawValue))"
    }

    private func adviceOnPolicy(_ topic: TopicRef) -> String? {
        let name = Self.quoted(topic.name)
        switch reason {
        case .topicNotReadable, .internalTopic: return nil
        case .groupRefused(let group):
            return "group \(Self.quoted(group)) on topic \(name): refused; it needs READ on the group, "
                + "and on a pinned listener its group"
        case .groupIrrelevant:
            guard outcome == .deny else { return nil }
            return "topic \(name): denied to every reader; to allow it: "
                + "sluice view default --topic \(topic.name.string.shellWord) raw (or a view)"
        case .agreed(let candidates):
            guard outcome == .deny, let first = candidates.first else { return nil }
            guard let group = first.group else {
                return "topic \(name): denied, as no group is seen and the default is deny; to allow it: "
                    + "sluice view default --topic \(topic.name.string.shellWord) raw (or a view)"
            }
            return "topic \(name): denied to group \(Self.quoted(group)); to allow it: sluice view set "
                + "--group \(group.string.shellWord) --topic \(topic.name.string.shellWord) VIEW"
        case .ambiguous(let candidates, let isReloading):
            let list = candidates.prefix(8).map { candidate in
                "\(candidate.group.map(Self.quoted) ?? "no group") (\(candidate.outcome.name))"
            }.joined(separator: ", ")
            if isReloading {
                return "topic \(name): a reader waits for members to be heard of; it may be of \(list)"
            }
            return "topic \(name): a reader may be of \(list) and gets none of them; to tell them apart: a client.id "
                + "for each group, a principal, or a listener with ?group=NAME"
        }
    }

    private static func quoted(_ name: Name) -> String { "\"\(name.string.printable(byteCountMax: 100))\"" }
}

extension String {
    /// Printable ASCII as it is, the rest as `\u{…}`, cut after so many bytes: terminal escapes and the like are for nobody's
    /// screen.
    func printable(byteCountMax: Int) -> String {
        var text = ""
        for scalar in unicodeScalars {
            let isPlain = (0x20...0x7E).contains(scalar.value) || "…×≥≤".unicodeScalars.contains(scalar)
            let piece = isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
            guard text.utf8.count + piece.utf8.count <= byteCountMax - 3 else { return text + "..." }
            text += piece
        }
        return text
    }

    /// The text as a word of a shell command, for lines that people copy.
    var shellWord: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        if isPlain && utf8.count <= 100 { return self }
        return
            "'\(printable(byteCountMax: 100).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
