import KafkaRecords

/// Runs a module for the first time, without records.
enum Admission {
    /// Instantiates `module`; one without `sluice_init` takes an empty batch, too.
    static func tryModule(_ module: LoadedModule) throws(WasmRuntimeError) {
        let limits = GuestLimits(memoryBytes: EngineLimits.memoryByteCount)
        do {
            var instance = try GuestInstance(module.main, limits: limits)
            guard !module.hasInit else { return }
            try transformNothing(&instance, parameters: nil)
        } catch {
            throw refusal(error, callMs: limits.callMs)
        }
    }

    /// Calls `sluice_init` with the step's parameters, then takes an empty batch.
    static func tryStep(_ step: StepPlan, limits: GuestLimits) throws(WasmRuntimeError) {
        guard step.parameterBlock == nil || step.module.hasInit else {
            throw .refused("the module takes no parameters: it exports no sluice_init: (i32, i32) -> i32")
        }
        guard step.module.memoryByteCount <= limits.memoryBytes else {
            throw .refused(
                "the module starts with \(step.module.memoryByteCount >> 10) KiB of memory, memory_bytes of the view is "
                    + "\(limits.memoryBytes >> 10) KiB")
        }
        do {
            var instance = try GuestInstance(step.module.main, limits: limits)
            try transformNothing(&instance, parameters: step.parameterBlock)
        } catch {
            throw refusal(error, callMs: limits.callMs)
        }
    }

    private static func transformNothing(
        _ instance: inout GuestInstance, parameters: [UInt8]?
    ) throws(GuestFault) {
        let byteCount = SluiceABI.Header.byteCount
        let address = try instance.begin(parameters: parameters, byteCount: byteCount)
        unsafe SluiceABI.writeEmpty(
            to: UnsafeMutableRawBufferPointer(rebasing: instance.bytes()[address..<address + byteCount]))
        try instance.transform(address)
    }

    private static func refusal(_ fault: GuestFault, callMs: Int) -> WasmRuntimeError {
        switch fault {
        case .fault(.memory): .refused("sluice_alloc gave no memory for an empty batch")
        case .fault(.invalidOutput): .refused("sluice_alloc gave a buffer that is not 16-aligned or not in its memory")
        case .fault(.moduleError): .refused("sluice_transform failed for an empty batch")
        case .fault(let failure): .refused("the module failed for an empty batch: \(failure.name)")
        case .interrupted: .refused("the module took more than \(callMs) ms for an empty batch")
        case .initFailed(.moduleError, let answer, let text):
            .refused("sluice_init answered \(answer)" + (text.isEmpty ? "" : ": \(Text.escaped(text, limit: 150))"))
        case .initFailed(let failure, _, _): .refused("sluice_init failed: \(failure.name)")
        case .unavailable: WasmRuntimeError(.engineUnavailable, "no instance of the module could be had")
        }
    }
}
