import Glibc
package import KafkaRecords

extension GuestRuntime {
    /// What the guest itself takes for one batch, in nanoseconds of this thread's processor time: its call for the records,
    /// without making the instance, copying in and taking the answer over. nil if it fails. For benchmarks, which tell the
    /// broker's own cost from the module's.
    package func guestNanoseconds(
        of batch: DecodedBatch, step: StepPlan, limits: GuestLimits = GuestLimits(), on thread: borrowing GuestThread
    ) -> Int64? {
        let input = StepInput(batch)
        let range = 0..<input.count
        let extent = input.extent(of: range)
        let byteCount = SluiceABI.byteCount(records: range.count, bytes: extent.count)
        do {
            return try ticking { () throws(GuestFault) in
                var instance = try GuestInstance(step.module.main, limits: limits)
                let address = try instance.begin(parameters: step.parameterBlock, byteCount: byteCount)
                unsafe SluiceABI.write(
                    input, range, extent: extent, outputMax: limits.outputMax(for: batch.body.byteCount),
                    to: UnsafeMutableRawBufferPointer(rebasing: instance.bytes()[address..<address + byteCount]),
                    address: address)
                let begin = Self.threadNanoseconds()
                try instance.transform(address)
                return Self.threadNanoseconds() - begin
            }
        } catch {
            return nil
        }
    }

    private static func threadNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
