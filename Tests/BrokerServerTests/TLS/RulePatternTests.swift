import Testing

@testable import BrokerServer

struct RulePatternTests {
    /// Pattern, text, and the groups of the match of the whole text as Java's `Matcher.matches()` gives them; nil: none.
    @Test(
        arguments: [
            ("abc", "abc", []), ("abc", "abcd", nil), ("a|ab", "ab", []), ("", "", []), ("", "a", nil),
            ("(a|ab)(c|bcd)(d*)", "abcd", ["a", "bcd", ""]), ("(.*)(b*)", "aabb", ["aabb", ""]),
            ("(.*?)(b*)", "aabb", ["aa", "bb"]), ("(a+?)(a*)", "aaa", ["a", "aa"]),
            ("(a{2,3}?)(a*)", "aaaa", ["aa", "aa"]),
            ("(a{2})(a{1,})", "aaaa", ["aa", "aa"]), ("a{2,3}", "aaaa", nil), ("(x)?y", "y", [""]),
            ("(?:ab)+", "abab", []),
            ("[a-c]+[^a-c]", "abcd", []), ("[]x]+", "]x", []), ("[a\\-z]+", "-az", []), ("[a-]+", "-a", []),
            ("\\d+\\.\\w\\s\\S\\D", "12.a bc", []), ("[\\d,]+", "1,2", []), ("^a$", "a", []), ("^a$b", "ab", nil),
            ("(a*)*", "aaa", ["aaa"]), ("(a|b)*", "abab", ["b"]), (".", "\n", nil), ("[^a]", "\n", []),
            ("é.", "é€", []), ("\\/\\.", "/.", []), ("(a)(b)?", "a", ["a", ""]), ("a{0}b", "b", []),
        ] as [(String, String, [String]?)])
    func matches(pattern: String, text: String, groups: [String]?) throws {
        let found = try RulePattern(parsing: pattern[...]).groups(in: text)
        #expect(found.map { Array($0.dropFirst()).map(String.init) } == groups)
        if let found { #expect(found[0] == text[...]) }
    }

    @Test(
        arguments: [
            ("(a", "( without"), ("a)", ") without"), ("[a", "[ without"), ("*a", "nothing before"),
            ("a**", "isn't supported"),
            ("a*+", "isn't supported"), ("(?=a)", "(?: only"), ("(?i)a", "(?: only"), ("(?<n>a)", "(?: only"),
            ("(a)\\1", "\\1, which isn't"), ("\\bA", "\\b, which isn't"), ("a\\", "ends with a backslash"),
            ("a{", "comes behind {"), ("a{1", "without a }"), ("a{3,2}", "repeats"), ("a{999}", "more than 256"),
            ("[z-a]", "backwards"), ("[a[b]]", "class within"), ("[\\D]", "negated class"),
            ("[a-\\d]", "ends with a class"),
            (String(repeating: "(", count: 40), "nested too deeply"),
            (String(repeating: "()", count: 33), "more than 32"),
            ("((a{99}){99}){99}", "too large"), ("((?:){256}){256}", "too large"),
        ])
    func refuses(pattern: String, reason: String) {
        let error = #expect(throws: RuleMistake.self) { try RulePattern(parsing: pattern[...]) }
        #expect(error?.text.contains(reason) == true, "\(error?.text ?? "")")
    }

    @Test("patterns that take a backtracking matcher for ever take no time", .timeLimit(.minutes(1)))
    func linear() throws {
        let text = String(repeating: "a", count: RulePattern.textScalarsMax - 1) + "!"
        for pattern in ["(a*)*b", "(a|aa)+", "(.*)*(.*)*x", "(a?){200}a{200}"] {
            #expect(try RulePattern(parsing: pattern[...]).groups(in: text) == nil)
        }
        // Longer texts match nothing.
        #expect(try RulePattern(parsing: ".*").groups(in: text + "a") == nil)
        #expect(try RulePattern(parsing: ".*").groups(in: text) != nil)
    }

    @Test("agrees with a naive matcher", arguments: 0..<300)
    func agrees(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let pattern = Self.pattern(depth: 3, &random)
        let compiled = try RulePattern(parsing: pattern[...])
        let swift = try Regex(pattern)
        for _ in 0..<20 {
            let text = String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in "ab".randomElement(using: &random)! })
            let expected = try swift.wholeMatch(in: text) != nil
            #expect((compiled.groups(in: text) != nil) == expected, "pattern \(pattern) text \(text) seed \(seed)")
        }
    }

    @Test("random patterns never trap", arguments: 0..<50)
    func random(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let pieces = Array("ab()[]{}*+?|^$.\\-,0129:=!/ d").map(String.init)
        for _ in 0..<100 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            _ = try? RulePattern(parsing: text[...]).groups(in: "ab0-,")
            _ = try? PrincipalMapping(parsing: "RULE:\(text)/\(text)/")
        }
    }

    private static func pattern(depth: Int, _ random: inout SplitMix) -> String {
        guard depth > 0 else { return ["a", "b", ".", "[^a]"][Int.random(in: 0..<4, using: &random)] }
        func next() -> String { pattern(depth: depth - 1, &random) }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return next() + next()
        case 1: return "(\(next())|\(next()))"
        case 2: return "(\(next()))*"
        case 3: return "(?:\(next()))+?"
        case 4: return "(\(next())){0,2}"
        default: return next()
        }
    }
}
