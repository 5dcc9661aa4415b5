import KafkaRecords

/// Runs all steps of a view over one batch.
enum BatchTransform {
    /// The largest records section that is transformed; a broker accepts far smaller ones.
    static let bodyMax = 1 << 29

    /// The first pass: gives up with `.needsJudge` where a record alone is interrupted, or all of it takes too long.
    static func run(_ batch: DecodedBatch, _ plan: ViewPlan, recordMax: Int) throws(StepRunner.Stop) -> BatchOutcome {
        try run(batch, plan, recordMax) { _ in .none }
    }

    /// The judge's pass: takes the time that it takes. `modules` are the steps' for the fuel engine.
    static func judge(
        _ batch: DecodedBatch, _ plan: ViewPlan, recordMax: Int, modules: [CompiledModule]
    ) throws(StepRunner.Stop) -> BatchOutcome {
        try run(batch, plan, recordMax) { .fuel(modules[$0]) }
    }

    private static func run(
        _ batch: DecodedBatch, _ plan: ViewPlan, _ recordMax: Int, judge: (Int) -> StepRunner.Judge
    ) throws(StepRunner.Stop) -> BatchOutcome {
        var outcome = BatchOutcome(count: batch.records.count)
        guard batch.body.byteCount <= bodyMax else {
            for index in outcome.records.indices { outcome.records[index].fail(.memory, step: 0) }
            return outcome
        }
        for (index, step) in plan.steps.enumerated() {
            let isUntouched = index == 0 || outcome.keepsAll
            let input = isUntouched ? StepInput(batch) : StepInput(batch, outcome)
            guard input.count > 0 else { break }
            var runner = StepRunner(
                step, index: index, limits: plan.limits, inputByteCount: batch.body.byteCount, recordMax: recordMax,
                judge: judge(index))
            try runner.run(input, into: &outcome)
        }
        return outcome
    }
}

/// What transforming a batch came to.
public enum TransformResult: Sendable {
    case done(BatchOutcome)
    /// A record needed more time than a call may take and is being judged by the work that it takes. Ask again later: the
    /// answer is kept for that batch and view.
    case judging
    /// The engine can't run now. `isLasting`: for half a minute and more.
    case unavailable(isLasting: Bool)
}
