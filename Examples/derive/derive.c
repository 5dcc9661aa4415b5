// derive: adds a field to a JSON object that is computed from others, and leaves those out. The rest stays byte for byte.
//
// `field`:     the new field. It comes last; a field of that name in the record is left out.
// `from`:      the fields that it is computed from, comma-separated; a comma or backslash in a name has a backslash before it.
// `rule`:      join      strings, numbers and booleans one after another; null if all of them are absent
//              band      of a number that isn't negative: 37 is "30-39"; null if absent
//              age-band  the same of the age, at the record's time, of whom was born on a day like "1990-05-12"
// `separator`: for join, what stands between; a space
// `width`:     for bands; 10
// `originals`: drop (default) or keep
// `key`:       keep (default), or drop for a null key
//
// Where a name is there twice, the last one counts, as most readers have it, and all of them go.

#include "sluice.h"
#include "sluice_json.h"

SLUICE_MODULE

enum { SOURCES = 16, NAMES_BYTES = 1024 };

static struct {
    enum { JOIN, BAND, AGE_BAND } kind;
    sluice_bytes field;
    sluice_bytes member; // "field": as it is written
    sluice_bytes separator;
    uint32_t count;
    sluice_bytes sources[SOURCES];
    int64_t width;
    bool keeps_originals, drops_key;
    uint8_t names[NAMES_BYTES];
    uint8_t text[2 * 6 * NAMES_BYTES + 64];
} rule;

static int32_t set_kind(void) {
    sluice_bytes kind;
    if (!sluice_parameter("rule", &kind)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "rule", "is missing");
    if (sluice_equal(kind, SLUICE_TEXT("join"))) {
        rule.kind = JOIN;
    } else if (sluice_equal(kind, SLUICE_TEXT("band"))) {
        rule.kind = BAND;
    } else if (sluice_equal(kind, SLUICE_TEXT("age-band"))) {
        rule.kind = AGE_BAND;
    } else {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "rule", "must be join, band or age-band");
    }
    return 0;
}

static int32_t set_sources(void) {
    sluice_bytes from;
    if (!sluice_parameter("from", &from)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "from", "is missing");
    if (from.len > NAMES_BYTES) return sluice_refuse(SLUICE_BAD_PARAMETER, "from", "has more than 1024 bytes");
    uint8_t *out = rule.names;
    for (;;) {
        if (rule.count == SOURCES) return sluice_refuse(SLUICE_BAD_PARAMETER, "from", "has more than 16 names");
        sluice_bytes name = sluice_next_name(&from, ",", out);
        if (name.len == 0) return sluice_refuse(SLUICE_BAD_PARAMETER, "from", "has an empty name");
        for (uint32_t i = 0; i < rule.count; i++) {
            // Room for the output counts on each source's value being used once.
            if (sluice_equal(name, rule.sources[i])) return sluice_refuse(SLUICE_BAD_PARAMETER, "from", "has a name twice");
        }
        rule.sources[rule.count++] = name;
        out += name.len;
        if (from.len == 0) break;
        from = (sluice_bytes){from.at + 1, from.len - 1};
    }
    if (rule.kind != JOIN && rule.count != 1) return sluice_refuse(SLUICE_BAD_PARAMETER, "from", "must be one name");
    return 0;
}

static int32_t set_options(void) {
    sluice_bytes width, originals = SLUICE_TEXT("drop");
    rule.width = sluice_parameter("width", &width) ? sluice_number(width) : 10;
    if (rule.width < 1) return sluice_refuse(SLUICE_BAD_PARAMETER, "width", "must be a number from 1 to 999999");
    sluice_parameter("originals", &originals);
    rule.keeps_originals = sluice_equal(originals, SLUICE_TEXT("keep"));
    if (!rule.keeps_originals && !sluice_equal(originals, SLUICE_TEXT("drop"))) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "originals", "must be keep or drop");
    }
    return sluice_key_parameter(&rule.drops_key);
}

static int32_t setup(void) {
    static const char *const known[] = {"field", "from", "rule", "separator", "width", "originals", "key", 0};
    int32_t refusal = sluice_check_names(known);
    if (refusal != 0) return refusal;
    if (!sluice_parameter("field", &rule.field)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "field", "is missing");
    if (rule.field.len == 0 || rule.field.len > NAMES_BYTES) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "field", "must be 1 to 1024 bytes");
    }
    sluice_bytes separator = SLUICE_TEXT(" ");
    sluice_parameter("separator", &separator);
    if (separator.len > NAMES_BYTES) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "separator", "has more than 1024 bytes");
    }
    uint8_t *out = rule.text;
    *out++ = '"';
    out = sluice_json_escape(out, rule.field.at, rule.field.len);
    out = SLUICE_PUT(out, "\":");
    rule.member = (sluice_bytes){rule.text, (size_t)(out - rule.text)};
    rule.separator = (sluice_bytes){out, (size_t)(sluice_json_escape(out, separator.at, separator.len) - out)};
    refusal = set_kind();
    if (refusal == 0) refusal = set_sources();
    return refusal != 0 ? refusal : set_options();
}
SLUICE_PARAMETERS(setup)

static inline bool is_absent(sluice_bytes value) { return value.len == 0 || *value.at == 'n'; }

