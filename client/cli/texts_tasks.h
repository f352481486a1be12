/* What the commands of a worker's day say: attempts, calling back, goals; a part of texts.h. */
#ifndef WIJZER_TEXTS_TASKS_H
#define WIJZER_TEXTS_TASKS_H

/* X(enumerator, Dutch, English) */
#define TASK_TEXTS(X)                                                                                        \
    /* attempts to reach somebody */                                                                         \
    X(CHANNEL_PHONE, "telefoon", "phone")                                                                    \
    X(CHANNEL_VISIT, "bezoek", "visit")                                                                      \
    X(CHANNEL_EMAIL, "e-mail", "email")                                                                      \
    X(CHANNEL_LETTER, "brief", "letter")                                                                     \
    X(CHANNEL_VIDEO, "beeldbellen", "video")                                                                 \
    X(CHANNEL_SMS, "sms", "sms")                                                                             \
    X(RESULT_NO_ANSWER, "niet opgenomen", "no answer")                                                       \
    X(RESULT_VOICEMAIL, "voicemail ingesproken", "voicemail left")                                           \
    X(RESULT_WRONG_NUMBER, "nummer klopt niet", "wrong number")                                              \
    X(RESULT_MESSAGE_LEFT, "bericht achtergelaten", "message left")                                          \
    X(RESULT_NOT_HOME, "niet thuis", "not at home")                                                          \
    X(RESULT_SPOKE, "gesproken", "spoken to")                                                                \
    X(SAY_EVENT_ATTEMPT, "poging {1}", "attempt {1}")                                                        \
    X(SAY_EVENT_SCORE, "cijfer {1}", "score {1}")                                                            \
    X(SAY_ATTEMPTED, "Pogingen zonder contact: {1}.", "Attempts without contact: {1}.")                      \
    X(SAY_ATTEMPTS_ENOUGH,                                                                                   \
      "{w}Pogingen zonder contact: {1}.{/} Lukt het niet meer? Meld dan: wijzer report {2} unreachable",     \
      "{w}Attempts without contact: {1}.{/} No use trying on? Then say: wijzer report {2} unreachable")      \
    X(SAY_ATTEMPTS_MISSING,                                                                                  \
      "Niet bereikt melden kan na drie pogingen zonder contact (wijzer report {1} contact-attempt "          \
      "--channel "                                                                                           \
      "phone --result no-answer), of met --reason en waarom u het niet meer probeert.",                      \
      "Unreachable is for after three attempts without contact (wijzer report {1} contact-attempt "          \
      "--channel "                                                                                           \
      "phone --result no-answer), or with --reason and why you try no more.")                                \
    /* calling back */                                                                                       \
    X(LABEL_CALL_BACK, "Terugbellen", "Call back")                                                           \
    X(LABEL_ATTEMPTS, "Pogingen", "Attempts")                                                                \
    X(SAY_STEP_CALL_BACK, "{1}      beloofd: terugbellen {2}", "{1}      promised: to call back {2}")        \
    X(SAY_CALL_BACK, "terugbellen", "call back")                                                             \
    X(SAY_PROMISED,                                                                                          \
      "{g}Genoteerd:{/} u belt de inwoner van stap {b}{1}{/} {2}. Gebeld? wijzer called-back {1}",           \
      "{g}Noted:{/} you call the client of step {b}{1}{/} {2}. Called? wijzer called-back {1}")              \
    X(SAY_DAY_OFF,                                                                                           \
      "{w}Let op:{/} op die dag is er gewoonlijk niemand. De belofte staat, want de inwoner rekent erop.",   \
      "{w}Mind:{/} nobody usually works that day. The promise stands, as the client counts on it.")          \
    X(SAY_PROMISED_ALREADY,                                                                                  \
      "In deze stap is al beloofd terug te bellen: {1}. Gebeld? wijzer called-back {2} Een andere dag "      \
      "afgesproken? Zet --instead erbij.",                                                                   \
      "To call back is promised in this step already: {1}. Called? wijzer called-back {2} Agreed on "        \
      "another "                                                                                             \
      "day? Add --instead.")                                                                                 \
    X(SAY_CALLED_BACK, "{g}Genoteerd:{/} de inwoner van stap {b}{1}{/} is teruggebeld.",                     \
      "{g}Noted:{/} the client of step {b}{1}{/} was called back.")                                          \
    X(SAY_CALL_AGAIN, "Niet gesproken? Beloof dan een nieuw moment: wijzer call-back {1} --on DATUM",        \
      "Not spoken to? Then promise another moment: wijzer call-back {1} --on DATE")                          \
    /* goals */                                                                                              \
    X(SAY_GOAL_SET, "{g}Doel{/} {b}{1}{/} {g}staat bij stap {2}.{/}",                                        \
      "{g}Goal{/} {b}{1}{/} {g}is set in step {2}.{/}")                                                      \
    X(SAY_GOAL_SCORED, "{g}Cijfer genoteerd{/} bij doel {b}{1}{/}.",                                         \
      "{g}Score noted{/} for goal {b}{1}{/}.")                                                               \
    X(SAY_GOAL_ENDED, "Doel {b}{1}{/}: {2}.", "Goal {b}{1}{/}: {2}.")                                        \
    X(SAY_GOAL_WHAT, "kies een van beide: --score met een cijfer, of --end met hoe het afliep",              \
      "choose one: --score with a number, or --end with how it ended")                                       \
    X(SAY_GOAL_DOMAIN, "zeg bij welk leefgebied het doel hoort: --domain",                                   \
      "say which life domain the goal belongs to: --domain")                                                 \
    X(SAY_GOALS_HEAD, "{b}Doelen van de inwoner{/} ({1})", "{b}Goals of the client{/} ({1})")                \
    X(SAY_GOALS_EMPTY, "Er zijn geen doelen.", "There are no goals.")                                        \
    X(SAY_GOALS_OPEN, "Nog open doelen van de inwoner; is er een bereikt? wijzer goal DOEL --end reached",   \
      "Goals that are still open; has one been reached? wijzer goal GOAL --end reached")                     \
    X(SAY_GOAL_ITEM, "{b}{1}{/}  {2}", "{b}{1}{/}  {2}")                                                     \
    X(SAY_GOAL_HIDDEN, "(niet met u gedeeld)", "(not shared with you)")                                      \
    X(SAY_GOAL_SCORES, "eerst {1}, nu {2}", "first {1}, now {2}")                                            \
    X(GOAL_ACTIVE, "loopt", "active")                                                                        \
    X(GOAL_REACHED, "bereikt", "reached")                                                                    \
    X(GOAL_PARTLY, "deels bereikt", "partly reached")                                                        \
    X(GOAL_NOT_REACHED, "niet bereikt", "not reached")                                                       \
    X(GOAL_DROPPED, "losgelaten", "dropped")                                                                 \
    X(LABEL_SCORE, "Cijfer", "Score")

#endif
