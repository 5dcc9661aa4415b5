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
