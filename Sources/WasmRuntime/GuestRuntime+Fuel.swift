public import KafkaRecords

extension GuestRuntime {
    /// The work that each record of a batch takes in one step, in units of fuel: alone, in a fresh instance, without what
    /// `sluice_init` takes. The same everywhere and at all times. nil where the step fails the record. For tools: a record
    /// takes a call of its own, on the slower engine.
    public func fuel(
        of batch: DecodedBatch, step: StepPlan, limits: GuestLimits = GuestLimits()
    ) async throws(WasmRuntimeError) -> [UInt64?] {
        let machine = try machine()
        return try await machine.guests.run { [configuration] _ in
            Result { () throws(WasmRuntimeError) in try machine.fuel(of: batch, step, limits, configuration) }
        }.get()
    }
}

extension Machine {
    fileprivate func fuel(
        of batch: DecodedBatch, _ step: StepPlan, _ limits: GuestLimits, _ configuration: GuestRuntime.Configuration
    ) throws(WasmRuntimeError) -> [UInt64?] {
        guard let module = fuelModule(step.module, configuration) else {
            throw WasmRuntimeError(.engineUnavailable, "the module can't be compiled for measuring")
        }
        let input = StepInput(batch)
        var taken: [UInt64?] = []
        for index in 0..<input.count { taken.append(try fuel(of: index, input, step, module, limits)) }
        return taken
    }

    private func fuel(
        of index: Int, _ input: borrowing StepInput, _ step: StepPlan, _ module: CompiledModule, _ limits: GuestLimits
    ) throws(WasmRuntimeError) -> UInt64? {
        let range = index..<index + 1
        let extent = input.extent(of: range)
        let byteCount = SluiceABI.byteCount(records: range.count, bytes: extent.count)
        do throws(GuestFault) {
            var instance = try GuestInstance(module, limits: limits)
            let address = try instance.begin(parameters: step.parameterBlock, byteCount: byteCount)
            unsafe SluiceABI.write(
                input, range, extent: extent, outputMax: limits.outputMax(for: input.bytes.byteCount),
                to: UnsafeMutableRawBufferPointer(rebasing: instance.bytes()[address..<address + byteCount]),
                address: address)
            try instance.transform(address)
            return limits.fuelPerRecord - min(instance.fuelLeft, limits.fuelPerRecord)
        } catch {
            guard case .unavailable = error else { return nil }
            throw WasmRuntimeError(.engineUnavailable, "no instance can be had")
        }
    }
}
