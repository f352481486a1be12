/* What is said of classes that are referred as one; a part of texts.h. */
#ifndef WIJZER_TEXTS_CLASS_H
#define WIJZER_TEXTS_CLASS_H

/* X(enumerator, Dutch, English) */
#define CLASS_TEXTS(X)                                                                                       \
    X(SAY_COLUMN, "kolom {1}", "column {1}")                                                                 \
    X(SAY_CLASS_LINE, "{w}Regel {1}:{/}", "{w}Line {1}:{/}")                                                 \
    X(SAY_CLASS_NOTHING, "Er is niemand verwezen. Verbeter de regels hierboven en doe het opnieuw.",         \
      "Nobody was referred. Correct the lines above and try again.")                                         \
    X(SAY_CLASS_NO_COLUMN, "regel {1}, kolom \"{2}\": die kolom bestaat niet. Wat wel kan: {3}",             \
      "line {1}, column \"{2}\": there is no such column. What there is: {3}")                               \
    X(SAY_CLASS_TWICE, "regel {1}: kolom \"{2}\" staat er twee keer",                                        \
      "line {1}: column \"{2}\" is there twice")                                                             \
    X(SAY_CLASS_TOO_WIDE, "Regel {1} heeft meer velden dan er kolommen zijn.",                               \
      "Line {1} has more fields than there are columns.")                                                    \
    X(SAY_CLASS_SAME, "Regel {1} is dezelfde inwoner als regel {2}.",                                        \
      "Line {1} is the same client as line {2}.")                                                            \
    X(SAY_CLASS_EMPTY,                                                                                       \
      "{1} heeft geen regels: zet op de eerste regel de namen van de kolommen, en daaronder wie er worden "  \
      "verwezen",                                                                                            \
      "{1} has no rows: put the names of the columns on the first line, and below it who is referred")       \
    X(SAY_CLASS_BAD, "{1}: regel {2}: {3}", "{1}: line {2}: {3}")                                            \
    X(SAY_CLASS_CHILD, "{b}{1}{/}  {2}, naar {3}", "{b}{1}{/}  {2}, to {3}")                                 \
    X(SAY_CLASS_WOULD, "{2}, naar {3}", "{2}, to {3}")                                                       \
    X(SAY_CLASS_DONE, "{g}{1}: {2} verwezen.{/} Hoe het met de klas gaat: wijzer classes",                   \
      "{g}{1}: {2} referred.{/} How the class goes: wijzer classes")                                         \
    X(SAY_CLASS_LEFT,                                                                                        \
      "{w}{1} nog niet aangekomen en {2} geweigerd.{/} Wie is verwezen, wordt met hetzelfde bestand niet "   \
      "nog eens verwezen.",                                                                                  \
      "{w}{1} not arrived yet and {2} refused.{/} Who was referred is not referred again by the same file.") \
    X(SAY_CLASS_STOPPED,                                                                                     \
      "{w}Onderbroken: {1} verwezen, {2} nog niet aangekomen en {3} geweigerd.{/} Doe hetzelfde nog eens: "  \
      "dan gaat de rest, ieder één keer.",                                                                   \
      "{w}Interrupted: {1} referred, {2} not arrived yet and {3} refused.{/} Repeat the same command: it "   \
      "sends the rest, each once.")                                                                          \
    X(SAY_ACCEPT_STOPPED,                                                                                    \
      "{w}Onderbroken: {1} van de {2} aangenomen.{/} Kijk met wijzer inbox wat er nog staat, en neem dat "   \
      "aan.",                                                                                                \
      "{w}Interrupted: {1} of {2} accepted.{/} See by wijzer inbox which are left, and accept those.")       \
    X(SAY_NO_CLASSES, "Er is nog geen klas verwezen.", "No class has been referred yet.")                    \
    X(SAY_CLASS_ITEM, "{b}{1}{/}  {2} {d}({3}, {4}){/}: {5} verwezen",                                       \
      "{b}{1}{/}  {2} {d}({3}, {4}){/}: {5} referred")                                                       \
    X(SAY_CLASS_COUNTS,                                                                                      \
      "    {1} nog niet opgepakt, {2} opgepakt, {3} in een groep, {4} in de rij, {5} klaar",                 \
      "    {1} not taken yet, {2} taken, {3} in a group, {4} in line, {5} ended")                            \
    X(LABEL_CLASS, "Klas", "Class")                                                                          \
    X(SAY_CLASS_NONE_HERE, "Van klas {1} is er bij u niemand die nog moet worden aangenomen.",               \
      "Of class {1} nobody is left for you to accept.")                                                      \
    X(SAY_STEPS_OR_CLASS, "noem een stap, of meer, of de klas met --class",                                  \
      "name a step, or several, or the class by --class")

#endif
