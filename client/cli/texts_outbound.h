/* What the commands say about where an organisation hears outside Wijzer; a part of texts.h. */
#ifndef WIJZER_TEXTS_OUTBOUND_H
#define WIJZER_TEXTS_OUTBOUND_H

/* X(enumerator, Dutch, English) */
#define OUTBOUND_TEXTS(X)                                                                                    \
    X(SAY_SUBSCRIBED, "{g}Aangemeld:{/} {1}", "{g}Subscribed:{/} {1}")                                       \
    X(SAY_SECRET,                                                                                            \
      "Het geheim waarmee de ontvanger Wijzer herkent. Bewaar het nu: het wordt niet nog eens getoond.",     \
      "The secret by which the receiver knows Wijzer. Keep it now: it is not shown again.")                  \
    X(SAY_SUBSCRIPTIONS_HEAD, "{b}Hier hoort uw organisatie dat er iets is: {1}{/}",                         \
      "{b}Where your organisation hears that there is something: {1}{/}")                                    \
    X(SAY_SUBSCRIPTIONS_EMPTY,                                                                               \
      "Uw organisatie hoort buiten Wijzer niets. Aanmelden: wijzer subscribe --help",                        \
      "Your organisation hears nothing outside Wijzer. To subscribe: wijzer subscribe --help")               \
    X(SAY_SUBSCRIPTIONS_ALL, "{b}Hier horen organisaties dat er iets is: {1}{/}",                            \
      "{b}Where organisations hear that there is something: {1}{/}")                                         \
    X(SAY_SUBSCRIPTION_OTHERS, "{b}{1}{/}  {2}  van {3}: {4}", "{b}{1}{/}  {2}  of {3}: {4}")                \
    X(SAY_SUBSCRIPTION, "{b}{1}{/}  {2}  {3}: {4}", "{b}{1}{/}  {2}  {3}: {4}")                              \
    X(SAY_SUBSCRIPTION_PERSONAL, "{w}VOOR U{/}", "{w}FOR YOU{/}")                                            \
    X(SAY_UNSUBSCRIBED, "{g}Afgemeld:{/} {1}. Wat nog wachtte, gaat niet meer weg.",                         \
      "{g}Unsubscribed:{/} {1}. What still waited does not go out.")                                         \
    X(SAY_DELIVERIES_HEAD, "{b}Wat er naar buiten ging: {1}{/}", "{b}What went out: {1}{/}")                 \
    X(SAY_NONE_DEAD, "Er bleef niets liggen: alles is verstuurd, of gaat vanzelf nog eens weg.",             \
      "Nothing is dead: all was sent, or is tried again by itself.")                                         \
    X(SAY_DELIVERIES_EMPTY, "Er ging niets naar buiten.", "Nothing went out.")                               \
    X(SAY_DELIVERY, "{b}{1}{/}  {2}  {3} per {4} aan {5}: {6}", "{b}{1}{/}  {2}  {3} by {4} to {5}: {6}")    \
    X(SAY_DELIVERY_ERROR, "{d}({1}){/}", "{d}({1}){/}")                                                      \
    X(SAY_DELIVERY_DEAD, "Nog eens proberen: wijzer redeliver NUMMER, of --all",                             \
      "To try again: wijzer redeliver NUMBER, or --all")                                                     \
    X(SAY_REDELIVERED, "{g}Gaat nog eens weg:{/} {1}", "{g}Goes out again:{/} {1}")                          \
    X(KIND_NOTICE, "bericht", "notice")                                                                      \
    X(KIND_STEP, "nieuwe stap", "new step")                                                                  \
    X(KIND_FEEDBACK, "terugkoppeling", "feedback")                                                           \
    X(KIND_QUESTION, "vraag", "question")                                                                    \
    X(KIND_MESSAGE, "bericht over een stap", "message about a step")                                         \
    X(DELIVERY_WAITING, "wacht", "waiting")                                                                  \
    X(DELIVERY_SENT, "verstuurd", "sent")                                                                    \
    X(DELIVERY_DEAD, "{w}niet gelukt{/}", "{w}dead{/}")                                                      \
    X(DELIVERY_DROPPED, "vervallen", "dropped")

#endif
