#ifndef CWASMTIME_H
#define CWASMTIME_H

// The part of wasmtime's C API (50.0.1) that sluice uses, loaded with dlopen: a build needs no engine, and a missing one is
// one clear message at start. The signatures are the library's own; each layout that crosses the border is asserted here.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wasm_config wasm_config_t;
typedef struct wasm_engine wasm_engine_t;
typedef struct wasm_trap wasm_trap_t;
typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_pooling_config wasmtime_pooling_config_t;
typedef struct wasmtime_module wasmtime_module_t;
typedef struct wasmtime_linker wasmtime_linker_t;
typedef struct wasmtime_instance_pre wasmtime_instance_pre_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_context wasmtime_context_t;

typedef struct {
    size_t size;
    uint8_t *data;
} wasm_byte_vec_t;

typedef struct {
    uint64_t store_id;
    void *private_;
} wasmtime_func_t;

typedef struct {
    uint64_t store_id;
    size_t private_;
} wasmtime_instance_t;

typedef struct {
    uint64_t store_id;
    uint32_t private1;
    uint32_t private2;
    uint32_t private3;
} wasmtime_memory_t;

typedef struct {
    uint64_t store_id;
    uint32_t private1;
    uint32_t private2;
    uint32_t private3;
} wasmtime_global_t;

typedef union {
    wasmtime_func_t func;
    wasmtime_memory_t memory;
    wasmtime_global_t global;
} wasmtime_extern_union_t;

/// kind: 0 function, 1 global, 2 table, 3 memory.
typedef struct {
    uint8_t kind;
    wasmtime_extern_union_t of;
} wasmtime_extern_t;

typedef union {
    int32_t i32;
    int64_t i64;
    uint64_t raw[3];
} wasmtime_val_union_t;

/// kind: 0 i32, 1 i64.
typedef struct {
    uint8_t kind;
    wasmtime_val_union_t of;
} wasmtime_val_t;

_Static_assert(sizeof(wasm_byte_vec_t) == 16 && offsetof(wasm_byte_vec_t, data) == 8, "byte_vec");
_Static_assert(sizeof(wasmtime_func_t) == 16, "func");
_Static_assert(sizeof(wasmtime_instance_t) == 16, "instance");
_Static_assert(sizeof(wasmtime_memory_t) == 24, "memory");
_Static_assert(sizeof(wasmtime_global_t) == 24, "global");
_Static_assert(sizeof(wasmtime_extern_t) == 32 && offsetof(wasmtime_extern_t, of) == 8, "extern");
_Static_assert(sizeof(wasmtime_val_t) == 32 && offsetof(wasmtime_val_t, of) == 8, "val");

#define WT_CONFIG_SWITCHES(X)                                                                                          \
    X(epoch_interruption)                                                                                              \
    X(consume_fuel)                                                                                                    \
    X(wasm_threads)                                                                                                    \
    X(shared_memory)                                                                                                   \
    X(wasm_relaxed_simd)                                                                                               \
    X(wasm_tail_call)                                                                                                  \
    X(wasm_function_references)                                                                                        \
    X(wasm_gc)                                                                                                         \
    X(wasm_exceptions)                                                                                                 \
    X(wasm_multi_memory)                                                                                               \
    X(wasm_memory64)                                                                                                   \
    X(wasm_wide_arithmetic)                                                                                            \
    X(wasm_custom_page_sizes)                                                                                          \
    X(wasm_stack_switching)                                                                                            \
    X(wasm_component_model)                                                                                            \
    X(concurrency_support)                                                                                             \
    X(wasm_reference_types)                                                                                            \
    X(gc_support)                                                                                                      \
    X(wasm_simd)                                                                                                       \
    X(wasm_bulk_memory)                                                                                                \
    X(wasm_multi_value)                                                                                                \
    X(cranelift_nan_canonicalization)                                                                                  \
    X(parallel_compilation)                                                                                            \
    X(memory_init_cow)                                                                                                 \
    X(signals_based_traps)

