/* What the commands of the region's calendar say; a part of texts.h. */
#ifndef WIJZER_TEXTS_CALENDAR_H
#define WIJZER_TEXTS_CALENDAR_H

/* X(enumerator, Dutch, English) */
#define CALENDAR_TEXTS(X)                                                                                    \
    X(SAY_NO_DATE, "\"{1}\" is geen datum. Schrijf die als 2027-05-07.",                                     \
      "\"{1}\" is not a date. Write it as 2027-05-07.")                                                      \
    X(SAY_HOLIDAY, "{1}  feestdag{2}", "{1}  public holiday{2}")                                             \
    X(SAY_OWN_CLOSURE, "{1}  {b}gesloten{/}{2}", "{1}  {b}closed{/}{2}")                                     \
    X(SAY_CALENDAR,                                                                                          \
      "Op deze dagen en in het weekend loopt geen termijn in werkdagen. Wat al beloofd is, houdt zijn "      \
      "moment.",                                                                                             \
      "These days and weekends do not count as working days. What was promised keeps its moment.")           \
    X(SAY_CALENDAR_NONE,                                                                                     \
      "De regio heeft zelf geen dagen gesloten. Een ketenregisseur doet dat met: wijzer calendar close "     \
      "DATUM",                                                                                               \
      "The region closed no days itself. A coordinator does that with: wijzer calendar close DATE")          \
    X(SAY_DAY_CLOSED, "{g}Gesloten:{/} {b}{1}{/} is geen werkdag. Wat al beloofd is, houdt zijn moment.",    \
      "{g}Closed:{/} {b}{1}{/} is no working day. What was promised keeps its moment.")                      \
    X(SAY_DAY_OPENED, "{g}Open:{/} {b}{1}{/} is weer een werkdag. Wat al beloofd is, houdt zijn moment.",    \
      "{g}Open:{/} {b}{1}{/} is a working day again. What was promised keeps its moment.")

#endif
