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
