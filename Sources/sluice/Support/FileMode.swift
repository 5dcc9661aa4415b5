import Foundation

/// Who may do what with a file.
enum FileMode {
    /// Whether others than the owner may read it; no where it can't be told.
    static func isOpenToOthers(_ path: String) -> Bool {
        // A file that can't be looked at was read a moment ago: nothing is to be said of it.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? Int else { return false }
        return mode & 0o044 != 0
    }
}
