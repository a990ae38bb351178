/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader makes one pass. It does not track styles: it keeps the open tags and evaluates them at
 * the first visible character. It looks ahead for the end of unclosed quotes and comments only
 * once, so that it stays linear.
 */
#include "html.h"

#include <string.h>

#define DEPTH_MAX  64 /* open tags; deeper ones have no effect */
#define ENTITY_MAX 12 /* longer than the longest known entity, in bytes */

/* --- tags ------------------------------------------------------------------------------------- */

typedef enum {
    ROLE_STYLE, /* only changes how its content looks */
    ROLE_FONT,
    ROLE_BLOCK, /* its content begins and ends lines */
    ROLE_BREAK,
    ROLE_RULE, /* a line of dashes */
    ROLE_LINK,
    ROLE_IMAGE
} role;

typedef struct {
    const char *name;
    role role;
    char effect; /* as in the format's EF; 0 if it has none */
} html_element;

static const html_element elements[] = {
    {"b", ROLE_STYLE, 'B'},       {"strong", ROLE_STYLE, 'B'}, {"i", ROLE_STYLE, 'I'},
    {"em", ROLE_STYLE, 'I'},      {"u", ROLE_STYLE, 'U'},      {"ins", ROLE_STYLE, 'U'},
    {"s", ROLE_STYLE, 'S'},       {"strike", ROLE_STYLE, 'S'}, {"del", ROLE_STYLE, 'S'},
    {"font", ROLE_FONT, 0},       {"span", ROLE_STYLE, 0},     {"html", ROLE_STYLE, 0},
    {"body", ROLE_STYLE, 0},      {"a", ROLE_LINK, 0},         {"img", ROLE_IMAGE, 0},
    {"br", ROLE_BREAK, 0},        {"hr", ROLE_RULE, 0},        {"p", ROLE_BLOCK, 0},
    {"div", ROLE_BLOCK, 0},       {"li", ROLE_BLOCK, 0},       {"ul", ROLE_BLOCK, 0},
    {"ol", ROLE_BLOCK, 0},        {"tr", ROLE_BLOCK, 0},       {"table", ROLE_BLOCK, 0},
    {"h1", ROLE_BLOCK, 'B'},      {"h2", ROLE_BLOCK, 'B'},     {"h3", ROLE_BLOCK, 'B'},
    {"h4", ROLE_BLOCK, 'B'},      {"h5", ROLE_BLOCK, 'B'},     {"h6", ROLE_BLOCK, 'B'},
    {"pre", ROLE_BLOCK, 0},       {"dt", ROLE_BLOCK, 0},       {"dd", ROLE_BLOCK, 0},
    {"blockquote", ROLE_BLOCK, 0}};

/* Tags of other elements are ignored. What is none of HTML is text in angle brackets. */
static const char *const ignored[] = {
    "abbr",  "acronym", "address", "big",   "blink", "center", "cite",  "code",
    "dfn",   "dl",      "head",    "kbd",   "mark",  "meta",   "nobr",  "q",
    "samp",  "script",  "small",   "style", "sub",   "sup",    "tbody", "td",
    "tfoot", "th",      "thead",   "title", "tt",    "var",    "wbr"};

static bool is_ignored(msnp_str name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
        if (msnp_str_is_nocase(name, ignored[i]))
            return true;
    return false;
}

static const html_element *find_element(msnp_str name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++)
        if (msnp_str_is_nocase(name, elements[i].name))
            return &elements[i];
    return NULL;
}

typedef struct {
    const html_element *element;
    msnp_str attributes;
} open_tag;

typedef struct {
    msnp_str rest; /* of the HTML */
    GString *text;
    msnp_format *format;
    bool format_known;
    msnp_format typed; /* the codes of IRC that are in force; no font, no direction */
    bool break_due;    /* at the border of a block: the next character begins a new line */
    bool quotes_lost;  /* some tag had an unclosed quote: ignore quotes from now on */
    bool comments_lost;
    open_tag open[DEPTH_MAX];
    size_t depth;
    char *address; /* of the link that is open, else NULL */
    size_t label;  /* where in `text` its label begins */
} html_reader;

/* --- entities --------------------------------------------------------------------------------- */

static bool read_numeric(msnp_str digits, gunichar *c)
{
    bool hex = digits.len > 0 && g_ascii_tolower(digits.ptr[0]) == 'x';
    uint64_t value;

    if (!(hex ? msnp_parse_hex((msnp_str){digits.ptr + 1, digits.len - 1}, 0x10FFFF, &value)
              : msnp_parse_uint(digits, 0x10FFFF, &value)))
        return false;
    *c = (gunichar)value;
    return value != 0 && g_unichar_validate(*c);
}

