import ArgumentParser
import Views

/// `[STEP:]NAME=VALUE` on the command line: of a view's step, counted from 1.
struct StepArgument: ExpressibleByArgument, Sendable, Equatable {
    /// nil: the only one.
    var step: Int?
    var name: String
    var value: String

    init?(argument: String) {
        var rest = argument[...]
        step = Self.takeStep(&rest)
        guard let pair = KeyValueArgument(argument: String(rest)) else { return nil }
        (name, value) = (pair.name, pair.value)
    }

    /// Takes `STEP:` off the front, if it is there.
    static func takeStep(_ text: inout Substring) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let step = Int(digits), text.dropFirst(digits.count).first == ":" else { return nil }
        text = text.dropFirst(digits.count + 1)
        return step
    }
}

/// `[STEP:]drop` or `[STEP:]keep`.
struct HeadersArgument: ExpressibleByArgument, Sendable, Equatable {
    /// nil: every step.
    var step: Int?
    var keeps: Bool

    init?(argument: String) {
        var rest = argument[...]
        step = StepArgument.takeStep(&rest)
        switch rest {
        case "keep": keeps = true
        case "drop": keeps = false
        default: return nil
        }
    }

    static var allValueStrings: [String] { ["drop", "keep"] }
}

enum OnErrorArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
    case stop, drop, replace
}

/// A view as somebody asks for it: names without versions stand for the newest. Parameters may be secrets, so they are
/// shown nowhere.
struct ViewDraft {
    struct Step: Equatable {
        var module: String
        var parameters: [String: String] = [:]
        var keepsHeaders = false
    }

    static let limitNames = ["fuel_per_record", "memory_bytes", "call_ms", "output_factor", "output_extra"]
    static let parameterBytesMax = 65_536

    var name: String
    var steps: [Step]
    /// Those that aren't the default.
    var limits: [String: Int64] = [:]
    var onError = OnErrorArgument.stop
    var reuse = false

    /// Takes parameters and headers to the steps that they name.
    init(
        name: String, modules: [String], parameters: [StepArgument], headers: [HeadersArgument],
        limits: [KeyValueArgument]
    ) throws(CommandFailure) {
        self.name = name
        steps = modules.map { Step(module: $0) }
        for parameter in parameters {
            let index = try self.step(parameter.step, for: "parameter \(Table.printable(parameter.name))")
            guard steps[index].parameters.updateValue(parameter.value, forKey: parameter.name) == nil else {
                throw CommandFailure(.usage, "parameter \(Table.printable(parameter.name)) is given more than once")
            }
        }
        for header in headers where header.step == nil {
            for index in steps.indices { steps[index].keepsHeaders = header.keeps }
        }
        for header in headers where header.step != nil {
            steps[try self.step(header.step, for: "--headers")].keepsHeaders = header.keeps
        }
        for limit in limits {
            guard Self.limitNames.contains(limit.name) else {
                let near = Suggestion.nearest(to: limit.name, among: Self.limitNames)
                throw CommandFailure(
                    .usage, "a view has no limit \(Table.printable(limit.name))",
                    hint: near.map { "did you mean \($0)?" } ?? "there are \(Self.limitNames.joined(separator: ", "))")
            }
            guard let number = Int64(limit.value), number >= 0 else {
                throw CommandFailure(.usage, "limit \(limit.name) takes a whole number")
            }
            guard self.limits.updateValue(number, forKey: limit.name) == nil else {
                throw CommandFailure(.usage, "limit \(limit.name) is given more than once")
            }
        }
    }

    private func step(_ number: Int?, for what: String) throws(CommandFailure) -> Int {
        guard let number else {
            guard steps.count == 1 else {
                throw CommandFailure(
                    .usage, "the view has \(steps.count) steps: \(what) has to say which",
                    hint: "its number before a colon, as in 2:NAME=VALUE")
            }
            return 0
        }
        guard (1...max(1, steps.count)).contains(number) else {
            throw CommandFailure(.usage, "\(what) is for step \(number), of \(steps.count)")
        }
        return number - 1
    }

    /// The record by which the broker is asked for it.
    var record: PolicyRecord {
        let steps = steps.map { step -> JSON in
            [
                "module": .string(step.module), "headers": step.keepsHeaders ? "keep" : "drop",
                "with": .object(step.parameters.mapValues { .string($0) }),
            ]
        }
        var value: [String: JSON] = [
            "v": 1, "steps": .array(steps), "on_error": .string(onError.rawValue), "reuse": .bool(reuse),
        ]
        if !limits.isEmpty { value["limits"] = .object(limits.mapValues { .integer($0) }) }
        return PolicyRecord(
            key: Array(JSON.array(["view", .string(name), 0]).text.utf8), value: Array(JSON.object(value).text.utf8))
    }

    /// `scrub-ssn@3 (mask, salt) → narrow@1`: modules and the names of their parameters.
    static func text(_ definition: ViewDefinition) -> String {
        definition.steps.map { step in
            let names = step.parameters.map { Table.printable($0.key.string) }.joined(separator: ", ")
            return names.isEmpty ? "\(step.module)" : "\(step.module) (\(names))"
        }.joined(separator: " → ")
    }

    static func json(_ definition: ViewDefinition) -> [String: JSON] {
        let limits = definition.limits
        return [
            "steps": .array(
                definition.steps.map { step in
                    [
                        "module": .string("\(step.module)"), "headers": step.headers == .keep ? "keep" : "drop",
                        "parameters": .array(step.parameters.map { .string($0.key.string) }),
                    ]
                }),
            "limits": [
                "fuel_per_record": JSON(limits.fuelPerRecord), "memory_bytes": JSON(limits.memoryBytes),
                "call_ms": JSON(limits.callMs), "output_factor": JSON(limits.outputFactor),
                "output_extra": JSON(limits.outputExtra),
            ],
            "on_error": .string(definition.onError.name), "reuse": .bool(definition.reuse),
            "digest": .string("\(definition.digest)"),
        ]
    }
}