#define WT_POOL_COUNTS(X)                                                                                              \
    X(total_core_instances)                                                                                            \
    X(total_memories)                                                                                                  \
    X(total_tables)                                                                                                    \
    X(total_stacks)                                                                                                    \
    X(total_gc_heaps)                                                                                                  \
    X(max_memories_per_module)                                                                                         \
    X(max_tables_per_module)

#define WT_POOL_SIZES(X)                                                                                               \
    X(table_elements)                                                                                                  \
    X(max_memory_size)                                                                                                 \
    X(linear_memory_keep_resident)                                                                                     \
    X(table_keep_resident)

// X(result, name, (parameters), (arguments))
#define WT_FUNCTIONS(X)                                                                                                \
    X(wasm_config_t *, wasm_config_new, (void), ())                                                                    \
    X(void, wasmtime_config_max_wasm_stack_set, (wasm_config_t * c, size_t v), (c, v))                                 \
    X(void, wasmtime_config_strategy_set, (wasm_config_t * c, uint8_t v), (c, v))                                      \
    X(void, wasmtime_config_cranelift_opt_level_set, (wasm_config_t * c, uint8_t v), (c, v))                           \
    X(void, wasmtime_config_cranelift_regalloc_algorithm_set, (wasm_config_t * c, uint8_t v), (c, v))                  \
    X(wasmtime_pooling_config_t *, wasmtime_pooling_allocation_config_new, (void), ())                                 \
    X(void, wasmtime_pooling_allocation_config_delete, (wasmtime_pooling_config_t * p), (p))                           \
    X(void, wasmtime_pooling_allocation_strategy_set, (wasm_config_t * c, const wasmtime_pooling_config_t *p), (c, p)) \
    X(wasm_engine_t *, wasm_engine_new_with_config, (wasm_config_t * c), (c))                                          \
    X(void, wasm_engine_delete, (wasm_engine_t * e), (e))                                                              \
    X(void, wasmtime_engine_increment_epoch, (const wasm_engine_t *e), (e))                                            \
    X(wasmtime_error_t *, wasmtime_module_validate, (wasm_engine_t * e, const uint8_t *w, size_t n), (e, w, n))        \
    X(wasmtime_error_t *, wasmtime_module_new,                                                                         \
      (wasm_engine_t * e, const uint8_t *w, size_t n, wasmtime_module_t **m), (e, w, n, m))                            \
    X(wasmtime_error_t *, wasmtime_module_serialize, (wasmtime_module_t * m, wasm_byte_vec_t * v), (m, v))             \
    X(wasmtime_error_t *, wasmtime_module_deserialize,                                                                 \
      (wasm_engine_t * e, const uint8_t *b, size_t n, wasmtime_module_t **m), (e, b, n, m))                            \
    X(void, wasmtime_module_delete, (wasmtime_module_t * m), (m))                                                      \
    X(wasmtime_linker_t *, wasmtime_linker_new, (wasm_engine_t * e), (e))                                              \
    X(void, wasmtime_linker_delete, (wasmtime_linker_t * l), (l))                                                      \
    X(wasmtime_error_t *, wasmtime_linker_instantiate_pre,                                                             \
      (const wasmtime_linker_t *l, const wasmtime_module_t *m, wasmtime_instance_pre_t **p), (l, m, p))                \
    X(wasmtime_error_t *, wasmtime_instance_pre_instantiate,                                                           \
      (const wasmtime_instance_pre_t *p, wasmtime_context_t *c, wasmtime_instance_t *i, wasm_trap_t **t),              \
      (p, c, i, t))                                                                                                    \
    X(void, wasmtime_instance_pre_delete, (wasmtime_instance_pre_t * p), (p))                                          \
    X(wasmtime_store_t *, wasmtime_store_new, (wasm_engine_t * e, void *data, void (*f)(void *)), (e, data, f))        \
    X(wasmtime_context_t *, wasmtime_store_context, (wasmtime_store_t * s), (s))                                       \
    X(void, wasmtime_store_limiter,                                                                                    \
      (wasmtime_store_t * s, int64_t memory, int64_t elements, int64_t instances, int64_t tables, int64_t memories),   \
      (s, memory, elements, instances, tables, memories))                                                              \
    X(void, wasmtime_store_delete, (wasmtime_store_t * s), (s))                                                        \
    X(void, wasmtime_context_set_epoch_deadline, (wasmtime_context_t * c, uint64_t ticks), (c, ticks))                 \
    X(wasmtime_error_t *, wasmtime_context_set_fuel, (wasmtime_context_t * c, uint64_t fuel), (c, fuel))               \
    X(wasmtime_error_t *, wasmtime_context_get_fuel, (const wasmtime_context_t *c, uint64_t *fuel), (c, fuel))         \
    X(bool, wasmtime_instance_export_get,                                                                              \
      (wasmtime_context_t * c, const wasmtime_instance_t *i, const char *name, size_t n, wasmtime_extern_t *e),        \
      (c, i, name, n, e))                                                                                              \
    X(wasmtime_error_t *, wasmtime_func_call,                                                                          \
      (wasmtime_context_t * c, const wasmtime_func_t *f, const wasmtime_val_t *args, size_t argc,                      \
       wasmtime_val_t *results, size_t resultc, wasm_trap_t **t),                                                      \
      (c, f, args, argc, results, resultc, t))                                                                         \
    X(uint8_t *, wasmtime_memory_data, (const wasmtime_context_t *c, const wasmtime_memory_t *m), (c, m))              \
    X(size_t, wasmtime_memory_data_size, (const wasmtime_context_t *c, const wasmtime_memory_t *m), (c, m))            \
    X(void, wasmtime_error_message, (const wasmtime_error_t *e, wasm_byte_vec_t *v), (e, v))                           \
    X(void, wasmtime_error_delete, (wasmtime_error_t * e), (e))                                                        \
    X(bool, wasmtime_trap_code, (const wasm_trap_t *t, uint8_t *code), (t, code))                                      \
    X(void, wasm_trap_delete, (wasm_trap_t * t), (t))                                                                  \
    X(void, wasm_byte_vec_delete, (wasm_byte_vec_t * v), (v))                                                          \
    X(wasmtime_error_t *, wasmtime_wat2wasm, (const char *text, size_t n, wasm_byte_vec_t *v), (text, n, v))

