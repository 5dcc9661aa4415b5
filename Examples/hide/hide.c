// hide: what the fields named `field` hold becomes "***".

#include "sluice.h"
#include "sluice_json.h"

SLUICE_MODULE

static sluice_bytes field;

static int32_t setup(void) {
    static const char *const known[] = {"field", 0};
    int32_t refusal = sluice_check_names(known);
    if (refusal != 0) return refusal;
    if (!sluice_parameter("field", &field)) return sluice_refuse(SLUICE_MISSING_PARAMETER, "field", "is missing");
    return 0;
}
SLUICE_PARAMETERS(setup)

static void transform(sluice_record *record) {
    if (record->value_len < 0) return sluice_keep(record); // null
    size_t length = (size_t)record->value_len;
    sluice_json json = {record->value, record->value + length};
    uint8_t *start = sluice_scratch(2 * length + 16), *out = start;
    const uint8_t *from = record->value; // what isn't written yet
    if (!sluice_is_utf8(from, length) || !sluice_json_space(&json)) return sluice_fail(record, SLUICE_MALFORMED);
    for (int item = sluice_json_enter(&json, '{'); item != SLUICE_JSON_END; item = sluice_json_next(&json, '}')) {
        sluice_bytes name;
        if (item == SLUICE_JSON_BAD || !sluice_json_name(&json, &name)) return sluice_fail(record, SLUICE_MALFORMED);
        const uint8_t *value = json.at;
        if (!sluice_json_skip(&json)) return sluice_fail(record, SLUICE_MALFORMED);
        if (!sluice_json_is(name, field)) continue;
        out = SLUICE_PUT(sluice_put(out, from, (size_t)(value - from)), "\"***\"");
        from = json.at;
    }
    if (!sluice_json_finish(&json)) return sluice_fail(record, SLUICE_MALFORMED);
    if (from == record->value) return sluice_keep(record);
    out = sluice_put(out, from, (size_t)(json.end - from));
    sluice_use(out);
    sluice_replace_value(record, start, (size_t)(out - start));
}
SLUICE_TRANSFORM(transform)
