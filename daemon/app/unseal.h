/*
 * Sealed values in a document that the database composed. Each stands in an object that no text of a person
 * can forge, since inside a JSON string a quote is always escaped (sql/README.md, "Sealed values"):
 *
 *     {"~":[PIECE, ...], "most":N, "line":true}     PIECE: "words" |
 * {"c":client,"r":record,"f":"field","v":"s1....", "before":"","after":"","clip":true} | null
 *
 * Of such an object one JSON string is made: its pieces in order. `before` and `after` stand around a piece
 * only where it is there and not empty; a full stop that `after` begins with is not put behind another. A
 * piece of a client whose key is gone is not there; where nothing is there, it becomes null. With `most`
 * (characters) the pieces with `clip` are cut, the last one first, and left out where fewer than UNSEAL_LEAST
 * characters of one would be left. With `line` control characters become a space each, so that it is one
 * line. Everything else is copied as it is. Pure; memory is the arena's.
 */
#ifndef WIJZER_UNSEAL_H
#define WIJZER_UNSEAL_H

#include "client_key.h"

enum { UNSEAL_LEAST = 20, UNSEAL_DEPTH = 8 };

struct sealed_piece {
    struct slice words; /* absent: it is sealed */
    int64_t client_id, record_id;
    struct slice field, value, before, after;
    bool may_clip;
};

/* One object of the document. */
struct sealed_text {
    size_t start, end; /* its bytes */
    const struct sealed_piece *pieces;
    size_t count;
    size_t most;  /* 0: no limit */
    bool is_line; /* no control characters */
};

struct sealed_document {
    struct slice json; /* borrowed */
    struct sealed_text *texts;
    size_t count;
    int64_t *clients; /* each once, in the order in which they come */
    size_t client_count;
};

/* Finds the sealed objects: one pass, and nothing but that where there are none. False (ERR_INTERNAL): an
 * object is not of that form, or a string or object does not end. The rest is not looked at. */
bool unseal_find(struct slice json, struct arena *arena, struct sealed_document *out, struct err *err);

/* The key of a client; NULL where it is gone. */
typedef const struct client_key *unseal_key(void *arg, int64_t client_id);

/* The document as a person may read it. False (ERR_INTERNAL): a value does not open. */
bool unseal_write(const struct sealed_document *document, unseal_key *key_of, void *arg, struct arena *arena,
                  struct slice *out, struct err *err);

#endif
