/* What the commands of joining and leaving say; a part of texts.h. */
#ifndef WIJZER_TEXTS_ACCESS_H
#define WIJZER_TEXTS_ACCESS_H

/* X(enumerator, Dutch, English) */
#define ACCESS_TEXTS(X)                                                                                      \
    /* what was typed is not right */                                                                        \
    X(SAY_INVITE_WHOM,                                                                                       \
      "wie nodigt u uit? Geef --organisation, --role en --name, of --account voor een nieuwe sleutel",       \
      "whom do you invite? Give --organisation, --role and --name, or --account for another key")            \
    X(SAY_BAD_HOST, "\"{1}\" is geen adres; een adres ziet eruit als wijzer.example of wijzer.example:8444", \
      "\"{1}\" is no address; an address looks like wijzer.example or wijzer.example:8444")                  \
    X(SAY_BAD_INVITATION_CODE,                                                                               \
      "\"{1}\" is geen code; een code heeft 16 tekens, zoals 7KX3-9MTF-2CDG-HJ4R. Is er een teken "          \
      "vergeten?",                                                                                           \
      "\"{1}\" is no code; a code has 16 characters, such as 7KX3-9MTF-2CDG-HJ4R. Is one missing?")          \
    X(SAY_BAD_PIN, "\"{1}\" is geen pin; een pin heeft 20 tekens, zoals 4XKC-7H2M-PWY9-D3RF-T6GN",           \
      "\"{1}\" is no pin; a pin has 20 characters, such as 4XKC-7H2M-PWY9-D3RF-T6GN")                        \
    X(SAY_WHICH_SERVICE,                                                                                     \
      "waaraan is de dienst te herkennen? Zet --pin PIN erbij (die staat bij de uitnodiging) of --ca "       \
      "BESTAND",                                                                                             \
      "how is the service known? Add --pin PIN (it stands with the invitation) or --ca FILE")                \
    X(SAY_PROFILE_THERE, "in {1} staat al een profiel. Kies een andere map met --profile MAP",               \
      "there is a profile in {1} already. Choose another directory with --profile DIR")                      \
    X(SAY_UNKNOWN_ACCOUNT, "\"{1}\" is geen account. Alle accounts: wijzer accounts",                        \
      "\"{1}\" is not an account. All accounts: wijzer accounts")                                            \
    X(SAY_ISSUER_ALONE, "--issuer hoort bij --serial: zeg ook welk certificaat",                             \
      "--issuer goes with --serial: say which certificate, too")                                             \
    X(SAY_BAD_SAN,                                                                                           \
      "\"{1}\" is geen naam uit een certificaat; zo'n naam ziet eruit als dns:zorg.example of urn:...",      \
      "\"{1}\" is no name in a certificate; such a name looks like dns:zorg.example or urn:...")             \
    X(SAY_WHICH_CA, "welke CA? Geef --ca BESTAND of --issuer VINGERAFDRUK",                                  \
      "which CA? Give --ca FILE or --issuer FINGERPRINT")                                                    \
    /* inviting */                                                                                           \
    X(SAY_INVITED, "Uitnodiging {b}{1}{/} voor {b}{2}{/}, {3} bij {4}. Geldig tot {5}.",                     \
      "Invitation {b}{1}{/} for {b}{2}{/}, {3} at {4}. Good until {5}.")                                     \
    X(SAY_INVITE_TYPE, "Laat de genodigde dit typen, op de eigen computer. De code werkt één keer:",         \
      "Let the invited type this on their own computer. The code works once:")                               \
    X(SAY_INVITE_COMMAND, "  {b}wijzer enroll {1} {2} --pin {3}{/}",                                         \
      "  {b}wijzer enroll {1} {2} --pin {3}{/}")                                                             \
    X(SAY_INVITE_COMMAND_CA, "  {b}wijzer enroll {1} {2} --ca ca.pem{/}",                                    \
      "  {b}wijzer enroll {1} {2} --ca ca.pem{/}")                                                           \
    X(SAY_INVITE_SECRET,                                                                                     \
      "Wie de code heeft, krijgt de toegang: geef hem zelf door, niet met een ander mee.",                   \
      "Whoever has the code gets the access: hand it over yourself.")                                        \
    X(SAY_INVITATIONS_HEAD, "{b}Uitnodigingen: {1}{/}", "{b}Invitations: {1}{/}")                            \
    X(SAY_INVITATIONS_NONE, "Er zijn geen uitnodigingen.", "There are no invitations.")                      \
    X(SAY_INVITATION, "{b}{1}{/}  {2}  {3}, {4} bij {5}", "{b}{1}{/}  {2}  {3}, {4} at {5}")                 \
    X(SAY_INVITATION_BY, "           {d}van {1}, geldig tot {2}{/}",                                         \
      "           {d}by {1}, good until {2}{/}")                                                             \
    X(SAY_INVITATION_TRIED, "           {w}daarna nog {1} keer geprobeerd{/}",                               \
      "           {w}tried {1} times since{/}")                                                              \
    X(INVITATION_OPEN, "open       ", "open     ")                                                           \
    X(INVITATION_USED, "gebruikt   ", "used     ")                                                           \
    X(INVITATION_EXPIRED, "verlopen   ", "expired  ")                                                        \
    X(INVITATION_WITHDRAWN, "ingetrokken", "withdrawn")                                                      \
    X(SAY_WITHDRAWN, "Uitnodiging {b}{1}{/} is ingetrokken: de code werkt niet meer.",                       \
      "Invitation {b}{1}{/} is withdrawn: its code works no more.")                                          \
    /* joining */                                                                                            \
    X(SAY_ENROLLED, "{g}Gelukt.{/} U bent {b}{1}{/}, {2} bij {3}, regio {4}.",                               \
      "{g}Done.{/} You are {b}{1}{/}, {2} at {3}, region {4}.")                                              \
    X(SAY_ENROLLED_WHERE,                                                                                    \
      "Uw sleutel staat in {1} en gaat daar niet weg; het certificaat is goed tot {2} en vernieuwt "         \
      "zichzelf.",                                                                                           \
      "Your key is in {1} and does not leave it; the certificate is good until {2} and renews itself.")      \
    X(SAY_ENROLLED_NEXT, "Probeer: wijzer whoami", "Try: wijzer whoami")                                     \
    X(SAY_ENROLLED_PROFILE, "Probeer: wijzer whoami --profile {1}", "Try: wijzer whoami --profile {1}")      \
    X(SAY_ENROLLED_UNTRIED,                                                                                  \
      "{w}Let op:{/} het profiel is klaar, maar de dienst liet het nog niet binnen ({1}). Probeer: wijzer "  \
      "whoami",                                                                                              \
      "{w}Warning:{/} the profile is complete, but the service did not let it in yet ({1}). Try: wijzer "    \
      "whoami")                                                                                              \
    X(SAY_ENROL_AGAIN,                                                                                       \
      "Typ precies hetzelfde nog eens: binnen tien minuten werkt de code dan nog, ook als hij al gebruikt "  \
      "is.",                                                                                                 \
      "Type exactly the same again: for ten minutes the code still works then, even if it was used.")        \
    X(SAY_RENEWED, "Uw certificaat is vernieuwd; het is goed tot {1}.",                                      \
      "Your certificate was renewed; it is good until {1}.")                                                 \
    X(SAY_ENDS_SOON,                                                                                         \
      "{w}Let op:{/} uw certificaat loopt af op {1} en kan niet vernieuwd worden ({2}). Vraag de beheerder " \
      "van uw regio om een nieuwe uitnodiging.",                                                             \
      "{w}Warning:{/} your certificate ends on {1} and cannot be renewed ({2}). Ask your region's steward "  \
      "for a new invitation.")                                                                               \
    /* accounts */                                                                                           \
    X(SAY_ACCOUNTS_HEAD, "{b}Accounts: {1}{/}", "{b}Accounts: {1}{/}")                                       \
    X(SAY_ACCOUNT, "{b}{1}{/}  {2}, {3} bij {4}", "{b}{1}{/}  {2}, {3} at {4}")                              \
    X(SAY_ACCOUNT_ENDED, "  {w}gestopt op {1}{/}", "  {w}ended on {1}{/}")                                   \
    X(SAY_ACCOUNT_CERTIFICATE, "           {d}certificaat {1}, tot {2}{/}",                                  \
      "           {d}certificate {1}, until {2}{/}")                                                         \
    X(SAY_ACCOUNT_REVOKED, "           {d}certificaat {1}, ingetrokken op {2}{/}",                           \
      "           {d}certificate {1}, revoked on {2}{/}")                                                    \
    X(SAY_ACCOUNT_IDENTITY, "           {d}{1}, van CA {2}{/}", "           {d}{1}, of CA {2}{/}")           \
    X(SAY_ACCOUNT_IDENTITY_ENDED, "           {d}{1}, van CA {2}: telt niet meer{/}",                        \
      "           {d}{1}, of CA {2}: counts no more{/}")                                                     \
    X(SAY_ENDED,                                                                                             \
      "{b}{1}{/} ({2}) heeft geen toegang meer; open verbindingen zijn binnen een seconde dicht.",           \
      "{b}{1}{/} ({2}) has no access any more; open connections close within a second.")                     \
    X(SAY_ROLE_CHANGED, "{b}{1}{/} ({2}) is nu {b}{3}{/}.", "{b}{1}{/} ({2}) is {b}{3}{/} now.")             \
    X(SAY_REVOKED_ONE, "Certificaat {1} is ingetrokken.", "Certificate {1} is revoked.")                     \
    X(SAY_REVOKED_ALL,                                                                                       \
      "Alle certificaten van {b}{1}{/} zijn ingetrokken. Een nieuwe sleutel: wijzer invite --account {2}",   \
      "All certificates of {b}{1}{/} are revoked. For another key: wijzer invite --account {2}")             \
    X(SAY_IDENTITY_ADDED, "{b}{1}{/} ({2}) komt nu ook binnen als {3} van CA {4}.",                          \
      "{b}{1}{/} ({2}) also gets in as {3} of CA {4} now.")

#endif
