#ifndef CSLUICE_H
#define CSLUICE_H

#include <stddef.h>
#include <stdint.h>

#include "syscalls.h"

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `count` bytes, continued from `crc` (0 to begin).
/// Uses the processor's instruction where there is one, chosen at start.
uint32_t sluice_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same in plain C: what runs where the instruction is missing, and what the fast way is tested against.
uint32_t sluice_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#include "CSluiceResidency.h"
#include "CSluiceProcess.h"

#endif
