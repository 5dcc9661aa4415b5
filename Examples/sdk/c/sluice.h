// The sluice guest ABI, version 1, for C. One header, no libc; include it in one file of the module.
//
// A module exports a memory, the marker `sluice_abi_1`, `sluice_alloc` and `sluice_transform`. The broker writes a whole
// batch of records into the buffer that `sluice_alloc` gave, calls `sluice_transform` once, and reads a verdict per record.
// A module imports nothing: it sees the records and its parameters, and nothing else. Each batch gets a fresh instance, so
// globals are as the linker left them.
//
//     #include "sluice.h"
//     SLUICE_MODULE
//
//     static void transform(sluice_record *record) { sluice_keep(record); }
//     SLUICE_TRANSFORM(transform)
//
// Parameters are optional: SLUICE_PARAMETERS(setup) below.

#ifndef SLUICE_H
#define SLUICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLUICE_EXPORT(name) __attribute__((export_name(name)))

/// For what is small or runs for every few bytes, whatever the compiler thinks of it.
#define SLUICE_INLINE static inline __attribute__((always_inline))

/// A batch in linear memory, little-endian. Use `table_offset` and `record_stride`: a newer broker may enlarge both.
typedef struct {
    uint32_t total_len;
    uint32_t record_count;
    uint32_t table_offset;
    uint32_t record_stride;
    uint32_t output_max; // bytes that all replaced parts of this batch may have together
    uint32_t flags;      // 0
    int64_t base_offset;
} sluice_batch;

/// One record. Pointers are absolute addresses; a length of -1 is null. The whole memory may be written, the input too.
typedef struct {
    int64_t offset;
    int64_t timestamp; // milliseconds
    uint8_t *key;
    int32_t key_len;
    uint8_t *value;
    int32_t value_len;
    uint8_t *headers; // the header section as it is in the record: varint count, then key and value each
    uint32_t headers_len;
    uint32_t verdict; // out; 0 when the call begins, and a record that still has 0 afterwards is an error
    uint32_t error;   // out, with SLUICE_ERROR: the class
    uint32_t flags;   // bit 0: the timestamp is the time of appending
    uint32_t header_count;
    uint64_t reserved;
} sluice_record;

_Static_assert(sizeof(void *) == 4, "a module is a wasm32 program");
_Static_assert(sizeof(sluice_batch) == 32, "layout of a batch");
_Static_assert(sizeof(sluice_record) == 64, "layout of a record");
_Static_assert(offsetof(sluice_record, verdict) == 40, "layout of a record");

// What becomes of a record. A record of which nothing is said is an error: forgetting one can't leak it.

enum {
    /// The reader gets the stored bytes.
    SLUICE_KEEP = 1,
    /// The reader doesn't get the record; its offset stays a gap.
    SLUICE_DROP = 2,
    /// The record can't be transformed; `error` says why. The view's on-error rule decides what the reader sees.
    SLUICE_ERROR = 3,
    /// Replace the parts of the mask by what the entry's pointers and lengths say now. Other parts stay as stored.
    SLUICE_REPLACE = 0x10,
    SLUICE_REPLACE_KEY = SLUICE_REPLACE | 1,
    SLUICE_REPLACE_VALUE = SLUICE_REPLACE | 2,
    SLUICE_REPLACE_HEADERS = SLUICE_REPLACE | 4,
};

enum {
    SLUICE_MALFORMED = 1,
    SLUICE_UNSUPPORTED = 2,
    SLUICE_MISSING_PARAMETER = 3,
    /// A parameter's value or name makes no sense.
    SLUICE_BAD_PARAMETER = 4,
    /// A module's own classes begin here.
    SLUICE_OWN_CLASS = 1000,
};

static inline sluice_record *sluice_record_at(const sluice_batch *batch, uint32_t index) {
    return (sluice_record *)((uintptr_t)batch + batch->table_offset + (size_t)index * batch->record_stride);
}

static inline void sluice_keep(sluice_record *record) { record->verdict = SLUICE_KEEP; }

static inline void sluice_drop(sluice_record *record) { record->verdict = SLUICE_DROP; }

