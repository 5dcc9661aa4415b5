public import Views
public import WasmRuntime

extension GuestLimits {
    /// The limits that a view's record holds, as its guests get them.
    public init(_ limits: ViewLimits) {
        self.init(
            memoryBytes: Int(clamping: limits.memoryBytes), callMs: Int(clamping: limits.callMs),
            fuelPerRecord: limits.fuelPerRecord, outputFactor: Int(limits.outputFactor),
            outputExtra: Int(clamping: limits.outputExtra))
    }
}
