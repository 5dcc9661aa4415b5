import Metering

/// The broker's metrics by name. Labels: `topic`, `group` and `view` have a bound (`metrics.topics.max`,
/// `metrics.groups.max`, 200 views), behind which all share `(other)`; the others are words of this program.
enum BrokerMetric {
    static let buildInfo = MetricDefinition.gauge(
        "sluice_build_info", labels: ["version"], "Always 1; the version is the label.")

    // MARK: Requests

    static let requests = MetricDefinition.counter(
        "sluice_requests_total", labels: ["api", "error"],
        "Requests that were answered, by API and the first error in the answer (NONE: there is none). CONNECTION_CLOSED: the connection was closed instead."
    )
    static let requestSeconds = MetricDefinition.histogram(
        "sluice_request_seconds", labels: ["api"],
        "From the request read to its answer made: with the group commit of a Produce and the parking of a Fetch.")
    static let parkedFetches = MetricDefinition.gauge(
        "sluice_fetch_parked", "Fetches that wait for records, the policy or their time.")
    static let parkedSeconds = MetricDefinition.histogram(
        "sluice_fetch_parked_seconds", "How long fetches were parked, each time.")

    // MARK: Records

    static let topicRecordsIn = MetricDefinition.counter(
        "sluice_topic_produced_records_total", labels: ["topic"], "Records appended.")
    static let topicBytesIn = MetricDefinition.counter(
        "sluice_topic_produced_bytes_total", labels: ["topic"], "Bytes of batches appended, as they are stored.")
    static let topicBytesOut = MetricDefinition.counter(
        "sluice_topic_fetched_bytes_total", labels: ["topic"],
        "Bytes of batches in answers to fetches, raw or made by a view.")
    static let duplicateBatches = MetricDefinition.counter(
        "sluice_produce_duplicates_total",
        "Batches that an idempotent producer sent again and that were not stored twice.")
    static let appendFailures = MetricDefinition.counter(
        "sluice_append_failures_total", labels: ["class"],
        "Appends that failed: no_space and io leave the log as it was, offline and corrupt stay until somebody looks, producer and batch are the client's."
    )

    // MARK: Logs

