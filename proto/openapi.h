/*
 * The contract as served at /v1/openapi.json: the bytes of openapi.json, put into the binary by the build.
 */
#ifndef WIJZER_OPENAPI_H
#define WIJZER_OPENAPI_H

#include <stddef.h>

extern const unsigned char openapi_json[];
extern const size_t openapi_json_size;

#endif
