/* Serial bytes to lines, and lines of known skeletons to their numbers (studio/monitor/scan.py).
   tokens.py says what a number is; both must agree byte for byte. */

#include <stdint.h>

enum { UNKNOWN = -1, ODD = -2, PLAIN = -3, LONG = -4, EMPTY = -5 };
enum { LINE = 4096, SHORT = 16, RUN = 16 };

typedef struct {
    const uint8_t *data;
    int64_t size;
    /* Known skeletons: an open hash table of places, and where each place's bytes lie. */
    uint64_t *hashes;
    int32_t *ids;
    int32_t *starts, *sizes;
    uint8_t *arena;
    int64_t mask;
    /* Lines: where they lie, what they are, their first value; values; what C cannot convert. */
    int64_t *start, *stop, *first;
    int32_t *code;
    double *values;
    int64_t *fixes;
    uint8_t *skeleton; /* LINE bytes; on the stack Windows would ask a library for them */
    int64_t lines, count, fixed, used;
    int32_t after_cr, reserved;
} Scan;

/* 1: ends the bytes behind a number, 2: a number may follow, 4: may be in a unit,
   8: hexadecimal letter, 16: digit, 32: control. */
static uint8_t class_of(uint8_t c) {
    if (c == ':' || c == '=' || c == ',' || c == ';' || c == '|' || c == '\t') return 1 | 2;
    if (c == ' ' || c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}' ||
        c == '<' || c == '>' || c == '"' || c == '\'') return 1;
    if (c >= '0' && c <= '9') return 16;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) return 4 | 8;
    if ((c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_' || c == '%' || c == '/' ||
        c >= 0x80) return 4;
    if (c < 0x20 || c == 0x7f) return 32;
    return 0;
}

static uint8_t classes[256];
static const double powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static int digit(const uint8_t *p, const uint8_t *end) { return p < end && *p >= '0' && *p <= '9'; }

/* Where the number at p ends, or p where there is none. *exact tells whether *value is right:
   both parts are exact in a double then, so that one operation rounds once. */
static const uint8_t *number(const uint8_t *p, const uint8_t *end, double *value, int *exact) {
    const uint8_t *begin = p;
    int negative = 0, digits = 0, exponent = 0, any = 0;
    uint64_t mantissa = 0;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    for (; digit(p, end); p++) {
        any = 1;
        if (mantissa || *p != '0') digits++;
        if (digits <= 18) mantissa = mantissa * 10 + (*p - '0');
    }
    if (p < end && *p == '.' && (any || digit(p + 1, end))) {
        for (p++; digit(p, end); p++) {
            any = 1;
            if (mantissa || *p != '0') digits++;
            if (digits <= 18) mantissa = mantissa * 10 + (*p - '0');
            if (exponent > -10000) exponent--;
        }
    }
    if (!any) return begin;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const uint8_t *q = p + 1;
        int minus = 0, power = 0;
        if (q < end && (*q == '+' || *q == '-')) minus = *q++ == '-';
        if (digit(q, end)) {
            for (; digit(q, end); q++)
                if (power < 10000) power = power * 10 + (*q - '0');
            exponent += minus ? -power : power;
            p = q;
        }
    }
    *exact = 1;
    double found = 0;
    if (mantissa) {
        *exact = digits <= 18 && mantissa <= (1ull << 53) && exponent >= -22 && exponent <= 22;
        found = (double)mantissa;
        if (*exact) found = exponent < 0 ? found / powers[-exponent] : found * powers[exponent];
    }
    *value = negative ? -found : found;
    return p;
}

/* Whether what begins at p lets a number end there: nothing, or a unit. */
static int may_end(const uint8_t *p, const uint8_t *end) {
    int hexadecimal = 1, size = 0;
    for (; p < end && !(classes[*p] & 1); p++, size++) {
        if (!(classes[*p] & 4) || size == RUN) return 0;
        if (!(classes[*p] & 8)) hexadecimal = 0;
    }
    return size == 0 || !hexadecimal;
}

