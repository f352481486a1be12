/* Handler of the classes that were referred: how it goes with each of them as a whole. */
#include "handlers.h"

void classes_list(struct call *call)
{
    const char *cursor;
    const char **params = call_own_params(call, 3);
    if (call_page(call, &params[2], &cursor))
        call_query(call, STORE_LIST_CLASSES, params, call_found);
}
