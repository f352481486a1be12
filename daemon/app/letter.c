#include "letter.h"

#include <string.h>
#include <time.h>

#include "gcm.h"

const char *letter_fate_word(enum letter_fate fate)
{
    static const char *const words[] = {
        [LETTER_SENT] = "sent", [LETTER_RETRY] = "retry", [LETTER_DEAD] = "dead", [LETTER_GONE] = "gone"};
    return words[fate];
}

enum letter_fate letter_fate_http(long status)
{
    if (status >= 200 && status < 300)
        return LETTER_SENT;
    return status == 410 ? LETTER_GONE : LETTER_RETRY;
}

enum letter_fate letter_fate_smtp(long code)
{
    bool is_ours = code == 530 || code == 535 || code == 538;
    return code >= 500 && code < 600 && !is_ours ? LETTER_DEAD : LETTER_RETRY;
}

static bool is_among(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(others, c));
}

static bool are_all(struct slice text, const char *others)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_among(text.ptr[i], others))
            return false;
    return text.len > 0 && text.ptr[0] != '.' && text.ptr[0] != '-' && text.ptr[text.len - 1] != '.';
}

bool letter_is_address(struct slice address)
{
    struct slice domain = address, local = slice_cut(&domain, '@');
    return address.len <= 254 && domain.ptr && local.len <= 64 && are_all(local, ".-_+") &&
           are_all(domain, ".-") && memchr(domain.ptr, '.', domain.len);
}

/* ---- mail ---- */

static const char *date_text(moment now, struct arena *arena)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(now / MOMENT_SECOND);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[utc.tm_wday], utc.tm_mday,
                        months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* What it is, by kind: nothing of whom or what. */
static const char *kinds_text(struct slice kinds, struct arena *arena)
{
    static const struct {
        const char *kind, *text;
    } phrases[] = {{"feedback", "- een terugkoppeling\r\n"},
                   {"message", "- een bericht over een stap\r\n"},
                   {"notice", "- een bericht\r\n"},
                   {"question", "- een vraag\r\n"},
                   {"step", "- een nieuwe stap in uw werklijst\r\n"}};
    const char *text = "";
    struct slice rest = kinds.len > 2 ? slice_make(kinds.ptr + 1, kinds.len - 2) : SLICE_NONE;
    while (rest.ptr) {
        struct slice kind = slice_cut(&rest, ',');
        for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
            if (slice_is(kind, phrases[i].kind))
                text = arena_printf(arena, "%s%s", text, phrases[i].text);
    }
    return text;
}

struct slice letter_mail(const struct mail_letter *letter, struct arena *arena)
{
    const char *domain = strchr(letter->from, '@');
    const char *what =
        letter->count == 1
            ? "Er staat een bericht voor u klaar in Wijzer"
            : arena_printf(arena, "Er staan %lld berichten voor u klaar in Wijzer", (long long)letter->count);
    return slice_of(arena_printf(arena,
                                 "Date: %s\r\n"
                                 "From: Wijzer <%s>\r\n"
                                 "To: <%s>\r\n"
                                 "Subject: %s\r\n"
                                 "Message-ID: <%s%s>\r\n"
                                 "Auto-Submitted: auto-generated\r\n"
                                 "MIME-Version: 1.0\r\n"
                                 "Content-Type: text/plain; charset=us-ascii\r\n"
                                 "Content-Transfer-Encoding: 7bit\r\n"
                                 "\r\n"
                                 "%s:\r\n"
                                 "\r\n"
                                 "%s"
                                 "\r\n"
                                 "Open Wijzer om te lezen wat het is. In deze mail staat dat niet, om de\r\n"
                                 "inwoner te beschermen. U kunt deze mail niet beantwoorden.\r\n",
                                 date_text(letter->now, arena), letter->from, letter->to, what, letter->id,
                                 domain ? domain : "@wijzer", what, kinds_text(letter->kinds, arena)));
}

/* ---- webhooks ---- */

const char *letter_signature(const unsigned char secret[LETTER_SECRET], const char *id, int64_t timestamp,
                             struct slice body, struct arena *arena)
{
    unsigned char hash[HMAC_SIZE];
    char text[BASE64_LENGTH(HMAC_SIZE) + 1];
    const char *signed_text = arena_printf(arena, "%s.%lld.%.*s", id, (long long)timestamp, SLICE_FMT(body));
    hmac_sha256(secret, slice_of(signed_text), hash);
    base64_encode(hash, sizeof hash, text);
    return arena_printf(arena, "v1,%s", text);
}

/* ---- again ---- */

int64_t letter_wait(int64_t attempt, int64_t unit, uint32_t chance)
{
    static const int64_t times[] = {1, 5, 30, 120, 480, 1440};
    enum { TIMES = sizeof times / sizeof times[0] };
    int64_t wait = unit * times[attempt < 1 ? 0 : attempt > TIMES ? TIMES - 1 : attempt - 1];
    return wait - wait / 5 + (int64_t)((double)(wait / 5 * 2) * ((double)chance / UINT32_MAX));
}
