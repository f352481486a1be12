#include "store_keys.h"

const struct pg_statement keys_statements[KEYS_COUNT] = {
    [KEYS_ADD] = {.name = "keys_add", .sql = "select keys.add($1, $2, $3, $4)", .param_count = 4},
    [KEYS_GET] = {.name = "keys_get",
                  .sql = "select client_id, wrapped, wrap_key from keys.get($1, $2)",
                  .param_count = 2,
                  .is_read = true},
    [KEYS_DESTROY] = {.name = "keys_destroy", /* twice is once */
                      .sql = "select destroyed, gone_at from keys.destroy($1, $2)",
                      .param_count = 2,
                      .is_read = true},
};