static uint64_t hashed(const uint8_t *bytes, int64_t size) {
    uint64_t hash = 14695981039346656037ull;
    for (int64_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 1099511628211ull;
    return hash ? hash : 1;
}

static int32_t lookup(const Scan *s, const uint8_t *skeleton, int64_t size) {
    uint64_t hash = hashed(skeleton, size);
    for (int64_t at = (int64_t)(hash >> 20) & s->mask; s->hashes[at]; at = (at + 1) & s->mask) {
        if (s->hashes[at] != hash || s->sizes[at] != size) continue;
        const uint8_t *known = s->arena + s->starts[at];
        int64_t i = 0;
        while (i < size && known[i] == skeleton[i]) i++;
        if (i == size) return s->ids[at];
    }
    return UNKNOWN;
}

EXPORT void prepare(void) {
    for (int c = 0; c < 256; c++) classes[c] = class_of((uint8_t)c);
}

/* Remember a skeleton, whose bytes lie in the arena already. */
EXPORT void learn(const Scan *s, int32_t start, int32_t size, int32_t id) {
    uint64_t hash = hashed(s->arena + start, size);
    int64_t at = (int64_t)(hash >> 20) & s->mask;
    while (s->hashes[at]) at = (at + 1) & s->mask;
    s->hashes[at] = hash;
    s->starts[at] = start;
    s->sizes[at] = size;
    s->ids[at] = id;
}

/* One line of ordinary bytes: its code; numbers are appended to the values where it is known. */
static int32_t line(Scan *s, const uint8_t *begin, const uint8_t *end) {
    uint8_t *skeleton = s->skeleton;
    int64_t size = 0, count = s->count, fixed = s->fixed;
    /* open: a number may begin here. listed: a number has just ended, blanks lead to another. */
    int open = 1, listed = 0, delimited = 0;
    for (const uint8_t *p = begin; p < end;) {
        uint8_t c = *p, kind = classes[c];
        if (open && ((kind & 16) || c == '+' || c == '-' || c == '.')) {
            double value;
            int exact;
            const uint8_t *after = number(p, end, &value, &exact);
            if (after != p && may_end(after, end)) {
                if (!exact) {
                    s->fixes[3 * fixed] = count;
                    s->fixes[3 * fixed + 1] = p - s->data;
                    s->fixes[3 * fixed + 2] = after - s->data;
                    fixed++;
                }
                s->values[count++] = value;
                skeleton[size++] = 0;
                p = after;
                open = 0;
                listed = 1;
                continue;
            }
        }
        if (kind & 2) {
            open = delimited = 1;
        } else if (c == ' ') {
            if (listed) open = 1;
        } else if ((c == '(' || c == '[') && (p == begin || p[-1] == ' ')) {
            open = 1;
        } else {
            open = 0;
        }
        listed = 0;
        skeleton[size++] = c;
        p++;
    }
    if (count == s->count && !delimited && size > SHORT) return PLAIN;
    int32_t id = lookup(s, skeleton, size);
    if (id >= 0) {
        s->count = count;
        s->fixed = fixed;
    }
    return id;
}

/* All lines of the data that have an end; used: how many bytes they take. */
EXPORT void scan(Scan *s) {
    const uint8_t *data = s->data, *end = data + s->size, *begin = data;
    if (s->after_cr && begin < end) {
        if (*begin == '\n') begin++;
        s->after_cr = 0;
    }
    s->lines = s->count = s->fixed = 0;
    int control = 0;
    for (const uint8_t *p = begin; p < end; p++) {
        if (!(classes[*p] & 32)) continue;
        if (*p != '\n' && *p != '\r') {
            control = 1;
            continue;
        }
        int64_t n = s->lines++, size = p - begin;
        s->start[n] = begin - data;
        s->stop[n] = p - data;
        s->first[n] = s->count;
        if (size == 0) s->code[n] = EMPTY;
        else if (size > LINE) s->code[n] = LONG;
        else if (control || *begin == 0xcd) s->code[n] = ODD;
        else s->code[n] = line(s, begin, p);
        control = 0;
        if (*p == '\r') {
            if (p + 1 == end) s->after_cr = 1;
            else if (p[1] == '\n') p++;
        }
        begin = p + 1;
    }
    s->used = begin - data;
}