struct wt_functions {
#define X(name) void (*wasmtime_config_##name##_set)(wasm_config_t * c, bool v);
    WT_CONFIG_SWITCHES(X)
#undef X
#define X(name) void (*wasmtime_pooling_allocation_config_##name##_set)(wasmtime_pooling_config_t * p, uint32_t v);
    WT_POOL_COUNTS(X)
#undef X
#define X(name) void (*wasmtime_pooling_allocation_config_##name##_set)(wasmtime_pooling_config_t * p, size_t v);
    WT_POOL_SIZES(X)
#undef X
#define X(result, name, parameters, arguments) result(*name) parameters;
    WT_FUNCTIONS(X)
#undef X
};

/// Written once by `wt_load`, before any thread calls the functions below.
extern struct wt_functions wt_table;

/// Loads the engine from the library at `path` and fills the table. Not safe to call from two threads at once; once it
/// has succeeded it must not be called again. On failure returns false and puts one line into `message`.
bool wt_load(const char *path, char *message, size_t message_size);

#define X(name)                                                                                                        \
    static inline void wasmtime_config_##name##_set(wasm_config_t *c, bool v) {                                        \
        wt_table.wasmtime_config_##name##_set(c, v);                                                                   \
    }
WT_CONFIG_SWITCHES(X)
#undef X
#define X(name)                                                                                                        \
    static inline void wasmtime_pooling_allocation_config_##name##_set(wasmtime_pooling_config_t *p, uint32_t v) {     \
        wt_table.wasmtime_pooling_allocation_config_##name##_set(p, v);                                                \
    }
WT_POOL_COUNTS(X)
#undef X
#define X(name)                                                                                                        \
    static inline void wasmtime_pooling_allocation_config_##name##_set(wasmtime_pooling_config_t *p, size_t v) {       \
        wt_table.wasmtime_pooling_allocation_config_##name##_set(p, v);                                                \
    }
WT_POOL_SIZES(X)
#undef X
#define X(result, name, parameters, arguments)                                                                         \
    static inline result name parameters { return wt_table.name arguments; }
WT_FUNCTIONS(X)
#undef X

#endif
