/* Packing of rectangles with bias rows: the inner loops of studio/mapper/search.py.

   Built at first use by studio/base/native.py and called through ctypes (studio/mapper/pack.py,
   which says what the structures hold). No library is used, nothing is allocated; EXPORT comes
   from native.py.

   A construction sweeps each space from its front (left, or top with TOP_FRONT) to its back. What
   is filled is kept as a skyline: segments that cover the space's side, each with the depth up to
   which it is filled. Beside the skylines there is one bit set of bias rows for every column. */

typedef int i32; typedef unsigned int u32; typedef long long i64; typedef unsigned long long u64;

typedef struct {
    i32 rows, columns;
    u32 banks;     /* bit b: may lie in bank b; 0: in any */
    i32 full;      /* bias rows that make the block no short one */
    u64 choices;   /* bit k: may take k bias rows; 0: has no bias */
    u64 marked;    /* the same, while the item is marked */
} Item;
typedef struct { i32 array, bank, row, column, rows, columns; } Space;
typedef struct { i32 array, row, column, bias_row, bias_rows; } Place;  /* array -1: left over */
typedef struct { i32 at, length, depth; } Segment;

enum { TOP_FRONT = 1, SEQUENTIAL = 2, ITEM_BY_ITEM = 4, LEAN_RIGHT = 8 };

typedef struct {
    i32 n, spaces, arrays, columns, bias_rows, segments;  /* segments: room in a space's skyline */
    u32 flags, tries;
    const Item *items;
    const Space *space;
    const u64 *held;     /* [arrays][columns] bias rows held from the start */
    u64 *taken;          /* [arrays][columns] the same, while constructing */
    Place *place;        /* [n] the last construction */
    Place *best;         /* [n] the best one */
    i32 *order;          /* [n] items, first to place first */
    i32 *trial;          /* [n] */
    i32 *next;           /* [n + 1] what is still to place, as a list in order; 0 is its head */
    i32 *left;           /* [n] positions in the order that were left over */
    i32 *kept;           /* [n] the same, of the order that the local search stands on */
    i32 *marks;          /* [n] 1: the item is marked */
    i32 *trial_marks;    /* [n] */
    Segment *skyline;    /* [spaces][segments] */
    i32 *count;          /* [spaces] segments in use */
    u64 seed, work, limit;
    i64 cost, best_cost, best_open;
    i32 lefts, patience, marking;  /* marking: percent of the changes that are of marks */
} Search;

typedef struct { i32 node, before, score, at, bias_row, bias_rows; } Choice;

static i32 least(i32 a, i32 b) { return a < b ? a : b; }

/* xorshift64*: a number below n. */
static i32 below(Search *s, i32 n) {
    u64 x = s->seed;
    x ^= x >> 12; x ^= x << 25; x ^= x >> 27;
    s->seed = x;
    return (i32)(((x * 2685821657736338717ULL >> 32) * (u32)n) >> 32);
}

static i32 side_of(const Search *s, const Space *p) { return s->flags & TOP_FRONT ? p->columns : p->rows; }
static i32 depth_of(const Search *s, const Space *p) { return s->flags & TOP_FRONT ? p->rows : p->columns; }

/* The most bias rows the item may take over its columns from `column` on, and the lowest bias row
   (the highest, from the top) where they are free; -1 where none of its choices is. */
static i32 bias(Search *s, const Item *item, i32 array, i32 column, int from_top, i32 *row) {
    *row = 0;
    if (!item->choices) return 0;
    u64 choices = s->marks[item - s->items] ? item->marked : item->choices;
    const u64 *taken = s->taken + (i64)array * s->columns + column;
    u64 any = 0;
    for (i32 i = 0; i < item->columns; i++) any |= taken[i];
    s->work += (u64)item->columns >> 4;
    u64 free = ~any & ((1ULL << s->bias_rows) - 1);
    while (choices) {
        i32 rows = 63 - __builtin_clzll(choices);
        u64 runs = free;
        for (i32 have = 1; have < rows && runs; ) {
            i32 step = least(have, rows - have);
            runs &= runs >> step;
            have += step;
        }
        if (runs) {
            *row = from_top ? 63 - __builtin_clzll(runs) : __builtin_ctzll(runs);
            return rows;
        }
        choices &= ~(1ULL << rows);
    }
    return -1;
}

