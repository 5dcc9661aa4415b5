/// What a run is told.
struct Options: Sendable {
    /// The program under test.
    var sluice = ".build/release/sluice"
    var guest = ".vendor/guests/scrub-ssn.wasm"
    var rounds = 5
    /// Bytes of a round of a throughput measurement.
    var roundBytes = 512 << 20
    /// Measures to make; empty: all.
    var only: [String] = []

    static let usage = """
        Benchmarks [--sluice PATH] [--guest PATH] [--rounds N] [--round-mib N] [MEASURE …]
        Measures: produce-os, produce-commit, fetch, view, footprint, latency, compaction, connections, rebalance, tls.
        None named: all.
        """

    init(_ arguments: [String]) throws {
        var left = arguments[...]
        func value(of name: String) throws -> String {
            guard let value = left.popFirst() else { throw Failure("\(name) takes a value\n\(Self.usage)") }
            return value
        }
        while let argument = left.popFirst() {
            switch argument {
            case "--sluice": sluice = try value(of: argument)
            case "--guest": guest = try value(of: argument)
            case "--rounds": rounds = try Self.number(try value(of: argument))
            case "--round-mib": roundBytes = try Self.number(try value(of: argument)) << 20
            default:
                guard Measure(rawValue: argument) != nil else {
                    throw Failure("unknown argument \(argument)\n\(Self.usage)")
                }
                only.append(argument)
            }
        }
    }

    func includes(_ measure: Measure) -> Bool { only.isEmpty || only.contains(measure.rawValue) }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), (1...100_000).contains(number) else { throw Failure("\(text) is no count") }
        return number
    }
}

enum Measure: String, CaseIterable {
    case produceOS = "produce-os"
    case produceCommit = "produce-commit"
    case fetch
    case view
    case footprint
    case latency
    case compaction
    case connections
    case rebalance
    case tls
}
