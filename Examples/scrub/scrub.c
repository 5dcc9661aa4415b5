// scrub: hides what looks like a Social Security Number, or like another pattern, in a record's value and key.
//
// `pattern`: `#` is an ASCII digit, any other character itself; ###-##-####
// `mask`:    the character that takes a digit's place; *
// `keep`:    how many digits at a match's end stay; 0
// `key`:     scrub (default), keep, or drop for a null key
//
// Every match is masked, also one that begins inside another, so none is left. The text keeps its length and is scrubbed
// where it lies. A value or scrubbed key that isn't UTF-8 is an error of class malformed; null stays null.

#include "sluice.h"
#include "sluice_json.h"

SLUICE_MODULE

enum { PATTERN_BYTES = 64 };

static struct {
    // Of each place in the pattern: its character, and all bits set or none. Whole vectors of them are looked at.
    uint8_t character[PATTERN_BYTES], is_digit[PATTERN_BYTES], is_beyond[PATTERN_BYTES], is_masked[PATTERN_BYTES];
    uint32_t length;
    uint32_t anchor; // where the first character is that isn't a digit's place; `length` if there is none
    uint8_t mask;
    enum { SCRUB_KEY, KEEP_KEY, DROP_KEY } key;
} rule;

static int32_t setup(void) {
    static const char *const known[] = {"pattern", "mask", "keep", "key", 0};
    int32_t refusal = sluice_check_names(known);
    if (refusal != 0) return refusal;
    sluice_bytes pattern = SLUICE_TEXT("###-##-####"), mask = SLUICE_TEXT("*"), keep = SLUICE_TEXT("0");
    sluice_bytes key = SLUICE_TEXT("scrub");
    sluice_parameter("pattern", &pattern);
    sluice_parameter("mask", &mask);
    sluice_parameter("keep", &keep);
    sluice_parameter("key", &key);
    if (pattern.len == 0 || pattern.len > PATTERN_BYTES) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "pattern", "must be 1 to 64 characters");
    }
    if (mask.len != 1 || *mask.at < ' ' || *mask.at > '~' || (uint8_t)(*mask.at - '0') < 10) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "mask", "must be one ASCII character that is no digit");
    }
    int32_t digits = 0;
    rule.length = rule.anchor = (uint32_t)pattern.len;
    rule.mask = *mask.at;
    for (uint32_t i = 0; i < rule.length; i++) {
        uint8_t byte = pattern.at[i];
        if (byte < ' ' || byte > '~') return sluice_refuse(SLUICE_BAD_PARAMETER, "pattern", "must be ASCII");
        if (byte == rule.mask) return sluice_refuse(SLUICE_BAD_PARAMETER, "mask", "must not be in the pattern");
        if (byte != '#' && rule.anchor == rule.length) rule.anchor = i;
        rule.is_digit[i] = byte == '#' ? 0xFF : 0;
        rule.character[i] = byte;
        digits += byte == '#';
    }
    for (uint32_t i = rule.length; i < PATTERN_BYTES; i++) rule.is_beyond[i] = 0xFF;
    const int32_t kept = sluice_number(keep);
    if (digits == 0) return sluice_refuse(SLUICE_BAD_PARAMETER, "pattern", "must have a # for a digit");
    if (kept < 0 || kept >= digits) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "keep", "must be a number less than the pattern's digits");
    }
    int32_t left = digits - kept;
    for (uint32_t i = 0; i < rule.length && left > 0; i++) {
        rule.is_masked[i] = rule.is_digit[i];
        left -= rule.is_digit[i] & 1;
    }
    if (sluice_equal(key, SLUICE_TEXT("keep"))) {
        rule.key = KEEP_KEY;
    } else if (sluice_equal(key, SLUICE_TEXT("drop"))) {
        rule.key = DROP_KEY;
    } else if (!sluice_equal(key, SLUICE_TEXT("scrub"))) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "key", "must be scrub, keep or drop");
    }
    return 0;
}
SLUICE_PARAMETERS(setup)

static inline v128_t digits_in(v128_t text) {
    return wasm_u8x16_lt(wasm_i8x16_sub(text, wasm_i8x16_splat('0')), wasm_i8x16_splat(10));
}

