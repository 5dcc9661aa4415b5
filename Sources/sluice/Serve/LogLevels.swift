import ArgumentParser
import Broker
import Logging
import Synchronization

/// `--log-level` and `log.level`: one level for all loggers, and others for some by name: `info,groups=debug`.
struct LogLevelSetting: Sendable, Equatable, ExpressibleByArgument {
    /// The loggers of a broker; each writes under `sluice.NAME`, lines of none of them under `sluice`.
    static let loggers = ["admin", "groups", "log", "policy", "readers", "security", "server"]

    var base = LogLevel.info
    var named: [String: LogLevel] = [:]

    init() {}

    init?(argument: String) {
        guard let setting = try? Self(parsing: argument) else { return nil }
        self = setting
    }

    static var defaultValueDescription: String { "info" }

    init(parsing text: String) throws(CommandFailure) {
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let word = sides[sides.count - 1]
            guard let level = LogLevel(rawValue: String(word)) else {
                let words = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(.usage, "\(Table.printable(String(word))) is no log level; there are \(words)")
            }
            if sides.count == 1 {
                guard index == 0 else {
                    throw CommandFailure(.usage, "a log level for all loggers comes first, as in info,groups=debug")
                }
                base = level
            } else {
                guard Self.loggers.contains(String(sides[0])) else {
                    throw CommandFailure(
                        .usage, "no logger is called \(Table.printable(String(sides[0])))",
                        hint: "there are \(Self.loggers.joined(separator: ", "))")
                }
                named[String(sides[0])] = level
            }
        }
    }

    func level(ofLabel label: String) -> LogLevel {
        label.hasPrefix("sluice.") ? named[String(label.dropFirst("sluice.".count))] ?? base : base
    }
}

/// The levels in force: read for each line, changed by request, replaced by a reload of another `log.level`. Loggers that
/// exist follow.
final class LogLevels: LogLevelControl {
    /// The name that clients know the base level by.
    private static let root = "root"

    /// The level of one label.
    final class Cell: Sendable {
        private let rank: Atomic<Int>

        init(_ level: LogLevel) {
            rank = Atomic(Self.rank(of: level))
        }

        var level: Logger.Level { Logger.Level.allCases[rank.load(ordering: .relaxed)] }

        func set(_ level: LogLevel) { rank.store(Self.rank(of: level), ordering: .relaxed) }

        private static func rank(of level: LogLevel) -> Int {
            Logger.Level.allCases.firstIndex(of: level.level) ?? 0
        }
    }

    private let state: Mutex<(setting: LogLevelSetting, cells: [String: Cell])>

    init(_ setting: LogLevelSetting = LogLevelSetting()) {
        state = Mutex((setting, [:]))
    }

    func set(_ setting: LogLevelSetting) {
        state.withLock { state in
            state.setting = setting
            for (label, cell) in state.cells { cell.set(setting.level(ofLabel: label)) }
        }
    }

    var levels: [String: Logger.Level] {
        let setting = state.withLock { $0.setting }
        var levels = [Self.root: setting.base.level]
        for name in LogLevelSetting.loggers { levels[name] = (setting.named[name] ?? setting.base).level }
        return levels
    }

    func set(_ level: Logger.Level?, of logger: String) {
        let level = level.map { LogLevel($0) }
        state.withLock { state in
            if logger != Self.root {
                state.setting.named[logger] = level
            } else if let level {
                state.setting.base = level
            }
            for (label, cell) in state.cells { cell.set(state.setting.level(ofLabel: label)) }
        }
    }

    func cell(ofLabel label: String) -> Cell {
        state.withLock { state in
            if let cell = state.cells[label] { return cell }
            let cell = Cell(state.setting.level(ofLabel: label))
            state.cells[label] = cell
            return cell
        }
    }
}