static bool read_named(msnp_str name, gunichar *c)
{
    static const struct {
        const char *name;
        gunichar c;
    } names[] = {{"amp", '&'},   {"lt", '<'},   {"gt", '>'},      {"quot", '"'},
                 {"apos", '\''}, {"nbsp", ' '}, {"copy", 0x00A9}, {"reg", 0x00AE}};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (msnp_str_is(name, names[i].name)) {
            *c = names[i].c;
            return true;
        }
    }
    return false;
}

/* Takes off an entity. If the text does not begin with one, returns false and changes nothing. */
static bool take_entity(msnp_str *text, gunichar *c)
{
    const char *end = text->len > 0 && text->ptr[0] == '&'
                          ? memchr(text->ptr, ';', MIN(text->len, ENTITY_MAX))
                          : NULL;

    if (end == NULL)
        return false;
    msnp_str name = {text->ptr + 1, (size_t)(end - text->ptr) - 1};
    bool numeric = name.len > 0 && name.ptr[0] == '#';
    if (!(numeric ? read_numeric((msnp_str){name.ptr + 1, name.len - 1}, c) : read_named(name, c)))
        return false;
    size_t taken = name.len + 2;
    *text = (msnp_str){text->ptr + taken, text->len - taken};
    return true;
}

/* The value of an attribute with its entities decoded; the caller frees it. */
static char *unescape(msnp_str value)
{
    GString *out = g_string_sized_new(value.len);
    gunichar c;

    while (value.len > 0) {
        if (take_entity(&value, &c)) {
            g_string_append_unichar(out, c);
        } else {
            g_string_append_c(out, value.ptr[0]);
            value = (msnp_str){value.ptr + 1, value.len - 1};
        }
    }
    return g_string_free(out, FALSE);
}

/* --- attributes ------------------------------------------------------------------------------- */

static size_t skip_blanks(msnp_str text, size_t at)
{
    while (at < text.len && g_ascii_isspace(text.ptr[at]))
        at++;
    return at;
}

/* The value that begins at `at`, with or without quotes; sets `end`. */
static msnp_str attribute_value(msnp_str text, size_t at, size_t *end)
{
    bool quoted = at < text.len && (text.ptr[at] == '"' || text.ptr[at] == '\'');
    size_t from = quoted ? at + 1 : at;
    size_t n = from;

    while (n < text.len && (quoted ? text.ptr[n] != text.ptr[at] : !g_ascii_isspace(text.ptr[n])))
        n++;
    *end = quoted && n < text.len ? n + 1 : n;
    return (msnp_str){text.ptr + from, n - from};
}

/* Takes off the next attribute; false at the end. */
static bool take_attribute(msnp_str *text, msnp_str *name, msnp_str *value)
{
    size_t from = skip_blanks(*text, 0);
    size_t n = from;

    while (n < text->len && !g_ascii_isspace(text->ptr[n]) && text->ptr[n] != '=')
        n++;
    *name = (msnp_str){text->ptr + from, n - from};
    *value = (msnp_str){"", 0};
    n = skip_blanks(*text, n);
    if (n < text->len && text->ptr[n] == '=')
        *value = attribute_value(*text, skip_blanks(*text, n + 1), &n);
    *text = (msnp_str){text->ptr + n, text->len - n};
    return n > from;
}

/* The value of the first attribute of this name; NULL if there is none. The caller frees it. */
static char *get_attribute(msnp_str attributes, const char *wanted)
{
    msnp_str name, value;

    while (take_attribute(&attributes, &name, &value))
        if (msnp_str_is_nocase(name, wanted))
            return unescape(value);
    return NULL;
}

/* --- styles ----------------------------------------------------------------------------------- */

