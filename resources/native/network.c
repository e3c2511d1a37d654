/* Runs of operations of a network on blocks of samples; array.c and elements.c come before
   this.

   Tensors lie in an arena, sample after sample; constants lie elsewhere and have one sample.
   quantize/qarray.py and qcpu.py define the operations. */

enum { ROWS = 96 };

typedef struct {
    const Tensor *tensors;
    const Op *ops;
    const i32 *inputs, *outputs;
    i64 scratch;                  /* offset of what matrices need, past all tensors of a block */
    i32 count, n_inputs, n_outputs, block, level, unused;
} Program;

static void copy(u8 *to, const u8 *from, i64 n) { for (i64 i = 0; i < n; i++) to[i] = from[i]; }

static From from(const Program *p, u8 *arena, i32 number) {
    const Tensor *t = p->tensors + number;
    if (t->constant) return (From){t->constant, 0, t};
    return (From){arena + t->offset * p->block, t->size, t};
}

/* Copy, where the zeros of the two tensors may differ. */
static void moved(u8 *to, const u8 *from, i64 n, i32 change) {
    if (!change) copy(to, from, n);
    else for (i64 i = 0; i < n; i++) to[i] = (u8)(from[i] + change);
}

/* p: out H, positions, bytes a step along W, bytes a step along H, matrices. */
APART void array_op(const Program *p, const Op *op, From x, u8 *out, const Tensor *to, i32 n,
                     i16 *scratch) {
    const i32 height = op->p[0], positions = op->p[1];
    const u8 *rows[ROWS];
    u8 *outs[ROWS];
    Finish end = {op->relu ? 0 : -128, to->zero};
    const i64 along = op->p[3], line = op->p[2] - height * along;
    const i64 sample = x.step - positions / height * op->p[2];
    const u8 *at = x.at;
    i32 place = 0, h = 0;
    for (i64 first = 0, total = (i64)n * positions; first < total; first += ROWS) {
        i32 count = total - first < ROWS ? (i32)(total - first) : ROWS;
        for (i32 i = 0; i < count; i++) {
            rows[i] = at;
            outs[i] = out + (first + i) * to->c;
            at += along;
            place++;
            if (++h == height) { h = 0; at += line; }
            if (place == positions) { place = 0; at += sample; }
        }
        if (op->kind == DEPTHWISE) {
            BY_LEVEL(depthwise, p->level)(op->data, rows, outs, count, end);
            continue;
        }
        const Matrix *m = op->data;
        for (i32 g = 0; g < op->p[4]; g++)
            product(p->level, m + g, rows, outs, count, x.t->zero, end, scratch);
    }
}

/* p: before W, before H. */
static void pad(const Op *op, const u8 *x, const Tensor *a, u8 *out, const Tensor *to) {
    for (i32 i = 0; i < to->size; i++) out[i] = (u8)to->zero;
    for (i32 w = 0; w < a->w; w++)
        copy(out + ((i64)(w + op->p[0]) * to->h + op->p[1]) * a->c, x + (i64)w * a->h * a->c,
             (i64)a->h * a->c);
}

/* p: axis, start, step. Elements of an axis are chunks of `inner` bytes, `outer` times. */
static void cut(const Op *op, const u8 *x, const Tensor *a, u8 *out, const Tensor *to) {
    i32 size[] = {a->w, a->h, a->c}, many[] = {to->w, to->h, to->c}, axis = op->p[0];
    i64 outer = 1, inner = 1;
    for (i32 i = 0; i < axis; i++) outer *= size[i];
    for (i32 i = axis + 1; i < 3; i++) inner *= size[i];
    for (i64 o = 0; o < outer; o++)
        for (i32 i = 0; i < many[axis]; i++, out += inner)
            moved(out, x + (o * size[axis] + op->p[1] + (i64)i * op->p[2]) * inner, inner,
                  to->zero - a->zero);
}

static void softmax(const Op *op, const u8 *x, const Tensor *a, u8 *out) {
    const i32 *table = op->data;
    for (i32 at = 0; at < a->size; at += a->c, x += a->c, out += a->c) {
        i32 most = 0;
        i64 total = 0;
        for (i32 c = 0; c < a->c; c++) most = x[c] > most ? x[c] : most;
        for (i32 c = 0; c < a->c; c++) total += table[most - x[c]];
        for (i32 c = 0; c < a->c; c++)
            out[c] = (u8)((255LL * table[most - x[c]] + total / 2) / total);
    }
}

