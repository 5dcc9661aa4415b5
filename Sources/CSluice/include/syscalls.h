#ifndef CSLUICE_SYSCALLS_H
#define CSLUICE_SYSCALLS_H

// The file system calls that SegmentLog needs and that swift-system does not wrap, or wraps without the loop around
// EINTR and short counts. All return a negative errno on failure.

#include <stddef.h>
#include <stdint.h>

/// One piece of a gathered write; laid out as struct iovec.
typedef struct {
    const void *bytes;
    size_t count;
} sluice_piece;

/// Opens with O_CLOEXEC; creates with mode 0644 if `create`. Returns the descriptor.
int sluice_open(const char *path, int writable, int create);
int64_t sluice_file_size(int descriptor);
/// Size of the file at `path` without opening it.
int64_t sluice_path_size(const char *path);
/// Reads until `count` bytes are there or the file ends. Returns the bytes read.
int64_t sluice_pread(int descriptor, void *buffer, size_t count, int64_t position);
/// Writes all pieces, one after the other, from `position` on. Changes `pieces` as it goes. Returns 0.
int sluice_pwritev(int descriptor, sluice_piece *pieces, size_t count, int64_t position);
int sluice_ftruncate(int descriptor, int64_t count);
/// Starts writing the file's pages to the disk. Advice.
void sluice_begin_sync(int descriptor);
int sluice_fdatasync(int descriptor);
int sluice_sync_directory(const char *path);
/// Syncs all of the file system that holds `path`.
int sluice_sync_all(const char *path);
/// Takes an exclusive lock that lasts as long as the descriptor. -EWOULDBLOCK: another process holds it.
int sluice_lock(int descriptor);
int sluice_rename(const char *from, const char *to);
int sluice_unlink(const char *path);
int sluice_mkdir(const char *path);
int sluice_rmdir(const char *path);
/// Brings a range of a file into the page cache and waits for it.
int sluice_readahead(int descriptor, int64_t position, size_t count);
/// The names in a directory but . and .., each ended by NUL, in one block of `*byte_count` bytes for `sluice_free`.
int sluice_list_directory(const char *path, char **names, size_t *byte_count);
void sluice_free(char *block);
/// Gives way to other threads: adds `increment` to the calling thread's nice value (Linux has one for each thread).
int sluice_nice_thread(int increment);

#endif