static void read_colour(msnp_format *format, msnp_str value)
{
    static const struct {
        const char *name;
        uint32_t colour;
    } names[] = {
        {"black", 0x000000},   {"silver", 0xC0C0C0},  {"gray", 0x808080},  {"grey", 0x808080},
        {"white", 0xFFFFFF},   {"maroon", 0x800000},  {"red", 0xFF0000},   {"purple", 0x800080},
        {"fuchsia", 0xFF00FF}, {"magenta", 0xFF00FF}, {"green", 0x008000}, {"lime", 0x00FF00},
        {"olive", 0x808000},   {"yellow", 0xFFFF00},  {"navy", 0x000080},  {"blue", 0x0000FF},
        {"teal", 0x008080},    {"aqua", 0x00FFFF},    {"cyan", 0x00FFFF},  {"orange", 0xFFA500}};
    bool is_short = value.len == 4;
    uint64_t number;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (msnp_str_is_nocase(value, names[i].name))
            format->colour = names[i].colour;
    if ((value.len != 7 && !is_short) || value.ptr[0] != '#' ||
        !msnp_parse_hex((msnp_str){value.ptr + 1, value.len - 1}, 0xFFFFFF, &number))
        return;
    if (is_short) /* "#rgb" means "#rrggbb" */
        number = ((number & 0xF00) << 8 | (number & 0xF0) << 4 | (number & 0xF)) * 0x11;
    format->colour = (uint32_t)number;
}

static void read_weight(msnp_format *format, msnp_str value)
{
    uint64_t weight;

    if (msnp_parse_uint(value, 1000, &weight))
        format->bold = weight >= 600;
    else if (msnp_str_is_nocase(value, "bold") || msnp_str_is_nocase(value, "bolder"))
        format->bold = true;
    else if (msnp_str_is_nocase(value, "normal") || msnp_str_is_nocase(value, "lighter"))
        format->bold = false;
}

static void read_slant(msnp_format *format, msnp_str value)
{
    if (msnp_str_is_nocase(value, "italic") || msnp_str_is_nocase(value, "oblique"))
        format->italic = true;
    else if (msnp_str_is_nocase(value, "normal"))
        format->italic = false;
}

/* Decorations are not inherited but drawn across the whole content: inner tags cannot end them. */
static void read_decoration(msnp_format *format, msnp_str value)
{
    char *words = g_ascii_strdown(value.ptr, (gssize)value.len);

    format->underline |= strstr(words, "underline") != NULL;
    format->strike |= strstr(words, "line-through") != NULL;
    g_free(words);
}

static void read_family(msnp_format *format, msnp_str value)
{
    char *family = msnp_str_dup(value);

    msnp_format_set_font(format, g_strdelimit(family, "\"'", ' '));
    g_free(family);
}

static void read_direction(msnp_format *format, msnp_str value)
{
    if (msnp_str_is_nocase(value, "rtl"))
        format->rtl = true;
    else if (msnp_str_is_nocase(value, "ltr"))
        format->rtl = false;
}

static void read_face(msnp_format *format, msnp_str value)
{
    char *face = msnp_str_dup(value);

    msnp_format_set_font(format, face);
    g_free(face);
}

static void read_css(msnp_format *format, msnp_str style)
{
    static const struct {
        const char *property;
        void (*read)(msnp_format *format, msnp_str value);
    } properties[] = {
        {"font-weight", read_weight},         {"font-style", read_slant},
        {"text-decoration", read_decoration}, {"text-decoration-line", read_decoration},
        {"font-family", read_family},         {"color", read_colour},
        {"direction", read_direction}};
    msnp_str property, value;

    while (msnp_take_pair(&style, ':', &property, &value))
        for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
            if (msnp_str_is_nocase(property, properties[i].property))
                properties[i].read(format, value);
}

/* Applies the attribute, if there is one. */
static void apply(msnp_format *format, msnp_str attributes, const char *name,
                  void (*read)(msnp_format *format, msnp_str value))
{
    char *value = get_attribute(attributes, name);

    if (value != NULL)
        read(format, msnp_str_of(value));
    g_free(value);
}

static void apply_tag(msnp_format *format, const open_tag *tag)
{
    format->bold |= tag->element->effect == 'B';
    format->italic |= tag->element->effect == 'I';
    format->underline |= tag->element->effect == 'U';
    format->strike |= tag->element->effect == 'S';
    if (tag->element->role == ROLE_FONT) {
        apply(format, tag->attributes, "face", read_face);
        apply(format, tag->attributes, "color", read_colour);
    }
    apply(format, tag->attributes, "dir", read_direction);
    apply(format, tag->attributes, "style", read_css);
}

static void apply_typed(msnp_format *format, const msnp_format *typed)
{
    format->bold |= typed->bold;
    format->italic |= typed->italic;
    format->underline |= typed->underline;
    format->strike |= typed->strike;
    if (typed->colour != 0)
        format->colour = typed->colour;
}

/* --- text ------------------------------------------------------------------------------------- */

