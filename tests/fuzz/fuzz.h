/* The one function of a fuzz target: must hold for any input, returns 0, and ends the process where it does
 * not. */
#ifndef WIJZER_FUZZ_H
#define WIJZER_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
