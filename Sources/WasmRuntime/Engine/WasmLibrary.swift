import CWasmtime
import Glibc
import Synchronization

/// The engine's shared library: found and loaded once, when the first module is.
enum WasmLibrary {
    /// The version whose C interface CWasmtime declares; part of every artifact's name.
    static let version = "50.0.1"

    private static let isLoaded = Mutex(false)

    /// Loads the library if that hasn't been done. Until it has succeeded each call tries again, so that an engine
    /// installed later is found without a restart.
    static func load() throws(WasmRuntimeError) {
        let failure = isLoaded.withLock { isLoaded -> String? in
            guard !isLoaded else { return nil }
            var tried: [String] = []
            for path in candidates() {
                guard unsafe access(path, F_OK) == 0 else {
                    tried.append("\(path): not there")
                    continue
                }
                if let reason = open(path) {
                    tried.append("\(path): \(reason)")
                } else {
                    isLoaded = true
                    return nil
                }
            }
            return tried.joined(separator: "; ")
        }
        if let failure {
            throw WasmRuntimeError(
                .engineMissing,
                "the Wasm engine (wasmtime \(version)) is missing: run Scripts/install-wasmtime, or set "
                    + "SLUICE_WASMTIME_LIB to its libwasmtime.so; tried \(failure)")
        }
    }

    /// The reason why it can't be loaded from `path`, or nil.
    private static func open(_ path: String) -> String? {
        var message = [CChar](repeating: 0, count: 512)
        if unsafe wt_load(path, &message, message.count) { return nil }
        return String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Where the library may be. The variable, if set, is the only place. A checkout's `.vendor/lib` counts only for a
    /// program that lies in that checkout's build folder.
    private static func candidates() -> [String] {
        if let chosen = unsafe getenv("SLUICE_WASMTIME_LIB") { return [unsafe String(cString: chosen)] }
        guard let folder = executableFolder() else { return [] }
        let file = "libwasmtime.so"
        var places = ["\(folder)/../lib/\(file)", "\(folder)/\(file)"]
        var parts = folder.split(separator: "/")
        while let last = parts.popLast() {
            guard last.hasPrefix(".build") else { continue }
            places.append("/" + parts.joined(separator: "/") + "/.vendor/lib/\(file)")
        }
        return places
    }

    private static func executableFolder() -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, let slash = buffer[..<count].lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: buffer[..<slash], as: UTF8.self)
    }
}