static uint8_t *put_number(uint8_t *out, int64_t number) {
    uint8_t digits[20];
    size_t count = 0;
    do {
        digits[count++] = '0' + (uint8_t)(number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0) *out++ = digits[--count];
    return out;
}

static uint8_t *put_band(uint8_t *out, int64_t number) {
    int64_t low = number / rule.width * rule.width;
    *out++ = '"';
    out = put_number(out, low);
    *out++ = '-';
    out = put_number(out, low + rule.width - 1);
    *out++ = '"';
    return out;
}

static uint8_t *put_join(uint8_t *out, const sluice_bytes *values) {
    uint8_t *start = out;
    for (uint32_t i = 0; i < rule.count; i++) {
        sluice_bytes value = values[i];
        if (is_absent(value)) continue;
        if (*value.at == '{' || *value.at == '[') return 0;
        if (out == start) {
            *out++ = '"';
        } else {
            out = sluice_put(out, rule.separator.at, rule.separator.len);
        }
        if (*value.at == '"') value = (sluice_bytes){value.at + 1, value.len - 2};
        out = sluice_put(out, value.at, value.len);
    }
    if (out == start) return SLUICE_PUT(out, "null");
    *out++ = '"';
    return out;
}

/// The whole part of a number like 37 or 37.5, or -1.
static int64_t whole_number(sluice_bytes text) {
    size_t digits = sluice_json_digits(text.at, text.at + text.len);
    if (digits == 0 || digits > 15) return -1;
    for (size_t i = digits; i < text.len; i++) {
        if ((text.at[i] | 0x20) == 'e') return -1;
    }
    int64_t number = 0;
    for (size_t i = 0; i < digits; i++) number = number * 10 + (text.at[i] - '0');
    return number;
}

/// `count` digits as a number, or -1.
static int64_t digits(const uint8_t *text, size_t count) {
    return whole_number((sluice_bytes){text, sluice_json_digits(text, text + count) == count ? count : 0});
}

/// The age in years, on the day of `timestamp` in UTC, of whom was born on the day that `value` is; -1 if it isn't one.
static int64_t age(sluice_bytes value, int64_t timestamp) {
    if (*value.at != '"' || value.len < 12 || timestamp < 0) return -1;
    const uint8_t *text = value.at + 1;
    if (value.len > 12 && text[10] != 'T' && text[10] != ' ') return -1;
    int64_t year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (text[4] != '-' || text[7] != '-' || year < 0 || month < 1 || month > 12 || day < 1) return -1;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > (month == 2 ? 28 + is_leap : 30 + (month + month / 8) % 2)) return -1;
    // The civil date of a day number; years begin in March.
    int64_t days = timestamp / 86400000 + 719468, era = days / 146097, of_era = days % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    int64_t now_day = of_year - (153 * shifted + 2) / 5 + 1, now_month = shifted < 10 ? shifted + 3 : shifted - 9;
    int64_t now_year = year_of_era + era * 400 + (now_month <= 2);
    int64_t years = now_year - year - (now_month < month || (now_month == month && now_day < day));
    return years < 0 ? -1 : years;
}

/// Writes the new field's value. Returns 0 if the sources aren't what the rule takes.
static uint8_t *put_value(uint8_t *out, const sluice_bytes *values, int64_t timestamp) {
    if (rule.kind == JOIN) return put_join(out, values);
    if (is_absent(values[0])) return SLUICE_PUT(out, "null");
    int64_t number = rule.kind == BAND ? whole_number(values[0]) : age(values[0], timestamp);
    return number < 0 ? 0 : put_band(out, number);
}

/// Takes the object's members over to `out`, notes the sources' values. Returns the end of it, or 0 if malformed.
static uint8_t *take_members(sluice_json *json, uint8_t *out, sluice_bytes *values) {
    for (int item = sluice_json_enter(json, '{'); item != SLUICE_JSON_END; item = sluice_json_next(json, '}')) {
        const uint8_t *start = json->at;
        sluice_bytes name;
        if (item == SLUICE_JSON_BAD || !sluice_json_name(json, &name)) return 0;
        const uint8_t *value = json->at;
        if (!sluice_json_skip(json)) return 0;
        bool leaves = sluice_json_is(name, rule.field);
        for (uint32_t i = 0; i < rule.count; i++) {
            if (!sluice_json_is(name, rule.sources[i])) continue;
            values[i] = (sluice_bytes){value, (size_t)(json->at - value)};
            leaves |= !rule.keeps_originals;
        }
        if (leaves) continue;
        out = sluice_put(out, start, (size_t)(name.at + name.len + 1 - start));
        *out++ = ':';
        out = sluice_put(out, value, (size_t)(json->at - value));
        *out++ = ',';
    }
    return out;
}

static void transform(sluice_record *record) {
    if (rule.drops_key) sluice_remove_key(record);
    if (record->value_len < 0) return sluice_keep_value(record); // null
    size_t length = (size_t)record->value_len;
    sluice_json json = {record->value, record->value + length};
    if (!sluice_is_utf8(record->value, length) || !sluice_json_space(&json)) {
        return sluice_fail(record, SLUICE_MALFORMED);
    }
    if (*json.at != '{') {
        bool is_json = sluice_json_skip(&json) && sluice_json_finish(&json);
        return sluice_fail(record, is_json ? SLUICE_UNSUPPORTED : SLUICE_MALFORMED);
    }
    sluice_bytes values[SOURCES] = {0};
    // With the originals kept, their bytes are there twice.
    size_t room = 2 * length + rule.member.len + rule.count * rule.separator.len + 64;
    uint8_t *start = sluice_scratch(room), *out = start;
    *out++ = '{';
    out = take_members(&json, out, values);
    if (out == 0 || !sluice_json_finish(&json)) return sluice_fail(record, SLUICE_MALFORMED);
    out = sluice_put(out, rule.member.at, rule.member.len);
    out = put_value(out, values, record->timestamp);
    if (out == 0) return sluice_fail(record, SLUICE_UNSUPPORTED);
    *out++ = '}';
    sluice_use(out);
    sluice_replace_value(record, start, (size_t)(out - start));
}
SLUICE_TRANSFORM(transform)
