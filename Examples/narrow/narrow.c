// narrow: of a JSON object, the fields of an allow-list are left, byte for byte; what the list doesn't name isn't sent.
//
// `fields`: paths, comma-separated, each of names with dots between them: `account,address.city`. A path goes through arrays
//           to each of their objects. A comma, dot or backslash in a name has a backslash before it.
// `key`:    keep (default), or drop for a null key.
//
// The object is narrowed where it lies: what is kept only moves to the left.

#include "sluice.h"
#include "sluice_json.h"

SLUICE_MODULE

enum { PATHS = 64, LEVELS = 16, NAMES_BYTES = 4096, NESTING = 64 };

static struct {
    uint32_t count;
    uint8_t levels[PATHS];
    sluice_bytes names[PATHS][LEVELS];
    uint8_t text[NAMES_BYTES];
    bool drops_key;
} rule;

static int32_t setup(void) {
    static const char *const known[] = {"fields", "key", 0};
    int32_t refusal = sluice_check_names(known);
    if (refusal == 0) refusal = sluice_key_parameter(&rule.drops_key);
    if (refusal != 0) return refusal;
    sluice_bytes fields;
    if (!sluice_parameter("fields", &fields)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "fields", "is missing");
    if (fields.len > NAMES_BYTES) return sluice_refuse(SLUICE_BAD_PARAMETER, "fields", "has more than 4096 bytes");
    uint8_t *out = rule.text;
    for (;;) {
        uint32_t level = 0;
        if (rule.count == PATHS) return sluice_refuse(SLUICE_BAD_PARAMETER, "fields", "has more than 64 paths");
        for (;;) {
            if (level == LEVELS) return sluice_refuse(SLUICE_BAD_PARAMETER, "fields", "has a path of more than 16 names");
            sluice_bytes name = sluice_next_name(&fields, ".,", out);
            if (name.len == 0) return sluice_refuse(SLUICE_BAD_PARAMETER, "fields", "has an empty name");
            rule.names[rule.count][level++] = name;
            out += name.len;
            if (fields.len == 0 || *fields.at == ',') break;
            fields = (sluice_bytes){fields.at + 1, fields.len - 1};
        }
        rule.levels[rule.count++] = (uint8_t)level;
        if (fields.len == 0) return 0;
        fields = (sluice_bytes){fields.at + 1, fields.len - 1};
    }
}
SLUICE_PARAMETERS(setup)

/// The paths among `alive` whose name at `level` is `name`; `whole` is set if one of them ends here.
static inline uint64_t follow(uint64_t alive, uint32_t level, sluice_bytes name, bool *whole) {
    uint64_t found = 0;
    *whole = false;
    for (uint64_t left = alive; left != 0; left &= left - 1) {
        uint32_t path = (uint32_t)__builtin_ctzll(left);
        if (!sluice_json_is(name, rule.names[path][level])) continue;
        found |= left & -left;
        *whole |= rule.levels[path] == level + 1;
    }
    return found;
}

/// Writes what the paths `alive` lead to in the object or array at the cursor. Returns the end of it, or 0 if malformed.
static uint8_t *narrow(sluice_json *json, uint8_t *out, uint64_t alive, uint32_t level, uint32_t depth) {
    const uint8_t open = *json->at, close = open + 2;
    bool is_first = true;
    if (depth == NESTING) return 0;
    *out++ = open;
    for (int item = sluice_json_enter(json, open); item != SLUICE_JSON_END; item = sluice_json_next(json, close)) {
        if (item == SLUICE_JSON_BAD) return 0;
        const uint8_t *start = json->at;
        bool whole = false;
        uint64_t found = alive;
        sluice_bytes name = {0, 0};
        if (open == '{') {
            if (!sluice_json_name(json, &name)) return 0;
            found = follow(alive, level, name, &whole);
        }
        const uint8_t *value = json->at;
        bool is_open = value < json->end && (*value == '{' || *value == '[');
        if (found == 0 || (!whole && !is_open)) {
            if (!sluice_json_skip(json)) return 0;
            continue;
        }
        if (!is_first) *out++ = ',';
        is_first = false;
        if (open == '{') {
            out = sluice_move(out, start, (size_t)(name.at + name.len + 1 - start));
            *out++ = ':';
        }
        if (whole) {
            if (!sluice_json_skip(json)) return 0;
            out = sluice_move(out, value, (size_t)(json->at - value));
        } else {
            out = narrow(json, out, found, level + (open == '{'), depth + 1);
            if (out == 0) return 0;
        }
    }
    *out++ = close;
    return out;
}

static void transform(sluice_record *record) {
    if (rule.drops_key) sluice_remove_key(record);
    if (record->value_len < 0) return sluice_keep_value(record); // null
    sluice_json json = {record->value, record->value + record->value_len};
    if (!sluice_is_utf8(record->value, (size_t)record->value_len) || !sluice_json_space(&json)) {
        return sluice_fail(record, SLUICE_MALFORMED);
    }
    if (*json.at != '{') {
        bool is_json = sluice_json_skip(&json) && sluice_json_finish(&json);
        return sluice_fail(record, is_json ? SLUICE_UNSUPPORTED : SLUICE_MALFORMED);
    }
    uint64_t all = rule.count == PATHS ? ~(uint64_t)0 : ((uint64_t)1 << rule.count) - 1;
    const uint8_t *end = narrow(&json, record->value, all, 0, 0);
    if (end == 0 || !sluice_json_finish(&json)) return sluice_fail(record, SLUICE_MALFORMED);
    if (end == record->value + record->value_len) return sluice_keep_value(record); // nothing had to go
    sluice_replace_value(record, record->value, (size_t)(end - record->value));
}
SLUICE_TRANSFORM(transform)