    static let partitions = MetricDefinition.gauge(
        "sluice_topic_partitions", labels: ["topic"], "Partitions of a topic.")
    static let logBytes = MetricDefinition.gauge(
        "sluice_log_bytes", labels: ["topic"], "Bytes of segments, over the topic's partitions.")
    static let logSegments = MetricDefinition.gauge(
        "sluice_log_segments", labels: ["topic"], "Segments, over the topic's partitions.")
    static let logStart = MetricDefinition.gauge(
        "sluice_log_start_offset", labels: ["topic"], "Sum of the partitions' first offsets.")
    static let logEnd = MetricDefinition.gauge(
        "sluice_log_end_offset", labels: ["topic"], "Sum of the partitions' high watermarks.")
    static let partitionBytes = MetricDefinition.gauge(
        "sluice_partition_log_bytes", labels: ["topic", "partition"],
        "Bytes of one partition's segments; with metrics.partitions=true only, as the two below.")
    static let partitionStart = MetricDefinition.gauge(
        "sluice_partition_log_start_offset", labels: ["topic", "partition"], "First offset of one partition.")
    static let partitionEnd = MetricDefinition.gauge(
        "sluice_partition_log_end_offset", labels: ["topic", "partition"], "High watermark of one partition.")
    static let offlinePartitions = MetricDefinition.gauge(
        "sluice_partitions_offline", "Partitions that take nothing since a sync failed; a restart opens them again.")
    static let corruptPartitions = MetricDefinition.gauge(
        "sluice_partitions_corrupt", "Partitions with a broken batch amid their log: readable before it, not written.")
    static let flushSeconds = MetricDefinition.histogram(
        "sluice_log_flush_seconds", "How long one fdatasync of a partition took (log.flush=commit).")
    static let flushFailures = MetricDefinition.counter(
        "sluice_log_flush_failures_total", "Syncs that failed; each takes a partition offline.")
    static let segmentsDeleted = MetricDefinition.counter(
        "sluice_log_segments_deleted_total", "Segments that retention deleted.")
    static let maintenanceFailures = MetricDefinition.counter(
        "sluice_log_maintenance_failures_total", "Rounds of retention and upkeep that failed for a partition.")
    static let cleanerRunning = MetricDefinition.gauge(
        "sluice_cleaner_running", "Compactions that run now, at most log.cleaner.threads.")
    static let cleanerRuns = MetricDefinition.counter(
        "sluice_cleaner_runs_total", "Compactions of a partition that came to their end.")
    static let cleanerSeconds = MetricDefinition.counter(
        "sluice_cleaner_seconds_total", "Time that those took, with the rests that keep them within their bound.")
    static let cleanerLastSeconds = MetricDefinition.gauge(
        "sluice_cleaner_last_run_seconds", "What the last of them took.")
    static let cleanerBytes = MetricDefinition.counter(
        "sluice_cleaner_bytes_total", "Bytes that compaction has read and written.")
    static let cleanerRemovedRecords = MetricDefinition.counter(
        "sluice_cleaner_removed_records_total", "Records that compaction removed.")
    static let cleanerRemovedBytes = MetricDefinition.counter(
        "sluice_cleaner_removed_bytes_total", "Bytes by which logs got smaller.")
    static let cleanerKeylessRecords = MetricDefinition.counter(
        "sluice_cleaner_keyless_records_total",
        "Of the removed records, those that went because they have no key: from before the topic was compacted.")
    static let cleanerFailures = MetricDefinition.counter(
        "sluice_cleaner_failures_total", "Compactions that failed, each partition's once until it fails otherwise.")
    static let uncleanablePartitions = MetricDefinition.gauge(
        "sluice_cleaner_uncleanable_partitions",
        "Partitions that aren't compacted any more until the broker is started again; the log says why.")
    static let openFiles = MetricDefinition.gauge(
        "sluice_file_cache_open", "Segment and index files that the cache holds open.")
    static let openFilesMax = MetricDefinition.gauge(
        "sluice_file_cache_limit", "How many it may (open.segments.max).")
    static let fileOpens = MetricDefinition.counter(
        "sluice_file_cache_opens_total", "Files that had to be opened, since the cache did not hold them.")
    static let diskFree = MetricDefinition.gauge(
        "sluice_disk_free_bytes", "Bytes that the broker's user may still write to the data folder's file system.")
    static let diskSize = MetricDefinition.gauge("sluice_disk_size_bytes", "Size of the data folder's file system.")

    // MARK: Groups

    static let groups = MetricDefinition.gauge("sluice_groups", labels: ["state"], "Groups by state.")
    static let groupMembers = MetricDefinition.gauge(
        "sluice_group_members", labels: ["group"], "Members of a group.")
    static let groupLag = MetricDefinition.gauge(
        "sluice_group_lag", labels: ["group", "topic"],
        "Offsets between what a group has committed and the high watermark, over the partitions that it has committed.")

    // MARK: Views and policy

