// links: proto
// runs: 1500000
/* A text is a code or it is not; if it is, it has one number and one way of being written. */
#include "fuzz.h"

#include <stdlib.h>

#include "code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t id, again;
    char text[CODE_TEXT];
    if (code_parse(slice_make((const char *)data, size), &id) != CODE_OK)
        return 0;
    if (id < 0 || id >= CODE_IDS)
        abort();
    if (code_parse(slice_of(code_text(id, text)), &again) != CODE_OK || again != id)
        abort();
    return 0;
}