static bool is_visible(gunichar c)
{
    return !g_unichar_isspace(c) && g_unichar_type(c) != G_UNICODE_FORMAT;
}

/* Ends the line at the border of a block, unless the line is empty. */
static void put_due_break(html_reader *reader)
{
    GString *text = reader->text;

    if (reader->break_due && text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    reader->break_due = false;
}

/* Adds a character of msnp_text_take(). */
static void put_char(html_reader *reader, gunichar c)
{
    if (c == 0)
        return;
    put_due_break(reader);
    g_string_append_unichar(reader->text, c);
    if (reader->format_known || !is_visible(c))
        return;
    reader->format_known = true;
    for (size_t i = 0; i < reader->depth; i++)
        apply_tag(reader->format, &reader->open[i]);
    apply_typed(reader->format, &reader->typed);
}

static void put_text(html_reader *reader, const char *text)
{
    for (msnp_str rest = msnp_str_of(text); rest.len > 0;)
        put_char(reader, msnp_text_take(&rest));
}

/* --- links and images ------------------------------------------------------------------------- */

/* Does the label contain the address, apart from scheme and trailing slash? */
static bool is_in_label(const char *label, const char *address)
{
    static const char *const schemes[] = {"mailto:", "http://", "https://"};
    size_t scheme = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_str_has_prefix(address, schemes[i]))
            scheme = strlen(schemes[i]);
    char *bare = g_strdup(address + scheme);
    if (g_str_has_suffix(bare, "/"))
        bare[strlen(bare) - 1] = '\0';
    bool found = strstr(label, bare) != NULL;
    g_free(bare);
    return found;
}

static void end_link(html_reader *reader)
{
    char *address = reader->address;
    const char *label = reader->text->str + reader->label;

    if (address == NULL)
        return;
    reader->address = NULL;
    if (label[strspn(label, " \t\n")] == '\0') {
        put_text(reader, address);
    } else if (!is_in_label(label, address)) {
        put_text(reader, " (");
        put_text(reader, address);
        put_text(reader, ")");
    }
    g_free(address);
}

/* An attribute to be shown, as clean text of one line; NULL if there is nothing to show. */
static char *shown_attribute(msnp_str attributes, const char *name)
{
    char *value = get_attribute(attributes, name);
    char *clean = value != NULL ? msnp_text_clean(value, strlen(value), SIZE_MAX) : NULL;

    g_free(value);
    if (clean == NULL || clean[0] != '\0')
        return clean;
    g_free(clean);
    return NULL;
}

static void start_link(html_reader *reader, msnp_str attributes)
{
    end_link(reader);
    reader->address = shown_attribute(attributes, "href");
    reader->label = reader->text->len;
}

static void put_image(html_reader *reader, msnp_str attributes)
{
    char *description = shown_attribute(attributes, "alt");

    if (description != NULL)
        put_text(reader, description);
    g_free(description);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void push(html_reader *reader, const html_element *element, msnp_str attributes)
{
    if (reader->depth < DEPTH_MAX)
        reader->open[reader->depth++] = (open_tag){element, attributes};
}

/* Closes the innermost open tag of this kind; tags opened inside it stay open. */
static void pop(html_reader *reader, const html_element *element)
{
    size_t i = reader->depth;

    while (i > 0 && reader->open[i - 1].element != element)
        i--;
    if (i == 0)
        return;
    memmove(&reader->open[i - 1], &reader->open[i], (reader->depth - i) * sizeof(reader->open[0]));
    reader->depth--;
}

static void open_element(html_reader *reader, const html_element *element, msnp_str attributes)
{
    switch (element->role) {
    case ROLE_BREAK:
        put_char(reader, '\n');
        return;
    case ROLE_RULE:
        reader->break_due = true;
        put_text(reader, "----------");
        reader->break_due = true;
        return;
    case ROLE_IMAGE:
        put_image(reader, attributes);
        return;
    case ROLE_LINK:
        start_link(reader, attributes);
        break;
    case ROLE_BLOCK:
        reader->break_due = true;
        break;
    case ROLE_STYLE:
    case ROLE_FONT:
        break;
    }
    push(reader, element, attributes);
}

static void close_element(html_reader *reader, const html_element *element)
{
    if (element->role == ROLE_LINK)
        end_link(reader);
    if (element->role == ROLE_BREAK) /* "</br>" is one, too, as in browsers */
        put_char(reader, '\n');
    if (element->role == ROLE_BLOCK)
        reader->break_due = true;
    pop(reader, element);
}

/* The length of the name at the beginning of this text; 0 if there is none. */
static size_t name_length(msnp_str text)
{
    size_t n = 0;

    while (n < text.len && (g_ascii_isalnum(text.ptr[n]) || strchr(":-", text.ptr[n]) != NULL))
        n++;
    bool proper = n > 0 && g_ascii_isalpha(text.ptr[0]) && g_ascii_isalnum(text.ptr[n - 1]);
    bool ended =
        n < text.len && (g_ascii_isspace(text.ptr[n]) || strchr("/>", text.ptr[n]) != NULL);
    return proper && ended ? n : 0;
}

/* Finds the '>' of the tag at the beginning; NULL if a '<' or the end comes first. */
static const char *find_end(msnp_str text)
{
    for (size_t i = 1; i < text.len && text.ptr[i] != '<'; i++)
        if (text.ptr[i] == '>')
            return text.ptr + i;
    return NULL;
}

/* The same, skipping quotes after '='; sets `quoted` if there were any. */
static const char *find_end_quoted(msnp_str text, bool *quoted)
{
    bool value = false;

    for (size_t i = 1; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '>')
            return text.ptr + i;
        if (c == '<')
            return NULL;
        if (value && (c == '"' || c == '\'')) {
            const char *quote = memchr(text.ptr + i + 1, c, text.len - i - 1);
            *quoted = true;
            if (quote == NULL)
                return NULL;
            i = (size_t)(quote - text.ptr);
        }
        value = c == '=' || (value && g_ascii_isspace(c));
    }
    return NULL;
}

