// parse: turns a line of text into a JSON object. A line that isn't of the format is an error, never passed on.
//
// `format`: combined  Apache's and nginx's access log, with or without the last two fields (then it is the common format)
//           logfmt    name=value pairs; numbers, true, false and null as they are, the rest as strings, a bare name is true
// `key`:    keep (default), or drop for a null key
//
// One LF or CR LF at the end doesn't count. Lines must be UTF-8 without other control characters.

#include "sluice.h"
#include "sluice_json.h"

SLUICE_MODULE

static struct {
    enum { COMBINED, LOGFMT } format;
    bool drops_key;
} rule;

static int32_t setup(void) {
    static const char *const known[] = {"format", "key", 0};
    int32_t refusal = sluice_check_names(known);
    if (refusal != 0) return refusal;
    sluice_bytes format;
    if (!sluice_parameter("format", &format)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "format", "is missing");
    if (sluice_equal(format, SLUICE_TEXT("logfmt"))) {
        rule.format = LOGFMT;
    } else if (!sluice_equal(format, SLUICE_TEXT("combined"))) {
        return sluice_refuse(SLUICE_BAD_PARAMETER, "format", "must be combined or logfmt");
    }
    return sluice_key_parameter(&rule.drops_key);
}
SLUICE_PARAMETERS(setup)

/// The rest of the line.
typedef struct {
    const uint8_t *at, *end;
} line;

static inline bool take(line *line, uint8_t byte) {
    if (line->at >= line->end || *line->at != byte) return false;
    line->at++;
    return true;
}

/// What stands before the next space; false if nothing does.
static inline bool take_word(line *line, sluice_bytes *word) {
    const uint8_t *start = line->at;
    while (line->at < line->end && *line->at > ' ') line->at++;
    *word = (sluice_bytes){start, (size_t)(line->at - start)};
    return word->len > 0;
}

static inline uint8_t *put_string(uint8_t *out, sluice_bytes text) {
    *out++ = '"';
    out = sluice_json_escape(out, text.at, text.len);
    *out++ = '"';
    return out;
}

static inline bool is_dash(sluice_bytes text) { return text.len == 1 && *text.at == '-'; }

static inline uint8_t *put_optional(uint8_t *out, sluice_bytes text) {
    return is_dash(text) ? SLUICE_PUT(out, "null") : put_string(out, text);
}

/// What stands between quotes; a quote inside has a backslash before it. Other backslashes are text, as they are in the log.
static bool take_quoted(line *line, sluice_bytes *text) {
    if (!take(line, '"')) return false;
    const uint8_t *start = line->at;
    for (;;) {
        uint32_t places = sluice_json_special(line->at);
        line->at += places != 0 ? (uint32_t)__builtin_ctz(places) : 16;
        if (line->at >= line->end) return false;
        if (places == 0) continue;
        if (*line->at == '"') break;
        if (*line->at != '\\' || line->end - line->at < 2 || line->at[1] < ' ') return false;
        line->at += 2;
    }
    *text = (sluice_bytes){start, (size_t)(line->at - start)};
    line->at++;
    return true;
}

/// Writes a quoted text as a JSON string: `\"` in the log is a quote.
static uint8_t *put_quoted(uint8_t *out, sluice_bytes text) {
    const uint8_t *at = text.at, *end = at + text.len, *start = at;
    *out++ = '"';
    while (at < end) {
        if (*at != '\\') {
            at++;
            continue;
        }
        if (at[1] == '"') {
            out = sluice_json_escape(out, start, (size_t)(at - start));
            start = at + 1;
        }
        at += 2;
    }
    out = sluice_json_escape(out, start, (size_t)(end - start));
    *out++ = '"';
    return out;
}

static inline uint8_t *put_optional_quoted(uint8_t *out, sluice_bytes text) {
    return is_dash(text) ? SLUICE_PUT(out, "null") : put_quoted(out, text);
}

/// Writes `[10/Oct/2000:13:55:36 -0700]` as `"2000-10-10T13:55:36-07:00"`. Returns 0 if it isn't one.
static uint8_t *put_time(uint8_t *out, line *line) {
    static const uint8_t form[] = "[##/Aaa/####:##:##:## ~####]", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const uint8_t *text = line->at;
    if (line->end - text < (ptrdiff_t)sizeof form - 1) return 0;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool fits = form[i] == '#'   ? (uint8_t)(text[i] - '0') < 10
                    : form[i] == '~' ? text[i] == '+' || text[i] == '-'
                                     : form[i] == 'A' || form[i] == 'a' || text[i] == form[i];
        if (!fits) return 0;
    }
    uint32_t month = 0;
    while (month < 12 && !sluice_equal((sluice_bytes){months + 3 * month, 3}, (sluice_bytes){text + 4, 3})) month++;
    uint32_t day = (uint32_t)sluice_number((sluice_bytes){text + 1, 2});
    if (month == 12 || day < 1 || day > 31) return 0;
    *out++ = '"';
    out = sluice_put(out, text + 8, 4);
    *out++ = '-';
    *out++ = (uint8_t)('0' + (month + 1) / 10);
    *out++ = (uint8_t)('0' + (month + 1) % 10);
    *out++ = '-';
    out = sluice_put(out, text + 1, 2);
    *out++ = 'T';
    out = sluice_put(out, text + 13, 8);
    out = sluice_put(out, text + 22, 3);
    *out++ = ':';
    out = sluice_put(out, text + 25, 2);
    *out++ = '"';
    line->at += sizeof form - 1;
    return out;
}

