/* What is said of referrals without a referrer, and of duplicates; a part of texts.h. */
#ifndef WIJZER_TEXTS_ORIGIN_H
#define WIJZER_TEXTS_ORIGIN_H

/* X(enumerator, Dutch, English) */
#define ORIGIN_TEXTS(X)                                                                                      \
    X(SAY_ONE_ORIGIN,                                                                                        \
      "kies een van --self (de inwoner kwam zelf), --desk (een loket) en --signal (een signaal)",            \
      "choose one of --self (the client came by themself), --desk (a desk) and --signal (a signal)")         \
    X(ORIGIN_SELF, "de inwoner kwam zelf, en hoort hoe het afloopt",                                         \
      "the client came by themself, and is who hears back")                                                  \
    X(ORIGIN_DESK, "bij een loket, en de inwoner hoort hoe het afloopt",                                     \
      "at a desk, and the client is who hears back")                                                         \
    X(ORIGIN_SIGNAL, "een signaal van een ander systeem; de inwoner hoort hoe het afloopt",                  \
      "a signal of another system; the client is who hears back")                                            \
    X(LABEL_CAME, "Herkomst", "Origin")                                                                      \
    X(LABEL_GOES_ON, "Gaat verder in", "Goes on in")                                                         \
    X(SAY_MERGED_DOMAINS,                                                                                    \
      "{w}Let op:{/} de twee vroegen niet hetzelfde. Bij {b}{1}{/} hoort nu ook: {2}. Wie daar aan het "     \
      "werk is, krijgt bericht; kijk of die dit kan.",                                                       \
      "{w}Note:{/} the two did not ask the same. {b}{1}{/} is now also about: {2}. Whoever works there "     \
      "gets a notice; see whether they can do this.")                                                        \
    X(SAY_MERGED_WISHES, "Ook de wensen zijn overgenomen: {1}.", "The wishes were taken over too: {1}.")     \
    X(SAY_MERGED_URGENCY, "De verwijzing heeft nu haast, zoals de andere.",                                  \
      "The referral is urgent now, as the other one was.")                                                   \
    X(SAY_MERGED,                                                                                            \
      "{g}Verwijzing {b}{1}{/}{g} gaat verder in {b}{2}{/}{g}.{/} Wie haar stuurde, hoort straks de afloop " \
      "daarvan. Terugdraaien "                                                                               \
      "kan met: wijzer reopen {1}",                                                                          \
      "{g}Referral {b}{1}{/}{g} goes on in {b}{2}{/}{g}.{/} Whoever sent it will hear how that one ends. "   \
      "To undo it: wijzer "                                                                                  \
      "reopen {1}")                                                                                          \
    X(SAY_DUPLICATES_HEAD, "{b}Misschien dubbel: {1}{/}", "{b}Perhaps duplicates: {1}{/}")                   \
    X(SAY_DUPLICATES_EMPTY, "Geen open verwijzingen die op elkaar lijken.",                                  \
      "No open referrals that look alike.")                                                                  \
    X(SAY_ALIKE_BOTH, "dezelfde naam met geboortejaar en hetzelfde telefoonnummer:",                         \
      "the same name with year of birth, and the same phone number:")                                        \
    X(SAY_ALIKE_NAME, "dezelfde naam met geboortejaar:", "the same name with year of birth:")                \
    X(SAY_ALIKE_PHONE, "hetzelfde telefoonnummer:", "the same phone number:")                                \
    X(SAY_ALIKE, "  {b}{1}{/}  van {2}, {3}", "  {b}{1}{/}  from {2}, {3}")                                  \
    X(SAY_ALIKE_MORE, "Gaat het om één inwoner? Dan: wijzer merge VERWIJZING --into VERWIJZING",             \
      "Is it one client? Then: wijzer merge REFERRAL --into REFERRAL")

#endif