static void put(Search *s, i32 number, const Space *space, i32 at, i32 depth, i32 row, i32 rows) {
    const Item *item = s->items + number;
    int top = s->flags & TOP_FRONT;
    Place *place = s->place + number;
    place->array = space->array;
    place->row = space->row + (top ? depth : at);
    place->column = space->column + (top ? at : depth);
    place->bias_row = row;
    place->bias_rows = rows;
    if (!rows) return;
    u64 bits = ((1ULL << rows) - 1) << row;
    u64 *taken = s->taken + (i64)space->array * s->columns + place->column;
    for (i32 i = 0; i < item->columns; i++) taken[i] |= bits;
}

/* Fill `length` of the side from `at` on up to `depth`. */
static void fill(Search *s, i32 space, i32 at, i32 length, i32 depth) {
    Segment *line = s->skyline + (i64)space * s->segments;
    i32 count = s->count[space], end = at + length, first = 0, last;
    while (line[first].at + line[first].length <= at) first++;
    last = first;
    while (last < count && line[last].at < end) last++;            /* first .. last - 1 are met */
    Segment before = line[first], after = line[last - 1];
    Segment fresh[3];
    i32 parts = 0;
    if (before.at < at) { fresh[parts] = before; fresh[parts++].length = at - before.at; }
    fresh[parts++] = (Segment){at, length, depth};
    if (after.at + after.length > end)
        fresh[parts++] = (Segment){end, after.at + after.length - end, after.depth};
    /* Join with neighbours of the same depth. */
    if (first > 0 && line[first - 1].depth == fresh[0].depth) {
        fresh[0].at = line[first - 1].at;
        fresh[0].length += line[first - 1].length;
        first--;
    }
    if (last < count && line[last].depth == fresh[parts - 1].depth) {
        fresh[parts - 1].length += line[last].length;
        last++;
    }
    i32 joined = 0;
    for (i32 i = 1; i < parts; i++) {
        if (fresh[i].depth == fresh[joined].depth) fresh[joined].length += fresh[i].length;
        else fresh[++joined] = fresh[i];
    }
    parts = joined + 1;
    i32 shift = parts - (last - first);
    if (shift > 0) for (i32 i = count - 1; i >= last; i--) line[i + shift] = line[i];
    if (shift < 0) for (i32 i = last; i < count; i++) line[i + shift] = line[i];
    for (i32 i = 0; i < parts; i++) line[first + i] = fresh[i];
    s->count[space] = count + shift;
}

/* The next column after `column` and up to `to` where other bias rows are taken. */
static i32 bias_edge(const Search *s, const Space *space, i32 column, i32 to) {
    const u64 *taken = s->taken + (i64)space->array * s->columns + space->column;
    i32 next = column + 1;
    while (next < to && taken[next] == taken[column]) next++;
    return next;
}

