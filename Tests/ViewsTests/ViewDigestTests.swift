import Testing

@testable import Views

/// Digests computed by Python's hashlib from the layout of policy-records §4 (`Compat/view_digest.py`).
@Suite struct ViewDigestTests {
    static let module = Digest(hashing: Array("module".utf8))

    @Test func oneStepViewWithDefaults() {
        let view = ViewDefinition(
            steps: [ViewStep(module: VersionedName(name: "scrub-ssn", version: 3), sha256: Self.module)])
        #expect(view.digest.description == "7428bac1c49a0f9dbfb14a94f0ae84d820bbd33955767fd8d9ace73e351c595b")
    }

    @Test func everythingElseThanTheDefaults() {
        var limits = ViewLimits()
        limits.fuelPerRecord = 400_000_000
        limits.memoryBytes = 65_536
        limits.callMs = 10
        limits.outputFactor = 64
        limits.outputExtra = 0
        let steps = [
            ViewStep(
                module: VersionedName(name: "x", version: 1), sha256: Self.module,
                parameters: [
                    ViewParameter(key: "é", value: "2"), ViewParameter(key: "b", value: ""),
                    ViewParameter(key: "a", value: "\u{1F600}"),
                ], headers: .keep),
            ViewStep(module: VersionedName(name: "y", version: 9), sha256: Digest(hashing: [])),
        ]
        let view = ViewDefinition(steps: steps, limits: limits, onError: .replace, reuse: true)
        #expect(view.digest.description == "63be05acd590d808a001fc8b0348613416379062ea8bfbd27725728c0dfa0b1f")
    }

    /// A17: what is a key and what a value can't be moved about.
    @Test func lengthsArePartOfIt() {
        func digest(_ key: Name, _ value: String) -> Digest {
            ViewDefinition(
                steps: [
                    ViewStep(
                        module: VersionedName(name: "x", version: 1), sha256: Self.module,
                        parameters: [ViewParameter(key: key, value: value)])
                ]
            ).digest
        }
        #expect(digest("a", "bc") != digest("ab", "c"))
    }

    @Test func namesAndVersionsAreNotInIt() {
        func view(_ name: Name, _ version: UInt32) -> ViewTarget {
            let name = VersionedName(name: name, version: version)
            return ViewTarget(
                name: name, definition: ViewDefinition(steps: [ViewStep(module: name, sha256: Self.module)]))
        }
        #expect(view("a", 1) == view("b", 2))
    }

    @Test func hexadecimal() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest(hashing: Array("abc".utf8)).description == text)
        #expect(Digest(hex: text) == Digest(hashing: Array("abc".utf8)))
        for bad in ["", "ab", text.uppercased(), text + "00", String(text.dropLast()), "zz" + text.dropFirst(2)] {
            #expect(Digest(hex: bad) == nil)
        }
    }
}