static const char *find_tag_end(html_reader *reader)
{
    bool quoted = false;
    const char *end = reader->quotes_lost ? NULL : find_end_quoted(reader->rest, &quoted);

    if (end != NULL)
        return end;
    reader->quotes_lost |= quoted;
    return reader->quotes_lost ? find_end(reader->rest) : NULL;
}

static void skip(html_reader *reader, size_t len)
{
    reader->rest = (msnp_str){reader->rest.ptr + len, reader->rest.len - len};
}

/* --- codes of IRC ----------------------------------------------------------------------------- */

/* Takes up to two digits; false if there are none. */
static bool take_number(html_reader *reader, uint64_t *number)
{
    size_t n = 0;

    while (n < 2 && n < reader->rest.len && g_ascii_isdigit(reader->rest.ptr[n]))
        n++;
    if (!msnp_parse_uint((msnp_str){reader->rest.ptr, n}, 99, number))
        return false;
    skip(reader, n);
    return true;
}

/* After ^C: the number of a colour, and perhaps that of the background, which nobody would see. */
static uint32_t take_colour(html_reader *reader)
{
    /* White is left to the reader, who may have white paper; so is what few programs know. */
    static const uint32_t colours[] = {0,        0,        0x00007F, 0x009300, 0xFF0000, 0x7F0000,
                                       0x9C009C, 0xFC7F00, 0xFFFF00, 0x00FC00, 0x009393, 0x00FFFF,
                                       0x0000FC, 0xFF00FF, 0x7F7F7F, 0xD2D2D2};
    uint64_t number, background;

    if (!take_number(reader, &number))
        return 0;
    if (reader->rest.len > 1 && reader->rest.ptr[0] == ',' &&
        g_ascii_isdigit(reader->rest.ptr[1])) {
        skip(reader, 1);
        (void)take_number(reader, &background);
    }
    return number < G_N_ELEMENTS(colours) ? colours[number] : 0;
}

/* Those who write on IRC (through BitlBee) format with control characters. */
static bool take_code(html_reader *reader)
{
    msnp_format *typed = &reader->typed;

    switch (reader->rest.ptr[0]) {
    case '\x02':
        typed->bold = !typed->bold;
        break;
    case '\x1d':
        typed->italic = !typed->italic;
        break;
    case '\x1e':
        typed->strike = !typed->strike;
        break;
    case '\x1f':
        typed->underline = !typed->underline;
        break;
    case '\x0f':
        msnp_format_init(typed);
        break;
    case '\x03':
        skip(reader, 1);
        typed->colour = take_colour(reader);
        return true;
    default: /* what else there is has no effect, and vanishes as all control characters do */
        return false;
    }
    skip(reader, 1);
    return true;
}

/* --- tags and characters ---------------------------------------------------------------------- */

