#include "CSluice.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

// The reflected polynomial of CRC-32C.
#define POLYNOMIAL 0x82f63b78u

static uint32_t table[256];

static void fill_table(void) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t value = n;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ POLYNOMIAL : value >> 1;
        table[n] = value;
    }
}

static uint32_t portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count--) crc = (crc >> 8) ^ table[(crc ^ *bytes++) & 0xff];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
        bytes += 8;
        count -= 8;
    }
    crc = (uint32_t)wide;
    while (count--) crc = _mm_crc32_u8(crc, *bytes++);
    return crc;
}

static bool has_hardware(void) {
    return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
__attribute__((target("+crc"))) static uint32_t hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
        bytes += 8;
        count -= 8;
    }
    while (count--) crc = __crc32cb(crc, *bytes++);
    return crc;
}

static bool has_hardware(void) {
    return (getauxval(AT_HWCAP) & (1 << 7)) != 0;
}
#else
static uint32_t hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    return portable(crc, bytes, count);
}

static bool has_hardware(void) {
    return false;
}
#endif

typedef uint32_t (*crc_function)(uint32_t, const uint8_t *, size_t);

static crc_function chosen;

// Runs before main, so that no call races with it.
__attribute__((constructor)) static void choose(void) {
    fill_table();
    chosen = has_hardware() ? hardware : portable;
}

uint32_t sluice_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return ~chosen(~crc, bytes, count);
}
