#define _GNU_SOURCE
#include "syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(sizeof(sluice_piece) == sizeof(struct iovec), "a piece is an iovec");
_Static_assert(offsetof(sluice_piece, bytes) == offsetof(struct iovec, iov_base), "a piece is an iovec");
_Static_assert(offsetof(sluice_piece, count) == offsetof(struct iovec, iov_len), "a piece is an iovec");

// The kernel's limit on pieces in one call (UIO_MAXIOV).
#define PIECES_MAX 1024

static int result(int value) {
    return value < 0 ? -errno : value;
}

int sluice_open(const char *path, int writable, int create) {
    int flags = O_CLOEXEC | (writable ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0);
    int descriptor;
    do descriptor = open(path, flags, 0644);
    while (descriptor < 0 && errno == EINTR);
    return result(descriptor);
}

int64_t sluice_file_size(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -errno;
    return status.st_size;
}

int64_t sluice_path_size(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    return status.st_size;
}

int64_t sluice_pread(int descriptor, void *buffer, size_t count, int64_t position) {
    size_t done = 0;
    while (done < count) {
        ssize_t step = pread(descriptor, (char *)buffer + done, count - done, position + (int64_t)done);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) return -errno;
        if (step == 0) break;
        done += (size_t)step;
    }
    return (int64_t)done;
}

int sluice_pwritev(int descriptor, sluice_piece *pieces, size_t count, int64_t position) {
    while (count > 0) {
        size_t batch = count < PIECES_MAX ? count : PIECES_MAX;
        ssize_t step = pwritev(descriptor, (const struct iovec *)pieces, (int)batch, position);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) return -errno;
        position += step;
        size_t left = (size_t)step;
        while (count > 0 && left >= pieces->count) {
            left -= pieces->count;
            pieces++;
            count--;
        }
        if (left > 0) {
            pieces->bytes = (const char *)pieces->bytes + left;
            pieces->count -= left;
        } else if (step == 0 && count > 0) {
            return -EIO;
        }
    }
    return 0;
}

int sluice_ftruncate(int descriptor, int64_t count) {
    int value;
    do value = ftruncate(descriptor, count);
    while (value < 0 && errno == EINTR);
    return result(value);
}

// Not repeated on any error, EINTR included: what a failed sync has dropped from the cache, a second one reports as written.
void sluice_begin_sync(int descriptor) {
    (void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int sluice_fdatasync(int descriptor) {
    return result(fdatasync(descriptor));
}

int sluice_sync_directory(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int value = result(fsync(descriptor));
    close(descriptor);
    return value;
}

int sluice_sync_all(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int value = result(syncfs(descriptor));
    close(descriptor);
    return value;
}

int sluice_lock(int descriptor) {
    return result(flock(descriptor, LOCK_EX | LOCK_NB));
}

int sluice_rename(const char *from, const char *to) {
    return result(rename(from, to));
}

int sluice_unlink(const char *path) {
    return result(unlink(path));
}

int sluice_mkdir(const char *path) {
    return result(mkdir(path, 0755));
}

int sluice_rmdir(const char *path) {
    return result(rmdir(path));
}

int sluice_readahead(int descriptor, int64_t position, size_t count) {
    return result((int)readahead(descriptor, position, count));
}

int sluice_list_directory(const char *path, char **names, size_t *byte_count) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    char *block = NULL;
    size_t used = 0, capacity = 0;
    int failure = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        if (!entry) {
            failure = -errno;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        size_t length = strlen(entry->d_name) + 1;
        if (used + length > capacity) {
            capacity = capacity * 2 + length + 1024;
            char *larger = realloc(block, capacity);
            if (!larger) {
                failure = -ENOMEM;
                break;
            }
            block = larger;
        }
        memcpy(block + used, entry->d_name, length);
        used += length;
    }
    closedir(directory);
    if (failure) {
        free(block);
        return failure;
    }
    *names = block;
    *byte_count = used;
    return 0;
}

void sluice_free(char *block) {
    free(block);
}

int sluice_nice_thread(int increment) {
    id_t thread = (id_t)gettid();
    errno = 0;
    int nice_value = getpriority(PRIO_PROCESS, thread);
    if (errno) return -errno;
    return setpriority(PRIO_PROCESS, thread, nice_value + increment) ? -errno : 0;
}
