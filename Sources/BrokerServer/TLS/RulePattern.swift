/// A regular expression that matches a whole text in time linear in its length, whatever the pattern: every position of
/// the pattern is at most once in the set of places where a match may be (Thompson 1968, Pike's captures). Of several ways
/// to match it takes the one that Java takes.
///
/// The syntax is Java's as far as rules use it: `.`, classes (`[a-z]`, `[^,]`, `\d`, `\w`, `\s` and their opposites),
/// groups that capture and that don't (`(?:…)`), `|`, `*`, `+`, `?`, `{n,m}`, each also lazy, `^` and `$`. Refused with
/// a word of what it is: back-references, look-around, flags, named groups, possessive and other extensions.
struct RulePattern: Sendable {
    /// A set of scalars, in ranges.
    struct Class: Sendable, Equatable {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        /// Any but the ends of a line.
        case any
        case oneOf(Class)
        /// Goes on at both, the first preferred.
        case split(Int, Int)
        case jump(Int)
        /// Notes the position: 2 × group for its start, 2 × group + 1 for its end.
        case save(Int)
        case start
        case end
        case match
    }

    /// A longer text matches nothing: with it a match takes at most some milliseconds.
    static let textScalarsMax = 2048
    static let instructionsMax = 1000
    static let groupsMax = 32

    let instructions: [Instruction]
    /// Those that capture.
    let groupCount: Int

    init(parsing source: Substring) throws(RuleMistake) {
        var parser = RulePatternParser(source)
        let node = try parser.parse()
        var instructions: [Instruction] = []
        try Self.emit(node, &instructions)
        instructions.append(.match)
        self.instructions = instructions
        groupCount = parser.groupCount
    }

    /// The text and what each group took of it, empty for a group that took no part; nil if the text as a whole doesn't
    /// match.
    func groups(in text: String) -> [Substring]? {
        let scalars = Array(text.unicodeScalars.prefix(Self.textScalarsMax + 1))
        guard scalars.count <= Self.textScalarsMax else { return nil }
        guard let saved = run(scalars) else { return nil }
        var indices: [String.Index] = Array(text.unicodeScalars.indices)
        indices.append(text.endIndex)
        return [text[...]]
            + (0..<groupCount).map { group in
                let (start, end) = (saved[2 * group], saved[2 * group + 1])
                return start >= 0 && end >= start ? text[indices[start]..<indices[end]] : ""
            }
    }

    // MARK: Matching

    private struct Thread {
        var position: Int
        var saved: [Int]
    }

    /// The positions of the groups of the preferred match of all scalars.
    private func run(_ scalars: [Unicode.Scalar]) -> [Int]? {
        var visited = [Int](repeating: -1, count: instructions.count)
        var threads: [Thread] = []
        add(
            Thread(position: 0, saved: [Int](repeating: -1, count: 2 * groupCount)), at: 0, of: scalars.count,
            &visited, &threads)
        for (index, scalar) in scalars.enumerated() {
            var next: [Thread] = []
            for thread in threads where takes(scalar, at: thread.position) {
                add(
                    Thread(position: thread.position + 1, saved: thread.saved), at: index + 1, of: scalars.count,
                    &visited, &next)
            }
            guard !next.isEmpty else { return nil }
            threads = next
        }
        return threads.first {
            if case .match = instructions[$0.position] { true } else { false }
        }?.saved
    }

    private func takes(_ scalar: Unicode.Scalar, at position: Int) -> Bool {
        switch instructions[position] {
        case .scalar(let wanted): scalar == wanted
        case .any: !["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
        case .oneOf(let set): set.contains(scalar)
        case .split, .jump, .save, .start, .end, .match: false
        }
    }

    /// Adds a thread and all that it becomes without taking a scalar, the preferred first.
    private func add(
        _ thread: Thread, at index: Int, of count: Int, _ visited: inout [Int], _ threads: inout [Thread]
    ) {
        var pending = [thread]
        while var thread = pending.popLast() {
            guard visited[thread.position] != index else { continue }
            visited[thread.position] = index
            switch instructions[thread.position] {
            case .scalar, .any, .oneOf, .match:
                threads.append(thread)
            case .split(let first, let second):
                pending.append(Thread(position: second, saved: thread.saved))
                pending.append(Thread(position: first, saved: thread.saved))
            case .jump(let target):
                thread.position = target
                pending.append(thread)
            case .save(let slot):
                thread.saved[slot] = index
                thread.position += 1
                pending.append(thread)
            case .start:
                guard index == 0 else { continue }
                thread.position += 1
                pending.append(thread)
            case .end:
                guard index == count else { continue }
                thread.position += 1
                pending.append(thread)
            }
        }
    }

    // MARK: Making the program

    private static func emit(
        _ node: RulePatternParser.Node, _ program: inout [Instruction]
    ) throws(RuleMistake) {
        guard program.count < instructionsMax else { throw RuleMistake("its pattern is too large") }
        switch node {
        // Takes a place, so that repetitions of nothing are bounded, too.
        case .empty: program.append(.jump(program.count + 1))
        case .one(let instruction): program.append(instruction)
        case .sequence(let nodes): for node in nodes { try emit(node, &program) }
        case .capture(let group, let node):
            program.append(.save(2 * group))
            try emit(node, &program)
            program.append(.save(2 * group + 1))
        case .either(let first, let second):
            let split = program.count
            program.append(.split(0, 0))
            try emit(first, &program)
            let jump = program.count
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
            try emit(second, &program)
            program[jump] = .jump(program.count)
        case .repeated(let node, let least, let most, let isLazy):
            for _ in 0..<least { try emit(node, &program) }
            guard let most else { return try emitLoop(node, isLazy: isLazy, &program) }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(program.count)
                program.append(.split(0, 0))
                try emit(node, &program)
            }
            for split in splits { program[split] = choice(split + 1, program.count, isLazy) }
        }
    }

    private static func emitLoop(
        _ node: RulePatternParser.Node, isLazy: Bool, _ program: inout [Instruction]
    ) throws(RuleMistake) {
        let split = program.count
        program.append(.split(0, 0))
        try emit(node, &program)
        program.append(.jump(split))
        program[split] = choice(split + 1, program.count, isLazy)
    }

    private static func choice(_ again: Int, _ on: Int, _ isLazy: Bool) -> Instruction {
        isLazy ? .split(on, again) : .split(again, on)
    }
}
