/// What the command's exit code says. Documented in Docs/cli.md; scripts rely on the numbers.
enum CommandStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// It didn't work, for a reason that none of the others name.
    case failed = 1
    /// The command line or the settings are wrong; nothing was tried.
    case usage = 2
    /// What was named (a topic, partition, group, module, view, file) isn't there.
    case notFound = 3
    /// The broker understood and won't: rights, a rule of the policy, an invalid record or setting.
    case refused = 4
    /// No broker answers there.
    case unreachable = 5
    /// What was to be made is there already.
    case exists = 6
    /// Ctrl-C has cut a measurement or a live view short: 128 + SIGINT, as shells have it.
    case interrupted = 130
}
