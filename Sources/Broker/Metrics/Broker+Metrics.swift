public import Metering
import SegmentLog
import Views
import WasmRuntime

/// The numbers of the broker for a scraper: what was counted, and what its state says now. Topics, groups and views are
/// names that others choose: behind a bound they share one label. There is no payload in it, no client, no address.
extension Broker {
    /// All metrics of the broker: for the table in the documentation.
    public static var metricDefinitions: [MetricDefinition] { BrokerMetric.all }

    /// Writes every metric of the broker. Reads the sizes of segments, on the read pool; takes milliseconds with thousands
    /// of partitions.
    public func writeMetrics(to page: inout MetricsPage) async {
        page.write(BrokerMetric.buildInfo) { $0.add([version], 1) }
        metrics.requests.write(to: &page)
        page.write(BrokerMetric.parkedFetches, parking.count)
        page.write(BrokerMetric.parkedSeconds) { $0.add([], metrics.parkedSeconds) }
        writeRecords(to: &page)
        let logs = await readPool.run { [topics, metrics] in
            LogReadings(topics.snapshot.sorted) { metrics.topics.label(of: $0) }
        }
        writeLogs(logs, to: &page)
        let groups = GroupReadings(await groups.readings(), topics: topics, metrics: metrics)
        groups.write(to: &page)
        writePolicy(to: &page)
        writeViews(to: &page)
        page.write(BrokerMetric.answerBytes, answerMemory.bytes)
        page.write(BrokerMetric.answerBytesMax, answerMemory.limit)
    }

    private func writeRecords(to page: inout MetricsPage) {
        let topics = metrics.topics.all
        func write(_ metric: MetricDefinition, _ value: (TopicMeter) -> Counter) {
            page.write(metric) { family in
                for (label, meter) in topics { family.add([label], value(meter).value) }
            }
        }
        write(BrokerMetric.topicRecordsIn) { $0.recordsIn }
        write(BrokerMetric.topicBytesIn) { $0.bytesIn }
        write(BrokerMetric.topicBytesOut) { $0.bytesOut }
        page.write(BrokerMetric.duplicateBatches, metrics.duplicateBatches.value)
        page.write(BrokerMetric.appendFailures) { family in
            for failure in AppendFailure.allCases {
                family.add([failure.name], metrics.appendFailures[failure.rawValue])
            }
        }
    }

    private func writeLogs(_ logs: LogReadings, to page: inout MetricsPage) {
        func write(_ metric: MetricDefinition, _ value: (LogReadings.Sums) -> Int) {
            page.write(metric) { family in
                for (label, sums) in logs.topics { family.add([label], value(sums)) }
            }
        }
        write(BrokerMetric.partitions) { $0.partitions }
        write(BrokerMetric.logBytes) { $0.bytes }
        write(BrokerMetric.logSegments) { $0.segments }
        write(BrokerMetric.logStart) { $0.start }
        write(BrokerMetric.logEnd) { $0.end }
        if configuration.flag("metrics.partitions") {
            func write(_ metric: MetricDefinition, _ value: (LogReadings.Sums) -> Int) {
                page.write(metric) { family in
                    for one in logs.partitions { family.add([one.topic, String(one.index)], value(one.reading)) }
                }
            }
            write(BrokerMetric.partitionBytes) { $0.bytes }
            write(BrokerMetric.partitionStart) { $0.start }
            write(BrokerMetric.partitionEnd) { $0.end }
        }
        page.write(BrokerMetric.offlinePartitions, logs.offline)
        page.write(BrokerMetric.corruptPartitions, logs.corrupt)
        page.write(BrokerMetric.flushSeconds) { $0.add([], metrics.flushSeconds) }
        page.write(BrokerMetric.flushFailures, metrics.flushFailures.value)
        page.write(BrokerMetric.segmentsDeleted, metrics.segmentsDeleted.value)
        page.write(BrokerMetric.maintenanceFailures, metrics.maintenanceFailures.value)
        writeCleaner(to: &page)
        page.write(BrokerMetric.openFiles, directory.files.count)
        page.write(BrokerMetric.openFilesMax, directory.files.capacity)
        page.write(BrokerMetric.fileOpens, directory.files.openedCount)
        let volume = Volume(of: directory.path)
        page.write(BrokerMetric.diskFree, Int(volume?.usableBytes ?? 0))
        page.write(BrokerMetric.diskSize, Int(volume?.totalBytes ?? 0))
    }

