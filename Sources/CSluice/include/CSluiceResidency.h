#ifndef CSLUICE_RESIDENCY_H
#define CSLUICE_RESIDENCY_H

#include <stddef.h>
#include <stdint.h>

/// Reads `count` bytes at `position` without waiting for a disk. The number of bytes read, which is short where the page
/// cache ends; -1 if none are there or the file system can't tell.
long sluice_read_resident(int descriptor, void *target, size_t count, int64_t position);

/// 1 if the range is in the page cache as far as samples tell (one per 128 KiB, the first and the last byte included),
/// 0 if not or if nobody can tell, -1 if the file ends before the range does or can't be read.
int sluice_is_resident(int descriptor, int64_t position, size_t count);

/// Asks the kernel to begin reading the range.
void sluice_will_need(int descriptor, int64_t position, size_t count);

#endif
