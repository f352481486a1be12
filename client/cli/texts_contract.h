/* What the commands about what a practice hears back say; a part of texts.h. */
#ifndef WIJZER_TEXTS_CONTRACT_H
#define WIJZER_TEXTS_CONTRACT_H

/* X(enumerator, Dutch, English) */
#define CONTRACT_TEXTS(X)                                                                                    \
    X(SAY_FEEDBACK_STORY, "{d}verhaal{/}", "{d}story{/}")                                                    \
    X(SAY_FEEDBACK_UNREAD, "{b}Nog niet gelezen: {1}{/}", "{b}Unread: {1}{/}")                               \
    X(SAY_FEEDBACK_NONE_UNREAD, "U las alles.", "You have read everything.")                                 \
    X(LOG_STORY, "{1} vertelde uw verwijzer hoe het met u gaat.",                                            \
      "{1} told who referred you how you are doing.")                                                        \
    X(LOG_OVERVIEW, "{1} las hoe het met u gaat, in een overzicht.",                                         \
      "{1} read how you are doing, in an overview.")                                                         \
    /* digests */                                                                                            \
    X(SAY_DIGEST_HEAD, "{b}Dagoverzicht van {1}{/}, nog niet gelezen: {2}",                                  \
      "{b}Digest of {1}{/}, unread: {2}")                                                                    \
    X(SAY_DIGEST_NONE, "Er is nog geen dagoverzicht.", "There is no digest yet.")                            \
    X(SAY_DIGEST_CLIENT, "{b}{1}{/}, verwijzing {2}", "{b}{1}{/}, referral {2}")                             \
    X(SAY_DIGEST_ERASED, "een inwoner die vergeten is", "a client who was forgotten")                        \
    X(SAY_DIGEST_OF, "{d}bestaat uit: {1}{/}", "{d}made of: {1}{/}")                                         \
    /* contracts */                                                                                          \
    X(SAY_CONTRACT_NONE, "Er zijn geen praktijken die verwijzen.", "No practice refers.")                    \
    X(SAY_CONTRACT, "{b}{1}{/} hoort {2}: {3}", "{b}{1}{/} hears {2}: {3}")                                  \
    X(SAY_CONTRACT_END, "{b}{1}{/} hoort {2}", "{b}{1}{/} hears {2}")                                        \
    X(SAY_CONTRACT_RULES, "{b}{1}{/} heeft niets afgesproken: beslistabel 7 van de regio bepaalt het",       \
      "{b}{1}{/} has no contract: the region's rule table 7 says")                                           \
    X(SAY_CONTRACT_STANDARD, "{b}{1}{/} heeft niets afgesproken, en hoort alles meteen",                     \
      "{b}{1}{/} has no contract, and hears everything at once")                                             \
    X(SAY_CONTRACT_BY, "{d}afgesproken door {1} op {2}{/}", "{d}set by {1} on {2}{/}")                       \
    X(SAY_CONTRACT_ALWAYS,                                                                                   \
      "Een vraag aan de verwijzer en de afloop van een verwijzing komen altijd meteen.",                     \
      "A question to the referrer and the outcome of a referral always come at once.")                       \
    X(FORM_AT_ONCE, "meteen", "at once")                                                                     \
    X(FORM_DAILY, "in een dagoverzicht", "in a daily digest")                                                \
    X(FORM_END_ONLY, "alleen de afloop", "the outcome alone")                                                \
    X(MILESTONE_ACCEPTED, "aangenomen", "accepted")                                                          \
    X(MILESTONE_CONTACT, "eerste contact", "first contact")                                                  \
    X(MILESTONE_STARTED, "begonnen", "started")                                                              \
    X(MILESTONE_ENDED, "klaar", "ended")                                                                     \
    X(MILESTONE_STORY, "verhalen", "stories")                                                                \
    /* overview */                                                                                           \
    X(SAY_OVERVIEW_HEAD, "{b}Overzicht van {1}{/}, verwijzingen van {2} tot en met {3}",                     \
      "{b}Overview of {1}{/}, referrals from {2} to {3}")                                                    \
    X(LABEL_REFERRED, "Verwezen", "Referred")                                                                \
    X(LABEL_TAKEN, "Aangenomen", "Accepted")                                                                 \
    X(LABEL_CONTACT_MADE, "Gesproken", "Met")                                                                \
    X(LABEL_RUNNING, "Loopt nog", "Running")                                                                 \
    X(LABEL_TURNED_DOWN, "Geweigerd", "Declined")                                                            \
    X(LABEL_HELPED, "Hielp het?", "Did it help?")                                                            \
    X(LABEL_TOOK, "Duurde", "It took")                                                                       \
    X(SAY_CONTACT_AFTER, "{1}, het midden na {2} dagen", "{1}, the median after {2} days")                   \
    X(SAY_HELPED, "ja {1}, deels {2}, nee {3}, geen antwoord {4}",                                           \
      "yes {1}, partly {2}, no {3}, no answer {4}")                                                          \
    X(SAY_TOOK, "{1} dagen (het midden), negen van de tien binnen {2}",                                      \
      "{1} days (the median), nine in ten within {2}")                                                       \
    X(SAY_STORIES, "{b}Verhalen{/}", "{b}Stories{/}")                                                        \
    X(SAY_STORIES_NONE, "Er zijn geen verhalen.", "There are no stories.")                                   \
    X(SAY_STORY, "{1}, {2}, verwijzing {3}", "{1}, {2}, referral {3}")                                       \
    X(SAY_STORY_HIDDEN, "(niet zichtbaar voor u)", "(not visible to you)")

#endif
