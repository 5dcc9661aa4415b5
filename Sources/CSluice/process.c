#define _GNU_SOURCE
#include "CSluice.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pid_t wait_for(pid_t child, int *status) {
    pid_t ended;
    do {
        ended = waitpid(child, status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended;
}

int sluice_run_child(const char *path, const char *const *arguments, int64_t wall_ms, int *status) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&files);
    if (failed) return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&files);
        return failed;
    }
    // The child gets no descriptor of ours and no blocked or ignored signal.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    pid_t child = -1;
    for (int fd = 0; fd < 3 && !failed; fd++) {
        failed = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
    }
    if (!failed) failed = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (!failed) failed = posix_spawnattr_setsigmask(&attributes, &none);
    if (!failed) failed = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!failed) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!failed) failed = posix_spawn(&child, path, &files, &attributes, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (failed) return failed;

    int process = (int)syscall(SYS_pidfd_open, child, 0);
    if (process < 0) {
        int reason = errno;
        kill(child, SIGKILL);
        wait_for(child, status);
        return reason;
    }
    int64_t deadline = now_ms() + wall_ms, left;
    int result = 0;
    while ((left = deadline - now_ms()) > 0) {
        struct pollfd ended = {.fd = process, .events = POLLIN};
        if (poll(&ended, 1, (int)(left < 3600000 ? left : 3600000)) > 0) break;
    }
    if (left <= 0) {
        kill(child, SIGKILL);
        result = ETIMEDOUT;
    }
    close(process);
    if (wait_for(child, status) < 0) return errno;
    return result;
}

int sluice_limit_self(uint64_t cpu_seconds, uint64_t address_space) {
    struct rlimit cpu = {.rlim_cur = cpu_seconds, .rlim_max = cpu_seconds};
    struct rlimit space = {.rlim_cur = address_space, .rlim_max = address_space};
    struct rlimit no_core = {.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_CORE, &no_core) || setrlimit(RLIMIT_CPU, &cpu) || setrlimit(RLIMIT_AS, &space)) return errno;
    return 0;
}

void sluice_keep_heap(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
}

void sluice_name_thread(pthread_t thread, const char *name) {
    char short_name[16];
    snprintf(short_name, sizeof short_name, "%s", name);
    pthread_setname_np(thread, short_name);
}
