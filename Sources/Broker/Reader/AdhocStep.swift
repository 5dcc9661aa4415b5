import Crypto
import WasmRuntime

/// A module that a reader brings along, as one more step after its own outcome (policy-records §7).
struct AdhocStep: Sendable {
    let step: StepPlan
    /// Names the module and its parameters.
    let digest: [UInt8]

    init(module: LoadedModule, parameters: [String: String]) {
        step = StepPlan(module: module, parameters: parameters)
        var hash = SHA256()
        hash.update(data: module.sha256)
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
            for text in [key, value] {
                hash.update(data: Array("\(text.utf8.count):".utf8))
                hash.update(data: Array(text.utf8))
            }
        }
        digest = Array(hash.finalize())
    }

    /// What the reader would get without it, and this step after that; nil: raw.
    func after(_ plan: ViewPlan?) -> ViewPlan {
        var hash = SHA256()
        hash.update(data: plan?.digest.bytes ?? [])
        hash.update(data: digest)
        let combined = ViewDigest(Array(hash.finalize()))
        guard var whole = plan else { return ViewPlan(steps: [step], digest: combined) }
        whole.steps.append(step)
        whole.digest = combined
        // The reader's own trouble: it is told, and loses nothing.
        whole.onError = .stop
        return whole
    }
}
