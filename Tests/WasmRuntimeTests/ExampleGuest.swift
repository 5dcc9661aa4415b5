import KafkaRecords
import Testing

@testable import WasmRuntime

/// A module of Examples as `Scripts/build-guests` makes it, in one of its languages.
struct ExampleGuest: CustomTestStringConvertible, Sendable {
    enum Language: String, CaseIterable, Sendable { case c, swift }

    var use: String
    var language: Language

    static let uses = ["scrub", "narrow", "derive", "parse", "hide"]
    static let all = uses.flatMap { use in Language.allCases.map { ExampleGuest(use: use, language: $0) } }

    var testDescription: String { "\(use), \(language.rawValue)" }

    static let checkout = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    func bytes() throws -> [UInt8] {
        let name = language == .c ? use : "\(use)-swift"
        return try #require(
            PrivateFile.read("\(Self.checkout)/.vendor/guests/\(name).wasm", limit: 1 << 20),
            "run Scripts/build-guests first")
    }
}

/// What a guest itself said of a record, before the broker looked at it.
enum GuestAnswer: Equatable, CustomStringConvertible {
    case keep, drop, none
    case failed(class: UInt32)
    /// nil: stays as it is stored.
    case replaced(key: Part?, value: Part?)

    enum Part: Equatable {
        case null
        case bytes([UInt8])
    }

    var description: String {
        func text(_ part: Part?) -> String {
            switch part {
            case nil: "stored"
            case .null?: "null"
            case .bytes(let bytes)?: String(decoding: bytes.prefix(300), as: UTF8.self)
            }
        }
        switch self {
        case .keep: return "keep"
        case .drop: return "drop"
        case .none: return "nothing"
        case .failed(let code): return "failed \(code)"
        case .replaced(let key, let value): return "key \(text(key)), value \(text(value))"
        }
    }
}

extension Fixture {
    /// One call of the guest with all of `batch`, in a fresh instance: throws what ends the call.
    func answers(
        of module: LoadedModule, parameters: [String: String], to batch: DecodedBatch
    ) async throws -> [GuestAnswer] {
        let runtime = runtime
        let result = try await runtime.run { _ in
            Result { () throws(GuestFault) in
                try runtime.ticking { () throws(GuestFault) in
                    try Self.answers(StepPlan(module: module, parameters: parameters), batch)
                }
            }
        }
        return try result.get()
    }

    private static func answers(_ step: StepPlan, _ batch: DecodedBatch) throws(GuestFault) -> [GuestAnswer] {
        // Minutes, not milliseconds: here nobody judges a suspect, and tests share two cores.
        var instance = try GuestInstance(step.module.main, limits: GuestLimits(callMs: 60_000))
        let input = StepInput(batch)
        let range = 0..<input.count
        let extent = input.extent(of: range)
        let byteCount = SluiceABI.byteCount(records: range.count, bytes: extent.count)
        let address = try instance.begin(parameters: step.parameterBlock, byteCount: byteCount)
        SluiceABI.write(
            input, range, extent: extent, outputMax: 1 << 30,
            to: UnsafeMutableRawBufferPointer(rebasing: instance.bytes()[address..<address + byteCount]),
            address: address)
        try instance.transform(address)
        let memory = instance.bytes()
        return range.map { index in
            let entry = SluiceABI.entry(index, in: memory, address: address)
            func part(_ mask: UInt32, _ pointer: UInt32, _ length: Int32) -> GuestAnswer.Part? {
                guard entry.verdict & mask != 0 else { return nil }
                return length < 0 ? .null : .bytes(Array(memory[Int(pointer)..<Int(pointer) + Int(length)]))
            }
            switch entry.verdict {
            case 0: return .none
            case 1, 0x10: return .keep
            case 2: return .drop
            case 3: return .failed(class: entry.error)
            default:
                return .replaced(
                    key: part(1, entry.keyPointer, entry.keyLength),
                    value: part(2, entry.valuePointer, entry.valueLength))
            }
        }
    }
}
