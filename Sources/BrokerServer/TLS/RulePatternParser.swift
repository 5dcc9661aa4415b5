/// Reads the regular expressions of `RulePattern`.
struct RulePatternParser {
    indirect enum Node {
        case empty
        case one(RulePattern.Instruction)
        case sequence([Node])
        case either(Node, Node)
        /// `most` nil: without bound.
        case repeated(Node, least: Int, most: Int?, isLazy: Bool)
        case capture(Int, Node)
    }

    private static let depthMax = 16
    private static let repetitionsMax = 256

    private(set) var groupCount = 0
    private var rest: Substring.UnicodeScalarView

    init(_ source: Substring) {
        rest = source.unicodeScalars
    }

    mutating func parse() throws(RuleMistake) -> Node {
        let node = try alternatives(depth: 0)
        guard rest.isEmpty else { throw RuleMistake("its pattern has a ) without a (") }
        return node
    }

    private mutating func alternatives(depth: Int) throws(RuleMistake) -> Node {
        var branches = [try sequence(depth: depth)]
        while take("|") { branches.append(try sequence(depth: depth)) }
        // `split` prefers its first branch, as Java does.
        var node = branches.removeLast()
        while let branch = branches.popLast() { node = .either(branch, node) }
        return node
    }

    private mutating func sequence(depth: Int) throws(RuleMistake) -> Node {
        var nodes: [Node] = []
        while let scalar = rest.first, scalar != "|", scalar != ")" {
            let atom = try atom(depth: depth)
            nodes.append(try repeated(atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func atom(depth: Int) throws(RuleMistake) -> Node {
        // There is one: the caller has looked.
        guard let scalar = rest.popFirst() else { return .empty }
        switch scalar {
        case "(": return try group(depth: depth + 1)
        case "[": return .one(.oneOf(try set()))
        case ".": return .one(.any)
        case "^": return .one(.start)
        case "$": return .one(.end)
        case "\\":
            let escaped = try escape()
            switch escaped {
            case .scalar(let scalar): return .one(.scalar(scalar))
            case .set(let set): return .one(.oneOf(set))
            }
        case "*", "+", "?", "{": throw RuleMistake("its pattern has a \(scalar) with nothing before it")
        default: return .one(.scalar(scalar))
        }
    }

    private mutating func group(depth: Int) throws(RuleMistake) -> Node {
        guard depth <= Self.depthMax else { throw RuleMistake("its pattern's groups are nested too deeply") }
        var number: Int?
        if take("?") {
            guard take(":") else {
                throw RuleMistake("of the groups that begin with (? its pattern can have (?: only")
            }
        } else {
            guard groupCount < RulePattern.groupsMax else {
                throw RuleMistake("its pattern has more than \(RulePattern.groupsMax) groups")
            }
            number = groupCount
            groupCount += 1
        }
        let node = try alternatives(depth: depth)
        guard take(")") else { throw RuleMistake("its pattern has a ( without a )") }
        return number.map { .capture($0, node) } ?? node
    }

    // MARK: Repetition

    private mutating func repeated(_ node: Node) throws(RuleMistake) -> Node {
        let least: Int
        let most: Int?
        switch rest.first {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            rest.removeFirst()
            (least, most) = try bounds()
            return try finish(node, least, most)
        default: return node
        }
        rest.removeFirst()
        return try finish(node, least, most)
    }

    private mutating func finish(_ node: Node, _ least: Int, _ most: Int?) throws(RuleMistake) -> Node {
        let isLazy = take("?")
        if let scalar = rest.first, scalar == "*" || scalar == "+" || scalar == "?" || scalar == "{" {
            throw RuleMistake("its pattern has a \(scalar) behind a repetition, which isn't supported")
        }
        return .repeated(node, least: least, most: most, isLazy: isLazy)
    }

    /// Behind the brace: `n}`, `n,}` or `n,m}`.
    private mutating func bounds() throws(RuleMistake) -> (Int, Int?) {
        guard let least = number() else { throw RuleMistake("a number comes behind { in its pattern") }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else { throw RuleMistake("its pattern has a { without a }") }
        guard most.map({ least <= $0 }) ?? true, max(least, most ?? 0) <= Self.repetitionsMax else {
            throw RuleMistake("its pattern repeats something more than \(Self.repetitionsMax) times")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = rest.first, ("0"..."9").contains(scalar), digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            rest.removeFirst()
        }
        return Int(digits)
    }

    // MARK: Classes and escapes

    private enum Escaped {
        case scalar(Unicode.Scalar)
        case set(RulePattern.Class)
    }

    /// Behind the backslash.
    private mutating func escape() throws(RuleMistake) -> Escaped {
        guard let scalar = rest.popFirst() else { throw RuleMistake("its pattern ends with a backslash") }
        switch scalar {
        case "d", "D": return .set(Self.named([0x30...0x39], isNegated: scalar == "D"))
        case "w", "W":
            return .set(Self.named([0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a], isNegated: scalar == "W"))
        case "s", "S": return .set(Self.named([0x09...0x0d, 0x20...0x20], isNegated: scalar == "S"))
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "a"..."z", "A"..."Z", "0"..."9":
            throw RuleMistake("its pattern has \\\(scalar), which isn't supported")
        default: return .scalar(scalar)
        }
    }

    private static func named(_ ranges: [ClosedRange<UInt32>], isNegated: Bool) -> RulePattern.Class {
        RulePattern.Class(ranges: ranges, isNegated: isNegated)
    }

    /// Behind the bracket.
    private mutating func set() throws(RuleMistake) -> RulePattern.Class {
        var set = RulePattern.Class()
        set.isNegated = take("^")
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst { return set }
            isFirst = false
            if scalar == "[" || scalar == "&" && rest.first == "&" {
                throw RuleMistake("its pattern has a class within a class, which isn't supported")
            }
            var low = scalar
            if scalar == "\\" {
                switch try escape() {
                case .scalar(let escaped): low = escaped
                case .set(let named):
                    guard !named.isNegated else {
                        throw RuleMistake("its pattern has a negated class within a class, which isn't supported")
                    }
                    set.ranges += named.ranges
                    continue
                }
            }
            set.ranges.append(low.value...(try upperEnd(from: low).value))
        }
        throw RuleMistake("its pattern has a [ without a ]")
    }

    /// The end of the range that begins with `low`, or `low` where none does.
    private mutating func upperEnd(from low: Unicode.Scalar) throws(RuleMistake) -> Unicode.Scalar {
        // A hyphen that stands last is itself.
        guard rest.first == "-", let next = rest.dropFirst().first, next != "]" else { return low }
        rest.removeFirst(2)
        var high = next
        if next == "\\" {
            guard case .scalar(let escaped) = try escape() else {
                throw RuleMistake("a range of its pattern ends with a class")
            }
            high = escaped
        }
        guard low <= high else { throw RuleMistake("a range of its pattern goes backwards") }
        return high
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }
}