/* Space by space or all at once: fill the shallowest segment with the item that fits it best. */
static void by_segment(Search *s) {
    i32 n = s->n, current = 0, top = s->flags & TOP_FRONT;
    while (s->next[0] <= n) {
        i32 chosen = -1, place = -1, lowest = 0x7fffffff;
        for (i32 p = current; p < s->spaces; p++) {
            const Segment *line = s->skyline + (i64)p * s->segments;
            i32 depth = depth_of(s, s->space + p), start = top ? 0 : s->space[p].column;
            for (i32 i = 0; i < s->count[p]; i++)
                if (line[i].depth < depth && line[i].depth + start < lowest) {
                    lowest = line[i].depth + start; chosen = p; place = i;
                }
            s->work += (u64)s->count[p];
            if ((s->flags & SEQUENTIAL) && chosen >= 0) break;
        }
        if (chosen < 0) return;
        if (s->flags & SEQUENTIAL) current = chosen;
        const Space *space = s->space + chosen;
        const Segment *line = s->skyline + (i64)chosen * s->segments;
        const Segment own = line[place];
        i32 back = depth_of(s, space);
        i32 lower = place ? line[place - 1].depth : back;
        i32 upper = place + 1 < s->count[chosen] ? line[place + 1].depth : back;
        int lean = s->flags & LEAN_RIGHT ? lower > upper : lower >= upper;  /* to the deeper side */
        int blocked = 0;
        i32 blocked_columns = 0x7fffffff;
        Choice best = {-1, 0, -1, 0, 0, 0};
        i32 before = 0;
        for (i32 node = s->next[0]; node <= n; before = node, node = s->next[node]) {
            const Item *item = s->items + s->order[node - 1];
            i32 side = top ? item->columns : item->rows;
            i32 end = own.depth + (top ? item->rows : item->columns);
            s->work++;
            if (side > own.length || end > back) continue;
            if (item->banks && !(item->banks >> space->bank & 1)) continue;
            i32 match = (end == lower) + (end == upper);
            i32 score = side == own.length ? 3 + match : match ? 2 : 0;
            if (score <= best.score) continue;
            int any_row = !s->marks[item - s->items] && item->choices & 2;
            if (!top && any_row && item->columns >= blocked_columns) continue;
            int left = side == own.length || (match ? end == lower : lean);
            i32 at = left ? own.at : own.at + own.length - side, row, rows;
            i32 column = space->column + (top ? at : own.depth);
            rows = bias(s, item, space->array, column, chosen & 1, &row);
            if (rows < 0 && top && side < own.length) {
                at = left ? own.at + own.length - side : own.at;
                rows = bias(s, item, space->array, space->column + at, chosen & 1, &row);
            }
            if (rows < 0) {
                blocked = 1;
                /* One bias row was not free: wider items from here find none either. */
                if (any_row) blocked_columns = least(blocked_columns, item->columns);
                continue;
            }
            best = (Choice){node, before, score, at, row, rows};
            if (score == 5) break;
        }
        if (best.node < 0) {
            i32 to = least(lower, upper);
            if (blocked && !top) to = bias_edge(s, space, own.depth, to);
            fill(s, chosen, own.at, own.length, to);
            continue;
        }
        i32 number = s->order[best.node - 1];
        const Item *item = s->items + number;
        put(s, number, space, best.at, own.depth, best.bias_row, best.bias_rows);
        fill(s, chosen, best.at, top ? item->columns : item->rows,
             own.depth + (top ? item->rows : item->columns));
        s->next[best.before] = s->next[best.node];
    }
}

/* Item by item in the given order, each at the shallowest place, wherever that is. */
static void by_item(Search *s) {
    i32 n = s->n, top = s->flags & TOP_FRONT, before = 0;
    for (i32 node = 1; node <= n; node++) {
        i32 number = s->order[node - 1];
        const Item *item = s->items + number;
        i32 side = top ? item->columns : item->rows, deep = top ? item->rows : item->columns;
        i32 chosen = -1, lowest = 0x7fffffff, best_at = 0, best_row = 0, best_rows = 0;
        for (i32 p = 0; p < s->spaces; p++) {
            const Space *space = s->space + p;
            const Segment *line = s->skyline + (i64)p * s->segments;
            i32 back = depth_of(s, space), count = s->count[p], start = top ? 0 : space->column;
            if (side > side_of(s, space) || deep > back) continue;
            if (item->banks && !(item->banks >> space->bank & 1)) continue;
            for (i32 i = 0; i < count && line[i].at + side <= side_of(s, space); i++) {
                i32 depth = 0, row;
                for (i32 j = i; j < count && line[j].at < line[i].at + side; j++) {
                    if (line[j].depth > depth) depth = line[j].depth;
                    s->work++;
                }
                while (depth + deep <= back && depth + start < lowest) {
                    i32 column = space->column + (top ? line[i].at : depth);
                    i32 rows = bias(s, item, space->array, column, p & 1, &row);
                    if (rows >= 0) {
                        chosen = p; lowest = depth + start; best_at = line[i].at;
                        best_row = row; best_rows = rows;
                        break;
                    }
                    if (top) break;
                    depth = bias_edge(s, space, depth, back);
                }
            }
            if ((s->flags & SEQUENTIAL) && chosen >= 0) break;
        }
        if (chosen < 0) { before = node; continue; }
        i32 depth = lowest - (top ? 0 : s->space[chosen].column);
        put(s, number, s->space + chosen, best_at, depth, best_row, best_rows);
        fill(s, chosen, best_at, side, depth + deep);
        s->next[before] = s->next[node];
    }
}

/* The largest free rectangle behind a skyline. */
static i64 open_area(const Search *s) {
    i64 largest = 0;
    for (i32 p = 0; p < s->spaces; p++) {
        const Segment *line = s->skyline + (i64)p * s->segments;
        i32 back = depth_of(s, s->space + p);
        for (i32 i = 0; i < s->count[p]; i++) {
            i32 depth = 0, length = 0;
            for (i32 j = i; j < s->count[p]; j++) {
                if (line[j].depth > depth) depth = line[j].depth;
                length += line[j].length;
                i64 area = (i64)(back - depth) * length;
                if (area > largest) largest = area;
            }
        }
    }
    return largest;
}

