#ifndef CSLUICE_PROCESS_H
#define CSLUICE_PROCESS_H

#include <pthread.h>
#include <stdint.h>

/// Runs the program at `path` with `arguments` (NULL at the end, the program's name first), standard files at /dev/null,
/// no other descriptor of ours, and waits for it: at most `wall_ms`, then it is killed by its id. Blocks the thread.
/// Returns 0 and what waitpid said in `status`, ETIMEDOUT if it had to be killed, or an errno.
int sluice_run_child(const char *path, const char *const *arguments, int64_t wall_ms, int *status);

/// Limits this process for good to `cpu_seconds` of processor time and `address_space` bytes, without a core file.
/// Returns 0 or an errno.
int sluice_limit_self(uint64_t cpu_seconds, uint64_t address_space);

/// Lets the allocator keep up to 32 MiB of freed memory at each heap's end, and take blocks of up to 8 MiB from there. A broker
/// takes and frees buffers of some 100 KiB for each batch; with glibc's defaults many of them are mapped anew each time, and
/// the page faults cost more than the work (measured: 110 of 280 ns for a record under a view).
void sluice_keep_heap(void);

/// Names a thread for tools that list threads; at most 15 bytes are kept.
void sluice_name_thread(pthread_t thread, const char *name);

#endif