static bool take_tag(html_reader *reader)
{
    msnp_str rest = reader->rest;
    bool other = rest.len > 2 && strchr("!?", rest.ptr[1]) != NULL;
    bool closing = rest.len > 2 && rest.ptr[1] == '/';
    size_t from = other || closing ? 2 : 1;
    msnp_str name = {rest.ptr + from, name_length((msnp_str){rest.ptr + from, rest.len - from})};
    const html_element *element = other ? NULL : find_element(name);

    /* First, so that text does not make it look for the end again and again. */
    if (name.len == 0 || (element == NULL && !other && !is_ignored(name)))
        return false;

    const char *end = find_tag_end(reader);
    const char *attributes = name.ptr + name.len;
    if (end == NULL)
        return false;
    if (element != NULL && closing)
        close_element(reader, element);
    else if (element != NULL)
        open_element(reader, element, (msnp_str){attributes, (size_t)(end - attributes)});
    skip(reader, (size_t)(end - rest.ptr) + 1);
    return true;
}

static bool starts_with(msnp_str text, const char *start)
{
    size_t len = strlen(start);

    return text.len >= len && memcmp(text.ptr, start, len) == 0;
}

static bool take_comment(html_reader *reader)
{
    if (reader->comments_lost || !starts_with(reader->rest, "<!--"))
        return false;
    msnp_str rest = {reader->rest.ptr + 4, reader->rest.len - 4};
    while (rest.len > 0 && !starts_with(rest, "-->"))
        rest = (msnp_str){rest.ptr + 1, rest.len - 1};
    reader->comments_lost = rest.len == 0;
    if (reader->comments_lost)
        return false;
    skip(reader, (size_t)(rest.ptr - reader->rest.ptr) + 3);
    return true;
}

/* Reads the next character; a line break where a line ends anyway is not counted twice. */
static void take_char(html_reader *reader)
{
    gunichar c = msnp_text_take(&reader->rest);

    if (c == '\n' && reader->text->len > 0)
        reader->break_due = false;
    put_char(reader, c);
}

static void take_next(html_reader *reader)
{
    gunichar c;

    if (reader->rest.ptr[0] == '<' && (take_comment(reader) || take_tag(reader)))
        return;
    if (take_code(reader))
        return;
    if (take_entity(&reader->rest, &c)) {
        char bytes[6];
        msnp_str one = {bytes, (size_t)g_unichar_to_utf8(c, bytes)};
        put_char(reader, msnp_text_take(&one));
        return;
    }
    take_char(reader);
}

char *prpl_html_read(const char *html, msnp_format *format)
{
    html_reader reader = {
        .rest = msnp_str_of(html), .text = g_string_sized_new(strlen(html)), .format = format};

    msnp_format_init(format);
    msnp_format_init(&reader.typed);
    while (reader.rest.len > 0)
        take_next(&reader);
    end_link(&reader);
    return g_string_free(reader.text, FALSE);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void escape(GString *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        switch (*p) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\n':
            g_string_append(out, "<br>");
            break;
        default:
            g_string_append_c(out, *p);
        }
    }
}

static void write_font(GString *out, const msnp_format *format)
{
    g_string_append(out, "<font");
    if (format->font[0] != '\0') {
        g_string_append(out, " face=\"");
        escape(out, format->font);
        g_string_append_c(out, '"');
    }
    if (format->colour != 0)
        g_string_append_printf(out, " color=\"#%06x\"", format->colour & 0xFFFFFF);
    g_string_append_c(out, '>');
}

char *prpl_html_write(const char *text, const msnp_format *format)
{
    bool font = format->font[0] != '\0' || format->colour != 0;
    char *clean = msnp_text_clean_lines(msnp_str_of(text));
    GString *out = g_string_sized_new(strlen(clean) + 64);

    g_string_append(out, format->rtl ? "<span style=\"direction:rtl;text-align:right;\">" : "");
    if (font)
        write_font(out, format);
    g_string_append(out, format->bold ? "<b>" : "");
    g_string_append(out, format->italic ? "<i>" : "");
    g_string_append(out, format->underline ? "<u>" : "");
    g_string_append(out, format->strike ? "<s>" : "");
    escape(out, clean);
    g_string_append(out, format->strike ? "</s>" : "");
    g_string_append(out, format->underline ? "</u>" : "");
    g_string_append(out, format->italic ? "</i>" : "");
    g_string_append(out, format->bold ? "</b>" : "");
    g_string_append(out, font ? "</font>" : "");
    g_string_append(out, format->rtl ? "</span>" : "");
    g_free(clean);
    return g_string_free(out, FALSE);
}