/* Place the items of an order. The cost: cells left over, then short blocks, then missing rows. */
static i64 construct(Search *s, i32 *order, i32 *marks) {
    i32 *own = s->order, *own_marks = s->marks;
    s->order = order;
    s->marks = marks;
    s->tries++;
    for (i64 i = 0; i < (i64)s->arrays * s->columns; i++) s->taken[i] = s->held[i];
    s->work += (u64)s->arrays * (u64)s->columns >> 4;
    for (i32 p = 0; p < s->spaces; p++) {
        s->count[p] = 1;
        s->skyline[(i64)p * s->segments] = (Segment){0, side_of(s, s->space + p), 0};
    }
    for (i32 i = 0; i < s->n; i++) { s->next[i] = i + 1; s->place[i].array = -1; }
    s->next[s->n] = s->n + 1;
    if (s->flags & ITEM_BY_ITEM) by_item(s); else by_segment(s);
    s->order = own;
    s->marks = own_marks;
    i64 cells = 0, shorts = 0, missing = 0;
    s->lefts = 0;
    for (i32 node = 1; node <= s->n; node++) {
        i32 number = order[node - 1];
        const Item *item = s->items + number;
        i32 lack = item->full - s->place[number].bias_rows;
        if (s->place[number].array < 0) {
            cells += (i64)item->rows * item->columns;
            s->left[s->lefts++] = node - 1;
        } else if (lack > 0) {
            shorts++;
            missing += lack;
        }
    }
    if (missing > 0xffff) missing = 0xffff;
    return cells << 32 | shorts << 16 | missing;
}

/* Remember the last construction where it is better than the best. */
static void keep(Search *s, i64 cost) {
    if (cost > s->best_cost) return;
    i64 open = open_area(s);
    if (cost == s->best_cost && open <= s->best_open) return;
    s->best_cost = cost;
    s->best_open = open;
    for (i32 i = 0; i < s->n; i++) s->best[i] = s->place[i];
}

/* One construction from `order`; sets cost. */
EXPORT void construct_once(Search *s) {
    s->cost = construct(s, s->order, s->marks);
    keep(s, s->cost);
}

/* A neighbour of `order` and `marks` in `trial` and `trial_marks`: marks changed, or items
   exchanged or moved, those left over first of all. */
static void change(Search *s, i32 lefts) {
    for (i32 i = 0; i < s->n; i++) {
        s->trial[i] = s->order[i];
        s->trial_marks[i] = s->marks[i];
    }
    i32 times = 1 + (below(s, 4) == 0);
    if (s->marking && below(s, 100) < s->marking) {
        while (times--) s->trial_marks[below(s, s->n)] ^= 1;
        return;
    }
    i32 kind = below(s, 100);
    while (times--) {
        i32 from = below(s, s->n), to = below(s, s->n);
        if (kind < 40 && lefts) { from = s->kept[below(s, lefts)]; to = below(s, from + 1); }
        i32 item = s->trial[from];
        if (kind & 1) { s->trial[from] = s->trial[to]; s->trial[to] = item; continue; }
        for (i32 i = from; i < to; i++) s->trial[i] = s->trial[i + 1];
        for (i32 i = from; i > to; i--) s->trial[i] = s->trial[i - 1];
        s->trial[to] = item;
    }
}

/* Local search from `order` and `marks` until the best cost is no more than `goal`, the work exceeds the
   limit, or `patience` changes in a row brought nothing. Sets cost; `order` and `marks` are
   where it ends. */
EXPORT void improve(Search *s, i64 goal) {
    i64 cost = construct(s, s->order, s->marks);
    keep(s, cost);
    i32 idle = 0, lefts = s->lefts;
    for (i32 i = 0; i < lefts; i++) s->kept[i] = s->left[i];
    while (s->work < s->limit && s->best_cost > goal && idle < s->patience) {
        change(s, lefts);
        i64 found = construct(s, s->trial, s->trial_marks);
        idle = found < cost ? 0 : idle + 1;
        if (found > cost) continue;
        cost = found;
        lefts = s->lefts;
        for (i32 i = 0; i < lefts; i++) s->kept[i] = s->left[i];
        i32 *swap = s->order; s->order = s->trial; s->trial = swap;
        swap = s->marks; s->marks = s->trial_marks; s->trial_marks = swap;
        keep(s, cost);
    }
    s->cost = cost;
}