static inline void sluice_fail(sluice_record *record, uint32_t class) {
    record->verdict = SLUICE_ERROR;
    record->error = class;
}

/// The bytes must stay as they are until the call returns: in the input, in scratch memory, or in a constant.
static inline void sluice_replace_value(sluice_record *record, const uint8_t *bytes, size_t length) {
    record->verdict |= SLUICE_REPLACE_VALUE;
    record->value = (uint8_t *)bytes;
    record->value_len = (int32_t)length;
}

/// The stored value, for a record whose key may be replaced.
static inline void sluice_keep_value(sluice_record *record) { record->verdict |= SLUICE_REPLACE; }

/// A key of null. The value and the rest stay as they are or are replaced by other calls.
static inline void sluice_remove_key(sluice_record *record) {
    record->verdict |= SLUICE_REPLACE_KEY;
    record->key_len = -1;
}

// Memory: stack and globals, then what lives as long as the instance (buffer, parameters), then the call's scratch.

/// Bytes behind the input buffer, and behind scratch, that may be read (not trusted) and overwritten: room for a vector.
#define SLUICE_SLACK 64

/// Bytes somewhere, not owned.
typedef struct {
    const uint8_t *at;
    size_t len;
} sluice_bytes;

#define SLUICE_TEXT(literal) ((sluice_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

extern unsigned char __heap_base;
static struct {
    uintptr_t floor; // where scratch begins; 0 before the first use
    uintptr_t top;   // where scratch ends
    uintptr_t buffer;
    uint32_t capacity;
    sluice_bytes parameters;
    uint32_t parameter_count;
    uint32_t message_len;
    uint8_t message[160];
} sluice_state;

/// Makes the memory reach to `end`. False: the view's memory limit is reached.
static inline bool sluice_reach(uint64_t end) {
    uint64_t pages = (end + SLUICE_SLACK + 65535) / 65536, have = __builtin_wasm_memory_size(0);
    return pages <= have || __builtin_wasm_memory_grow(0, (size_t)(pages - have)) != (size_t)-1;
}

/// `size` bytes, 16-aligned, that live as long as the instance, or 0.
static inline void *sluice_allocate(uint32_t size) {
    uintptr_t start = sluice_state.floor != 0 ? sluice_state.floor : (uintptr_t)&__heap_base;
    start = (start + 15) & ~(uintptr_t)15;
    if (!sluice_reach((uint64_t)start + size + SLUICE_SLACK)) return 0;
    sluice_state.floor = sluice_state.top = start + size + SLUICE_SLACK;
    return (void *)start;
}

/// At least `size` bytes of scratch, good until the call returns. Take them with `sluice_use`, or take fewer. Traps where the
/// view's memory limit is reached: the broker then tries the records alone.
static inline uint8_t *sluice_scratch(size_t size) {
    if (!sluice_reach((uint64_t)sluice_state.top + size)) __builtin_trap();
    return (uint8_t *)sluice_state.top;
}

static inline void sluice_use(const uint8_t *end) { sluice_state.top = (uintptr_t)end; }

/// Copies to scratch, in steps of 16 bytes: up to 15 bytes behind both ends are touched, so it isn't for literals. Returns the
/// end of the copy.
static inline uint8_t *sluice_put(uint8_t *to, const void *from, size_t length) {
    typedef uint8_t block __attribute__((vector_size(16), aligned(1)));
    if (length > 128) {
        __builtin_memcpy(to, from, length);
    } else {
        for (size_t i = 0; i < length; i += 16) *(block *)(to + i) = *(const block *)((const uint8_t *)from + i);
    }
    return to + length;
}

