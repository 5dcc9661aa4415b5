#include "CSluice.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))
#define CRC_OF_8(crc, word) _mm_crc32_u64((crc), (word))
#define CRC_OF_1(crc, byte) _mm_crc32_u8((crc), (byte))
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("+crc")))
#define CRC_OF_8(crc, word) __crc32cd((uint32_t)(crc), (word))
#define CRC_OF_1(crc, byte) __crc32cb((crc), (byte))
#endif

// The reflected polynomial of CRC-32C.
#define POLYNOMIAL 0x82f63b78u

// bytewise[k][n] is what byte n does to the checksum when k more bytes follow it: slicing by 8.
static uint32_t bytewise[8][256];

static void fill_bytewise(void) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t value = n;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ POLYNOMIAL : value >> 1;
        bytewise[0][n] = value;
    }
    for (int k = 1; k < 8; k++) {
        for (int n = 0; n < 256; n++) {
            uint32_t before = bytewise[k - 1][n];
            bytewise[k][n] = (before >> 8) ^ bytewise[0][before & 0xff];
        }
    }
}

static uint32_t little_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count >= 8) {
        uint32_t low = crc ^ little_endian(bytes);
        uint32_t high = little_endian(bytes + 4);
        crc = bytewise[7][low & 0xff] ^ bytewise[6][low >> 8 & 0xff] ^ bytewise[5][low >> 16 & 0xff] ^
              bytewise[4][low >> 24] ^ bytewise[3][high & 0xff] ^ bytewise[2][high >> 8 & 0xff] ^
              bytewise[1][high >> 16 & 0xff] ^ bytewise[0][high >> 24];
        bytes += 8;
        count -= 8;
    }
    while (count--) crc = (crc >> 8) ^ bytewise[0][(crc ^ *bytes++) & 0xff];
    return crc;
}

#ifdef HAS_INSTRUCTION

// The instruction takes three cycles and one can start in each, so three streams run side by side. A stream's checksum is
// moved over the bytes of the next one by a table: appending zero bytes is linear in the checksum. As in Mark Adler's
// crc32c.c, and in "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction" (Intel, 2011).
enum { LONG_LOG2 = 12, SHORT_LOG2 = 8 };

static uint32_t over_long[4][256];
static uint32_t over_short[4][256];

static uint32_t apply(const uint32_t columns[32], uint32_t value) {
    uint32_t sum = 0;
    for (int bit = 0; value != 0; bit++, value >>= 1) {
        if (value & 1) sum ^= columns[bit];
    }
    return sum;
}

// Fills `table` with what 2^log2 zero bytes do to each byte of a checksum.
static void fill_over(uint32_t table[4][256], int log2) {
    uint32_t columns[32];
    for (int bit = 0; bit < 32; bit++) {
        uint32_t value = 1u << bit;
        columns[bit] = (value >> 8) ^ bytewise[0][value & 0xff];
    }
    while (log2-- > 0) {
        uint32_t twice[32];
        for (int bit = 0; bit < 32; bit++) twice[bit] = apply(columns, columns[bit]);
        memcpy(columns, twice, sizeof columns);
    }
    for (int byte = 0; byte < 4; byte++) {
        for (uint32_t n = 0; n < 256; n++) table[byte][n] = apply(columns, n << 8 * byte);
    }
}

static uint32_t move_over(const uint32_t table[4][256], uint32_t crc) {
    return table[0][crc & 0xff] ^ table[1][crc >> 8 & 0xff] ^ table[2][crc >> 16 & 0xff] ^ table[3][crc >> 24];
}

static uint64_t load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

// Three streams of `length` bytes, a multiple of 8.
WITH_INSTRUCTION static inline uint32_t three_streams(
    uint32_t crc, const uint8_t *bytes, size_t length, const uint32_t over[4][256]) {
    uint64_t first = crc, second = 0, third = 0;
    for (const uint8_t *end = bytes + length; bytes < end; bytes += 8) {
        first = CRC_OF_8(first, load(bytes));
        second = CRC_OF_8(second, load(bytes + length));
        third = CRC_OF_8(third, load(bytes + 2 * length));
    }
    crc = move_over(over, (uint32_t)first) ^ (uint32_t)second;
    return move_over(over, crc) ^ (uint32_t)third;
}

WITH_INSTRUCTION static uint32_t hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    const size_t longer = (size_t)1 << LONG_LOG2, shorter = (size_t)1 << SHORT_LOG2;
    if (count >= 3 * shorter) {
        for (; (uintptr_t)bytes & 7; count--) crc = CRC_OF_1(crc, *bytes++);
    }
    for (; count >= 3 * longer; bytes += 3 * longer, count -= 3 * longer) {
        crc = three_streams(crc, bytes, longer, over_long);
    }
    for (; count >= 3 * shorter; bytes += 3 * shorter, count -= 3 * shorter) {
        crc = three_streams(crc, bytes, shorter, over_short);
    }
    uint64_t wide = crc;
    for (; count >= 8; bytes += 8, count -= 8) wide = CRC_OF_8(wide, load(bytes));
    crc = (uint32_t)wide;
    while (count--) crc = CRC_OF_1(crc, *bytes++);
    return crc;
}

static bool has_instruction(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.2");
#else
    return (getauxval(AT_HWCAP) & (1 << 7)) != 0;
#endif
}

#endif

typedef uint32_t (*crc_function)(uint32_t, const uint8_t *, size_t);

static crc_function chosen = portable;

// Runs before main, so that no call races with it.
__attribute__((constructor)) static void choose(void) {
    fill_bytewise();
#ifdef HAS_INSTRUCTION
    if (!has_instruction()) return;
    fill_over(over_long, LONG_LOG2);
    fill_over(over_short, SHORT_LOG2);
    chosen = hardware;
#endif
}

uint32_t sluice_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return ~chosen(~crc, bytes, count);
}

uint32_t sluice_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    return ~portable(~crc, bytes, count);
}
