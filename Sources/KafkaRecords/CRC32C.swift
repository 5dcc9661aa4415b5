import CSluice

/// CRC-32C (Castagnoli), the checksum of record batches. RFC 3720, appendix B.4.
public enum CRC32C {
    /// The checksum of `bytes`, continued from `seed` (the checksum of what came before, 0 to begin).
    public static func checksum(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe sluice_crc32c(seed, buffer.baseAddress, buffer.count)
        }
    }
}
