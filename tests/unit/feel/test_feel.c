/* Expressions: their values, by the chapters of the standard. */
#include "feel_fixture.h"

struct row {
    const char *text, *value;
};

static void check_rows(const struct row *rows, size_t count)
{
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < count; i++) {
        struct value value = value_of(arena, rows[i].text);
        same_text(rows[i].text, rows[i].value, printed(arena, value_text(&value, arena)));
    }
    arena_free(&arena);
}

static void literals(void **state)
{
    static const struct row rows[] = {
        {"5", "5"},
        {"-5", "-5"},
        {"- - 5", "5"},
        {".5", "0.5"},
        {"1.50", "1.5"},
        {"1e3", "1000"},
        {"1.5E-3", "0.0015"},
        {"0.000001", "0.000001"},
        {"\"a\"", "\"a\""},
        {"\"\"", "\"\""},
        {"\"\\u00e9\\n\\\"q\\\" \\\\ \\'\"", "\"é\\n\\\"q\\\" \\\\ '\""},
        {"\"\\uD83D\\uDE00\" = \"\\U01F600\"", "true"},
        {"\"\\d+\"", "\"\\\\d+\""},
        {"true", "true"},
        {"null", "null"},
        {"date(\"2026-11-22\")", "date(\"2026-11-22\")"},
        {"@\"2026-11-22\"", "date(\"2026-11-22\")"},
        {"@\"10:15:30.500\"", "time(\"10:15:30.5\")"},
        {"@\"2026-11-22T10:15:30Z\"", "date and time(\"2026-11-22T10:15:30Z\")"},
        {"@\"-P1Y2M\"", "duration(\"-P1Y2M\")"},
        {"duration(\"P1DT2H3M4.5S\")", "duration(\"P1DT2H3M4.5S\")"},
        {"duration(\"PT36H\")", "duration(\"P1DT12H\")"},
        {"duration(\"P0D\")", "duration(\"PT0S\")"},
        {"duration(\"P0M\")", "duration(\"P0M\")"},
        {"[1, \"a\", [null]]", "[1, \"a\", [null]]"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"{a: 1, \"b c\": a + 1}", "{\"a\": 1, \"b c\": 2}"},
        {"[1..5)", "[1..5)"},
        {"]1..5[", "(1..5)"},
        {"(< 5)", "(< 5)"},
        {"(>= 5)", "(>= 5)"},
        {"(= 5)", "[5..5]"},
        {"[\"a\"..\"c\"]", "[\"a\"..\"c\"]"},
        {"/* one */ 1 // two", "1"},
        {"\xC2\xA0"
         "1\t+\r\n2",
         "3"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void arithmetic_binds_as_the_standard_says(void **state)
{
    static const struct row rows[] = {
        {"98.83 + 150.21", "249.04"},
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 3 - 2", "5"},
        {"12 / 3 / 2", "2"},
        {"2 ** 3 ** 2", "64"},
        {"-2 ** 2", "4"},
        {"2 * 3 ** 2", "18"},
        {"1 - -1", "2"},
        {"1 / 3", "0.3333333333333333333333333333333333"},
        {"2 / 3", "0.6666666666666666666666666666666667"},
        {"1 / 0", "null"},
        {"0 ** 0", "1"},
        {"1.1 ** 2", "1.21"},
        {"10 ** -2", "0.01"},
        {"2 ** 0.5", "1.414213562373095048801688724209698"},
        {"(-8) ** 0.5", "null"},
        {"1e6000 * 1e6000", "null"},
        {"9999999999999999999999999999999999 + 1", "1E+34"},
        {"\"a\" + \"b\"", "\"ab\""},
        {"\"a\" + 1", "null"},
        {"\"a\" - \"b\"", "null"},
        {"1 + null", "null"},
        {"- \"a\"", "null"},
        {"0.1 + 0.2 = 0.3", "true"},
        {"100 = 1e2", "true"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void comparison_and_logic_are_three_valued(void **state)
{
    static const struct row rows[] = {
        {"1 = 1.0", "true"},
        {"1 != 2", "true"},
        {"\"a\" < \"b\"", "true"},
        {"\"B\" < \"a\"", "true"},
        {"\"a\" = 1", "null"},
        {"\"a\" != 1", "null"},
        {"\"a\" < 1", "null"},
        {"null = null", "true"},
        {"null != null", "false"},
        {"1 = null", "false"},
        {"1 != null", "true"},
        {"1 < null", "null"},
        {"true > false", "null"},
        {"[1, 2] = [1, 2]", "true"},
        {"[1, 2] = [2, 1]", "false"},
        {"{a: 1, b: 2} = {b: 2, a: 1}", "true"},
        {"{a: 1} = {a: 2}", "false"},
        {"[1..5] = [1..5]", "true"},
        {"[1..5] = [1..5)", "false"},
        {"true and true", "true"},
        {"true and null", "null"},
        {"false and null", "false"},
        {"null and false", "false"},
        {"true or null", "true"},
        {"null or true", "true"},
        {"false or null", "null"},
        {"false or 1", "null"},
        {"true or false and false", "true"},
        {"not(true)", "false"},
        {"not(null)", "null"},
        {"1 between 1 and 3", "true"},
        {"4 between 1 and 3", "false"},
        {"2 between 1 and 3 and 5 between 1 and 3", "false"},
        {"2 between null and 3", "null"},
        {"4 between null and 3", "false"},
        {"5 in [1..5]", "true"},
        {"5 in [1..5)", "false"},
        {"1 in (1..5]", "false"},
        {"1 in ]1..5]", "false"},
        {"5 in (< 3, > 4)", "true"},
        {"5 in > 4", "true"},
        {"5 in (1, 5)", "true"},
        {"5 in [1, 5]", "true"},
        {"5 in [[1..2], [4..6]]", "true"},
        {"\"x\" in (\"y\", \"z\")", "false"},
        {"\"x\" in < 5", "null"},
        {"null in null", "true"},
        {"date(\"2026-01-01\") < date(\"2026-01-02\")", "true"},
        {"@\"10:00:00Z\" = @\"11:00:00+01:00\"", "true"},
        {"@\"10:00:00Z\" = @\"10:00:00\"", "false"},
        {"@\"10:00:00Z\" < @\"11:00:00\"", "null"},
        {"@\"2026-01-01T00:30:00+01:00\" < @\"2026-01-01T00:00:00Z\"", "true"},
        {"@\"P1Y\" = @\"P12M\"", "true"},
        {"@\"P1D\" < @\"PT25H\"", "true"},
        {"@\"P1M\" < @\"P40D\"", "null"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void control_and_loops(void **state)
{
    static const struct row rows[] = {
        {"if 1 < 2 then \"a\" else \"b\"", "\"a\""},
        {"if null then 1 else 2", "2"},
        {"if 1 then 1 else 2", "2"},
        {"if false then 1 else if true then 2 else 3", "2"},
        {"1 + (if true then 1 else 2)", "2"},
        {"for i in [1, 2, 3] return i * i", "[1, 4, 9]"},
        {"for i in 1..3 return i", "[1, 2, 3]"},
        {"for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"},
        {"for i in 1..3 return count(partial)", "[0, 1, 2]"},
        {"for i in 1..30 return if i < 30 then partial else string(partial)", "null"},
        {"some i in 1..3 satisfies partial = null", "true"},
        {"for i in 3..1 return i", "[3, 2, 1]"},
        {"for i in [1..3] return i", "[1, 2, 3]"},
        {"for d in @\"2026-02-28\"..@\"2026-03-01\" return d.day", "[28, 1]"},
        {"for i in 1..2, j in i..2 return i * 10 + j", "[11, 12, 22]"},
        {"for i in null return i", "null"},
        {"for i in 5 return i", "[5]"},
        {"for i in [] return i", "[]"},
        {"for my var in [1] return my var + 1", "[2]"},
        {"some x in [1, 2] satisfies x > 1", "true"},
        {"some x in [1, 2] satisfies x > 2", "false"},
        {"some x in [1, null] satisfies x > 2", "null"},
        {"some x in [] satisfies x", "false"},
        {"every x in [1, 2] satisfies x > 0", "true"},
        {"every x in [1, 2] satisfies x > 1", "false"},
        {"every x in [1, null] satisfies x > 1", "false"},
        {"every x in [2, null] satisfies x > 1", "null"},
        {"every x in [] satisfies false", "true"},
        {"some x in [1, 2], y in [2, 3] satisfies x > y - 1", "true"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void paths_and_filters(void **state)
{
    static const struct row rows[] = {
        {"{a: {b: 1}}.a.b", "1"},
        {"{a: 1}.b", "null"},
        {"{first name: \"Jo\"}.first name + \"!\"", "\"Jo!\""},
        {"nobody.name", "null"},
        {"[{a: 1}, {a: 2}, {}].a", "[1, 2, null]"},
        {"[1, 2, 3][1]", "1"},
        {"[1, 2, 3][-1]", "3"},
        {"[1, 2, 3][0]", "null"},
        {"[1, 2, 3][4]", "null"},
        {"[1, 2, 3][1.5]", "null"},
        {"[1, 2, 3][item > 1]", "[2, 3]"},
        {"[1, null, 3][item > 1]", "[3]"},
        {"[{a: 1, b: \"x\"}, {a: 2, b: \"y\"}][a = 2].b", "[\"y\"]"},
        {"[{total price: 1}, {total price: 9}][total price > 5].total price", "[9]"},
        {"[[1, 2], [3]][1][2]", "2"},
        {"5[1]", "5"},
        {"5[item > 9]", "[]"},
        {"null[1]", "null"},
        {"[1..5].start", "1"},
        {"(< 5).end", "5"},
        {"[1..5).end included", "false"},
        {"@\"2026-11-22\".year", "2026"},
        {"@\"2026-11-22\".weekday", "7"},
        {"@\"2026-11-22T10:15:30+01:00\".hour", "10"},
        {"@\"2026-11-22T10:15:30+01:00\".time offset", "duration(\"PT1H\")"},
        {"@\"10:15:30\".time offset", "null"},
        {"@\"10:15:30\".year", "null"},
        {"@\"P1Y2M\".months", "2"},
        {"@\"P1DT2H3M4S\".minutes", "3"},
        {"@\"-P1DT2H\".hours", "-2"},
        {"1 instance of number", "true"},
        {"\"a\" instance of number", "false"},
        {"null instance of Any", "false"},
        {"1 instance of Any", "true"},
        {"@\"P1D\" instance of days and time duration", "true"},
        {"[1, 2] instance of list<number>", "true"},
        {"[1, \"a\"] instance of list<number>", "false"},
        {"[1] instance of list", "true"},
        {"[1..2] instance of range<number>", "true"},
        {"1 instance of list", "false"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void dates_and_durations_are_added(void **state)
{
    static const struct row rows[] = {
        {"date(\"2026-11-22\") + @\"P1M\"", "date(\"2026-12-22\")"},
        {"date(\"2020-01-31\") + @\"P1M\"", "date(\"2020-02-29\")"},
        {"date(\"2021-03-31\") - @\"P1M\"", "date(\"2021-02-28\")"},
        {"@\"P1Y\" + date(\"2024-02-29\")", "date(\"2025-02-28\")"},
        {"date(\"2026-12-31\") + @\"P1D\"", "date(\"2027-01-01\")"},
        {"date(\"2026-11-22\") - date(\"2026-01-01\")", "duration(\"P325D\")"},
        {"@\"2026-11-22T10:00:00\" + @\"PT15H\"", "date and time(\"2026-11-23T01:00:00\")"},
        {"@\"10:00:00\" + @\"PT15H\"", "time(\"01:00:00\")"},
        {"@\"01:00:00\" - @\"PT2H\"", "time(\"23:00:00\")"},
        {"@\"10:00:00\" - @\"08:30:00\"", "duration(\"PT1H30M\")"},
        {"@\"2026-11-22T10:00:00+01:00\" - @\"2026-11-22T08:00:00Z\"", "duration(\"PT1H\")"},
        {"@\"2026-11-22T10:00:00\" - @\"2026-11-22T08:00:00Z\"", "null"},
        {"@\"P1Y\" + @\"P2M\"", "duration(\"P1Y2M\")"},
        {"@\"P1Y\" + @\"P2D\"", "null"},
        {"@\"P1D\" * 3", "duration(\"P3D\")"},
        {"0.5 * @\"P1Y\"", "duration(\"P6M\")"},
        {"@\"P1Y\" / 5", "duration(\"P2M\")"},
        {"@\"P1Y\" / @\"P1M\"", "12"},
        {"@\"P1D\" / @\"PT0S\"", "null"},
        {"- @\"P1D\"", "duration(\"-P1D\")"},
        {"date(\"2026-11-22\") + date(\"2026-11-22\")", "null"},
        {"date(\"999999999-12-31\") + @\"P1Y\"", "null"},
        {"@\"P106000D\" + @\"P106000D\"", "null"},
        {"date(\"-0001-12-31\") + @\"P1D\"", "date(\"0000-01-01\")"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void conversions(void **state)
{
    static const struct row rows[] = {
        {"date(2026, 11, 22)", "date(\"2026-11-22\")"},
        {"date(year: 2026, month: 2, day: 3)", "date(\"2026-02-03\")"},
        {"date(from: \"2026-02-03\")", "date(\"2026-02-03\")"},
        {"date(\"2026-02-\" + \"30\")", "null"},
        {"date(@\"2026-11-22T10:00:00\")", "date(\"2026-11-22\")"},
        {"date and time(@\"2026-11-22\", @\"10:00:00Z\")", "date and time(\"2026-11-22T10:00:00Z\")"},
        {"date and time(\"2026-11-22\")", "date and time(\"2026-11-22T00:00:00\")"},
        {"time(10, 15, 30)", "time(\"10:15:30\")"},
        {"time(10, 15, 30.25, @\"PT1H\")", "time(\"10:15:30.25+01:00\")"},
        {"time(@\"2026-11-22T10:00:00\")", "time(\"10:00:00\")"},
        {"duration(\"P1\" + \"Y\")", "duration(\"P1Y\")"},
        {"duration(\"P1Y\" + \"1D\")", "null"},
        {"years and months duration(@\"2020-01-31\", @\"2021-03-01\")", "duration(\"P1Y1M\")"},
        {"years and months duration(@\"2021-03-01\", @\"2020-01-31\")", "duration(\"-P1Y1M\")"},
        {"number(\"1 000,50\", \" \", \",\")", "1000.5"},
        {"number(\"1.000\", \".\", \",\")", "1000"},
        {"number(from: \"5\", decimal separator: \".\")", "5"},
        {"number(\"x\")", "null"},
        {"number(\"1\", \"x\", null)", "null"},
        {"string(1.50)", "\"1.5\""},
        {"string(@\"2026-11-22\")", "\"2026-11-22\""},
        {"string([1, \"a\"])", "\"[1, \\\"a\\\"]\""},
        {"string(null)", "null"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void functions_of_text(void **state)
{
    static const struct row rows[] = {
        {"substring(\"foobar\", 3)", "\"obar\""},
        {"substring(\"foobar\", 3, 2)", "\"ob\""},
        {"substring(\"foobar\", -2, 1)", "\"a\""},
        {"substring(\"\\u00e9\\u20ac\\U01F600\", 2, 1)", "\"€\""},
        {"substring(\"foobar\", 0)", "null"},
        {"substring(\"foobar\", 9)", "null"},
        {"string length(\"\\u00e9\\u20ac\\U01F600\")", "3"},
        {"string  length(\"abc\")", "3"},
        {"upper case(\"straat é ž\")", "\"STRAAT É Ž\""},
        {"lower case(\"ÀŽ Ÿ ×\")", "\"àž ÿ ×\""},
        {"substring before(\"a-b-c\", \"-\")", "\"a\""},
        {"substring before(\"abc\", \"x\")", "\"\""},
        {"substring after(\"a-b-c\", \"-\")", "\"b-c\""},
        {"substring after(\"abc\", \"\")", "\"abc\""},
        {"contains(\"foobar\", \"ob\")", "true"},
        {"contains([\"foobar\"], \"of\")", "false"},
        {"contains(1, \"of\")", "null"},
        {"starts with(\"foobar\", \"fo\")", "true"},
        {"ends with(\"foobar\", \"r\")", "true"},
        {"ends with(\"r\", \"bar\")", "false"},
        {"split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]"},
        {"split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
        {"string join([\"a\", null, \"b\"], \"-\")", "\"a-b\""},
        {"string join([\"a\", \"b\"])", "\"ab\""},
        {"string join([1])", "null"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void patterns(void **state)
{
    static const struct row rows[] = {
        {"matches(\"foobar\", \"^fo*b\")", "true"},
        {"matches(\"foobar\", \"^o\")", "false"},
        {"matches(\"5751 AB\", \"^[1-9]\\d{3} ?[A-Z]{2}$\")", "true"},
        {"matches(\"0751 AB\", \"^[1-9]\\d{3} ?[A-Z]{2}$\")", "false"},
        {"matches(\"5751\", \"^\\d{5}$\")", "false"},
        {"matches(\"aaa\", \"^a{2}$\")", "false"},
        {"matches(\"aaa\", \"^a{2,3}$\")", "true"},
        {"matches(\"aaaa\", \"^a{2,3}$\")", "false"},
        {"matches(\"\", \"^a{0,2}$\")", "true"},
        {"matches(\"aa\", \"^a{0,2}$\")", "true"},
        {"matches(\"aaa\", \"^a{0,2}$\")", "false"},
        {"matches(\"aaaa\", \"^a{2,}$\")", "true"},
        {"matches(\"a\", \"^a{2,}$\")", "false"},
        {"matches(\"abab\", \"^(ab)+$\")", "true"},
        {"matches(\"cat\", \"^(cat|dog|bird)$\")", "true"},
        {"matches(\"bird\", \"^(cat|dog|bird)$\")", "true"},
        {"matches(\"catdog\", \"^(cat|dog|bird)$\")", "false"},
        {"matches(\"x\", \"[^a-f]\")", "true"},
        {"matches(\"c\", \"[^a-f]\")", "false"},
        {"matches(\"-\", \"[a\\-]\")", "true"},
        {"matches(\"É\", \"é\", \"i\")", "true"},
        {"matches(\"É\", \"[à-ê]\", \"i\")", "true"},
        {"matches(\"a\\nb\", \"a.b\")", "false"},
        {"matches(\"a\\nb\", \"a.b\", \"s\")", "true"},
        {"matches(\"a\\nb\", \"^b$\")", "false"},
        {"matches(\"a\\nb\", \"^b$\", \"m\")", "true"},
        {"matches(\"ab\", \"a b\", \"x\")", "true"},
        {"matches(\"a.b\", \"a.b\", \"q\")", "true"},
        {"matches(\"axb\", \"a.b\", \"q\")", "false"},
        {"matches(\"a\", \"a\", \"z\")", "null"},
        {"matches(\"a\", \"(\")", "null"},
        {"matches(\"a\", \"*\")", "null"},
        {"matches(\"a\", \"[b\")", "null"},
        {"matches(\"a\", \"a{2,1}\")", "null"},
        {"matches(\"aa\", \"(a)\\1\")", "null"},
        {"matches(\"a\", \"a{9999}\")", "null"},
        {"matches(\"a\", \"((((a{1,99}){1,99}){1,99}){1,99}){1,99}\")", "null"},
        {"matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\", \"(a*)*b\")", "false"},
        {"matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\", \"(a|aa)+$\")", "false"},
        {"replace(\"abracadabra\", \"bra\", \"*\")", "\"a*cada*\""},
        {"replace(\"abracadabra\", \"a.*a\", \"*\")", "\"*\""},
        {"replace(\"abracadabra\", \"a.*?a\", \"*\")", "\"*c*bra\""},
        {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
        {"replace(\"ab\", \"(a)(b)\", \"$2$1$0\")", "\"baab\""},
        {"replace(\"a\", \"a\", \"\\\\$\")", "\"$\""},
        {"replace(\"a\", \"a\", \"$\")", "null"},
        {"replace(\"abc\", \"x*\", \"-\")", "null"},
        {"replace(\"aBc\", \"b\", \"-\", \"i\")", "\"a-c\""},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void functions_of_numbers(void **state)
{
    static const struct row rows[] = {
        {"decimal(1/3, 2)", "0.33"},
        {"decimal(2.5, 0)", "2"},
        {"decimal(3.5, 0)", "4"},
        {"decimal(1234, -2)", "1200"},
        {"floor(-1.5)", "-2"},
        {"floor(1.56, 1)", "1.5"},
        {"ceiling(-1.5)", "-1"},
        {"round up(-5.1, 0)", "-6"},
        {"round up(5.1, 0)", "6"},
        {"round down(-5.9, 0)", "-5"},
        {"round half up(5.5, 0)", "6"},
        {"round half up(-5.5, 0)", "-6"},
        {"round half down(5.5, 0)", "5"},
        {"round half down(-5.5, 0)", "-5"},
        {"round half down(5.56, 1)", "5.6"},
        {"abs(-1)", "1"},
        {"abs(@\"-P1D\")", "duration(\"P1D\")"},
        {"modulo(12, 5)", "2"},
        {"modulo(-12, 5)", "3"},
        {"modulo(12, -5)", "-3"},
        {"modulo(10.1, 4.5)", "1.1"},
        {"modulo(1, 0)", "null"},
        {"sqrt(16)", "4"},
        {"sqrt(-1)", "null"},
        {"log(1)", "0"},
        {"log(0)", "null"},
        {"exp(0)", "1"},
        {"even(4)", "true"},
        {"even(-3)", "false"},
        {"odd(-3)", "true"},
        {"odd(1.5)", "false"},
        {"abs(\"a\")", "null"},
        {"day of year(@\"2026-02-01\")", "32"},
        {"day of week(@\"2026-11-22\")", "\"Sunday\""},
        {"month of year(@\"2026-11-22\")", "\"November\""},
        {"week of year(@\"2021-01-03\")", "53"},
        {"week of year(@\"2026-11-22\")", "47"},
        {"is(@\"10:00:00Z\", @\"11:00:00+01:00\")", "false"},
        {"is(1, 1.0)", "true"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void functions_of_lists(void **state)
{
    static const struct row rows[] = {
        {"list contains([1, null], null)", "true"},
        {"list contains([1], \"1\")", "false"},
        {"count([1, 2])", "2"},
        {"count(null)", "null"},
        {"min(1, 5, 3)", "1"},
        {"max([@\"2026-01-01\", @\"2026-02-01\"])", "date(\"2026-02-01\")"},
        {"max(\"a\", \"c\", \"b\")", "\"c\""},
        {"max(1, \"a\")", "null"},
        {"min([])", "null"},
        {"sum([1, 2.5])", "3.5"},
        {"sum([])", "null"},
        {"sum([1, \"a\"])", "null"},
        {"product(2, 3, 4)", "24"},
        {"mean([1, 2, 4])", "2.333333333333333333333333333333333"},
        {"median(8, 2, 5, 3, 4)", "4"},
        {"median([6, 1, 2, 3])", "2.5"},
        {"mode(6, 3, 9, 6, 6)", "[6]"},
        {"mode([6, 1, 9, 6, 1])", "[1, 6]"},
        {"stddev([4])", "null"},
        {"stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"},
        {"all([true, false])", "false"},
        {"all(true, null)", "null"},
        {"all([])", "true"},
        {"any([false, true])", "true"},
        {"any([false, null])", "null"},
        {"any([])", "false"},
        {"append([1], 2, 3)", "[1, 2, 3]"},
        {"concatenate([1], [2, 3])", "[1, 2, 3]"},
        {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
        {"insert before([1], 2, 2)", "[1, 2]"},
        {"insert before([1], 3, 2)", "null"},
        {"remove([1, 2, 3], 2)", "[1, 3]"},
        {"remove([1, 2, 3], -1)", "[1, 2]"},
        {"list replace([1, 2], 2, 9)", "[1, 9]"},
        {"sublist([1, 2, 3], 2)", "[2, 3]"},
        {"sublist([1, 2, 3], -2, 1)", "[2]"},
        {"sublist([1, 2, 3], 2, 3)", "null"},
        {"reverse([1, 2])", "[2, 1]"},
        {"index of([1, 2, 1], 1)", "[1, 3]"},
        {"union([1, 2], [2, 3])", "[1, 2, 3]"},
        {"distinct values([1, 2, 1, null, null])", "[1, 2, null]"},
        {"flatten([[1, [2]], 3])", "[1, 2, 3]"},
        {"get value({a: 1}, \"a\")", "1"},
        {"get value({a: {b: 1}}, [\"a\", \"b\"])", "1"},
        {"get value({a: 1}, [\"a\", \"b\"])", "null"},
        {"get value({a: 1}, [])", "null"},
        {"get entries({a: 1})", "[{\"key\": \"a\", \"value\": 1}]"},
        {"context put({a: 1}, \"a\", 2)", "{\"a\": 2}"},
        {"context put({a: 1}, \"b\", 2)", "{\"a\": 1, \"b\": 2}"},
        {"context put({a: {b: 1}, c: 3}, [\"a\", \"b\"], 2)", "{\"a\": {\"b\": 2}, \"c\": 3}"},
        {"context put({a: 1}, [\"a\", \"b\"], 2)", "null"},
        {"context put({a: 1}, [], 2)", "null"},
        {"context put(context: {}, keys: [\"a\"], value: 2)", "{\"a\": 2}"},
        {"context([{key: \"a\", value: 1}, {key: \"b\", value: null}])", "{\"a\": 1, \"b\": null}"},
        {"context({key: \"a\", value: 1})", "{\"a\": 1}"},
        {"context([])", "{}"},
        {"context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", "null"},
        {"context([{key: \"a\"}])", "null"},
        {"context([1])", "null"},
        {"context(get entries({a: 1}))", "{\"a\": 1}"},
        {"context merge([{a: 1, b: 2}, {b: 3}, {}])", "{\"a\": 1, \"b\": 3}"},
        {"context merge([{a: 1}, 2])", "null"},
        {"context merge([])", "{}"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void functions_of_ranges(void **state)
{
    static const struct row rows[] = {
        {"range(\"[1..5)\")", "[1..5)"},
        {"3 in range(from: \"]1..5]\")", "true"},
        {"range(\"[date(\\\"2026-01-01\\\")..@\\\"2026-02-01\\\"]\").end", "date(\"2026-02-01\")"},
        {"range(\"1..5\")", "null"},
        {"range(\"[a..b]\")", "null"},
        {"range(\"5\")", "null"},
        {"before(1, 10)", "true"},
        {"before(10, 1)", "false"},
        {"before(1, (1..10])", "true"},
        {"before(1, [1..10])", "false"},
        {"before([1..10), 10)", "true"},
        {"before([1..5), [5..10])", "true"},
        {"before([1..5], [5..10])", "false"},
        {"before([1..5], (>= 6))", "true"},
        {"before((< 5), 5)", "true"},
        {"after(10, 1)", "true"},
        {"after([6..9], [1..5])", "true"},
        {"meets([1..5], [5..10])", "true"},
        {"meets([1..5), [5..10])", "false"},
        {"met by([5..10], [1..5])", "true"},
        {"overlaps([1..5], [5..8])", "true"},
        {"overlaps([1..5), [5..8])", "false"},
        {"overlaps before([1..5], [4..10])", "true"},
        {"overlaps before([1..5], [6..10])", "false"},
        {"overlaps after([4..10], [1..5])", "true"},
        {"finishes(10, [1..10])", "true"},
        {"finishes(10, [1..10))", "false"},
        {"finishes([5..10], [1..10])", "true"},
        {"finished by([1..10], 10)", "true"},
        {"includes([1..10], 5)", "true"},
        {"includes([1..10), 10)", "false"},
        {"includes((1..10), (1..10))", "true"},
        {"during(5, [1..10])", "true"},
        {"starts(1, [1..10])", "true"},
        {"starts(1, (1..10])", "false"},
        {"started by([1..10], [1..5])", "true"},
        {"coincides([1..5], [1..5])", "true"},
        {"coincides(3, 4)", "false"},
        {"before(1, \"a\")", "null"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

/* Names with spaces and signs: the longest that is known. */
static void names_are_the_longest_that_fit(void **state)
{
    static const struct slice names[] = {
        {"Approval Status", 15}, {"Approval", 8}, {"Pre-bureau risk", 15}, {"a", 1}, {"a+b", 3},
        {"not so", 6},           {"structA", 7},  {"two  gaps", 9}};
    static const struct feel_syntax syntax = {names, COUNT(names), 0};
    struct value values[COUNT(names)], member = value_of_int(100);
    struct entry entries[COUNT(names)], price = {{"unit price", 10}, &member};
    struct feel_scope scope = {entries, COUNT(names)};
    struct feel_fault fault;
    static const struct row rows[] = {
        {"Approval Status", "0"},
        {"Approval   Status * 2", "0"},
        {"Approval + 1", "2"},
        {"Pre-bureau risk - 1", "1"},
        {"a+b", "4"},
        {"a + b", "null"},
        {"a +a", "6"},
        {"not so", "5"},
        {"two gaps", "7"},
        {"two  gaps + 1", "8"},
        {"structA.unit price", "100"},
        {"structA.unit price > 10", "true"},
        {"{a: 9, c: a}.c", "9"},
        {"for a in [7] return a", "[7]"},
        {"[1, 5][item > a]", "[5]"},
        {"unknown", "null"},
        {"aa", "null"},
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        values[i] = value_of_int((int64_t)i);
        entries[i] = (struct entry){names[i], &values[i]};
    }
    values[6] = (struct value){.kind = VALUE_CONTEXT};
    values[6].context.entries = &price;
    values[6].context.count = 1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct feel *feel = feel_parse_expression(slice_of(rows[i].text), &syntax, arena, &fault);
        assert_non_null(feel);
        struct value value = feel_eval(feel, &scope, arena);
        same_text(rows[i].text, rows[i].value, printed(arena, value_text(&value, arena)));
    }
    arena_free(&arena);
}

/* What takes too long or grows too large is null, and soon. */
static void budgets_end_in_null(void **state)
{
    static const char *const texts[] = {
        "for i in 1..1000000 return i",
        "for i in 1..1000, j in 1..1000 return i * j",
        "some i in 1..1000, j in 1..1000 satisfies i > j + 1000",
        "count((for i in 1..90000 return i)[item > 0])",
        "for i in 1..400 return for j in 1..400 return i",
        "{a: [1,1,1,1,1,1,1,1], b: [a,a,a,a,a,a,a,a], c: [b,b,b,b,b,b,b,b], d: [c,c,c,c,c,c,c,c], e: "
        "[d,d,d,d,d,d,d,d], f: [e,e,e,e,e,e,e,e], g: [f,f,f,f,f,f,f,f], h: [g,g,g,g,g,g,g,g]}",
        "{a: \"0123456789abcdef\", b: a+a+a+a+a+a+a+a+a+a, c: b+b+b+b+b+b+b+b+b+b, d: c+c+c+c+c+c+c+c+c+c, "
        "e: "
        "d+d+d+d+d+d+d+d+d+d, f: e+e+e+e+e+e+e+e+e+e, g: f+f+f+f+f+f+f+f+f+f}.g",
        "distinct values(for i in 1..5000 return i)",
        "for i in 1..300 return matches(string join(for j in 1..300 return \"a\"), \"(a|b|c|d|e|f|g|h)*x\")",
    };
    struct arena *arena = arena_new(0);
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct value value = value_of(arena, texts[i]);
        same_text(texts[i], "null", printed(arena, value_text(&value, arena)));
    }
    assert_true(arena_size(arena) < COUNT(texts) * 3 * 4 * 1024 * 1024);
    arena_free(&arena);
}

/* The kind of what an expression gives with a number and a text of 3,500 letters in it. */
static enum value_kind kind_with_letters(const char *before, int count, const char *between,
                                         const char *behind)
{
    char letters[3500 + 1];
    struct arena *arena = arena_new(0);
    memset(letters, 'a', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    struct value value =
        value_of(arena, arena_printf(arena, "%s%d%s\"%s\"%s", before, count, between, letters, behind));
    enum value_kind kind = value.kind;
    arena_free(&arena);
    return kind;
}

/* Few steps, but much memory in each. */
static void memory_has_a_budget(void **state)
{
    (void)state;
    assert_int_equal(kind_with_letters("count(for i in 1..", 1000, " return ", " + \"b\")"), VALUE_NUMBER);
    assert_int_equal(kind_with_letters("count(for i in 1..", 1250, " return ", " + \"b\")"), VALUE_NULL);
}

static void patterns_take_steps(void **state)
{
    static const char pattern[] = ", \"a{0,200}b\"))";
    (void)state;
    assert_int_equal(kind_with_letters("count(for i in 1..", 2, " return matches(", pattern), VALUE_NUMBER);
    assert_int_equal(kind_with_letters("count(for i in 1..", 20, " return matches(", pattern), VALUE_NULL);
}

static void loops_within_the_budget_finish(void **state)
{
    static const struct row rows[] = {
        {"count(for i in 1..10000 return i)", "10000"},
        {"sum(for i in 1..100, j in 1..10 return i)", "50500"},
        {"string length(string join(for i in 1..1000 return \"abc\"))", "3000"},
        {"string length(replace(string join(for i in 1..3000 return \"a\"), \"a\", \"bb\"))", "6000"},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void constants_are_known(void **state)
{
    static const struct {
        const char *text;
        bool is_constant;
    } rows[] = {
        {"5", true},
        {"-5", true},
        {"\"a\"", true},
        {"[1, [2]]", true},
        {"date(\"2026-11-22\")", true},
        {"null", true},
        {"[1..5]", true},
        {"1 + 1", false},
        {"x", false},
        {"[x]", false},
        {"{a: 1}", false},
        {"abs(1)", false},
        {"(\"a\")", true},
    };
    struct arena *arena = arena_new(0);
    struct feel_fault fault;
    struct value value;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct feel *feel = feel_parse_expression(slice_of(rows[i].text), NULL, arena, &fault);
        assert_int_equal(feel_constant(feel, &value), rows[i].is_constant);
    }
    assert_true(feel_constant(tests_of(arena, "\"a\"", NULL), &value));
    assert_int_equal(value.kind, VALUE_STRING);
    assert_false(feel_constant(tests_of(arena, "\"a\", \"b\"", NULL), &value));
    assert_false(feel_constant(tests_of(arena, "not(\"a\")", NULL), &value));
    assert_false(feel_constant(tests_of(arena, "-", NULL), &value));
    assert_false(feel_constant(tests_of(arena, "< 5", NULL), &value));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(arithmetic_binds_as_the_standard_says),
        cmocka_unit_test(comparison_and_logic_are_three_valued),
        cmocka_unit_test(control_and_loops),
        cmocka_unit_test(paths_and_filters),
        cmocka_unit_test(dates_and_durations_are_added),
        cmocka_unit_test(conversions),
        cmocka_unit_test(functions_of_text),
        cmocka_unit_test(patterns),
        cmocka_unit_test(functions_of_numbers),
        cmocka_unit_test(functions_of_lists),
        cmocka_unit_test(functions_of_ranges),
        cmocka_unit_test(names_are_the_longest_that_fit),
        cmocka_unit_test(budgets_end_in_null),
        cmocka_unit_test(memory_has_a_budget),
        cmocka_unit_test(patterns_take_steps),
        cmocka_unit_test(loops_within_the_budget_finish),
        cmocka_unit_test(constants_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