    static let policyOffset = MetricDefinition.gauge(
        "sluice_policy_offset", labels: ["topic"],
        "The next offset of each policy topic: both together number the policy in force.")
    static let policyBindings = MetricDefinition.gauge("sluice_policy_bindings", "Bindings in force.")
    static let policyDefaults = MetricDefinition.gauge("sluice_policy_defaults", "Topic defaults in force.")
    static let policyViews = MetricDefinition.gauge(
        "sluice_policy_views", labels: ["usable"],
        "Views by name and version. One that isn't usable (paused, module not loaded) denies.")
    static let policyModules = MetricDefinition.gauge("sluice_policy_modules", "Versions of modules that are stored.")
    static let outcomes = MetricDefinition.counter(
        "sluice_view_outcomes_total", labels: ["outcome"],
        "What fetches got of a topic, each time that one was resolved. deny and wait show readers who get nothing.")
    static let evidence = MetricDefinition.counter(
        "sluice_attribution_evidence_total", labels: ["class"],
        "What the group behind a fetch was found by, where it mattered.")
    static let remembered = MetricDefinition.gauge(
        "sluice_attribution_remembered",
        "Clients of whom it is remembered which groups they named: until a session time-out and five minutes after the last."
    )
    static let viewRecords = MetricDefinition.counter(
        "sluice_view_records_total", labels: ["view", "result"],
        "Records that passed through a view: kept as stored, changed, dropped, or failed. A batch read again counts again, also from the cache."
    )
    static let viewFailures = MetricDefinition.counter(
        "sluice_view_failures_total", labels: ["view", "class"], "Records on which a view failed.")
    static let viewSeconds = MetricDefinition.counter(
        "sluice_view_guest_seconds_total", labels: ["view"], "Time in a view's guests.")
    static let guestSeconds = MetricDefinition.histogram(
        "sluice_view_batch_seconds", "Time in the guests for one batch, over all views.")
    static let guestInstances = MetricDefinition.counter(
        "sluice_wasm_instances_total", "Instances of modules that were made.")
    static let compiles = MetricDefinition.counter(
        "sluice_wasm_compiles_total", "Modules that were compiled; one whose artifact is kept isn't.")
    static let compileSeconds = MetricDefinition.counter(
        "sluice_wasm_compile_seconds_total", "Time that compiling took.")
    static let errorsLeftOut = MetricDefinition.counter(
        "sluice_view_errors_left_out_total", "Failed records that came too fast to be noted in __sluice_errors.")
    static let cacheHits = MetricDefinition.counter(
        "sluice_view_cache_hits_total", "Batches that were taken from the cache as a view had made them.")
    static let cacheMisses = MetricDefinition.counter(
        "sluice_view_cache_misses_total", "Batches that were looked for in the cache in vain.")
    static let cacheEvictions = MetricDefinition.counter(
        "sluice_view_cache_evictions_total", "Batches that left the cache to make room.")
    static let cacheBytes = MetricDefinition.gauge("sluice_view_cache_bytes", "Bytes of batches in the cache.")
    static let cacheBytesMax = MetricDefinition.gauge(
        "sluice_view_cache_limit_bytes", "The bound on them (view.cache.bytes).")

    // MARK: Security

    static let logins = MetricDefinition.counter(
        "sluice_logins_total", labels: ["result"], "SASL logins that succeeded or failed.")
    static let throttledRequests = MetricDefinition.counter(
        "sluice_requests_throttled_total", "Requests that were held back because their client had used up a quota.")

    // MARK: Memory

    static let answerBytes = MetricDefinition.gauge(
        "sluice_answer_memory_bytes", "Bytes of view answers that are made and not yet sent.")
    static let answerBytesMax = MetricDefinition.gauge(
        "sluice_answer_memory_limit_bytes", "From here on answers get small (queued.max.answer.bytes).")

    /// All of them, in the order of the page.
    static let all: [MetricDefinition] = [
        buildInfo, requests, requestSeconds, parkedFetches, parkedSeconds, topicRecordsIn, topicBytesIn, topicBytesOut,
        duplicateBatches, appendFailures, partitions, logBytes, logSegments, logStart, logEnd, partitionBytes,
        partitionStart, partitionEnd, offlinePartitions, corruptPartitions, flushSeconds, flushFailures,
        segmentsDeleted, maintenanceFailures, cleanerRunning, cleanerRuns, cleanerSeconds, cleanerLastSeconds,
        cleanerBytes, cleanerRemovedRecords, cleanerRemovedBytes, cleanerKeylessRecords, cleanerFailures,
        uncleanablePartitions, openFiles, openFilesMax, fileOpens, diskFree, diskSize, groups,
        groupMembers, groupLag, policyOffset, policyBindings, policyDefaults, policyViews, policyModules, outcomes,
        evidence, remembered, viewRecords, viewFailures, viewSeconds, guestSeconds, guestInstances, compiles,
        compileSeconds, errorsLeftOut, cacheHits, cacheMisses, cacheEvictions, cacheBytes, cacheBytesMax, logins,
        throttledRequests, answerBytes, answerBytesMax,
    ]
}