    private func writeCleaner(to page: inout MetricsPage) {
        let totals = cleaner.totals
        page.write(BrokerMetric.cleanerRunning, totals.runningCount)
        page.write(BrokerMetric.cleanerRuns, totals.compactionCount)
        page.write(BrokerMetric.cleanerSeconds, seconds: Double(totals.nanoseconds) / 1e9)
        page.write(BrokerMetric.cleanerLastSeconds, seconds: Double(totals.lastNanoseconds) / 1e9)
        page.write(BrokerMetric.cleanerBytes, totals.byteCount)
        page.write(BrokerMetric.cleanerRemovedRecords, totals.removedRecordCount)
        page.write(BrokerMetric.cleanerRemovedBytes, totals.removedByteCount)
        page.write(BrokerMetric.cleanerKeylessRecords, totals.keylessRecordCount)
        page.write(BrokerMetric.cleanerFailures, totals.failureCount)
        page.write(BrokerMetric.uncleanablePartitions, totals.uncleanableCount)
    }

    private func writePolicy(to page: inout MetricsPage) {
        let snapshot = policy.snapshot
        page.write(BrokerMetric.policyOffset) { family in
            family.add(["__sluice_modules"], Int(snapshot.number.modules))
            family.add(["__sluice_views"], Int(snapshot.number.views))
        }
        page.write(BrokerMetric.policyBindings, snapshot.bindings.count)
        page.write(BrokerMetric.policyDefaults, snapshot.defaults.count)
        let views = snapshot.allViews
        page.write(BrokerMetric.policyViews) { family in
            family.add(["true"], views.count { $0.isUsable })
            family.add(["false"], views.count { !$0.isUsable })
        }
        let modules = policy.currentState.modules.values.reduce(0) { count, versions in
            count + versions.values.count { !$0.isDeleted }
        }
        page.write(BrokerMetric.policyModules, modules)
        page.write(BrokerMetric.outcomes) { family in
            for kind in OutcomeKind.allCases { family.add([kind.name], metrics.outcomes[kind.rawValue]) }
        }
        page.write(BrokerMetric.evidence) { family in
            for kind in EvidenceClass.allCases { family.add([kind.name], metrics.evidence[kind.rawValue]) }
        }
        page.write(BrokerMetric.remembered, attribution.rememberedCount)
        page.write(BrokerMetric.logins) { family in
            for result in LoginResult.allCases { family.add([result.name], metrics.logins[result.rawValue]) }
        }
        page.write(BrokerMetric.throttledRequests, metrics.throttledRequests.value)
    }

    private func writeViews(to page: inout MetricsPage) {
        let views = metrics.views.all
        page.write(BrokerMetric.viewRecords) { family in
            for (label, meter) in views {
                family.add([label, "kept"], meter.kept.value)
                family.add([label, "changed"], meter.changed.value)
                family.add([label, "dropped"], meter.dropped.value)
                family.add([label, "failed"], meter.failed.value)
            }
        }
        page.write(BrokerMetric.viewFailures) { family in
            for (label, meter) in views {
                for failure in FailureClass.allCases where meter.failures[Int(failure.rawValue)] > 0 {
                    family.add([label, failure.name], meter.failures[Int(failure.rawValue)])
                }
            }
        }
        page.write(BrokerMetric.viewSeconds) { family in
            for (label, meter) in views { family.add([label], Double(meter.nanoseconds.value) / 1e9) }
        }
        page.write(BrokerMetric.guestSeconds) { $0.add([], metrics.guestSeconds) }
        let guests = reader.runtime.statistics
        page.write(BrokerMetric.guestInstances, guests.instanceCount)
        page.write(BrokerMetric.compiles, guests.compileCount)
        page.write(BrokerMetric.compileSeconds, seconds: Double(guests.compileNanoseconds) / 1e9)
        page.write(BrokerMetric.errorsLeftOut, viewErrors.leftOutCount)
        let cache = reader.cacheCounts
        page.write(BrokerMetric.cacheHits, cache.hits)
        page.write(BrokerMetric.cacheMisses, cache.misses)
        page.write(BrokerMetric.cacheEvictions, cache.evictions)
        page.write(BrokerMetric.cacheBytes, cache.byteCount)
        page.write(BrokerMetric.cacheBytesMax, cache.byteLimit)
    }
}
