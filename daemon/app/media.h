/*
 * Files that people add: what they are called and what they are. A file is taken where three things agree:
 * the media type that was declared, the end of its name, and what its content shows; and where it is that and
 * nothing else, so that no other program finds something in it: nothing stands before its beginning or behind
 * its end, and it is no archive besides. It is looked at from outside, never unpacked or drawn; what hides
 * inside is for the virus scanner (scan.h). Names come and go in Content-Disposition (RFC 6266, RFC 8187),
 * strictly read. Pure; memory is the arena's.
 *
 * PDF (ISO 32000), PNG (ISO 15948), JPEG (ITU-T T.81), plain text in UTF-8, Word (ISO 29500) and OpenDocument
 * text (ISO 26300) as ZIP archives (APPNOTE 6.3) without macros.
 */
#ifndef WIJZER_MEDIA_H
#define WIJZER_MEDIA_H

#include "arena.h"

enum { MEDIA_NAME_MAX = 120, MEDIA_KINDS = 6 };

struct media {
    const char *type; /* as it is declared, without parameters */
    const char *ends; /* what a name may end in: ".jpg .jpeg" */
    /* NULL: the content is that. Else why not, for the caller. */
    const char *(*fault)(struct slice content);
};
extern const struct media media_kinds[MEDIA_KINDS];

/* By a Content-Type; text may name charset=utf-8, nothing else has parameters. NULL: none that is taken. */
const struct media *media_find(struct slice content_type);
/* NULL: it is what it says it is. Else why not: static text. */
const char *media_fault(const struct media *media, struct slice name, struct slice content);

/* The name of `attachment; filename="..."`, with or instead of filename*=UTF-8''... which counts more. False:
 * another form, or a name that is not to be taken: longer than MEDIA_NAME_MAX characters, with a control,
 * hidden or directional character, a slash or other character that a file system minds, or a dot or blank at
 * an end. */
bool media_name(struct slice disposition, struct arena *arena, struct slice *name);
/* The same field for an answer: `attachment; filename="..."; filename*=...`; what is not ASCII is "_" in the
 * first. */
const char *media_disposition(struct slice name, struct arena *arena);

#endif
