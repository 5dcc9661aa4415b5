#if canImport(Glibc)
    internal import Glibc
#endif

/// Descriptors that this process may have: each connection and each open segment file takes one.
enum OpenFileLimit {
    /// Shells give programs a soft limit of 1,024 for the sake of `select`, which nothing here uses. Raises it to the hard
    /// limit; what the limit is then.
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
