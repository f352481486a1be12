/*
 * What the lines of a message mean, apart from how they are cut out of the stream (parser.c). Internal to
 * this directory. Lines come without their CRLF and hold CHAR_TEXT bytes only. ERR_NONE is yes; any other
 * code is the reason to refuse the message.
 */
#ifndef WIJZER_MESSAGE_H
#define WIJZER_MESSAGE_H

#include "parser.h"

/* Fills method, target, path, query and minor; a path with escapes is decoded into the arena. */
enum err_code request_line_read(struct slice line, struct arena *arena, struct http_head *head);
/* Splits "Name: value". */
enum err_code field_line_read(struct slice line, struct http_field *field);
/* Judges all fields together once they are there: host, framing, expectation, persistence. */
enum err_code fields_judge(struct http_head *head);
/* Reads "1a" or "1a;extension"; *extension is the length of what is ignored. */
enum err_code chunk_line_read(struct slice line, uint64_t *size, size_t *extension);

#endif
