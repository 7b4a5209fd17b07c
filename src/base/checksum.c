/* The checksum of what may be cut off: XXH3 of xxHash. It stands in the way of each confirmed write, of each record and
 * of each scan, so it is compiled here, where the compiler knows most lengths. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "mbplant/base.h"

uint64_t mbp_checksum(uint64_t seed, const void *bytes, size_t len)
{
    return XXH3_64bits_withSeed(bytes, len, seed);
}