/// Moves bytes, to the left if they overlap. Returns the end of them.
static inline uint8_t *sluice_move(uint8_t *to, const uint8_t *from, size_t length) {
    typedef uint8_t block __attribute__((vector_size(16), aligned(1)));
    uint8_t *end = to + length;
    if (to == from) return end;
    if (length > 64) {
        __builtin_memmove(to, from, length);
    } else if (length >= 16) {
        block last = *(const block *)(from + length - 16); // before it is written over
        for (; end - to > 16; to += 16, from += 16) *(block *)to = *(const block *)from;
        *(block *)(end - 16) = last;
    } else if (length >= 4) {
        uint32_t part[4]; // the second and third overlap, or are the first and last again
        size_t step = length >= 8 ? 4 : 0;
        __builtin_memcpy(&part[0], from, 4);
        __builtin_memcpy(&part[1], from + step, 4);
        __builtin_memcpy(&part[2], from + length - 4 - step, 4);
        __builtin_memcpy(&part[3], from + length - 4, 4);
        __builtin_memcpy(to, &part[0], 4);
        __builtin_memcpy(to + step, &part[1], 4);
        __builtin_memcpy(end - 4 - step, &part[2], 4);
        __builtin_memcpy(end - 4, &part[3], 4);
    } else {
        while (to < end) *to++ = *from++;
    }
    return end;
}

/// Writes a literal. Returns the end of it.
#define SLUICE_PUT(to, literal) ((uint8_t *)__builtin_memcpy(to, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

/// The marker and the buffer that the broker writes batches to.
#define SLUICE_MODULE                                                                                                  \
    SLUICE_EXPORT("sluice_abi_1") void sluice_abi_1(void) {}                                                           \
    SLUICE_EXPORT("sluice_alloc") void *sluice_alloc(uint32_t size) {                                                  \
        uintptr_t end = sluice_state.buffer + sluice_state.capacity + SLUICE_SLACK;                                    \
        if (sluice_state.buffer != 0 && size <= sluice_state.capacity) return (void *)sluice_state.buffer;             \
        if (sluice_state.buffer != 0 && sluice_state.floor == end) sluice_state.floor = sluice_state.buffer;           \
        sluice_state.buffer = (uintptr_t)sluice_allocate(size);                                                        \
        sluice_state.capacity = sluice_state.buffer != 0 ? size : 0;                                                   \
        return (void *)sluice_state.buffer;                                                                            \
    }

/// Exports a transform that calls `void function(sluice_record *)` for each record. A module may export its own instead.
#define SLUICE_TRANSFORM(function)                                                                                     \
    SLUICE_EXPORT("sluice_transform") int32_t sluice_transform(sluice_batch *batch) {                                  \
        sluice_state.top = sluice_state.floor;                                                                         \
        for (uint32_t i = 0; i < batch->record_count; i++) function(sluice_record_at(batch, i));                       \
        return 0;                                                                                                      \
    }

// Parameters: the view's, names and values as text.

static inline sluice_bytes sluice_parameter_part(const uint8_t **at) {
    uint32_t length;
    __builtin_memcpy(&length, *at, 4);
    sluice_bytes part = {*at + 4, length};
    *at += 4 + length;
    return part;
}

static inline bool sluice_equal(sluice_bytes a, sluice_bytes b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        if (a.at[i] != b.at[i]) return false;
    }
    return true;
}

static inline sluice_bytes sluice_text(const char *text) {
    sluice_bytes bytes = {(const uint8_t *)text, 0};
    while (text[bytes.len] != 0) bytes.len++;
    return bytes;
}

/// The value of the parameter `name`, good for the instance's life. False if the view has none of that name.
static inline bool sluice_parameter(const char *name, sluice_bytes *value) {
    const sluice_bytes wanted = sluice_text(name);
    const uint8_t *at = sluice_state.parameters.at;
    for (uint32_t i = 0; i < sluice_state.parameter_count; i++) {
        sluice_bytes key = sluice_parameter_part(&at), found = sluice_parameter_part(&at);
        if (sluice_equal(key, wanted)) {
            *value = found;
            return true;
        }
    }
    return false;
}

static inline void sluice_say(const char *text, size_t length) {
    for (size_t i = 0; i < length && text[i] != 0; i++) {
        if (sluice_state.message_len < sizeof sluice_state.message) {
            sluice_state.message[sluice_state.message_len++] = (uint8_t)text[i];
        }
    }
}