/// Writes method, path and protocol of `GET /path HTTP/1.1`, or the text as it is if it isn't like that.
static uint8_t *put_request(uint8_t *out, sluice_bytes text) {
    const uint8_t *end = text.at + text.len, *method = text.at, *protocol = end;
    while (method < end && *method >= 'A' && *method <= 'Z') method++;
    while (protocol > method && protocol[-1] != ' ') protocol--;
    bool is_request = method > text.at && *method == ' ' && protocol - method > 2 && end - protocol > 5 &&
                      sluice_equal((sluice_bytes){protocol, 5}, SLUICE_TEXT("HTTP/"));
    if (!is_request) {
        out = SLUICE_PUT(out, ",\"request\":");
        return put_optional_quoted(out, text);
    }
    out = SLUICE_PUT(out, ",\"method\":");
    out = put_string(out, (sluice_bytes){text.at, (size_t)(method - text.at)});
    out = SLUICE_PUT(out, ",\"path\":");
    out = put_quoted(out, (sluice_bytes){method + 1, (size_t)(protocol - method - 2)});
    out = SLUICE_PUT(out, ",\"protocol\":");
    return put_quoted(out, (sluice_bytes){protocol, (size_t)(end - protocol)});
}

static bool is_count(sluice_bytes text) {
    sluice_json json = {text.at, text.at + text.len};
    return sluice_json_digits(text.at, json.end) == text.len && sluice_json_number(&json);
}

static uint8_t *put_combined(uint8_t *out, line *line) {
    sluice_bytes host, ident, user, request, status, bytes, referer, agent;
    if (!take_word(line, &host) || !take(line, ' ') || !take_word(line, &ident) || !take(line, ' ')) return 0;
    if (!take_word(line, &user) || !take(line, ' ')) return 0;
    out = put_optional(SLUICE_PUT(out, "{\"host\":"), host);
    out = put_optional(SLUICE_PUT(out, ",\"ident\":"), ident);
    out = put_optional(SLUICE_PUT(out, ",\"user\":"), user);
    out = put_time(SLUICE_PUT(out, ",\"time\":"), line);
    if (out == 0 || !take(line, ' ') || !take_quoted(line, &request) || !take(line, ' ')) return 0;
    out = put_request(out, request);
    if (!take_word(line, &status) || status.len != 3 || !is_count(status) || !take(line, ' ')) return 0;
    out = sluice_put(SLUICE_PUT(out, ",\"status\":"), status.at, status.len);
    if (!take_word(line, &bytes) || (!is_dash(bytes) && !is_count(bytes))) return 0;
    out = SLUICE_PUT(out, ",\"bytes\":");
    out = is_dash(bytes) ? SLUICE_PUT(out, "null") : sluice_put(out, bytes.at, bytes.len);
    if (line->at < line->end) {
        if (!take(line, ' ') || !take_quoted(line, &referer) || !take(line, ' ') || !take_quoted(line, &agent)) return 0;
        out = put_optional_quoted(SLUICE_PUT(out, ",\"referer\":"), referer);
        out = put_optional_quoted(SLUICE_PUT(out, ",\"agent\":"), agent);
    }
    *out++ = '}';
    return line->at == line->end ? out : 0;
}

static inline bool is_separator(uint8_t byte) { return byte == ' ' || byte == '\t'; }

/// What stands before the next separator and, for a name, equals sign. A quote in it is an error.
static bool take_bare(line *line, bool is_name, sluice_bytes *text) {
    const uint8_t *start = line->at;
    while (line->at < line->end && *line->at > ' ' && *line->at != '"' && !(is_name && *line->at == '=')) line->at++;
    *text = (sluice_bytes){start, (size_t)(line->at - start)};
    return line->at == line->end || is_separator(*line->at) || (is_name && *line->at == '=');
}

static uint8_t *put_logfmt(uint8_t *out, line *line) {
    uint8_t *start = out;
    *out++ = '{';
    for (;;) {
        while (line->at < line->end && is_separator(*line->at)) line->at++;
        if (line->at == line->end) break;
        sluice_bytes name, value;
        if (!take_bare(line, true, &name) || name.len == 0) return 0;
        if (out > start + 1) *out++ = ',';
        out = put_string(out, name);
        *out++ = ':';
        if (!take(line, '=')) {
            out = SLUICE_PUT(out, "true");
            continue;
        }
        if (line->at < line->end && *line->at == '"') {
            sluice_json json = {line->at, line->end};
            if (!sluice_json_string(&json, &value)) return 0;
            out = sluice_put(out, line->at, (size_t)(json.at - line->at));
            line->at = json.at;
            if (line->at < line->end && !is_separator(*line->at)) return 0;
            continue;
        }
        if (!take_bare(line, false, &value)) return 0;
        sluice_json json = {value.at, value.at + value.len};
        bool is_scalar = sluice_json_scalar(&json) && json.at == json.end;
        out = is_scalar ? sluice_put(out, value.at, value.len) : put_string(out, value);
    }
    *out++ = '}';
    return out;
}

static void transform(sluice_record *record) {
    if (rule.drops_key) sluice_remove_key(record);
    if (record->value_len < 0) return sluice_keep_value(record); // null
    size_t length = (size_t)record->value_len;
    if (!sluice_is_utf8(record->value, length)) return sluice_fail(record, SLUICE_MALFORMED);
    line line = {record->value, record->value + length};
    if (line.end > line.at && line.end[-1] == '\n') line.end--;
    if (line.end > line.at && line.end[-1] == '\r') line.end--;
    // A name of one letter and a space become `"a":true,`; nothing grows more.
    uint8_t *start = sluice_scratch(5 * length + 256);
    uint8_t *end = rule.format == COMBINED ? put_combined(start, &line) : put_logfmt(start, &line);
    if (end == 0) return sluice_fail(record, SLUICE_MALFORMED);
    sluice_use(end);
    sluice_replace_value(record, start, (size_t)(end - start));
}
SLUICE_TRANSFORM(transform)
