#include "CWasmtime.h"

#include <dlfcn.h>
#include <stdio.h>

struct wt_functions wt_table;

static bool resolve(void *library, const char *name, void **target, char *message, size_t message_size) {
    *target = dlsym(library, name);
    if (*target) return true;
    snprintf(message, message_size, "it has no function %s (wasmtime 50.0.1 is needed)", name);
    return false;
}

bool wt_load(const char *path, char *message, size_t message_size) {
    // NODELETE: the engine installs signal handlers, so it can't go away again.
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, message_size, "%s", reason ? reason : "unknown reason");
        return false;
    }
    struct wt_functions loaded;
#define RESOLVE(name)                                                                                                  \
    if (!resolve(library, #name, (void **)&loaded.name, message, message_size)) return false;
#define X(name) RESOLVE(wasmtime_config_##name##_set)
    WT_CONFIG_SWITCHES(X)
#undef X
#define X(name) RESOLVE(wasmtime_pooling_allocation_config_##name##_set)
    WT_POOL_COUNTS(X)
    WT_POOL_SIZES(X)
#undef X
#define X(result, name, parameters, arguments) RESOLVE(name)
    WT_FUNCTIONS(X)
#undef X
    wt_table = loaded;
    return true;
}