/// What a setup returns to refuse its parameters: `class`, and the text `parameter "NAME" TEXT` for whoever writes the view.
/// The text never holds a parameter's value: that may be a secret.
static inline int32_t sluice_refuse(int32_t class, const char *name, const char *text) {
    sluice_say("parameter \"", 64);
    sluice_say(name, 64);
    sluice_say("\" ", 64);
    sluice_say(text, 64);
    return class;
}

/// Refuses parameters whose names aren't among `known`, a list that ends with 0: a misspelt one would go unnoticed.
static inline int32_t sluice_check_names(const char *const *known) {
    const uint8_t *at = sluice_state.parameters.at;
    for (uint32_t i = 0; i < sluice_state.parameter_count; i++) {
        sluice_bytes key = sluice_parameter_part(&at);
        sluice_parameter_part(&at);
        bool is_known = false;
        for (const char *const *name = known; *name != 0; name++) {
            is_known |= sluice_equal(key, sluice_text(*name));
        }
        if (is_known) continue;
        sluice_say("unknown parameter \"", 64);
        sluice_say((const char *)key.at, key.len < 64 ? key.len : 64);
        sluice_say("\"", 64);
        return SLUICE_BAD_PARAMETER;
    }
    return 0;
}

/// The number that one to six digits are, or -1.
static inline int32_t sluice_number(sluice_bytes text) {
    int32_t number = 0;
    if (text.len == 0 || text.len > 6) return -1;
    for (size_t i = 0; i < text.len; i++) {
        if ((uint8_t)(text.at[i] - '0') > 9) return -1;
        number = number * 10 + (text.at[i] - '0');
    }
    return number;
}

/// The parameter `key` of a module that leaves keys alone: `keep` (default) or `drop`.
static inline int32_t sluice_key_parameter(bool *drops_key) {
    sluice_bytes key = SLUICE_TEXT("keep");
    sluice_parameter("key", &key);
    *drops_key = sluice_equal(key, SLUICE_TEXT("drop"));
    if (*drops_key || sluice_equal(key, SLUICE_TEXT("keep"))) return 0;
    return sluice_refuse(SLUICE_BAD_PARAMETER, "key", "must be keep or drop");
}

/// The next name of a list like `a,b\,c, d`: white space around a name doesn't count, and behind a backslash any character
/// is itself. `stops` also end a name; the one that did is left at the front of `list`. The name is written to `out`.
static inline sluice_bytes sluice_next_name(sluice_bytes *list, const char *stops, uint8_t *out) {
    const uint8_t *at = list->at, *end = at + list->len;
    while (at < end && *at == ' ') at++;
    size_t length = 0, solid = 0; // `solid`: without the white space at the end
    for (; at < end; at++) {
        bool is_stop = false;
        for (const char *stop = stops; *stop != 0; stop++) is_stop |= *at == (uint8_t)*stop;
        if (is_stop) break;
        bool is_escaped = *at == '\\' && end - at > 1;
        if (is_escaped) at++;
        out[length++] = *at;
        if (is_escaped || *at != ' ') solid = length;
    }
    *list = (sluice_bytes){at, (size_t)(end - at)};
    return (sluice_bytes){out, solid};
}

/// Exports `sluice_init`, which keeps the parameters and calls `int32_t setup(void)`: 0, or what `sluice_refuse` returns.
#define SLUICE_PARAMETERS(setup)                                                                                       \
    SLUICE_EXPORT("sluice_init") int32_t sluice_init(const uint8_t *block, uint32_t length) {                          \
        uint8_t *copy = sluice_allocate(length);                                                                       \
        if (copy == 0) return SLUICE_UNSUPPORTED;                                                                      \
        __builtin_memcpy(copy, block, length);                                                                         \
        __builtin_memcpy(&sluice_state.parameter_count, copy, 4);                                                      \
        sluice_state.parameters = (sluice_bytes){copy + 4, length - 4};                                                \
        sluice_state.message_len = 0;                                                                                  \
        return setup();                                                                                                \
    }                                                                                                                  \
    SLUICE_EXPORT("sluice_message") uint64_t sluice_message(void) {                                                    \
        return (uint64_t)(uintptr_t)sluice_state.message << 32 | sluice_state.message_len;                             \
    }

#endif
