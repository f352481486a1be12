/* What the commands of rule tables say; a part of texts.h. */
#ifndef WIJZER_TEXTS_RULES_H
#define WIJZER_TEXTS_RULES_H

/* X(enumerator, Dutch, English) */
#define RULE_TEXTS(X)                                                                                        \
    /* cells in words */                                                                                     \
    X(RULES_OR, " of ", " or ")                                                                              \
    X(RULES_AND, " en ", " and ")                                                                            \
    X(RULES_NOT, "niet {1}", "not {1}")                                                                      \
    X(RULES_NONE_OF, "geen van: {1}", "none of: {1}")                                                        \
    X(RULES_FROM, "vanaf {1}", "from {1}")                                                                   \
    X(RULES_UP_TO, "t/m {1}", "up to {1}")                                                                   \
    X(RULES_FROM_TO, "{1} t/m {2}", "{1} to {2}")                                                            \
    X(RULES_ANY_NUMBER, "bekend", "known")                                                                   \
    X(RULES_KNOWN, "ingevuld", "filled in")                                                                  \
    X(RULES_NOTHING, "leeg", "empty")                                                                        \
    X(RULES_NONE, "geen", "none")                                                                            \
    X(COUNT_RULE, "1 regel", "1 rule")                                                                       \
    X(COUNT_RULES, "{1} regels", "{1} rules")                                                                \
    X(COUNT_REFERRAL, "1 verwijzing", "1 referral")                                                          \
    X(COUNT_REFERRALS, "{1} verwijzingen", "{1} referrals")                                                  \
    X(RULES_UNKNOWN, "niet bekend", "not known")                                                             \
    /* what was typed is not right */                                                                        \
    X(SAY_UNKNOWN_SECOND, "\"{1} {2}\" is geen opdracht. Wat wel kan: wijzer {1} --help",                    \
      "\"{1} {2}\" is not a command. What is: wijzer {1} --help")                                            \
    X(SAY_UNKNOWN_TABLE,                                                                                     \
      "\"{1}\" is geen tabel. Kies een nummer van 1 tot en met 7, of exclusion, approach, offering, "        \
      "fields, promises, declines of feedback",                                                              \
      "\"{1}\" is not a table. Choose a number from 1 to 7, or exclusion, approach, offering, fields, "      \
      "promises, declines or feedback")                                                                      \
    X(SAY_NOT_A_VERSION, "\"{1}\" is geen nummer van een versie; zo'n nummer staat in: wijzer rules",        \
      "\"{1}\" is not the number of a version; such a number is in: wijzer rules")                           \
    X(SAY_NOT_A_DAY, "bij {1} hoort een dag van de kalender zoals 2026-12-01, niet \"{2}\"",                 \
      "{1} needs a day of the calendar such as 2026-12-01, not \"{2}\"")                                     \
    X(SAY_NO_PERIOD, "{1} ({2}) ligt na {3} ({4}): in die periode zit geen dag",                             \
      "{1} ({2}) is after {3} ({4}): no day belongs to that period")                                         \
    X(SAY_FLAG_NEEDED, "er ontbreekt iets: {1} {2}", "something is missing: {1} {2}")                        \
    X(SAY_NOT_TOGETHER, "{1} en {2} kunnen niet samen", "{1} and {2} do not go together")                    \
    X(SAY_WHAT_IF_FORM, "bij --what-if hoort een feit en een waarde, zoals age=28, niet \"{1}\"",            \
      "--what-if needs a fact and a value such as age=28, not \"{1}\"")                                      \
    X(SAY_NO_SUCH_FACT, "\"{1}\" is geen gegeven waar de regels naar kijken",                                \
      "\"{1}\" is not a fact that rules look at")                                                            \
    X(SAY_NO_VERSION_YET, "Van tabel {1} is er nog geen versie.", "There is no version of table {1} yet.")   \
    X(SAY_NOT_IN_FORCE, "Van tabel {1} geldt nog geen versie.", "No version of table {1} is in force yet.")  \
    /* list */                                                                                               \
    X(SAY_RULES_TABLE, "{b}{1}{/}  {b}{2}{/}  {3}", "{b}{1}{/}  {b}{2}{/}  {3}")                             \
    X(SAY_RULES_IN_FORCE, "versie {b}{1}{/} sinds {2}, {3}", "version {b}{1}{/} since {2}, {3}")             \
    X(SAY_RULES_NONE, "{w}geen versie{/}", "{w}no version{/}")                                               \
    X(SAY_CHANNEL_IS_A_WISH,                                                                                 \
      "De kolom kanaal is een wens: waar een organisatie hoort dat er iets is, kiest zij zelf (wijzer "      \
      "subscribe).",                                                                                         \
      "The column channel is a wish: each organisation chooses where it hears that there is something "      \
      "(wijzer subscribe).")                                                                                 \
    X(SAY_RULES_NEXT, "versie {1} vanaf {2}", "version {1} from {2}")                                        \
    X(SAY_RULES_DRAFT, "versie {b}{1}{/} {2}, door {3} op {4}", "version {b}{1}{/} {2}, by {3} on {4}")      \
    X(SAY_RULES_NOTE, ": {1}", ": {1}")                                                                      \
    X(SAY_RULES_PAST, "{1} ({2})", "{1} ({2})")                                                              \
    X(SAY_RULES_PAST_BACK, "{1} ({2}, zoals {3})", "{1} ({2}, as {3})")                                      \
    X(SAY_SOMEBODY, "iemand", "somebody")                                                                    \
    X(LABEL_IN_FORCE, "Geldt", "In force")                                                                   \
    X(LABEL_COMING, "Straks", "Next")                                                                        \
    X(LABEL_DRAFT, "Concept", "Draft")                                                                       \
    X(LABEL_WAITING, "Wacht", "Waiting")                                                                     \
    X(LABEL_BEFORE, "Eerder", "Before")                                                                      \
    X(STATUS_DRAFT, "is een concept", "is a draft")                                                          \
    X(STATUS_AWAITING, "wacht op goedkeuring", "awaits approval")                                            \
    X(STATUS_PUBLISHED, "is gepubliceerd", "is published")                                                   \
    X(STATUS_DISCARDED, "is weggegooid", "is discarded")                                                     \
    /* show */                                                                                               \
    X(SAY_VERSION_HEAD, "{b}Tabel {1} ({2}): {3}{/}", "{b}Table {1} ({2}): {3}{/}")                          \
    X(SAY_VERSION_STATUS, "Versie {b}{1}{/} {2}", "Version {b}{1}{/} {2}")                                   \
    X(SAY_VERSION_NOW, " en geldt nu", " and is in force")                                                   \
    X(SAY_VERSION_SINCE, ", vanaf {1}", ", from {1}")                                                        \
    X(SAY_VERSION_BASED, ", gemaakt uit versie {1}", ", made from version {1}")                              \
    X(SAY_VERSION_RESTORES, ", zet versie {1} terug", ", restores version {1}")                              \
    X(LABEL_AUTHOR, "Gemaakt", "Made")                                                                       \
    X(LABEL_ASKED, "Aangevraagd", "Asked for")                                                               \
    X(LABEL_APPROVED, "Goedgekeurd", "Approved")                                                             \
    X(LABEL_NOTE, "Notitie", "Note")                                                                         \
    X(LABEL_ACCEPTED, "Aanvaard", "Accepted")                                                                \
    X(SAY_BY_ON, "{1}, {2}", "{1}, {2}")                                                                     \
    X(POLICY_U, "U: er past altijd hoogstens één regel; die telt", "U: at most one rule matches; it counts") \
    X(POLICY_A, "A: er kunnen meer regels passen, maar ze zeggen hetzelfde",                                 \
      "A: several rules may match, but they say the same")                                                   \
    X(POLICY_P, "P: van de regels die passen, telt die met het belangrijkste antwoord",                      \
      "P: of the rules that match, the one with the first answer in order counts")                           \
    X(POLICY_F, "F: de eerste regel die past, telt", "F: the first rule that matches counts")                \
    X(POLICY_C, "C: alle regels die passen, tellen mee; het hoogste gewicht gaat voor",                      \
      "C: all rules that match count; the highest weight goes first")                                        \
    X(POLICY_R, "R: alle regels die passen, tellen mee, in deze volgorde",                                   \
      "R: all rules that match count, in this order")                                                        \
    X(POLICY_O, "O: alle regels die passen, tellen mee, het belangrijkste antwoord eerst",                   \
      "O: all rules that match count, first answers first")                                                  \
    X(SAY_RULE_ID, "{b}{1}{/}", "{b}{1}{/}")                                                                 \
    X(LABEL_WHEN, "Als", "If")                                                                               \
    X(LABEL_THEN, "Dan", "Then")                                                                             \
    X(LABEL_BECAUSE, "Want", "Because")                                                                      \
    X(SAY_ALWAYS, "altijd", "always")                                                                        \
    X(SAY_OTHERWISE, "geen andere regel past", "no other rule matches")                                      \
    X(SAY_EXAMPLES_HEAD, "{b}Voorbeelden die moeten kloppen{/}", "{b}Examples that must hold{/}")            \
    X(LABEL_GIVEN, "Gegeven", "Given")                                                                       \
    X(LABEL_EXPECTED, "Verwacht", "Expected")                                                                \
    X(LABEL_CASE, "Wie", "Who")                                                                              \
    /* files */                                                                                              \
    X(SAY_TABLE_BAD, "{w}Er klopt iets niet in {1}.{/} Er is geen concept gemaakt.",                         \
      "{w}Something is not right in {1}.{/} No draft was made.")                                             \
    X(SAY_FAULT_AT, "{b}{1}{/} {2}", "{b}{1}{/} {2}")                                                        \
    X(SAY_FAULT_COLUMN, "kolom \"{1}\"", "column \"{1}\"")                                                   \
    X(SAY_FAULT_RULE, "regel {1}", "rule {1}")                                                               \
    X(SAY_FAULT_LINE, "{1}:{2}:", "{1}:{2}:")                                                                \
    X(SAY_FAULT_FILE, "{1}:", "{1}:")                                                                        \
    X(SAY_FILE_KEPT, "Uw wijzigingen staan nog in {1}", "Your changes are still in {1}")                     \
    X(SAY_FILE_AGAIN, "Verder met dat bestand: wijzer rules edit {1} --file {2}",                            \
      "To go on with that file: wijzer rules edit {1} --file {2}")                                           \
    X(SAY_REOPEN, "Opnieuw openen om het te herstellen? [J/n] ", "Open it again to mend it? [Y/n] ")         \
    X(SAY_UNCHANGED, "Er is niets gewijzigd, dus ook geen concept gemaakt.",                                 \
      "Nothing was changed, so no draft was made.")                                                          \
    X(SAY_EDITOR_FAILED, "De editor ({1}) deed het niet.", "The editor ({1}) did not work.")                 \
    X(SAY_DRAFT_MADE, "{g}Concept gemaakt: versie {b}{1}{/}{g} van tabel {2} ({3}), {4}.{/}",                \
      "{g}Draft made: version {b}{1}{/}{g} of table {2} ({3}), {4}.{/}")                                     \
    X(SAY_DRAFT_NEXT,                                                                                        \
      "Nu: wijzer rules check --draft {1}, en dan wijzer rules try --draft {1} --since DATUM",               \
      "Now: wijzer rules check --draft {1}, then wijzer rules try --draft {1} --since DATE")                 \
    X(SAY_WHICH_TABLE,                                                                                       \
      "Aan {1} is niet te zien bij welke tabel het hoort. Zet --table 1 tot en met 7 erbij",                 \
      "{1} does not tell which table it is for. Add --table 1 to 7")                                         \
    X(SAY_OLD_BASE, "{w}Let op:{/} tabel {1} heeft geen versie; de kolommen komen uit het bestand zelf.",    \
      "{w}Warning:{/} table {1} has no version; the columns are those of the file itself.")                  \
    X(SAY_COLUMN_MISSING,                                                                                    \
      "{w}Let op:{/} kolom \"{1}\" ({2}) ontbreekt: de regels gelden dan voor elke waarde.",                 \
      "{w}Warning:{/} column \"{1}\" ({2}) is missing: the rules then hold for every value.")                \
    X(SAY_FILE_GONE, "Het bestand {1} is er niet meer; er is geen concept gemaakt.",                         \
      "The file {1} is gone; no draft was made.")                                                            \
    X(SAY_MAY_NOT_EDIT,                                                                                      \
      "Alleen een ketenregisseur maakt een concept; uw rol is {1}. De editor is niet geopend.",              \
      "Only a coordinator makes a draft; your role is {1}. The editor was not opened.")                      \
    X(SAY_WRITTEN, "Geschreven: {1}", "Written: {1}")                                                        \
    X(SAY_CANNOT_WRITE, "kan niet schrijven: {1}", "cannot write: {1}")                                      \
    /* check */                                                                                              \
    X(SAY_CHECK_HEAD, "{b}Tabel {1} ({2}), versie {3}{/}", "{b}Table {1} ({2}), version {3}{/}")             \
    X(SAY_FINDING_ERROR, "{w}FOUT{/}  {1}", "{w}ERROR{/}  {1}")                                              \
    X(SAY_FINDING_WARNING, "{b}Let op{/}  {1}", "{b}Warning{/}  {1}")                                        \
    X(SAY_FINDING_NAME, "      {d}naam: {1}{/}", "      {d}name: {1}{/}")                                    \
    X(SAY_FINDING_TEXT, "      {d}{1}{/}", "      {d}{1}{/}")                                                \
    X(SAY_FINDING_PERSON, "bijvoorbeeld iemand met {1}", "for example somebody with {1}")                    \
    X(SAY_FINDING_ANYONE, "bijvoorbeeld iedereen", "for example anybody")                                    \
    X(SAY_FINDING_COLUMNS, "het gaat om {1}", "it is about {1}")                                             \
    X(FINDING_GAP, "Gat: voor deze persoon is er geen regel.", "Gap: there is no rule for this person.")     \
    X(FINDING_GAP_NEAR, "Gat: voor deze persoon is er geen regel. Het dichtst erbij: {1}.",                  \
      "Gap: there is no rule for this person. Nearest: {1}.")                                                \
    X(FINDING_OVERLAP, "Dubbel: {1} passen allemaal bij dezelfde persoon.",                                  \
      "Overlap: {1} all match the same person.")                                                             \
    X(FINDING_OVERLAP_TWO, "Dubbel: {1} passen allebei bij dezelfde persoon.",                               \
      "Overlap: {1} both match the same person.")                                                            \
    X(FINDING_CONFLICT, "Strijdig: {1} passen bij dezelfde persoon en zeggen iets anders.",                  \
      "Conflict: {1} match the same person and say different things.")                                       \
    X(FINDING_SHADOWED, "Regel {1} komt nooit aan de beurt: andere regels gaan altijd voor.",                \
      "Rule {1} is never used: other rules always go first.")                                                \
    X(FINDING_SHADOWED_BY, "Regel {1} komt nooit aan de beurt. Wat altijd voorgaat: {2}.",                   \
      "Rule {1} is never used. What always goes first: {2}.")                                                \
    X(FINDING_EMPTY, "Regel {1} kan bij niemand passen.", "Rule {1} cannot match anybody.")                  \
    X(FINDING_DEAD, "Regel {1} besliste de laatste 12 maanden niets.",                                       \
      "Rule {1} decided nothing in the last 12 months.")                                                     \
    X(FINDING_DEAD_MANY, "{1} regels beslisten de laatste 12 maanden niets: {2}.",                           \
      "{1} rules decided nothing in the last 12 months: {2}.")                                               \
    X(SAY_DEAD_NAME, "      {d}naam: {1} voor allemaal, of {2} voor een ervan{/}",                           \
      "      {d}name: {1} for all of them, or {2} for one{/}")                                               \
    X(FINDING_UNKNOWN, "Regel {1} noemt iets dat de regio niet (meer) heeft.",                               \
      "Rule {1} names something that the region does not have (any more).")                                  \
    X(FINDING_NO_CAPACITY, "Bij het aanbod van regel {1} is niet bekend of er plek is.",                     \
      "Whether there is room at the offering of rule {1} is not known.")                                     \
    X(FINDING_NO_EVIDENCE,                                                                                   \
      "Regel {1} vraagt meer bewijs dan er nu van het aanbod is, en telt dus voor niemand.",                 \
      "Rule {1} asks for more evidence than there is of its offering now, so it counts for nobody.")         \
    X(FINDING_EXAMPLE, "Een voorbeeld komt anders uit dan het hoort.", "An example comes out otherwise.")    \
    X(FINDING_UNPROVED, "Niet alles is bewezen.", "Not everything was proved.")                              \
    X(SAY_FINDINGS_MORE, "  en nog {1} keer \"{2}\"", "  and {1} more of \"{2}\"")                           \
    X(SAY_CHECK_NOTHING, "{g}Geen fouten en niets om op te letten.{/}", "{g}No errors and no warnings.{/}")  \
    X(SAY_CHECK_WARNINGS,                                                                                    \
      "{g}Geen fouten.{/} Aanvaard bij het publiceren wat hierboven staat: --acknowledge NAAM (of het "      \
      "soort, zoals dead)",                                                                                  \
      "{g}No errors.{/} When publishing, accept what stands above: --acknowledge NAME (or the kind, such "   \
      "as dead)")                                                                                            \
    X(SAY_CHECK_ERRORS, "{w}Zo kan deze versie niet gepubliceerd worden.{/}",                                \
      "{w}This version cannot be published like this.{/}")                                                   \
    X(KIND_GAP, "gat", "gap")                                                                                \
    X(KIND_OVERLAP, "dubbel", "overlap")                                                                     \
    X(KIND_CONFLICT, "strijdig", "conflict")                                                                 \
    X(KIND_EXAMPLE, "voorbeeld", "example")                                                                  \
    X(KIND_UNKNOWN, "onbekend", "unknown")                                                                   \
    X(KIND_SHADOWED, "nooit aan de beurt", "never used")                                                     \
    X(KIND_EMPTY, "past bij niemand", "matches nobody")                                                      \
    X(KIND_DEAD, "besliste niets", "decided nothing")                                                        \
    X(KIND_NO_CAPACITY, "plek niet bekend", "room not known")                                                \
    X(KIND_NO_EVIDENCE, "te weinig bewijs", "too little evidence")                                           \
    X(KIND_UNPROVED, "niet bewezen", "not proved")                                                           \
    /* trial */                                                                                              \
    X(SAY_TRY_PROGRESS, "{1} van {2} verwijzingen bekeken", "{1} of {2} referrals looked at")                \
    X(SAY_TRY_HEAD,                                                                                          \
      "{b}Proef: versie {1} van tabel {2}{/}, op {3}, vergeleken met de tabellen die nu gelden. Er is "      \
      "niets veranderd.",                                                                                    \
      "{b}Trial: version {1} of table {2}{/}, on {3}, compared with the tables in force now. Nothing was "   \
      "changed.")                                                                                            \
    X(TRY_MOVED_ONE, "{b}1{/} zou ergens anders heen gaan", "{b}1{/} would go elsewhere")                    \
    X(TRY_MOVED_MANY, "{b}{1}{/} zouden ergens anders heen gaan", "{b}{1}{/} would go elsewhere")            \
    X(TRY_STAY_ONE, ", 1 blijft waar die was.", ", 1 stays where it was.")                                   \
    X(TRY_STAY_MANY, ", {1} blijven waar ze waren.", ", {1} stay where they were.")                          \
    X(TRY_UNDECIDABLE_ONE, "{w}1{/} is niet opnieuw te beslissen: de gegevens zijn daar niet naar.",         \
      "{w}1{/} cannot be decided again: its facts do not allow it.")                                         \
    X(TRY_UNDECIDABLE_MANY, "{w}{1}{/} zijn niet opnieuw te beslissen: hun gegevens zijn daar niet naar.",   \
      "{w}{1}{/} cannot be decided again: their facts do not allow it.")                                     \
    X(TRY_WITHHELD_ONE,                                                                                      \
      "Van {w}1{/} verwijzing is alleen te zien dat ze verhuist: meer deelt de cliënt niet met u.",          \
      "Of {w}1{/} referral it is only shown that it moves: the client shares no more with you.")             \
    X(TRY_WITHHELD_MANY,                                                                                     \
      "Van {w}{1}{/} verwijzingen is alleen te zien dat ze verhuizen: meer delen de cliënten niet met u.",   \
      "Of {w}{1}{/} referrals it is only shown that they move: the clients share no more with you.")         \
    X(SAY_TRY_ONLY, "Alleen tabel 1, 2 en 3 zijn te proeven: die beslissen waar een verwijzing heen gaat.",  \
      "Only tables 1, 2 and 3 can be tried: they decide where a referral goes.")                             \
    X(TRY_MORE_ONE, "Er is er nog 1. Alles ziet u met --limit 0, of met --json",                             \
      "There is 1 more. See all with --limit 0, or with --json")                                             \
    X(SAY_TRY_GROUPS, "{b}Per groep{/}", "{b}Per group{/}")                                                  \
    X(SAY_TRY_GROUP, "  {1}  {2} -> {3}", "  {1}  {2} -> {3}")                                               \
    X(SAY_TRY_SAME, "  {1}  {2} (blijft zo)", "  {1}  {2} (stays)")                                          \
    X(SAY_TRY_EACH, "{b}Wie anders zou gaan{/}", "{b}Who would go elsewhere{/}")                             \
    X(SAY_TRY_ITEM, "{b}{1}{/}  {2}  {3} -> {4}", "{b}{1}{/}  {2}  {3} -> {4}")                              \
    X(SAY_TRY_RULES, "      door {1} in plaats van {2}", "      by {1} instead of {2}")                      \
    X(SAY_RULE_OF, "regel {1} (tabel {2} versie {3})", "rule {1} (table {2} version {3})")                   \
    X(SAY_NO_RULE, "geen regel", "no rule")                                                                  \
    X(SAY_COORDINATION, "de ketenregie", "the coordination")                                                 \
    X(SAY_TRY_MORE, "Er zijn er nog {1}. Alles ziet u met --limit 0, of met --json",                         \
      "There are {1} more. See all with --limit 0, or with --json")                                          \
    /* publishing */                                                                                         \
    X(SAY_PUBLISH_ASKED,                                                                                     \
      "{g}Aangevraagd: versie {b}{1}{/}{g} van tabel {2} ({3}).{/} Een andere ketenregisseur keurt goed "    \
      "met: wijzer rules approve {1}",                                                                       \
      "{g}Asked for: version {b}{1}{/}{g} of table {2} ({3}).{/} Another coordinator approves with: "        \
      "wijzer rules approve {1}")                                                                            \
    X(SAY_APPROVED, "{g}Goedgekeurd: versie {b}{1}{/}{g} van tabel {2} ({3}).{/} {4}",                       \
      "{g}Approved: version {b}{1}{/}{g} of table {2} ({3}).{/} {4}")                                        \
    X(SAY_APPROVED_NOW, "Ze geldt nu.", "It is in force now.")                                               \
    X(SAY_APPROVED_LATER, "Ze geldt vanaf {1}.", "It will be in force from {1}.")                            \
    X(SAY_DISCARDED, "Weggegooid: versie {b}{1}{/} van tabel {2} ({3}).",                                    \
      "Discarded: version {b}{1}{/} of table {2} ({3}).")                                                    \
    X(SAY_ROLLED_BACK,                                                                                       \
      "{g}Teruggezet: tabel {2} ({3}) is weer zoals versie {4}.{/} Dat is nu versie {b}{1}{/}, en ze "       \
      "geldt.",                                                                                              \
      "{g}Rolled back: table {2} ({3}) is as version {4} again.{/} That is version {b}{1}{/} now, in "       \
      "force.")                                                                                              \
    X(SAY_ACKNOWLEDGE,                                                                                       \
      "Waar u alleen op hoeft te letten, aanvaardt u met: --acknowledge NAAM (of het soort, zoals dead)",    \
      "Accept mere warnings with: --acknowledge NAME (or the kind, such as dead)")                           \
    /* explanation */                                                                                        \
    X(SAY_EXPLAIN_HEAD, "{b}Verwijzing {1}{/}, van {2}", "{b}Referral {1}{/}, of {2}")                       \
    X(SAY_EXPLAIN_FACTS, "{b}Wat Wijzer toen wist{/}", "{b}What Wijzer knew then{/}")                        \
    X(SAY_EXPLAIN_UNKNOWN, "Niet bekend: {1}", "Not known: {1}")                                             \
    X(SAY_EXPLAIN_HOW, "{b}Hoe het is beslist{/}", "{b}How it was decided{/}")                               \
    X(SAY_EXPLAIN_TABLE, "  {b}{1}{/} {d}(tabel {2} versie {3}){/}",                                         \
      "  {b}{1}{/} {d}(table {2} version {3}){/}")                                                           \
    X(SAY_EXPLAIN_RULE, "    Regel {b}{1}{/}: {2}", "    Rule {b}{1}{/}: {2}")                               \
    X(SAY_EXPLAIN_OTHERWISE, "    Geen andere regel paste, dus {b}{1}{/}: {2}",                              \
      "    No other rule matched, so {b}{1}{/}: {2}")                                                        \
    X(SAY_CELL_YES, "      {g}past{/}         {1}: {2} (de regel vraagt {3})",                               \
      "      {g}fits{/}          {1}: {2} (the rule asks for {3})")                                          \
    X(SAY_CELL_NO, "      {w}past niet{/}    {1}: {2} (de regel vraagt {3})",                                \
      "      {w}does not fit{/}  {1}: {2} (the rule asks for {3})")                                          \
    X(SAY_CELL_UNKNOWN, "      {b}niet bekend{/}  {1} (de regel vraagt {3})",                                \
      "      {b}not known{/}     {1} (the rule asks for {3})")                                               \
    X(SAY_EXPLAIN_THEN, "      dus {1}", "      so {1}")                                                     \
    X(SAY_EXPLAIN_UNJUDGED, "    Niet te beoordelen, omdat er iets niet bekend was: {1}",                    \
      "    Could not be judged, as something was not known: {1}")                                            \
    X(SAY_EXPLAIN_LACK, "    Regel {1} past, maar telt niet voor {2}. Gevraagd bewijs: {3}. Bewijs: {4}.",   \
      "    Rule {1} matches, but does not count for {2}. Evidence asked: {3}. Evidence: {4}.")               \
    X(SAY_CANDIDATE_EVIDENCE, ", bewijs: {1}", ", evidence: {1}")                                            \
    X(SAY_EXPLAIN_CANDIDATES, "{b}Op volgorde{/}", "{b}In order{/}")                                         \
    X(SAY_CANDIDATE, "  {1}. {2}, gewicht {3}, ", "  {1}. {2}, weight {3}, ")                                \
    X(SAY_CANDIDATE_RULE, " {d}(regel {1}){/}", " {d}(rule {1}){/}")                                         \
    X(SAY_CAPACITY_OPEN, "er is plek", "there is room")                                                      \
    X(SAY_CAPACITY_LIST, "wachtlijst", "waiting list")                                                       \
    X(SAY_CAPACITY_FULL, "vol", "full")                                                                      \
    X(SAY_CAPACITY_UNKNOWN, "plek niet bekend", "room not known")                                            \
    X(SAY_AS_OF, " (gemeld op {1})", " (told on {1})")                                                       \
    X(SAY_REPLY_HOURS, ", antwoordt meestal binnen {1} uur", ", usually replies within {1} hours")           \
    X(SAY_EXPLAIN_AFTER, "{b}Wat er daarna gebeurde{/}", "{b}What happened next{/}")                         \
    X(SAY_AFTER, "  {d}{1}{/}  {2} weigerde", "  {d}{1}{/}  {2} declined")                                   \
    X(SAY_AFTER_CODE, " ({1})", " ({1})")                                                                    \
    X(SAY_AFTER_RULE, "      {1} {d}(tabel {2} versie {3}, regel {4}){/}",                                   \
      "      {1} {d}(table {2} version {3}, rule {4}){/}")                                                   \
    X(SAY_AFTER_NEXT, "      Dus {1}", "      So {1}")                                                       \
    X(SAY_AFTER_TO, "      Dus naar {1}", "      So to {1}")                                                 \
    X(SAY_WHY_NOT_HEAD, "{b}Waarom niet {1}?{/}", "{b}Why not {1}?{/}")                                      \
    X(SAY_WHY_NOT_NONE, "  Geen regel noemt dit aanbod.", "  No rule names this offering.")                  \
    X(SAY_WHY_NOT_RULE,                                                                                      \
      "  Regel {b}{1}{/} (tabel {2}) past niet:", "  Rule {b}{1}{/} (table {2}) does not match:")            \
    X(SAY_WHY_NOT_OUTWEIGHED, "  Regel {b}{1}{/} (tabel {2}) past wel, maar {3} ging voor (gewicht {4}).",   \
      "  Rule {b}{1}{/} (table {2}) matches, but {3} went first (weight {4}).")                              \
    X(SAY_WHY_NOT_LACK, "  Regel {b}{1}{/} (tabel {2}) vraagt bewijs: {3}. Bewijs: {4}.",                    \
      "  Rule {b}{1}{/} (table {2}) asks for evidence: {3}. Evidence: {4}.")                                 \
    X(SAY_WHY_NOT_FITS, "  Regel {b}{1}{/} (tabel {2}) past wel.", "  Rule {b}{1}{/} (table {2}) matches.")  \
    X(SAY_SMALLEST, "  Het was wel {1} geworden als:", "  It would have been {1} if:")                       \
    X(SAY_SMALLEST_FACT, "      {1} {b}{2}{/} was geweest in plaats van {3}",                                \
      "      {1} had been {b}{2}{/} instead of {3}")                                                         \
    X(SAY_SMALLEST_NONE, "  Er is geen kleine verandering gevonden waardoor het wel {1} was geworden.",      \
      "  No small change was found that would have led to {1}.")                                             \
    X(SAY_WHAT_IF_HEAD, "{b}En als {1}?{/}", "{b}And if {1}?{/}")                                            \
    X(SAY_WHAT_IF_TO, "  Dan ging het naar {b}{1}{/}.", "  Then it would have gone to {b}{1}{/}.")           \
    X(SAY_EXPLAIN_OLD, "Van deze beslissing zijn de andere mogelijkheden niet bewaard.",                     \
      "The other candidates of this decision were not kept.")                                                \
    /* in previews */                                                                                        \
    X(SAY_CANDIDATES_AFTER, "Als die weigert, komt daarna:", "If that one declines, next comes:")            \
    X(HELP_SUBCOMMANDS, "{b}Meer opdrachten{/}", "{b}More commands{/}")                                      \
    X(HELP_GROUP, "{b}Opdrachten die met \"wijzer {1}\" beginnen{/}",                                        \
      "{b}Commands that begin with \"wijzer {1}\"{/}")                                                       \
    X(HELP_GROUP_MORE, "Meer over een opdracht: wijzer {1} OPDRACHT --help",                                 \
      "More about a command: wijzer {1} COMMAND --help")

#endif
