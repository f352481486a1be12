/* What the commands about messages and files say; a part of texts.h. */
#ifndef WIJZER_TEXTS_MESSAGES_H
#define WIJZER_TEXTS_MESSAGES_H

/* X(enumerator, Dutch, English) */
#define MESSAGE_TEXTS(X)                                                                                     \
    X(LABEL_MESSAGES, "Berichten", "Messages")                                                               \
    X(SAY_STEP_UNREAD_BELOW, "{1}{w}{2} ongelezen{/}: wijzer messages {3}",                                  \
      "{1}{w}{2} unread{/}: wijzer messages {3}")                                                            \
    X(SAY_STEP_UNREAD, "{w}{1} ongelezen{/}: wijzer messages {2}", "{w}{1} unread{/}: wijzer messages {2}")  \
    X(SAY_MESSAGE_SENT, "{g}Bericht{/} {1} {g}verstuurd bij stap{/} {b}{2}{/}.",                             \
      "{g}Message{/} {1} {g}sent at step{/} {b}{2}{/}.")                                                     \
    X(SAY_MESSAGES_EMPTY, "Er zijn geen berichten bij deze stap.", "There are no messages at this step.")    \
    X(SAY_UNREAD_EMPTY, "U las alle berichten.", "You have read all messages.")                              \
    X(SAY_UNREAD_HEAD, "Stappen met ongelezen berichten: {b}{1}{/}",                                         \
      "Steps with unread messages: {b}{1}{/}")                                                               \
    X(SAY_UNREAD_STEP, "{b}{1}{/}  {2} ongelezen, bij {3}, verwijzing {4}, {5}",                             \
      "{b}{1}{/}  {2} unread, at {3}, referral {4}, {5}")                                                    \
    X(SAY_NOBODY_YET, "nog niemand", "nobody yet")                                                           \
    X(SAY_UNREAD_OPEN, "Lezen kan met: wijzer messages STAP", "To read: wijzer messages STEP")               \
    X(SAY_UNREAD_STEPS, "{w}Ongelezen berichten bij {1} {2}{/}, zie: wijzer messages",                       \
      "{w}Unread messages at {1} {2}{/}, see: wijzer messages")                                              \
    X(COUNT_STEP, "stap", "step")                                                                            \
    X(COUNT_STEPS, "stappen", "steps")                                                                       \
    X(SAY_MESSAGES_HEAD, "Berichten: {b}{1}{/}", "Messages: {b}{1}{/}")                                      \
    X(SAY_MESSAGE, "{b}{1}{/}  {2}, {3}{4}", "{b}{1}{/}  {2}, {3}{4}")                                       \
    X(SAY_MESSAGE_NEW, "  {w}NIEUW{/}", "  {w}NEW{/}")                                                       \
    X(SAY_MESSAGE_HIDDEN, "  {d}(niet met u gedeeld){/}", "  {d}(not shared with you){/}")                   \
    X(SAY_MESSAGE_READ, "  {d}gelezen door {1}{/}", "  {d}read by {1}{/}")                                   \
    X(SAY_NOT_SHARED_WITH_YOU, "{d}(niet met u gedeeld){/}", "{d}(not shared with you){/}")                  \
    X(SAY_ATTACHED, "{g}Bijlage{/} {b}{1}{/} {g}toegevoegd aan stap {2}:{/} {3}",                            \
      "{g}File{/} {b}{1}{/} {g}added to step {2}:{/} {3}")                                                   \
    X(SAY_ATTACHMENTS_EMPTY, "Er zijn geen bijlagen bij deze stap.", "There are no files at this step.")     \
    X(SAY_ATTACHMENTS_HEAD, "Bijlagen: {b}{1}{/}. Ophalen: wijzer attachment STAP NUMMER",                   \
      "Files: {b}{1}{/}. To get one: wijzer attachment STEP NUMBER")                                         \
    X(SAY_ATTACHMENT, "{b}{1}{/}  {2}  {d}{3}; {4}, {5}, {6}{/}",                                            \
      "{b}{1}{/}  {2}  {d}{3}; {4}, {5}, {6}{/}")                                                            \
    X(SAY_ATTACHMENT_GONE, "{d}(gewist){/}", "{d}(erased){/}")                                               \
    X(SAY_ATTACHMENT_NONE, "bij stap {1} is geen bijlage {2}. Wel: wijzer attachments {1}",                  \
      "step {1} has no file {2}. What there is: wijzer attachments {1}")                                     \
    X(SAY_ATTACHMENT_SAVED, "{g}Opgeslagen:{/} {1}", "{g}Saved:{/} {1}")                                     \
    X(SAY_ATTACHMENT_DIFFERS, "wat binnenkwam is niet wat er was toegevoegd; er is niets opgeslagen",        \
      "what came is not what was added; nothing was saved")                                                  \
    X(SAY_FILE_IS_THERE, "{1} bestaat al. Een andere naam: -o BESTAND; eroverheen: --force",                 \
      "{1} is there already. Another name: -o FILE; over it: --force")                                       \
    X(SAY_FILE_UNWRITABLE, "{1} kan niet worden geschreven: {2}", "{1} cannot be written: {2}")              \
    X(SAY_FILE_UNREADABLE, "{1} kan niet worden gelezen: {2}", "{1} cannot be read: {2}")                    \
    X(SAY_FILE_ABSENT, "{1} is er niet", "{1} is not there")                                                 \
    X(SAY_FILE_NOT_YOURS, "{1} mag u niet lezen", "{1} may not be read by you")                              \
    X(SAY_FILE_NO_FILE, "{1} is geen gewoon bestand", "{1} is no ordinary file")                             \
    X(SAY_FILE_TOO_LARGE_THERE, "{1} is te groot voor deze dienst: {2} kB. Er is niets toegevoegd",          \
      "{1} is too large for this service: {2} kB. Nothing was added")                                        \
    X(SAY_FILE_OVER_LIMIT,                                                                                   \
      "{1} is te groot: {2} kB, en een bijlage is hier hooguit {3} kB. Er is niets toegevoegd",              \
      "{1} is too large: {2} kB, and a file has at most {3} kB here. Nothing was added")                     \
    X(SAY_FILE_LARGE, "{1} is te groot: een bijlage is hooguit 8 MB",                                        \
      "{1} is too large: a file has at most 8 MiB")                                                          \
    X(SAY_FILE_KIND, "{1}: alleen pdf, png, jpg, txt, docx en odt kunnen worden toegevoegd",                 \
      "{1}: only pdf, png, jpg, txt, docx and odt can be added")

#endif
