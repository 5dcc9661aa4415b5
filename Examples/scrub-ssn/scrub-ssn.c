// scrub-ssn: replaces every Social Security Number in a record's value by ***-**-****.
//
// A number is what [0-9]{3}-[0-9]{2}-[0-9]{4} matches in ASCII, leftmost and non-overlapping. The text keeps its length,
// so the value is scrubbed where it lies. A value that isn't UTF-8 is an error of class malformed; null stays null.

#include "sluice.h"
#include <stdbool.h>
#include <wasm_simd128.h>

SLUICE_MODULE

static inline bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

/// Whether a number begins at `text`, which has at least 11 bytes.
static inline bool is_number(const uint8_t *text) {
    return is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) && text[3] == '-' && is_digit(text[4]) &&
           is_digit(text[5]) && text[6] == '-' && is_digit(text[7]) && is_digit(text[8]) && is_digit(text[9]) &&
           is_digit(text[10]);
}

static inline void mask(uint8_t *text) {
    text[0] = text[1] = text[2] = text[4] = text[5] = '*';
    text[7] = text[8] = text[9] = text[10] = '*';
}

/// Whether `text` is well-formed UTF-8: Unicode 15, table 3-7 (no overlong forms, no surrogates, at most U+10FFFF).
static bool is_utf8(const uint8_t *text, size_t length) {
    size_t i = 0;
    while (i < length) {
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

/// Masks the numbers whose first dash is at a set bit of `dashes`, bit 0 being text[start]. Two numbers can't overlap:
/// what they would share has been masked already, and a mask is no digit.
static inline bool scrub_at(uint8_t *text, size_t length, size_t start, uint32_t dashes) {
    bool found = false;
    while (dashes != 0) {
        size_t dash = start + (size_t)__builtin_ctz(dashes);
        dashes &= dashes - 1;
        if (dash >= 3 && dash + 8 <= length && is_number(text + dash - 3)) {
            mask(text + dash - 3);
            found = true;
        }
    }
    return found;
}

enum { CLEAN, SCRUBBED, NOT_TEXT };

/// One pass looks for dashes and for bytes past ASCII, 32 at a time; only a value that has some is walked as UTF-8.
/// The loads may run past the value: into its neighbours or the slack behind the batch, and those bits are masked off.
static int scrub(uint8_t *text, size_t length) {
    const v128_t dash = wasm_i8x16_splat('-');
    bool found = false, beyond_ascii = false;
    size_t i = 0;
    for (; i + 32 <= length; i += 32) {
        v128_t a = wasm_v128_load(text + i), b = wasm_v128_load(text + i + 16);
        v128_t da = wasm_i8x16_eq(a, dash), db = wasm_i8x16_eq(b, dash);
        if (wasm_v128_any_true(wasm_v128_or(da, db))) {
            uint32_t dashes = wasm_i8x16_bitmask(da) | (uint32_t)wasm_i8x16_bitmask(db) << 16;
            found |= scrub_at(text, length, i, dashes);
        }
        beyond_ascii |= wasm_i8x16_bitmask(wasm_v128_or(a, b)) != 0;
    }
    for (; i < length; i += 16) {
        v128_t a = wasm_v128_load(text + i);
        uint32_t inside = length - i >= 16 ? 0xFFFF : (1u << (length - i)) - 1;
        uint32_t dashes = wasm_i8x16_bitmask(wasm_i8x16_eq(a, dash)) & inside;
        if (dashes != 0) found |= scrub_at(text, length, i, dashes);
        beyond_ascii |= (wasm_i8x16_bitmask(a) & inside) != 0;
    }
    if (beyond_ascii && !is_utf8(text, length)) return NOT_TEXT;
    return found ? SCRUBBED : CLEAN;
}

SLUICE_EXPORT("sluice_transform")
int32_t sluice_transform(sluice_batch *batch) {
    for (uint32_t i = 0; i < batch->record_count; i++) {
        sluice_record *record = sluice_record_at(batch, i);
        if (record->value_len < 0) {
            record->verdict = SLUICE_KEEP;
            continue;
        }
        switch (scrub(record->value, (size_t)record->value_len)) {
        case CLEAN: record->verdict = SLUICE_KEEP; break;
        case SCRUBBED: record->verdict = SLUICE_REPLACE_VALUE; break;
        default: sluice_fail(record, SLUICE_MALFORMED); break;
        }
    }
    return 0;
}