/// Masks the match that begins at `text`, which has room for one. False if there is none. Bytes behind it are written, too,
/// as they were.
static inline bool scrub_at(uint8_t *text) {
    for (uint32_t i = 0; i < rule.length; i += 16) {
        v128_t bytes = wasm_v128_load(text + i), same = wasm_i8x16_eq(bytes, wasm_v128_load(rule.character + i));
        v128_t fits = wasm_v128_bitselect(digits_in(bytes), same, wasm_v128_load(rule.is_digit + i));
        if (!wasm_i8x16_all_true(wasm_v128_or(fits, wasm_v128_load(rule.is_beyond + i)))) return false;
    }
    const v128_t mask = wasm_i8x16_splat((int8_t)rule.mask);
    for (uint32_t i = 0; i < rule.length; i += 16) {
        v128_t bytes = wasm_v128_load(text + i), is_masked = wasm_v128_load(rule.is_masked + i);
        wasm_v128_store(text + i, wasm_v128_bitselect(mask, bytes, is_masked));
    }
    return true;
}

/// Where the anchor or, in a pattern without one, any digit stands in the 16 bytes at `text`; beyond ASCII is noted.
static inline uint32_t places(const uint8_t *text, v128_t anchor, bool has_anchor, v128_t *seen) {
    v128_t bytes = wasm_v128_load(text);
    *seen = wasm_v128_or(*seen, bytes);
    if (has_anchor) return wasm_i8x16_bitmask(wasm_i8x16_eq(bytes, anchor));
    return wasm_i8x16_bitmask(digits_in(bytes));
}

/// Tries the matches whose anchor is at a set bit of `found`, bit 0 being text[start].
static inline bool scrub_places(uint8_t *text, size_t length, size_t start, uint32_t found, size_t anchor) {
    bool has_match = false;
    for (; found != 0; found &= found - 1) {
        size_t place = start + (size_t)__builtin_ctz(found);
        if (place >= anchor && place - anchor + rule.length <= length) has_match |= scrub_at(text + place - anchor);
    }
    return has_match;
}

enum { CLEAN, SCRUBBED, NOT_TEXT };

/// One pass looks for anchors and for bytes past ASCII; only a text that has some of those is walked as UTF-8. The loads may
/// run past the text: into its neighbours or the slack behind the batch, which at worst costs that walk.
static int scrub(uint8_t *text, size_t length) {
    const bool has_anchor = rule.anchor < rule.length;
    const size_t anchor = has_anchor ? rule.anchor : 0;
    const v128_t splat = wasm_i8x16_splat((int8_t)rule.character[anchor]);
    v128_t seen = wasm_i8x16_splat(0);
    bool has_match = false;
    size_t i = 0;
    for (; i + 32 <= length; i += 32) {
        uint32_t found = places(text + i, splat, has_anchor, &seen);
        found |= places(text + i + 16, splat, has_anchor, &seen) << 16;
        if (found != 0) has_match |= scrub_places(text, length, i, found, anchor);
    }
    for (; i < length; i += 16) {
        uint32_t found = places(text + i, splat, has_anchor, &seen);
        if (length - i < 16) found &= (1u << (length - i)) - 1;
        if (found != 0) has_match |= scrub_places(text, length, i, found, anchor);
    }
    if (wasm_i8x16_bitmask(seen) != 0 && !sluice_is_utf8(text, length)) return NOT_TEXT;
    return has_match ? SCRUBBED : CLEAN;
}

static void transform(sluice_record *record) {
    if (rule.key == DROP_KEY) {
        sluice_remove_key(record);
    } else if (rule.key == SCRUB_KEY && record->key_len >= 0) {
        int result = scrub(record->key, (size_t)record->key_len);
        if (result == NOT_TEXT) return sluice_fail(record, SLUICE_MALFORMED);
        if (result == SCRUBBED) record->verdict |= SLUICE_REPLACE_KEY;
    }
    int result = record->value_len < 0 ? CLEAN : scrub(record->value, (size_t)record->value_len);
    if (result == NOT_TEXT) return sluice_fail(record, SLUICE_MALFORMED);
    record->verdict |= result == SCRUBBED ? SLUICE_REPLACE_VALUE : SLUICE_REPLACE;
}
SLUICE_TRANSFORM(transform)