/* Any other operation on one sample. */
static void one(const Program *p, const Op *op, const From *x, const u8 *const *at, u8 *out, const Tensor *to) {
    const Tensor *a = x[0].t;
    switch (op->kind) {
    case PAD: pad(op, at[0], a, out, to); break;
    case MAX_POOL: case AVERAGE_POOL: BY_LEVEL(pool, p->level)(op, at[0], a, out, to); break;
    case LUT: {
        const u8 *table = op->data;
        i32 columns = op->p[0] ? to->c : to->size;
        for (i32 i = 0; i < to->size; i += columns)
            for (i32 c = 0; c < columns; c++)
                out[i + c] = table[(op->p[0] ? 256 * c : 0) + at[0][i + c]];
        break;
    }
    case SUM_LUT: {
        const i16 *table = op->data;
        for (i32 i = 0; i < to->size; i++) {
            i32 sum = at[0][i] - a->zero + at[1][i] - x[1].t->zero;
            out[i] = (u8)(table[sum & 511] + to->zero);
        }
        break;
    }
    case SLICE: cut(op, at[0], a, out, to); break;
    case ZERO_INSERT:
        for (i32 i = 0; i < to->size; i++) out[i] = (u8)to->zero;
        for (i32 i = 0; i < a->w * a->h; i++)
            moved(out + ((i64)(i / a->h * op->p[0]) * to->h + i % a->h * op->p[1]) * a->c,
                  at[0] + (i64)i * a->c, a->c, to->zero - a->zero);
        break;
    case PERMUTE: {
        const i32 *order = op->data;
        for (i32 i = 0; i < to->size; i++) out[i] = (u8)(at[0][order[i]] + to->zero - a->zero);
        break;
    }
    case SOFTMAX: softmax(op, at[0], a, out); break;
    case MATMUL: BY_LEVEL(matmul, p->level)(op, at[0], a, at[1], x[1].t, out, to); break;
    default: BY_LEVEL(elements, p->level)(op, x, at, out, to);
    }
}

/* p: bytes of a chunk of the output, times. */
static void concat(const Program *p, u8 *arena, const Op *op, u8 *out, const Tensor *to, i32 n) {
    i64 start = 0;
    for (i32 k = 0; k < op->inputs; k++) {
        From x = from(p, arena, op->in[k]);
        i64 own = x.t->size / op->p[1];
        for (i32 s = 0; s < n; s++)
            for (i32 o = 0; o < op->p[1]; o++)
                moved(out + (i64)s * to->size + (i64)o * op->p[0] + start, x.at + s * x.step + o * own,
                      own, to->zero - x.t->zero);
        start += own;
    }
}

static void run_op(const Program *p, u8 *arena, const Op *op, i32 n) {
    const Tensor *to = p->tensors + op->out;
    u8 *out = arena + to->offset * p->block;
    if (op->kind == CONCAT) { concat(p, arena, op, out, to, n); return; }
    From x[4];
    const u8 *at[4] = {0};
    for (i32 k = 0; k < op->inputs; k++) x[k] = from(p, arena, op->in[k]);
    if (op->kind <= DEPTHWISE) {
        array_op(p, op, x[0], out, to, n, (i16 *)(arena + p->scratch));
        return;
    }
    for (i32 s = 0; s < n; s++) {
        for (i32 k = 0; k < op->inputs; k++) at[k] = x[k].at + s * x[k].step;
        one(p, op, x, at, out + (i64)s * to->size, to);
    }
}

/* Samples `start` to `stop` (exclusive); arrays of int16, sample after sample. Returns -1, or the
   number of an input that left its tensor's range. */
EXPORT i32 run_program(const Program *p, u8 *arena, const i16 *const *inputs, i16 *const *outputs,
                       i64 start, i64 stop) {
    for (; start < stop; start += p->block) {
        i32 n = stop - start < p->block ? (i32)(stop - start) : p->block;
        for (i32 k = 0; k < p->n_inputs; k++) {
            const Tensor *t = p->tensors + p->inputs[k];
            u8 *to = arena + t->offset * p->block;
            const i16 *values = inputs[k] + start * t->size;
            i32 outside = BY_LEVEL(store, p->level)(to, values, (i64)n * t->size, t->low, t->high,
                                                    t->zero);
            if (outside) return k;
        }
        for (i32 k = 0; k < p->count; k++) run_op(p, arena, p->ops + k, n);
        for (i32 k = 0; k < p->n_outputs; k++) {
            const Tensor *t = p->tensors + p->outputs[k];
            const u8 *values = arena + t->offset * p->block;
            i16 *to = outputs[k] + start * t->size;
            BY_LEVEL(read, p->level)(to, values, (i64)n * t->size, t->zero);
        }
    }
    return -1;
}
