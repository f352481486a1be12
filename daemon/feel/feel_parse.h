/* Private to feel_parse.c and feel_operand.c: the parts of the parser that need each other. False: failed. */
#ifndef WIJZER_FEEL_PARSE_H
#define WIJZER_FEEL_PARSE_H

#include "feel_node.h"

/* One level deeper; there are FEEL_DEPTH. */
bool enter(struct parser *parser);
void leave(struct parser *parser);
bool expect(struct parser *parser, enum token_kind kind, const char *expected);
/* Makes *node one of `kind` over the items; its other members stay. */
bool seal(struct parser *parser, struct node *node, enum node_kind kind, const struct node_list *list);
void make_constant(struct node *node, struct value value);

/* A literal, a name, a call, a list, ...: what stands between operators. */
bool parse_operand(struct parser *parser, struct node *out);
/* An end of a range; `is_end`: its upper end. */
bool parse_endpoint(struct parser *parser, bool is_end, struct node *out);
/* From ".." on. */
bool parse_range_end(struct parser *parser, const struct node *low, bool has_low, struct node *out);
bool parse_in(struct parser *parser, struct node *node);

#endif
