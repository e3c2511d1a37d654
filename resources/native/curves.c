/* Curves for drawing: the inner loops of studio/monitor/decimate.py and figures.py.

   Built at first use by studio/base/native.py and called through ctypes. No library is used,
   nothing is allocated; EXPORT comes from native.py. numpy does the same, bit for bit, where
   nothing can be compiled: so no multiplication and addition may be fused. */

#pragma STDC FP_CONTRACT OFF

typedef long long i64;

enum { FACTOR = 16, LEVELS = 3, MARK = 256, AHEAD = 6 };

typedef struct {
    const double *times, *values;   /* [n], times never fall; values may be NaN */
    const double *level[LEVELS];    /* [blocks][2] least and greatest of 16, 256, 4096 points */
    const double *starts;           /* [blocks] times of every 256th point */
    i64 n, covered;                 /* points, and those whose blocks are in the levels */
} View;

typedef struct { double low, high; } Extremes;

static inline void take(Extremes *e, double low, double high)
{
    if (low < e->low) e->low = low;       /* never true for NaN */
    if (high > e->high) e->high = high;
}

/* The least and greatest of the points from a to b: large blocks in the middle, smaller ones and
   single points at both ends. Without a number, low stays above high. */
static Extremes extremes(const View *v, i64 a, i64 b)
{
    Extremes e = {__builtin_inf(), -__builtin_inf()};
    i64 size = 1, end = b < v->covered ? b : v->covered;
    for (i64 i = end > a ? end : a; i < b; i++) take(&e, v->values[i], v->values[i]);
    for (int level = 0; a < end; level++, size *= FACTOR) {
        const double *pairs = level ? v->level[level - 1] : 0;
        i64 first = a / size, last = end / size;  /* both are multiples of size here */
        i64 up = level == LEVELS ? last : (first + FACTOR - 1) / FACTOR * FACTOR;
        i64 down = level == LEVELS ? last : last / FACTOR * FACTOR;
        if (up >= down) up = down = last;         /* no larger block inside: all of them here */
        if (level) {
            for (i64 i = first; i < up; i++) take(&e, pairs[2 * i], pairs[2 * i + 1]);
            for (i64 i = down; i < last; i++) take(&e, pairs[2 * i], pairs[2 * i + 1]);
        } else {
            for (i64 i = first; i < up; i++) take(&e, v->values[i], v->values[i]);
            for (i64 i = down; i < last; i++) take(&e, v->values[i], v->values[i]);
        }
        a = up * size;
        end = down * size;
    }
    return e;
}

/* Where the times of `columns` + 1 edges are about to be found: in the blocks of 256 points, and
   in them as if times were even. Has that memory fetched. */
static void guess(const View *v, const double *edges, i64 columns, i64 *places)
{
    i64 blocks = v->covered / MARK, block = 0;
    for (i64 jump = 1 << 20; jump; jump /= 2)
        if (block + jump < blocks && v->starts[block + jump] < edges[0]) block += jump;
    for (i64 i = 0; i <= columns; i++) {
        while (block + 1 < blocks && v->starts[block + 1] < edges[i]) block++;
        i64 at = block * MARK;
        if (block + 1 < blocks) {
            double span = v->starts[block + 1] - v->starts[block];
            double part = span > 0 ? (edges[i] - v->starts[block]) / span : 0;
            if (part > 0) at += part < 1 ? (i64)(part * MARK) : MARK - 1;
        }
        places[i] = at;
        __builtin_prefetch(v->times + at);
    }
}

/* The first place from `from` on whose time is at least x (with `after`: above x); near `at`. */
static i64 seek(const double *t, i64 n, i64 from, i64 at, double x, int after)
{
#define BEFORE(I) (after ? t[I] <= x : t[I] < x)
    i64 low = from, high = n;
    if (at >= n) at = n - 1;
    if (low >= n || !BEFORE(low)) return low;
    if (at <= low) at = low + 1 < n ? low + 1 : low;
    if (BEFORE(at)) {
        low = at;
        for (i64 jump = 4; low + jump < n; jump *= 4) {
            if (!BEFORE(low + jump)) { high = low + jump; break; }
            low += jump;
        }
    } else {
        high = at;
        for (i64 jump = 4; high - jump > low; jump *= 4) {
            if (BEFORE(high - jump)) { low = high - jump; break; }
            high -= jump;
        }
    }
    while (high - low > 1) {  /* BEFORE(low), and not BEFORE(high) */
        i64 middle = low + (high - low) / 2;
        if (BEFORE(middle)) low = middle; else high = middle;
    }
    return high;
#undef BEFORE
}

/* Have the memory around place i fetched: what lies at a column's end is far from the last one's. */
static inline void fetch(const View *v, i64 i)
{
    i64 block = i / FACTOR * FACTOR, larger = i / (FACTOR * FACTOR) * FACTOR;
    __builtin_prefetch(v->values + block);
    __builtin_prefetch(v->values + block + 8);
    if (i >= v->covered) return;
    for (int k = 0; k < 2 * FACTOR; k += 8) __builtin_prefetch(v->level[0] + 2 * larger + k);
    __builtin_prefetch(v->level[1] + 2 * (i / (FACTOR * FACTOR)));
}

/* Up to four points for each of `columns` pieces of time: decimate.polyline. Returns how many.
   `places` [columns + 1] is for use here. */
EXPORT i64 polyline(const View *v, const double *edges, i64 columns, i64 *places, double *times,
                    double *values)
{
    const double *t = v->times, *y = v->values;
    guess(v, edges, columns, places);
    places[0] = seek(t, v->n, 0, places[0], edges[0], 0);
    for (i64 i = 1; i <= columns; i++)
        places[i] = seek(t, v->n, places[i - 1], places[i], edges[i], i == columns);
    i64 k = 0, a = places[0];
#define EMIT(T, Y) (times[k] = (T), values[k++] = (Y))
    if (a > 0) EMIT(t[a - 1], y[a - 1]);
    for (i64 i = 0; i < columns; i++) {
        i64 b = places[i + 1];
        if (i + AHEAD <= columns) fetch(v, places[i + AHEAD]);
        if (b - a <= 4) {
            for (; a < b; a++) EMIT(t[a], y[a]);
            continue;
        }
        Extremes e = extremes(v, a, b);
        if (e.low > e.high) e.low = e.high = __builtin_nan("");
        double middle = t[a] + 0.5 * (t[b - 1] - t[a]);
        int falling = y[b - 1] < y[a];
        EMIT(t[a], y[a]);
        EMIT(middle, falling ? e.high : e.low);
        EMIT(middle, falling ? e.low : e.high);
        EMIT(t[b - 1], y[b - 1]);
        a = b;
    }
    if (a < v->n) EMIT(t[a], y[a]);
#undef EMIT
    return k;
}

/* How many values fall into each of `bins` equal bins from `low` on; none may lie below. */
EXPORT void histogram(const double *values, i64 n, double low, double scale, i64 bins, i64 *counts)
{
    for (i64 i = 0; i < n; i++) {
        if (values[i] != values[i]) continue;
        i64 bin = (i64)((values[i] - low) * scale);
        counts[bin < bins ? bin : bins - 1]++;
    }
}
