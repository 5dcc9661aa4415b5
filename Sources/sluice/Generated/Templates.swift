// Made by Scripts/embed-templates from Examples; don't edit.
// swift-format-ignore-file

extension ModuleTemplate {
    static let cFiles: [ModuleTemplate.File] = [
        ModuleTemplate.File(name: "MODULE.c", source: "Examples/templates/c/MODULE.c", text: ##"""
        // MODULE: what a reader sees in place of each record. As it stands, every digit of the value is masked.

        #include "sluice.h"

        SLUICE_MODULE

        /// What takes the place of a digit.
        static uint8_t mask = '*';

        /// Takes the view's parameters, before any record. Without parameters, delete it and the line behind it.
        static int32_t setup(void) {
            static const char *const known[] = {"mask", 0};
            int32_t refusal = sluice_check_names(known);
            if (refusal != 0) return refusal;
            sluice_bytes text;
            if (!sluice_parameter("mask", &text)) return 0;
            if (text.len != 1) return sluice_refuse(SLUICE_BAD_PARAMETER, "mask", "must be one byte");
            mask = text.at[0];
            return 0;
        }
        SLUICE_PARAMETERS(setup)

        /// Decides about a record: sluice_keep, sluice_drop, sluice_fail, or replace some of it. A record of which nothing is said is
        /// an error, so that forgetting one can't leak it. The record may be changed where it lies.
        static void transform(sluice_record *record) {
            sluice_keep(record);
            for (int32_t i = 0; i < record->value_len; i++) { // -1 is null
                if (record->value[i] < '0' || record->value[i] > '9') continue;
                record->value[i] = mask;
                record->verdict = SLUICE_REPLACE_VALUE;
            }
        }
        SLUICE_TRANSFORM(transform)

        """##),
        ModuleTemplate.File(name: "Makefile", source: "Examples/templates/c/Makefile", text: ##"""
        # Any clang that knows wasm32 and has wasm-ld beside it will do, such as the one of the Swift toolchain.
        CLANG ?= clang

        MODULE.wasm: MODULE.c $(wildcard *.h)
        	$(CLANG) --target=wasm32-unknown-unknown -O3 -std=c17 -nostdlib -ffreestanding -mbulk-memory -msimd128 -Wall -Wextra \
        	    -Wl,--no-entry -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--initial-memory=131072 -o $@ MODULE.c

        test: MODULE.wasm
        	sluice module test MODULE.wasm --input samples.txt

        deploy: MODULE.wasm
        	sluice module deploy MODULE MODULE.wasm

        .PHONY: test deploy

        """##),
        ModuleTemplate.File(name: "README.md", source: "Examples/templates/c/README.md", text: ##"""
        # MODULE

        A module for Sluice in C. As it stands it masks every digit of a record's value.

            make                                  # needs clang with the wasm32 target, and wasm-ld
            make test                             # runs it over samples.txt, before and after
            sluice module test MODULE.wasm --input samples.txt --param mask=#
            make deploy                           # stores it in the broker
            sluice view set --group GROUP --topic TOPIC MODULE

        `sluice.h` says how a module and the broker talk to each other; `sluice_json.h` is a scanner for JSON, if you need one.

        """##),
        ModuleTemplate.File(name: "samples.txt", source: "Examples/templates/c/samples.txt", text: ##"""
        {"name":"Ada","card":"4111 1111 1111 1111"}
        no digits here

        """##),
        ModuleTemplate.File(name: "sluice.h", source: "Examples/sdk/c/sluice.h", text: ##"""
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

        """##),
        ModuleTemplate.File(name: "sluice_json.h", source: "Examples/sdk/c/sluice_json.h", text: ##"""
        // JSON (RFC 8259) for modules: a cursor that walks text in place, checks all of it and builds nothing.
        //
        // Kept values are copied as they were written: numbers, escapes and white space inside them don't change. Names are compared
        // as a JSON parser would see them, so "\u0061ge" is "age". Text must be UTF-8 (check it with `sluice_is_utf8`), and values
        // nest at most 256 deep. Where a function fails, the text is malformed and the cursor is of no more use.
        //
        //     for (int item = sluice_json_enter(&json, '{'); item != SLUICE_JSON_END; item = sluice_json_next(&json, '}')) {
        //         sluice_bytes name;
        //         if (item == SLUICE_JSON_BAD || !sluice_json_name(&json, &name) || !sluice_json_skip(&json)) return false;
        //     }
        //     return sluice_json_finish(&json);

        #ifndef SLUICE_JSON_H
        #define SLUICE_JSON_H

        #include "sluice.h"
        #include <wasm_simd128.h>

        /// Where in the text we are. The 16 bytes behind `end` must be readable, as they are behind each record's value.
        typedef struct {
            const uint8_t *at, *end;
        } sluice_json;

        enum { SLUICE_JSON_BAD, SLUICE_JSON_ITEM, SLUICE_JSON_END };

        enum { SLUICE_JSON_DEPTH = 256 };

        /// Whether `text` is well-formed UTF-8: Unicode 15, table 3-7 (no overlong forms, no surrogates, at most U+10FFFF).
        static inline bool sluice_is_utf8(const uint8_t *text, size_t length) {
            size_t i = 0;
            while (i < length) {
                if (!wasm_i8x16_bitmask(wasm_v128_load(text + i))) { // 16 bytes of ASCII, perhaps past the end
                    i += 16;
                    continue;
                }
                uint8_t lead = text[i];
                if (lead < 0x80) {
                    i++;
                    continue;
                }
                size_t tail;
                uint8_t low = 0x80, high = 0xBF; // of the second byte
                if (lead >= 0xC2 && lead <= 0xDF) {
                    tail = 1;
                } else if (lead >= 0xE0 && lead <= 0xEF) {
                    tail = 2;
                    if (lead == 0xE0) low = 0xA0;
                    if (lead == 0xED) high = 0x9F;
                } else if (lead >= 0xF0 && lead <= 0xF4) {
                    tail = 3;
                    if (lead == 0xF0) low = 0x90;
                    if (lead == 0xF4) high = 0x8F;
                } else {
                    return false;
                }
                if (length - i <= tail || text[i + 1] < low || text[i + 1] > high) return false;
                for (size_t k = 2; k <= tail; k++) {
                    if ((text[i + k] & 0xC0) != 0x80) return false;
                }
                i += tail + 1;
            }
            return true;
        }

        /// Skips white space. False at the end of the text, so that there is a byte to look at otherwise.
        static inline bool sluice_json_space(sluice_json *json) {
            while (json->at < json->end) {
                uint8_t byte = *json->at;
                if (byte > ' ' || (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')) return true;
                json->at++;
            }
            return false;
        }

        /// The value of four hexadecimal digits, or -1.
        static inline int32_t sluice_json_hex(const uint8_t *text) {
            int32_t value = 0;
            for (int i = 0; i < 4; i++) {
                uint8_t digit = text[i], letter = digit | 0x20;
                if (digit >= '0' && digit <= '9') {
                    value = value << 4 | (digit - '0');
                } else if (letter >= 'a' && letter <= 'f') {
                    value = value << 4 | (letter - 'a' + 10);
                } else {
                    return -1;
                }
            }
            return value;
        }

        /// Which of the 16 bytes at `at` can't stand in a string as they are: quotes, backslashes and control characters.
        static inline uint32_t sluice_json_special(const uint8_t *at) {
            v128_t text = wasm_v128_load(at);
            v128_t special = wasm_v128_or(
                wasm_i8x16_eq(text, wasm_i8x16_splat('"')), wasm_i8x16_eq(text, wasm_i8x16_splat('\\')));
            return wasm_i8x16_bitmask(wasm_v128_or(special, wasm_u8x16_lt(text, wasm_i8x16_splat(' '))));
        }

        /// Takes a string. `content` is what is between the quotes, escapes as they are written.
        SLUICE_INLINE bool sluice_json_string(sluice_json *json, sluice_bytes *content) {
            const uint8_t *at = json->at, *end = json->end;
            if (at >= end || *at != '"') return false;
            const uint8_t *start = ++at;
            for (;;) {
                uint32_t places = sluice_json_special(at);
                at += places != 0 ? (uint32_t)__builtin_ctz(places) : 16;
                if (at >= end) return false;
                if (places == 0) continue;
                if (*at == '"') break;
                if (*at != '\\' || end - at < 2) return false;
                switch (at[1]) {
                case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': at += 2; break;
                case 'u':
                    if (end - at < 6 || sluice_json_hex(at + 2) < 0) return false;
                    at += 6;
                    break;
                default: return false;
                }
                if (at >= end) return false;
            }
            *content = (sluice_bytes){start, (size_t)(at - start)};
            json->at = at + 1;
            return true;
        }

        static inline size_t sluice_json_digits(const uint8_t *at, const uint8_t *end) {
            const uint8_t *start = at;
            while (at < end && (uint8_t)(*at - '0') < 10) at++;
            return (size_t)(at - start);
        }

        SLUICE_INLINE bool sluice_json_number(sluice_json *json) {
            const uint8_t *at = json->at, *end = json->end;
            if (at < end && *at == '-') at++;
            size_t digits = sluice_json_digits(at, end);
            if (digits == 0 || (digits > 1 && *at == '0')) return false;
            at += digits;
            if (at < end && *at == '.') {
                digits = sluice_json_digits(++at, end);
                if (digits == 0) return false;
                at += digits;
            }
            if (at < end && (*at | 0x20) == 'e') {
                at++;
                if (at < end && (*at == '+' || *at == '-')) at++;
                digits = sluice_json_digits(at, end);
                if (digits == 0) return false;
                at += digits;
            }
            json->at = at;
            return true;
        }

        static inline bool sluice_json_literal(sluice_json *json, sluice_bytes word) {
            if ((size_t)(json->end - json->at) < word.len) return false;
            if (!sluice_equal((sluice_bytes){json->at, word.len}, word)) return false;
            json->at += word.len;
            return true;
        }

        /// Takes what isn't an object or an array.
        SLUICE_INLINE bool sluice_json_scalar(sluice_json *json) {
            sluice_bytes content;
            if (json->at >= json->end) return false;
            switch (*json->at) {
            case '"': return sluice_json_string(json, &content);
            case 't': return sluice_json_literal(json, SLUICE_TEXT("true"));
            case 'f': return sluice_json_literal(json, SLUICE_TEXT("false"));
            case 'n': return sluice_json_literal(json, SLUICE_TEXT("null"));
            default: return sluice_json_number(json);
            }
        }

        /// Takes the bracket that begins an object or array, and goes to its first item.
        static inline int sluice_json_enter(sluice_json *json, uint8_t bracket) {
            if (json->at >= json->end || *json->at != bracket) return SLUICE_JSON_BAD;
            json->at++;
            if (!sluice_json_space(json)) return SLUICE_JSON_BAD;
            if (*json->at != bracket + 2) return SLUICE_JSON_ITEM; // ']' is '[' + 2, '}' is '{' + 2
            json->at++;
            return SLUICE_JSON_END;
        }

        /// Goes from behind an item to the next one, or behind the bracket `close`.
        static inline int sluice_json_next(sluice_json *json, uint8_t close) {
            if (!sluice_json_space(json)) return SLUICE_JSON_BAD;
            uint8_t byte = *json->at++;
            if (byte == close) return SLUICE_JSON_END;
            return byte == ',' && sluice_json_space(json) ? SLUICE_JSON_ITEM : SLUICE_JSON_BAD;
        }

        /// Takes the name of an object's member and its colon, and goes to its value.
        SLUICE_INLINE bool sluice_json_name(sluice_json *json, sluice_bytes *name) {
            if (!sluice_json_string(json, name) || !sluice_json_space(json) || *json->at++ != ':') return false;
            return sluice_json_space(json);
        }

        /// Takes a value of any kind. It began where the cursor was and ends where it is now.
        static inline bool sluice_json_skip(sluice_json *json) {
            uint32_t is_object[SLUICE_JSON_DEPTH / 32], depth = 0; // a bit for each value that we are in
            sluice_bytes name;
            for (;;) {
                if (json->at < json->end && (*json->at == '{' || *json->at == '[')) {
                    uint8_t bracket = *json->at;
                    int item = sluice_json_enter(json, bracket);
                    if (item == SLUICE_JSON_BAD) return false;
                    if (item == SLUICE_JSON_ITEM) {
                        if (depth == SLUICE_JSON_DEPTH) return false;
                        uint32_t bit = 1u << depth % 32;
                        is_object[depth / 32] = (is_object[depth / 32] & ~bit) | (bracket == '{' ? bit : 0);
                        depth++;
                        if (bracket == '{' && !sluice_json_name(json, &name)) return false;
                        continue;
                    }
                } else if (!sluice_json_scalar(json)) {
                    return false;
                }
                for (;;) {
                    if (depth == 0) return true;
                    bool inside_object = is_object[(depth - 1) / 32] >> (depth - 1) % 32 & 1;
                    int item = sluice_json_next(json, inside_object ? '}' : ']');
                    if (item == SLUICE_JSON_BAD) return false;
                    if (item == SLUICE_JSON_ITEM) {
                        if (inside_object && !sluice_json_name(json, &name)) return false;
                        break;
                    }
                    depth--;
                }
            }
        }

        /// Whether nothing but white space is left.
        static inline bool sluice_json_finish(sluice_json *json) { return !sluice_json_space(json); }

        static bool sluice_json_is_escaped(sluice_bytes content, sluice_bytes name);

        /// Whether `content` of a string, its escapes taken, is `name`. Half of a surrogate pair is no name.
        static inline bool sluice_json_is(sluice_bytes content, sluice_bytes name) {
            if (content.len < name.len) return false; // an escape is longer than what it stands for
            if (name.len == 0 || content.len == 0) return content.len == name.len;
            if (*content.at != *name.at && *content.at != '\\') return false; // nearly always
            for (size_t i = 0; i < content.len; i++) {
                if (content.at[i] == '\\') return sluice_json_is_escaped(content, name);
                if (i >= name.len || content.at[i] != name.at[i]) return false;
            }
            return content.len == name.len;
        }

        __attribute__((unused)) static bool sluice_json_is_escaped(sluice_bytes content, sluice_bytes name) {
            const uint8_t *at = content.at, *end = at + content.len, *want = name.at, *want_end = want + name.len;
            while (at < end) {
                uint8_t one[4] = {*at};
                size_t count = 1;
                if (*at != '\\') {
                    at++;
                } else if (at[1] != 'u') {
                    const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
                    for (size_t i = 0; i < 8; i++) {
                        if (at[1] == (uint8_t)from[i]) one[0] = (uint8_t)to[i];
                    }
                    at += 2;
                } else {
                    uint32_t unit = (uint32_t)sluice_json_hex(at + 2);
                    at += 6;
                    if (unit >= 0xD800 && unit < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
                        uint32_t low = (uint32_t)sluice_json_hex(at + 2);
                        if (low < 0xDC00 || low > 0xDFFF) return false;
                        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        at += 6;
                    } else if (unit >= 0xD800 && unit <= 0xDFFF) {
                        return false;
                    }
                    count = unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit < 0x10000 ? 3 : 4;
                    one[0] = (uint8_t)(count == 1 ? unit : (0xF00u >> count & 0xFF) | unit >> 6 * (count - 1));
                    for (size_t i = 1; i < count; i++) one[i] = 0x80 | (unit >> 6 * (count - 1 - i) & 0x3F);
                }
                for (size_t i = 0; i < count; i++) {
                    if (want == want_end || *want++ != one[i]) return false;
                }
            }
            return want == want_end;
        }

        /// Writes text as it stands inside a string: at most 6 bytes for each of its own, and up to 15 behind them are touched.
        static inline uint8_t *sluice_json_escape(uint8_t *to, const uint8_t *at, size_t length) {
            const uint8_t *end = at + length;
            while (at < end) {
                uint32_t places = sluice_json_special(at);
                size_t count = places != 0 ? (size_t)__builtin_ctz(places) : 16, left = (size_t)(end - at);
                wasm_v128_store(to, wasm_v128_load(at));
                to += count < left ? count : left;
                at += count;
                if (at >= end || places == 0) continue;
                uint8_t byte = *at++;
                *to++ = '\\';
                if (byte >= ' ') {
                    *to++ = byte;
                } else {
                    const char digits[] = "0123456789abcdef";
                    to = SLUICE_PUT(to, "u00");
                    *to++ = (uint8_t)digits[byte >> 4];
                    *to++ = (uint8_t)digits[byte & 15];
                }
            }
            return to;
        }

        #endif

        """##),
    ]
    static let swiftFiles: [ModuleTemplate.File] = [
        ModuleTemplate.File(name: "MODULE.swift", source: "Examples/templates/swift/MODULE.swift", text: ##"""
        // MODULE: what a reader sees in place of each record. As it stands, every digit of the value is masked.

        enum Module: SluiceModule {
            /// What takes the place of a digit.
            nonisolated(unsafe) static var mask = UInt8(ascii: "*")

            /// Takes the view's parameters, before any record. Without it, a module takes none.
            static func configure(_ parameters: Parameters) -> Refusal? {
                if let refusal = parameters.refusalOfUnknown(["mask"]) { return refusal }
                guard let text = parameters["mask"] else { return nil }
                guard text.count == 1 else { return Refusal("mask", "must be one byte") }
                mask = text[0]
                return nil
            }

            /// Decides about a record: keep, drop, fail, or replace some of it. A record of which nothing is said is an error, so
            /// that forgetting one can't leak it. The record may be changed where it lies.
            static func transform(_ record: Record) {
                guard let value = record.value else { return record.keep() }  // null
                var hasDigit = false
                for index in 0..<value.count where isDigit(value[index]) {
                    value[index] = mask
                    hasDigit = true
                }
                if hasDigit {
                    record.replaceValue(value)
                } else {
                    record.keep()
                }
            }
        }

        """##),
        ModuleTemplate.File(name: "Makefile", source: "Examples/templates/swift/Makefile", text: ##"""
        # The Swift 6.3 toolchain, with its own wasm-ld.
        SWIFTC ?= swiftc
        WASM_LD ?= $(dir $(realpath $(shell command -v $(SWIFTC))))wasm-ld

        MODULE.wasm: $(wildcard *.swift)
        	$(SWIFTC) -target wasm32-unknown-none-wasm -swift-version 6 -enable-experimental-feature Embedded \
        	    -enable-experimental-feature Extern -enable-experimental-feature BuiltinModule -wmo -O -parse-as-library \
        	    -enforce-exclusivity=unchecked -Xfrontend -disable-stack-protector -Xfrontend -function-sections \
        	    -Xcc -mbulk-memory -Xcc -msimd128 -module-name guest -c -o MODULE.o $^
        	$(WASM_LD) --no-entry --strip-all --gc-sections --stack-first -z stack-size=16384 --initial-memory=131072 \
        	    -o $@ MODULE.o
        	rm MODULE.o

        test: MODULE.wasm
        	sluice module test MODULE.wasm --input samples.txt

        deploy: MODULE.wasm
        	sluice module deploy MODULE MODULE.wasm

        .PHONY: test deploy

        """##),
        ModuleTemplate.File(name: "README.md", source: "Examples/templates/swift/README.md", text: ##"""
        # MODULE

        A module for Sluice in Embedded Swift. As it stands it masks every digit of a record's value.

            make                                  # needs the Swift 6.3 toolchain
            make test                             # runs it over samples.txt, before and after
            sluice module test MODULE.wasm --input samples.txt --param mask=#
            make deploy                           # stores it in the broker
            sluice view set --group GROUP --topic TOPIC MODULE

        `Sluice.swift` says how a module and the broker talk to each other; `SluiceJSON.swift` is a scanner for JSON, if you need one.

        """##),
        ModuleTemplate.File(name: "samples.txt", source: "Examples/templates/swift/samples.txt", text: ##"""
        {"name":"Ada","card":"4111 1111 1111 1111"}
        no digits here

        """##),
        ModuleTemplate.File(name: "Sluice.swift", source: "Examples/sdk/swift/Sluice.swift", text: ##"""
        // The sluice guest ABI, version 1, for Embedded Swift. One file: no C, no Foundation, no runtime to link.
        //
        // A module exports a memory, the marker `sluice_abi_1`, `sluice_alloc` and `sluice_transform`. The broker writes a whole
        // batch of records into the buffer that `sluice_alloc` gave, calls `sluice_transform` once, and reads a verdict per record.
        // A module imports nothing: it sees the records and its parameters, and nothing else. Each batch gets a fresh instance, so
        // globals are as the linker left them.
        //
        //     enum Module: SluiceModule {
        //         static func transform(_ record: Record) { record.keep() }
        //     }
        //
        // There is no heap, so no classes, arrays or strings: work on the bytes where they lie, and write to `Scratch`.

        import Builtin  // the compiler's own: the instructions for memory and vectors, which Swift has no functions for

        /// What a module's file declares, under the name `Module`.
        protocol SluiceModule {
            /// Looks at the view's parameters, once, before any record. Nil, or why they are refused. Without it, all are.
            static func configure(_ parameters: Parameters) -> Refusal?
            /// Decides about a record. One of which nothing is said is an error: forgetting one can't leak it.
            static func transform(_ record: Record)
        }

        extension SluiceModule {
            static func configure(_ parameters: Parameters) -> Refusal? { parameters.refusalOfUnknown([]) }
        }

        /// Why a record or a parameter isn't taken. A module's own classes begin at 1000.
        struct ErrorClass: Equatable {
            var code: UInt32

            static let malformed = ErrorClass(code: 1)
            static let unsupported = ErrorClass(code: 2)
            static let missingParameter = ErrorClass(code: 3)
            /// A parameter's value or name makes no sense.
            static let badParameter = ErrorClass(code: 4)
        }

        // MARK: - Records

        /// One record. Its bytes may be written, too.
        struct Record {
            fileprivate struct Entry {
                var offset: Int64
                var timestamp: Int64
                var key: UnsafeMutablePointer<UInt8>?
                var keyCount: Int32
                var value: UnsafeMutablePointer<UInt8>?
                var valueCount: Int32
                var headers: UnsafeMutablePointer<UInt8>?
                var headersCount: UInt32
                var verdict: UInt32
                var error: UInt32
                var flags: UInt32
                var headerCount: UInt32
                var reserved: UInt64
            }

            fileprivate let entry: UnsafeMutablePointer<Entry>

            var offset: Int64 { entry.pointee.offset }
            /// Milliseconds since 1970.
            var timestamp: Int64 { entry.pointee.timestamp }
            /// Nil if null, as is the value.
            var key: Bytes? { Self.bytes(entry.pointee.key, entry.pointee.keyCount) }
            var value: Bytes? { Self.bytes(entry.pointee.value, entry.pointee.valueCount) }
            /// The header section as it is in the record: varint count, then key and value each.
            var headers: Bytes {
                Bytes(start: entry.pointee.headers.unsafelyUnwrapped, count: Int(entry.pointee.headersCount))
            }

            /// The reader gets the stored bytes.
            func keep() { entry.pointee.verdict = 1 }

            /// The reader doesn't get the record; its offset stays a gap.
            func drop() { entry.pointee.verdict = 2 }

            /// The record can't be transformed. The view's on-error rule decides what the reader sees.
            func fail(_ error: ErrorClass) {
                entry.pointee.verdict = 3
                entry.pointee.error = error.code
            }

            /// The bytes must stay as they are until the call returns: in the input, in scratch memory, or in a constant.
            func replaceValue(_ bytes: Bytes) {
                entry.pointee.verdict |= 0x12
                entry.pointee.value = bytes.start
                entry.pointee.valueCount = Int32(truncatingIfNeeded: bytes.count)
            }

            func replaceKey(_ bytes: Bytes) {
                entry.pointee.verdict |= 0x11
                entry.pointee.key = bytes.start
                entry.pointee.keyCount = Int32(truncatingIfNeeded: bytes.count)
            }

            /// The stored value, for a record whose key may be replaced.
            func keepValue() { entry.pointee.verdict |= 0x10 }

            /// A key of null. The value and the rest stay as they are or are replaced by other calls.
            func removeKey() {
                entry.pointee.verdict |= 0x11
                entry.pointee.keyCount = -1
            }

            private static func bytes(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Bytes? {
                count < 0 ? nil : Bytes(start: start.unsafelyUnwrapped, count: Int(count))
            }
        }

        /// Bytes somewhere, not owned.
        struct Bytes {
            var start: UnsafeMutablePointer<UInt8>
            var count: Int

            init(start: UnsafeMutablePointer<UInt8>, count: Int) {
                self.start = start
                self.count = count
            }

            init(_ start: UnsafeMutablePointer<UInt8>, upTo end: UnsafeMutablePointer<UInt8>) {
                self.start = start
                count = end - start
            }

            init(_ text: StaticString) {
                start = UnsafeMutablePointer(mutating: text.utf8Start)
                count = text.utf8CodeUnitCount
            }

            var end: UnsafeMutablePointer<UInt8> { start + count }

            subscript(index: Int) -> UInt8 {
                get { start[index] }
                nonmutating set { start[index] = newValue }
            }

            static func == (a: Bytes, b: Bytes) -> Bool {
                guard a.count == b.count else { return false }
                for index in 0..<a.count where a[index] != b[index] { return false }
                return true
            }

            static func == (bytes: Bytes, text: StaticString) -> Bool { bytes == Bytes(text) }

            /// The number that one to six digits are.
            var number: Int? {
                guard count > 0, count <= 6 else { return nil }
                var number = 0
                for index in 0..<count {
                    guard isDigit(self[index]) else { return nil }
                    number = number &* 10 &+ Int(self[index] &- 0x30)
                }
                return number
            }
        }

        @inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

        // MARK: - Parameters

        /// Why parameters are refused, for whoever writes the view. The text never holds a parameter's value: that may be a secret.
        struct Refusal {
            fileprivate var error: ErrorClass
            fileprivate var prefix: StaticString = "parameter \""
            fileprivate var name: Bytes
            fileprivate var text: StaticString

            /// `parameter "NAME" TEXT`
            init(_ name: StaticString, _ text: StaticString, _ error: ErrorClass = .badParameter) {
                self.error = error
                self.name = Bytes(name)
                self.text = text
            }

            fileprivate init(unknown name: Bytes) {
                error = .badParameter
                prefix = "unknown parameter \""
                self.name = name
                text = ""
            }
        }

        /// The view's parameters, names and values as text, good for the instance's life.
        struct Parameters {
            fileprivate let block: UnsafeMutablePointer<UInt8>

            subscript(name: StaticString) -> Bytes? {
                var at = block
                for _ in 0..<Self.count(&at) {
                    let key = Self.part(&at)
                    let value = Self.part(&at)
                    if key == name { return value }
                }
                return nil
            }

            /// A refusal if there is a parameter whose name isn't among `known`: a misspelt one would go unnoticed.
            func refusalOfUnknown<let n: Int>(_ known: InlineArray<n, StaticString>) -> Refusal? {
                var at = block
                for _ in 0..<Self.count(&at) {
                    let key = Self.part(&at)
                    _ = Self.part(&at)
                    var isKnown = false
                    for index in known.indices where key == known[index] { isKnown = true }
                    if !isKnown { return Refusal(unknown: key) }
                }
                return nil
            }

            /// The parameter `key` of a module that leaves keys alone: `keep` (default) or `drop`. Nil if it is neither.
            var dropsKey: Bool? {
                guard let key = self["key"] else { return false }
                return key == "drop" ? true : key == "keep" ? false : nil
            }

            static var keyRefusal: Refusal { Refusal("key", "must be keep or drop") }

            private static func count(_ at: inout UnsafeMutablePointer<UInt8>) -> UInt32 {
                defer { at += 4 }
                return UnsafeRawPointer(at).loadUnaligned(as: UInt32.self)
            }

            private static func part(_ at: inout UnsafeMutablePointer<UInt8>) -> Bytes {
                let part = Bytes(start: at + 4, count: Int(count(&at)))
                at = part.end
                return part
            }
        }

        /// A list like `a,b\,c, d`: white space around a name doesn't count, and behind a backslash any character is itself.
        struct NameList {
            var rest: Bytes

            /// The next name, written to `out`. One of `stops` ends it too, and is then left at the front of `rest`.
            mutating func next(stops: StaticString, to out: UnsafeMutablePointer<UInt8>) -> Bytes {
                var at = rest.start
                let end = rest.end
                while at < end, at.pointee == 0x20 { at += 1 }
                var count = 0
                var solid = 0  // without the white space at the end
                while at < end {
                    if Self.isStop(at.pointee, stops) { break }
                    let isEscaped = at.pointee == 0x5C && end - at > 1
                    if isEscaped { at += 1 }
                    out[count] = at.pointee
                    count &+= 1
                    if isEscaped || at.pointee != 0x20 { solid = count }
                    at += 1
                }
                rest = Bytes(at, upTo: end)
                return Bytes(start: out, count: solid)
            }

            /// What stopped the last name; nil at the end. Goes behind it.
            mutating func takeStop() -> UInt8? {
                guard rest.count > 0 else { return nil }
                defer { rest = Bytes(start: rest.start + 1, count: rest.count &- 1) }
                return rest[0]
            }

            private static func isStop(_ byte: UInt8, _ stops: StaticString) -> Bool {
                for index in 0..<stops.utf8CodeUnitCount where stops.utf8Start[index] == byte { return true }
                return false
            }
        }

        // MARK: - Memory

        /// Stack and globals, then what lives as long as the instance (the buffer, parameters), then the call's scratch.
        enum Memory {
            /// Bytes behind the input buffer, and behind scratch, that may be read (not trusted) and overwritten: room for a vector.
            static let slack: UInt = 64

            fileprivate nonisolated(unsafe) static var floor: UInt = 0
            fileprivate nonisolated(unsafe) static var top: UInt = 0
            fileprivate nonisolated(unsafe) static var buffer: UInt = 0
            fileprivate nonisolated(unsafe) static var capacity: UInt = 0
            fileprivate nonisolated(unsafe) static var message: UInt = 0
            fileprivate nonisolated(unsafe) static var messageCount: UInt = 0

            /// `count` bytes, 16-aligned, that live as long as the instance; nil if the view's memory limit is reached.
            static func allocate(_ count: UInt) -> UnsafeMutablePointer<UInt8>? {
                if floor == 0 { floor = heapBase }
                let start = (floor &+ 15) & ~15
                guard reach(UInt64(start) + UInt64(count) + UInt64(slack)) else { return nil }
                floor = start &+ count &+ slack
                top = floor
                return UnsafeMutablePointer(bitPattern: start)
            }

            /// The buffer that the broker writes batches to.
            fileprivate static func allocateBuffer(_ count: UInt) -> UInt {
                if buffer != 0, count <= capacity { return buffer }
                if buffer != 0, floor == buffer &+ capacity &+ slack { floor = buffer }
                buffer = UInt(bitPattern: allocate(count))
                capacity = buffer == 0 ? 0 : count
                return buffer
            }

            /// Makes the memory reach to `end` and some bytes behind it.
            fileprivate static func reach(_ end: UInt64) -> Bool {
                let pages = (end + UInt64(slack) + 65_535) / 65_536
                let size = UInt64(UInt32(Builtin.int_wasm_memory_size_Int32(UInt32(0)._value)))
                if pages <= size { return true }
                let more = UInt32(truncatingIfNeeded: pages &- size)
                return UInt32(Builtin.int_wasm_memory_grow_Int32(UInt32(0)._value, more._value)) != .max
            }

            private static var heapBase: UInt { withUnsafePointer(to: &linkerHeapBase) { UInt(bitPattern: $0) } }
        }

        /// At most `capacity` elements, in memory that lives as long as the instance.
        struct List<Element: BitwiseCopyable> {
            private var start: UnsafeMutablePointer<Element>?
            private(set) var count = 0
            private var capacity = 0

            init() {}

            /// Traps where the view's memory limit is reached.
            init(capacity: Int) {
                let size = UInt(MemoryLayout<Element>.stride &* capacity)
                guard let bytes = Memory.allocate(size) else { Builtin.int_trap() }
                start = UnsafeMutableRawPointer(bytes).bindMemory(to: Element.self, capacity: capacity)
                self.capacity = capacity
            }

            /// False if there is no room.
            mutating func append(_ element: Element) -> Bool {
                guard count < capacity else { return false }
                start.unsafelyUnwrapped[count] = element
                count &+= 1
                return true
            }

            /// An element; `index` must be in `0..<count`.
            subscript(index: Int) -> Element { start.unsafelyUnwrapped[index] }
        }

        /// Where the linker's data ends: a symbol of wasm-ld, of which only the address counts.
        @_silgen_name("__heap_base") nonisolated(unsafe) private var linkerHeapBase: UInt8

        /// Writes behind what is in scratch memory, which is good until the call returns.
        struct Scratch {
            let start: UnsafeMutablePointer<UInt8>
            var end: UnsafeMutablePointer<UInt8>

            /// Room for at least `count` bytes. Traps where the view's memory limit is reached: the broker then tries the records
            /// alone. Until `keep` is called the room isn't taken.
            init(_ count: Int) {
                guard Memory.reach(UInt64(Memory.top) + UInt64(UInt(bitPattern: count))) else { Builtin.int_trap() }
                start = UnsafeMutablePointer(bitPattern: Memory.top).unsafelyUnwrapped
                end = start
            }

            var bytes: Bytes { Bytes(start, upTo: end) }

            /// Takes what was written; `forever` in `configure`, for as long as the instance lives.
            func keep(forever: Bool = false) {
                Memory.top = UInt(bitPattern: end)
                if forever { Memory.floor = Memory.top &+ Memory.slack }
            }

            @inline(__always) mutating func put(_ byte: UInt8) {
                end.pointee = byte
                end += 1
            }

            @inline(__always) mutating func put(_ text: StaticString) {
                let count = text.utf8CodeUnitCount
                for index in 0..<count { end[index] = text.utf8Start[index] }
                end += count
            }

            /// Copies in steps of 16 bytes: up to 15 bytes behind both ends are touched.
            @inline(__always) mutating func put(_ bytes: Bytes) {
                if bytes.count > 128 {
                    UnsafeMutableRawPointer(end).copyMemory(from: bytes.start, byteCount: bytes.count)
                } else {
                    var index = 0
                    while index < bytes.count {
                        Vector(bytes.start + index).store(end + index)
                        index &+= 16
                    }
                }
                end += bytes.count
            }
        }

        /// 16 bytes at once.
        struct Vector: BitwiseCopyable {
            private var value: Builtin.Vec16xInt8

            @inline(__always) private init(_ value: Builtin.Vec16xInt8) { self.value = value }

            /// The bytes at `start`, at any address.
            @inline(__always) init(_ start: UnsafeMutablePointer<UInt8>) {
                value = UnsafeRawPointer(start).loadUnaligned(as: SIMD16<UInt8>.self)._storage._value
            }

            @inline(__always) init(repeating byte: UInt8) { value = SIMD16<UInt8>(repeating: byte)._storage._value }

            subscript(index: Int) -> UInt8 {
                get { withUnsafeBytes(of: self) { $0[index] } }
                set { withUnsafeMutableBytes(of: &self) { $0[index] = newValue } }
            }

            @inline(__always) func store(_ start: UnsafeMutablePointer<UInt8>) {
                UnsafeMutableRawPointer(start).storeBytes(of: self, as: Vector.self)
            }

            /// All bits of a byte that is equal, none of another.
            @inline(__always) func equal(_ byte: UInt8) -> Vector { equal(Vector(repeating: byte)) }

            @inline(__always) func less(_ byte: UInt8) -> Vector {
                Vector(Builtin.sext_Vec16xInt1_Vec16xInt8(Builtin.cmp_ult_Vec16xInt8(value, Vector(repeating: byte).value)))
            }

            @inline(__always) static func | (a: Vector, b: Vector) -> Vector { Vector(Builtin.or_Vec16xInt8(a.value, b.value)) }

            @inline(__always) static func - (a: Vector, b: Vector) -> Vector {
                Vector(Builtin.sub_Vec16xInt8(a.value, b.value))
            }

            @inline(__always) static func & (a: Vector, b: Vector) -> Vector {
                Vector(Builtin.and_Vec16xInt8(a.value, b.value))
            }

            @inline(__always) static func ^ (a: Vector, b: Vector) -> Vector {
                Vector(Builtin.xor_Vec16xInt8(a.value, b.value))
            }

            /// The bits of `a` where `self` has ones, of `b` where it has zeros.
            @inline(__always) func select(_ a: Vector, _ b: Vector) -> Vector { (a ^ b) & self ^ b }

            @inline(__always) func equal(_ other: Vector) -> Vector {
                Vector(Builtin.sext_Vec16xInt1_Vec16xInt8(Builtin.cmp_eq_Vec16xInt8(value, other.value)))
            }

            /// The highest bit of each byte; the first byte's is bit 0.
            @inline(__always) var highBits: UInt32 { UInt32(Builtin.int_wasm_bitmask_Vec16xInt8(value)) }
        }

        // MARK: - What the broker calls

        @_expose(wasm, "sluice_abi_1") @_cdecl("sluice_abi_1")
        public func sluiceABI1() {}

        @_expose(wasm, "sluice_alloc") @_cdecl("sluice_alloc")
        public func sluiceAlloc(_ count: UInt) -> UInt { Memory.allocateBuffer(count) }

        @_expose(wasm, "sluice_init") @_cdecl("sluice_init")
        public func sluiceInit(_ block: UnsafeRawPointer, _ count: UInt) -> UInt32 {
            // The block is good for this call only.
            guard let copy = Memory.allocate(count) else { return ErrorClass.unsupported.code }
            UnsafeMutableRawPointer(copy).copyMemory(from: block, byteCount: Int(bitPattern: count))
            guard let refusal = Module.configure(Parameters(block: copy)) else { return 0 }
            var message = Scratch(256)
            message.put(refusal.prefix)
            message.put(Bytes(start: refusal.name.start, count: min(64, refusal.name.count)))
            message.put(refusal.text.utf8CodeUnitCount > 0 ? "\" " : "\"")
            message.put(refusal.text)
            message.keep()
            Memory.message = UInt(bitPattern: message.start)
            Memory.messageCount = UInt(bitPattern: message.bytes.count)
            return refusal.error.code
        }

        @_expose(wasm, "sluice_message") @_cdecl("sluice_message")
        public func sluiceMessage() -> UInt64 { UInt64(Memory.message) << 32 | UInt64(Memory.messageCount) }

        @_expose(wasm, "sluice_transform") @_cdecl("sluice_transform")
        public func sluiceTransform(_ batch: UnsafeMutableRawPointer) -> Int32 {
            Memory.top = Memory.floor
            // Header: u32 total_len, record_count, table_offset, record_stride, output_max, flags, i64 base_offset.
            let count = batch.load(fromByteOffset: 4, as: UInt32.self)
            var entry = batch + Int(batch.load(fromByteOffset: 8, as: UInt32.self))
            let stride = Int(batch.load(fromByteOffset: 12, as: UInt32.self))
            for _ in 0..<count {
                Module.transform(Record(entry: entry.assumingMemoryBound(to: Record.Entry.self)))
                entry += stride
            }
            return 0
        }

        """##),
        ModuleTemplate.File(name: "SluiceJSON.swift", source: "Examples/sdk/swift/SluiceJSON.swift", text: ##"""
        // JSON (RFC 8259) for modules: a cursor that walks text in place, checks all of it and builds nothing.
        //
        // Kept values are copied as they were written: numbers, escapes and white space inside them don't change. Names are compared
        // as a JSON parser would see them, so "\u0061ge" is "age". Text must be UTF-8 (check it with `isUTF8`), and values nest at
        // most 256 deep. Where a function fails, the text is malformed and the cursor is of no more use.
        //
        //     var item = json.enter("{")
        //     while item != .end {
        //         guard item == .item, let name = json.name(), json.skip() else { return false }
        //         item = json.next("}")
        //     }
        //     return json.finish()

        extension Bytes {
            /// Whether this is well-formed UTF-8: Unicode 15, table 3-7 (no overlong forms, no surrogates, at most U+10FFFF). The 16
            /// bytes behind must be readable, as they are behind each record's value.
            var isUTF8: Bool {
                var index = 0
                while index < count {
                    if Vector(start + index).highBits == 0 {  // 16 bytes of ASCII, perhaps past the end
                        index &+= 16
                        continue
                    }
                    let lead = self[index]
                    if lead < 0x80 {
                        index &+= 1
                        continue
                    }
                    guard let tail = Self.tail(of: lead), count &- index > tail else { return false }
                    // The second byte's range keeps out overlong forms, surrogates and what is past U+10FFFF.
                    let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
                    let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
                    guard self[index &+ 1] >= low, self[index &+ 1] <= high else { return false }
                    var place = 2
                    while place <= tail {
                        guard self[index &+ place] & 0xC0 == 0x80 else { return false }
                        place &+= 1
                    }
                    index &+= tail &+ 1
                }
                return true
            }

            private static func tail(of lead: UInt8) -> Int? {
                switch lead {
                case 0xC2...0xDF: 1
                case 0xE0...0xEF: 2
                case 0xF0...0xF4: 3
                default: nil
                }
            }
        }

        /// Where in the text we are.
        struct JSON {
            enum Item { case malformed, item, end }

            static let depthMax = 256

            var at: UnsafeMutablePointer<UInt8>
            let end: UnsafeMutablePointer<UInt8>

            init(_ text: Bytes) {
                at = text.start
                end = text.end
            }

            /// The byte here; 0, which begins nothing, at the end.
            var byte: UInt8 { at < end ? at.pointee : 0 }

            /// Skips white space. False at the end of the text.
            @inline(__always) mutating func space() -> Bool {
                while at < end {
                    let byte = at.pointee
                    if byte > 0x20 || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) { return true }
                    at += 1
                }
                return false
            }

            /// Which of the 16 bytes at `at` can't stand in a string as they are: quotes, backslashes and control characters.
            @inline(__always) static func special(_ at: UnsafeMutablePointer<UInt8>) -> UInt32 {
                let text = Vector(at)
                return (text.equal(0x22) | text.equal(0x5C) | text.less(0x20)).highBits
            }

            /// Takes a string. Returns what is between the quotes, escapes as they are written; nil if malformed.
            mutating func string() -> Bytes? {
                guard byte == 0x22 else { return nil }
                at += 1
                let start = at
                while true {
                    let places = Self.special(at)
                    at += places != 0 ? places.trailingZeroBitCount : 16
                    guard at < end else { return nil }
                    if places == 0 { continue }
                    if at.pointee == 0x22 { break }
                    guard at.pointee == 0x5C, end - at >= 2 else { return nil }
                    switch at[1] {
                    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: at += 2  // "\/bfnrt
                    case 0x75:
                        guard end - at >= 6, Self.hex(at + 2) != nil else { return nil }
                        at += 6
                    default: return nil
                    }
                    guard at < end else { return nil }
                }
                defer { at += 1 }
                return Bytes(start, upTo: at)
            }

            mutating func number() -> Bool {
                if byte == 0x2D { at += 1 }
                let first = byte
                let count = digits()
                guard count == 1 || (count > 1 && first != 0x30) else { return false }
                if byte == 0x2E {
                    at += 1
                    guard digits() > 0 else { return false }
                }
                if byte | 0x20 == 0x65 {
                    at += 1
                    if byte == 0x2B || byte == 0x2D { at += 1 }
                    guard digits() > 0 else { return false }
                }
                return true
            }

            /// Takes what isn't an object or an array. False if malformed.
            mutating func scalar() -> Bool {
                switch byte {
                case 0x22: string() != nil
                case 0x74: literal("true")
                case 0x66: literal("false")
                case 0x6E: literal("null")
                default: number()
                }
            }

            /// Takes the bracket that begins an object or array, and goes to its first item.
            @inline(__always) mutating func enter(_ bracket: Unicode.Scalar) -> Item {
                enter(UInt8(truncatingIfNeeded: bracket.value))
            }

            mutating func enter(_ bracket: UInt8) -> Item {
                guard byte == bracket else { return .malformed }
                at += 1
                guard space() else { return .malformed }
                guard at.pointee == bracket &+ 2 else { return .item }  // ']' is '[' + 2, '}' is '{' + 2
                at += 1
                return .end
            }

            /// Goes from behind an item to the next one, or behind the bracket `close`.
            @inline(__always) mutating func next(_ close: Unicode.Scalar) -> Item {
                next(UInt8(truncatingIfNeeded: close.value))
            }

            mutating func next(_ close: UInt8) -> Item {
                guard space() else { return .malformed }
                let byte = at.pointee
                at += 1
                if byte == close { return .end }
                return byte == 0x2C && space() ? .item : .malformed
            }

            /// Takes the name of an object's member and its colon, and goes to its value. Nil if malformed.
            mutating func name() -> Bytes? {
                guard let name = string(), space(), at.pointee == 0x3A else { return nil }
                at += 1
                return space() ? name : nil
            }

            /// Takes a value of any kind: it began where the cursor was and ends where it is now. False if malformed.
            mutating func skip() -> Bool {
                var isObject = InlineArray<8, UInt32>(repeating: 0)  // a bit for each value that we are in
                var depth = 0
                while true {
                    let bracket = byte
                    if bracket == 0x7B || bracket == 0x5B {
                        switch enter(bracket) {
                        case .malformed: return false
                        case .item:
                            guard depth < Self.depthMax else { return false }
                            let bit = 1 as UInt32 &<< UInt32(truncatingIfNeeded: depth)
                            isObject[unchecked: depth / 32] &= ~bit
                            if bracket == 0x7B { isObject[unchecked: depth / 32] |= bit }
                            depth &+= 1
                            if bracket == 0x7B, name() == nil { return false }
                            continue
                        case .end: break
                        }
                    } else if !scalar() {
                        return false
                    }
                    values: while true {
                        if depth == 0 { return true }
                        let place = depth &- 1
                        let isInObject = isObject[unchecked: place / 32] &>> UInt32(truncatingIfNeeded: place) & 1 == 1
                        switch next(isInObject ? 0x7D : 0x5D as UInt8) {
                        case .malformed: return false
                        case .item:
                            if isInObject, name() == nil { return false }
                            break values
                        case .end: depth = place
                        }
                    }
                }
            }

            /// Whether nothing but white space is left.
            mutating func finish() -> Bool { !space() }

            /// Takes digits. Returns how many there were.
            mutating func digits() -> Int {
                let start = at
                while at < end, isDigit(at.pointee) { at += 1 }
                return at - start
            }

            private mutating func literal(_ word: StaticString) -> Bool {
                let count = word.utf8CodeUnitCount
                guard end - at >= count, Bytes(start: at, count: count) == word else { return false }
                at += count
                return true
            }

            /// The value of four hexadecimal digits.
            fileprivate static func hex(_ text: UnsafeMutablePointer<UInt8>) -> UInt32? {
                var value: UInt32 = 0
                for index in 0..<4 {
                    let digit = text[index]
                    let letter = digit | 0x20
                    if isDigit(digit) {
                        value = value &<< 4 | UInt32(digit &- 0x30)
                    } else if letter >= 0x61, letter <= 0x66 {
                        value = value &<< 4 | UInt32(letter &- 0x57)
                    } else {
                        return nil
                    }
                }
                return value
            }
        }

        extension Bytes {
            /// Whether this content of a string, its escapes taken, is `name`. Half of a surrogate pair is no name.
            @inline(__always) func isJSON(_ name: Bytes) -> Bool {
                guard count >= name.count else { return false }  // an escape is longer than what it stands for
                var index = 0
                while index < count {
                    if self[index] == 0x5C { return isEscapedJSON(name) }
                    guard index < name.count, self[index] == name[index] else { return false }
                    index &+= 1
                }
                return count == name.count
            }

            private func isEscapedJSON(_ name: Bytes) -> Bool {
                var at = start
                var want = 0
                while at < end {
                    guard let scalar = Self.scalar(&at, end) else { return false }
                    let size = scalar.isByte ? 1 : UTF8.width(Unicode.Scalar(scalar.value).unsafelyUnwrapped)
                    guard name.count &- want >= size else { return false }
                    var shift = UInt32(truncatingIfNeeded: 6 &* (size &- 1))
                    var byte =
                        size == 1 ? scalar.value : (0xF00 &>> UInt32(truncatingIfNeeded: size)) & 0xFF | scalar.value &>> shift
                    while true {
                        guard UInt32(name[want]) == byte else { return false }
                        want &+= 1
                        if shift == 0 { break }
                        shift &-= 6
                        byte = 0x80 | scalar.value &>> shift & 0x3F
                    }
                }
                return want == name.count
            }

            /// The next byte of a string's content, or the code point that an escape stands for. Nil for half of a surrogate pair.
            private static func scalar(
                _ at: inout UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>
            ) -> (value: UInt32, isByte: Bool)? {
                let byte = at.pointee
                guard byte == 0x5C else {
                    at += 1
                    return (UInt32(byte), true)
                }
                let letter = at[1]
                guard letter == 0x75 else {
                    at += 2
                    switch letter {
                    case 0x62: return (0x08, true)
                    case 0x66: return (0x0C, true)
                    case 0x6E: return (0x0A, true)
                    case 0x72: return (0x0D, true)
                    case 0x74: return (0x09, true)
                    default: return (UInt32(letter), true)
                    }
                }
                guard let unit = JSON.hex(at + 2) else { return nil }
                at += 6
                guard unit >= 0xD800, unit <= 0xDFFF else { return (unit, false) }
                guard unit < 0xDC00, end - at >= 6, at.pointee == 0x5C, at[1] == 0x75, let low = JSON.hex(at + 2),
                    low >= 0xDC00,
                    low <= 0xDFFF
                else { return nil }
                at += 6
                return (0x10000 &+ (unit &- 0xD800) &<< 10 &+ (low &- 0xDC00), false)
            }
        }

        extension Scratch {
            /// Writes text as it stands inside a string: at most 6 bytes for each of its own, and up to 15 behind them are touched.
            mutating func putEscaped(_ text: Bytes) {
                var at = text.start
                while at < text.end {
                    let places = JSON.special(at)
                    let count = places != 0 ? places.trailingZeroBitCount : 16
                    Vector(at).store(end)
                    end += min(count, text.end - at)
                    at += count
                    if at >= text.end || places == 0 { continue }
                    let byte = at.pointee
                    at += 1
                    put(0x5C)
                    if byte >= 0x20 {
                        put(byte)
                    } else {
                        put("u00")
                        put(0x30 | byte &>> 4)
                        put(byte & 15 < 10 ? 0x30 | byte & 15 : 0x57 &+ byte & 15)
                    }
                }
            }

            mutating func putString(_ text: Bytes) {
                put(0x22)
                putEscaped(text)
                put(0x22)
            }
        }

        """##),
    ]
}
