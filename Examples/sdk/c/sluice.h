// The sluice guest ABI, version 1, for C. One header, no libc.
//
// A module exports a memory, the marker `sluice_abi_1`, `sluice_alloc` and `sluice_transform`. The broker writes a whole
// batch of records into the buffer that `sluice_alloc` gave, calls `sluice_transform` once, and reads a verdict per record.
// A module imports nothing: it sees the records and its parameters, and nothing else. Each batch gets a fresh instance, so
// globals are as the linker left them.
//
//     #include "sluice.h"
//     SLUICE_MODULE
//
//     SLUICE_EXPORT("sluice_transform")
//     int32_t sluice_transform(sluice_batch *batch) {
//         for (uint32_t i = 0; i < batch->record_count; i++) {
//             sluice_record *record = sluice_record_at(batch, i);
//             record->verdict = SLUICE_KEEP;
//         }
//         return 0;
//     }

#ifndef SLUICE_H
#define SLUICE_H

#include <stddef.h>
#include <stdint.h>

#define SLUICE_EXPORT(name) __attribute__((export_name(name)))

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
    /// A module's own classes begin here.
    SLUICE_OWN_CLASS = 1000,
};

static inline sluice_record *sluice_record_at(const sluice_batch *batch, uint32_t index) {
    return (sluice_record *)((uintptr_t)batch + batch->table_offset + (size_t)index * batch->record_stride);
}

static inline void sluice_fail(sluice_record *record, uint32_t class) {
    record->verdict = SLUICE_ERROR;
    record->error = class;
}

extern unsigned char __heap_base;

/// Bytes behind the input buffer that may be read (not trusted): room for one vector load past the end.
#define SLUICE_SLACK 64

/// The marker and an allocator that is enough for a module that transforms in place: one buffer behind the stack and
/// globals, grown when a larger batch comes. Returns 0 when the view's memory limit is reached.
#define SLUICE_MODULE                                                                                                  \
    SLUICE_EXPORT("sluice_abi_1") void sluice_abi_1(void) {}                                                           \
    SLUICE_EXPORT("sluice_alloc") void *sluice_alloc(uint32_t size) {                                                  \
        uintptr_t start = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;                                             \
        uint64_t end = (uint64_t)start + size + SLUICE_SLACK;                                                          \
        uint64_t pages = (end + 65535) / 65536, have = __builtin_wasm_memory_size(0);                                  \
        if (pages > have && __builtin_wasm_memory_grow(0, (size_t)(pages - have)) == (size_t)-1) return 0;             \
        return (void *)start;                                                                                          \
    }

#endif
