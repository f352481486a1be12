/*
 * The kinds of files that may be attached: the ends of their names and their media types.
 */
#ifndef WIJZER_FILE_KINDS_H
#define WIJZER_FILE_KINDS_H

/* The media type by the end of a name, as it is sent; NULL: not a kind that may be attached. */
const char *file_kind_type(const char *name);
/* What people call a media type: "pdf"; one that is not known, as it is. */
const char *file_kind_word(const char *type);

#endif
