import Glibc

/// A process that this one started. Ended when it is let go of.
final class ChildProcess {
    let pid: pid_t
    /// Its standard output.
    private let output: Int32
    private var status: Int32?

    /// `errors`: the file that its standard error is appended to; nil: this process's own.
    init(_ command: [String], errors: String? = nil) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure.system("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let errors {
            unsafe posix_spawn_file_actions_addopen(
                &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var pid = pid_t()
        var arguments = unsafe command.map { unsafe strdup($0) }
        defer { unsafe arguments.forEach { unsafe free($0) } }
        unsafe arguments.append(nil)
        let failure = unsafe posix_spawn(&pid, command[0], &actions, nil, &arguments, environ)
        close(ends[1])
        guard failure == 0 else {
            close(ends[0])
            throw Failure("can't start \(command[0]): error \(failure)")
        }
        self.pid = pid
        output = ends[0]
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            _ = wait()
        }
        close(output)
    }

    var usage: ProcessUsage { ProcessUsage(pid: pid) }

    /// True as long as it hasn't ended.
    func isRunning() -> Bool {
        if status != nil { return false }
        var status: Int32 = 0
        guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return true }
        self.status = status
        return false
    }

    /// Waits for its end; returns its exit status, or -1 if a signal ended it.
    func wait() -> Int32 {
        var status = self.status ?? 0
        if self.status == nil {
            while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
            self.status = status
        }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -1
    }

    func terminate() -> Int32 {
        if status == nil { kill(pid, SIGTERM) }
        return wait()
    }

    /// The first line that it prints.
    func readLine() throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw Failure("process \(pid) ended without a line")
    }

    /// Runs a command to its end; throws if it fails.
    static func run(_ command: [String], errors: String? = nil) throws {
        let child = try ChildProcess(command, errors: errors)
        let status = child.wait()
        guard status == 0 else { throw Failure("\(command.joined(separator: " ")) ended with \(status)") }
    }
}
