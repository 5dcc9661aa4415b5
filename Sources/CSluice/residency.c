#define _GNU_SOURCE
#include "CSluiceResidency.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SAMPLE_STRIDE (128 * 1024)

long sluice_read_resident(int descriptor, void *target, size_t count, int64_t position) {
    struct iovec vector = {.iov_base = target, .iov_len = count};
    ssize_t done;
    do done = preadv2(descriptor, &vector, 1, position, RWF_NOWAIT);
    while (done < 0 && errno == EINTR);
    return done;
}

// For file systems without RWF_NOWAIT. -1: nobody can tell.
static int mapped_is_resident(int descriptor, int64_t position, size_t count) {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || status.st_size < position + (int64_t)count) return -1;
    long page = sysconf(_SC_PAGESIZE);
    int64_t start = position - position % page;
    size_t length = (size_t)(position - start) + count;
    void *address = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, start);
    if (address == MAP_FAILED) return 0;
    int result = 1;
    unsigned char pages[256];
    for (size_t done = 0; done < length && result == 1; done += 256 * (size_t)page) {
        size_t part = length - done < 256 * (size_t)page ? length - done : 256 * (size_t)page;
        if (mincore((char *)address + done, part, pages) != 0) {
            result = 0;
            break;
        }
        size_t page_count = (part + (size_t)page - 1) / (size_t)page;
        for (size_t i = 0; i < page_count; i++) {
            if (!(pages[i] & 1)) result = 0;
        }
    }
    munmap(address, length);
    return result;
}

int sluice_is_resident(int descriptor, int64_t position, size_t count) {
    if (count == 0) return 1;
    int64_t last = position + (int64_t)count - 1;
    for (int64_t sample = position;;) {
        char byte;
        long done = sluice_read_resident(descriptor, &byte, 1, sample);
        if (done == 0) return -1;
        if (done < 0) {
            if (errno == EAGAIN) return 0;
            if (errno == EOPNOTSUPP || errno == ENOSYS) return mapped_is_resident(descriptor, position, count);
            return -1;
        }
        if (sample == last) return 1;
        sample = last - sample > SAMPLE_STRIDE ? sample + SAMPLE_STRIDE : last;
    }
}

void sluice_will_need(int descriptor, int64_t position, size_t count) {
    // Advice: what follows works without it.
    (void)posix_fadvise(descriptor, position, (off_t)count, POSIX_FADV_WILLNEED);
}
