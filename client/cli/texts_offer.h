/* What is said of steps that are offered without a name; a part of texts.h. */
#ifndef WIJZER_TEXTS_OFFER_H
#define WIJZER_TEXTS_OFFER_H

/* X(enumerator, Dutch, English) */
#define OFFER_TEXTS(X)                                                                                       \
    X(LABEL_OFFERED, "Aangeboden", "Offered to")                                                             \
    X(LABEL_HOW, "Let op", "Note")                                                                           \
    X(LABEL_WISHES, "Wensen", "Wishes")                                                                      \
    X(SAY_OFFERED, "zonder naam aan {1}: wie het eerst accepteert, krijgt de verwijzing",                    \
      "without a name to {1}: who accepts first gets the referral")                                          \
    X(SAY_OFFER_AGE, "{1} tot en met {2} jaar", "{1} to {2} years old")                                      \
    X(SAY_OFFER_LIVES, "woont in {1}", "lives in {1}")                                                       \
    X(SAY_OFFER_HIDDEN, "deelt niets met u voordat u accepteert",                                            \
      "shares nothing with you before you accept")                                                           \
    X(SAY_OFFER_HOW, "Wie het is, ziet u na: wijzer accept {1}. Een ander kan u voor zijn.",                 \
      "You see who it is after: wijzer accept {1}. Somebody else may be first.")                             \
    X(WISH_GROUP, "in een groep", "in a group")                                                              \
    X(WISH_ONE_TO_ONE, "met één begeleider", "one to one")                                                   \
    X(WISH_AT_HOME, "thuis", "at home")                                                                      \
    X(WISH_NEARBY, "dichtbij", "nearby")                                                                     \
    X(WISH_DAYTIME, "overdag", "in the daytime")                                                             \
    X(WISH_EVENING, "'s avonds", "in the evening")                                                           \
    X(WISH_WEEKEND, "in het weekend", "at the weekend")                                                      \
    X(WISH_ONLINE, "online", "online")                                                                       \
    X(WISH_SAME_GENDER, "begeleider van hetzelfde geslacht", "somebody of the same gender")                  \
    X(WISH_INTERPRETER, "met een tolk", "with an interpreter")

#endif
