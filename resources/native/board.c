/* The emulated board in C: what runs at every block of code, and the devices that are asked most.
 *
 * studio/emulator/board.py lays out the same structures, builds this file and says what it does;
 * studio/emulator/board_python.py does the same where nothing can be compiled. Freestanding. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define UARTS 4
#define FIFO 16
#define SOURCES 64
#define EVENTS 1024
#define NOWHERE 0xffffffffffffffffull /* an address no block has */

/* Values of reason. */
enum { RUNNING, SLICE, LOOP, RESTART, UNALIGNED, INTERRUPT, STOPPED, WAIT, STACK, REGISTER,
       BREAKPOINT, RESET, WATCH };
/* Values of a block's flags, and LOWERS also in costs: this instruction may lower sp. */
enum { LOWERS = 0x80, START = 1, SINGLE = 2 };
/* What the host is asked for. */
enum { FLUSH, SLEEP };

typedef struct { u16 size, count, cost, flags; } Block;

typedef struct {
    u64 head, tail; /* bytes ever put into ring by the host, and taken out of it */
    u64 polls;      /* reads of LSR in a row that found nothing */
    u64 in_at;      /* paced: cycle at which the next byte has arrived */
    u64 out_at;     /* paced: cycle at which the last byte has left */
    u64 overruns;
    u8 *ring;
    u8 *out;
    u32 ring_size, out_size, out_used;
    u32 base, source; /* source: of its interrupt, 0: none */
    u32 in_active, first, held, errors, empty; /* empty: the transmitter's interrupt is pending */
    u32 divisor[2], registers[8];
    u8 fifo[FIFO];
} Uart;

typedef struct { u64 cycles; u32 pins, unused; } Event;

/* A loop of sums of products that is one block (see ahead): what it loads, adds up and counts. */
#define LOOPS 255
#define PARTS 8
#define CHUNK 256
typedef struct { u8 base, width, sign, unused; int offset; } Load;
typedef struct { u8 target, first, second, pair; } Term; /* target += first * second, or first */
typedef struct {
    u32 loads, terms;
    Load load[PARTS];
    Term term[PARTS];
    int step[32];   /* what is added to each register in one turn */
    u8 left, right; /* the registers whose inequality means another turn */
} Loop;

typedef struct { u64 base, size; u8 *bytes; } Memory;

typedef struct {
    /* read at every block */
    u64 cycles, limit, base, size;
    Block *blocks;
    u64 count, last;
    u32 check_sp, reason;
    /* the rest of the processor's */
    u64 tried; /* limit at the last look at a loop */
    u64 next; /* where the last block ends, set after a run */
    u64 slice_end, look_at, idle, address, entry, floor, skip, placed;
    const u8 *code, *costs;
    void *uc;
    int (*start)(void *, u64, u64, u64, u64);
    int (*stop)(void *);
    int (*reg_read)(void *, int, void *);
    int (*reg_write)(void *, int, const void *);
    void (*host)(u32 kind, u32 uart);
    u32 pc, halt, pause, changed, interrupt, asleep, paced, write, steps, unused;
    u32 plain, register_x0; /* plain: run every loop turn by turn */
    u32 register_pc, register_sp, register_mstatus, register_mepc, register_mcause, register_mtvec;
    /* devices */
    u64 mtime_offset, mtimecmp;
    u32 mtimectl, msip, timer_source, software_source;
    u32 uart_count, uart_step;
    Uart uarts[UARTS];
    u32 timer_base, eclic_base, gpio_base;
    u32 gpio_data, gpio_direction, gpio_input, gpio_pins;
    u64 gpio_changes, gpio_taken;
    Event events[EVENTS];
    u32 eclic_config, eclic_threshold;
    Memory memories[3];
    u64 ahead; /* turns of loops computed here */
    u32 loop_count, loop_unused;
    Loop loops[LOOPS];
    u32 values[PARTS][CHUNK]; /* not on the stack: Windows would want a library to probe it */
    u8 pending[SOURCES], enabled[SOURCES], attribute[SOURCES], control[SOURCES], line[SOURCES];
} State;

static void halt(State *s, u32 reason, u64 address) {
    s->reason = reason;
    s->address = address;
    s->stop(s->uc);
}

static u32 value(State *s, u32 number) {
    u64 found = 0;
    s->reg_read(s->uc, (int)number, &found);
    return (u32)found;
}

static void set(State *s, u32 number, u32 to) {
    u64 wide = to;
    s->reg_write(s->uc, (int)number, &wide);
}

/* ---- UART */

/* Cycles a byte is on the line: start bit, 8 data bits, stop bit, 16 clocks a bit each. */
static u64 byte_time(const Uart *u) {
    u32 divisor = u->divisor[0] | u->divisor[1] << 8;
    return 160ull * (divisor ? divisor : 1);
}

static u64 put_in(Uart *u) { return __atomic_load_n(&u->head, __ATOMIC_ACQUIRE); }

/* Move what has arrived into the FIFO. */
static void refill(State *s, Uart *u) {
    u64 head = put_in(u);
    if (u->registers[4] & 0x10) return; /* looped back: the line is cut off */
    if (!s->paced) {
        while (u->held < FIFO && u->tail != head)
            u->fifo[(u->first + u->held++) % FIFO] = u->ring[u->tail++ % u->ring_size];
        return;
    }
    if (!u->in_active && u->tail != head) {
        u->in_active = 1;
        u->in_at = s->cycles + byte_time(u);
    }
    while (u->in_active && s->cycles >= u->in_at) {
        u32 room = u->registers[2] & 1 ? FIFO : 1;
        u8 byte = u->ring[u->tail++ % u->ring_size];
        if (u->held < room) u->fifo[(u->first + u->held++) % FIFO] = byte;
        else { u->errors |= 2; u->overruns++; }
        u->in_at += byte_time(u);
        u->in_active = u->tail != head;
    }
}

static int line_of(State *s, Uart *u, u32 *why) {
    u32 wanted = u->registers[1];
    refill(s, u);
    *why = 1;
    if (wanted & 4 && u->errors) *why = 6;
    else if (wanted & 1 && u->held) *why = 4;
    else if (wanted & 2 && u->empty && (!s->paced || s->cycles + byte_time(u) >= u->out_at))
        *why = 2;
    return *why != 1;
}

static u32 line_status(State *s, Uart *u, u32 index) {
    u64 waiting = 0; /* cycles until THRE comes, or TEMT after it */
    u32 found;
    refill(s, u);
    if (s->paced && u->out_at > s->cycles + byte_time(u))
        waiting = u->out_at - byte_time(u) - s->cycles;
    else if (s->paced && u->out_at > s->cycles)
        waiting = u->out_at - s->cycles;
    if (u->held) {
        u->polls = 0;
    } else if (++u->polls > 3 && waiting) {
        /* Nothing else can happen until then: let the time pass. */
        u64 until = s->cycles + waiting < s->limit ? s->cycles + waiting : s->limit;
        if (until > s->cycles) { s->idle += until - s->cycles; s->cycles = until; }
    } else if (u->polls == 32) {
        s->host(FLUSH, index);
    } else if (u->polls > 200000 && u->polls % 1000 == 0) {
        s->host(SLEEP, index);
        refill(s, u);
    }
    found = (u->held ? 1 : 0) | u->errors;
    if (!s->paced || s->cycles + byte_time(u) >= u->out_at) found |= 0x20;
    if (!s->paced || s->cycles >= u->out_at) found |= 0x40;
    u->errors = 0;
    return found;
}

static void transmit(State *s, Uart *u, u32 index, u8 byte) {
    if (u->registers[4] & 0x10) {
        if (u->held < FIFO) u->fifo[(u->first + u->held++) % FIFO] = byte;
        else u->errors |= 2;
        return;
    }
    if (s->paced) {
        u64 time = byte_time(u), full = (FIFO + 1) * time;
        /* A full FIFO would lose the byte; the emulator waits instead. */
        if (u->out_at > s->cycles + full - time) {
            u64 wait = u->out_at - (s->cycles + full - time);
            s->idle += wait;
            s->cycles += wait;
        }
        u->out_at = (u->out_at > s->cycles ? u->out_at : s->cycles) + time;
    }
    if (u->out_used == u->out_size) s->host(FLUSH, index);
    if (u->out_used < u->out_size) u->out[u->out_used++] = byte;
    u->empty = 1;
}

static u32 uart_read(State *s, Uart *u, u32 index, u32 number) {
    u32 why, found;
    if (number == 5) return line_status(s, u, index);
    u->polls = 0;
    if (number < 2 && u->registers[3] & 0x80) return u->divisor[number];
    if (number == 0) {
        refill(s, u);
        if (!u->held) return 0;
        found = u->fifo[u->first];
        u->first = (u->first + 1) % FIFO;
        u->held--;
        return found;
    }
    if (number == 2) {
        line_of(s, u, &why);
        if (why == 2) u->empty = 0;
        return why | (u->registers[2] & 1 ? 0xc0 : 0);
    }
    return number == 6 ? 0xb0 : u->registers[number];
}

static void uart_write(State *s, Uart *u, u32 index, u32 number, u32 to) {
    to &= 0xff;
    u->polls = 0;
    if (number < 2 && u->registers[3] & 0x80) { u->divisor[number] = to; return; }
    if (number == 0) { transmit(s, u, index, (u8)to); return; }
    if (number == 2 && to & 2) { u->held = 0; u->tail = put_in(u); u->in_active = 0; }
    if (number == 1 && to & 2) u->empty = 1;
    if (number < 5 || number == 7) u->registers[number] = to;
}

/* ---- interrupts */

static u64 mtime(const State *s) { return s->cycles + s->mtime_offset; }

static void line(State *s, u32 source, int high) {
    if (source == 0 || source >= SOURCES) return;
    if (s->attribute[source] & 2) { /* on an edge: 1 rising, 3 falling */
        int falling = s->attribute[source] >> 2 & 1;
        if (high != s->line[source] && high != falling) s->pending[source] = 1;
    } else {
        s->pending[source] = (u8)high;
    }
    s->line[source] = (u8)high;
}

/* The interrupt to deliver; 0 when there is none. */
static u32 wanted(State *s) {
    u32 best = 0, why;
    line(s, s->timer_source, mtime(s) >= s->mtimecmp);
    line(s, s->software_source, s->msip & 1);
    for (u32 i = 0; i < s->uart_count; i++) {
        Uart *u = &s->uarts[i];
        line(s, u->source, line_of(s, u, &why));
    }
    for (u32 i = 1; i < SOURCES; i++)
        if (s->enabled[i] && s->pending[i] && s->control[i] >= s->eclic_threshold
            && (!best || s->control[i] >= s->control[best])) best = i;
    return best;
}

/* The next cycle at which something may ask for an interrupt by itself. */
static u64 deadline(State *s) {
    u64 found = ~0ull;
    if (s->timer_source && s->enabled[s->timer_source] && mtime(s) < s->mtimecmp) {
        found = s->cycles + (s->mtimecmp - mtime(s));
        if (found < s->cycles) found = ~0ull;
    }
    for (u32 i = 0; i < s->uart_count; i++) {
        Uart *u = &s->uarts[i];
        if (!s->paced || !u->source || !s->enabled[u->source]) continue;
        if (u->registers[1] & 1 && u->in_active && u->in_at > s->cycles && u->in_at < found)
            found = u->in_at;
        if (u->registers[1] & 2 && u->empty && u->out_at > s->cycles + byte_time(u)
            && u->out_at - byte_time(u) < found) found = u->out_at - byte_time(u);
    }
    return found;
}

/* At a block's start where time is up or something happened: 1 to stop before it. */
static int attend(State *s, u64 address) {
    if (s->check_sp) {
        s->check_sp = 0;
        if (s->floor && value(s, s->register_sp) < s->floor) {
            halt(s, STACK, address);
            return 1;
        }
    }
    if (s->halt || s->pause || s->cycles >= s->slice_end) {
        halt(s, SLICE, address);
        return 1;
    }
    /* Only then, so that it does not matter how a run is cut into slices. */
    if (s->changed || s->cycles >= s->look_at) {
        __atomic_store_n(&s->changed, 0, __ATOMIC_SEQ_CST);
        s->interrupt = wanted(s);
        s->look_at = deadline(s);
        if (s->interrupt) {
            if (!s->steps && value(s, s->register_mstatus) & 8) {
                s->changed = 1;
                halt(s, INTERRUPT, address);
                return 1;
            }
            /* Interrupts are off: look again soon, but not at every block. */
            if (s->look_at > s->cycles + 64) s->look_at = s->cycles + 64;
        }
    }
    __atomic_store_n(&s->limit, s->look_at < s->slice_end ? s->look_at : s->slice_end,
                     __ATOMIC_SEQ_CST);
    /* Another thread sets these and then limit to 0, at any moment. */
    if (__atomic_load_n(&s->changed, __ATOMIC_SEQ_CST)
        || __atomic_load_n(&s->pause, __ATOMIC_SEQ_CST)
        || __atomic_load_n(&s->halt, __ATOMIC_SEQ_CST)) s->limit = 0;
    return 0;
}

static void enter_interrupt(State *s) {
    u32 status = value(s, s->register_mstatus);
    set(s, s->register_mepc, s->pc);
    set(s, s->register_mcause, 0x80000000u | s->interrupt);
    /* MPIE = MIE, MIE = 0, MPP = machine */
    set(s, s->register_mstatus, (status & ~0x88u) | (status & 8) << 4 | 0x1800);
    s->pc = value(s, s->register_mtvec) & ~3u;
    s->changed = 1;
}

/* ---- the processor */

/* ---- loops computed by the host
 *
 * A block that jumps back to its own start, and only loads, multiplies, adds to sums and counts, is
 * what a dot product is compiled to. At its first turn the hook computes all turns but the last in
 * C, sets registers and counts to what they then would be, and lets Unicorn do the last one. It
 * goes no further than to the cycle at which something else may happen, so that nothing differs. */

enum { SAME, LOADED, PRODUCT, SUM };

typedef struct { u8 kind, first, second; } Value;

static int immediate(u32 word) { return (int)word >> 20; }

static int is_load(u32 word, Load *load) {
    static const u8 widths[8] = {1, 2, 4, 0, 1, 2, 0, 0};
    u32 kind = word >> 12 & 7;
    if ((word & 0x7f) != 0x03 || !widths[kind]) return 0;
    load->width = widths[kind];
    load->sign = kind < 3;
    load->base = word >> 15 & 31;
    load->offset = immediate(word);
    return 1;
}

/* The 32-bit form of the compressed instructions that occur here; 0 for others. */
static u32 widened(u32 half) {
    u32 low = half & 3, third = half >> 13, rd = half >> 7 & 31, rs2 = half >> 2 & 31;
    u32 small1 = 8 + (half >> 7 & 7), small2 = 8 + (half >> 2 & 7);
    if (low == 1 && third == 0 && rd)
        return (u32)(((int)((half >> 12 & 1) << 31) >> 26 | (int)rs2) << 20) | rd << 15 | rd << 7
            | 0x13;
    if (low == 2 && third == 4 && half >> 12 & 1 && rd && rs2)
        return rs2 << 20 | rd << 15 | rd << 7 | 0x33;
    if (low == 0 && third == 2)
        return ((half >> 10 & 7) << 3 | (half >> 6 & 1) << 2 | (half >> 5 & 1) << 6) << 20
            | small1 << 15 | 2 << 12 | small2 << 7 | 0x03;
    if (low == 1 && third == 7) { /* c.bnez: its target is looked at elsewhere */
        u32 to = (half >> 12 & 1) << 8 | (half >> 5 & 3) << 6 | (half >> 2 & 1) << 5
            | (half >> 10 & 3) << 3 | (half >> 3 & 3) << 1;
        to = to & 0x100 ? to | 0xfffffe00 : to;
        return (to >> 12 & 1) << 31 | (to >> 5 & 63) << 25 | small1 << 15 | 1 << 12
            | (to >> 1 & 15) << 8 | (to >> 11 & 1) << 7 | 0x63;
    }
    return 0;
}

static int branch_target(u32 word) {
    int to = (int)(word & 0x80000000) >> 19;
    return to | (int)((word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | (word >> 8 & 15) << 1);
}

/* Whether the block of `size` bytes at `offset` of the code is such a loop; fills `loop`. */
static int is_loop(State *s, u64 offset, u32 size, Loop *loop) {
    Value value[32] = {{SAME, 0, 0}};
    u64 end = offset + size;
    u8 used[32] = {0};
    for (u32 i = 0; i < 32; i++) { value[i] = value[0]; loop->step[i] = 0; }
    loop->loads = loop->terms = 0;
    for (u64 at = offset; at < end;) {
        const u8 *code = s->code + at;
        u32 half = code[0] | (u32)code[1] << 8, wide = (half & 3) == 3;
        u32 word = wide ? half | (u32)code[2] << 16 | (u32)code[3] << 24 : widened(half);
        u32 rd = word >> 7 & 31, rs1 = word >> 15 & 31, rs2 = word >> 20 & 31;
        u64 here = at;
        Load load;
        at += wide ? 4 : 2;
        if ((word & 0x7f) == 0x63) { /* bne, the last one, back to the start */
            if ((word >> 12 & 7) != 1 || at != end) return 0;
            if (here + (u64)(long long)branch_target(word) != offset) return 0;
            if (value[rs1].kind != SAME || value[rs2].kind != SAME) return 0;
            loop->left = (u8)rs1;
            loop->right = (u8)rs2;
            for (u32 i = 0; i < 32; i++) if (used[i] && value[i].kind != SAME) return 0;
            return loop->terms > 0;
        }
        if (!rd) return 0;
        if (is_load(word, &load)) {
            if (value[rs1].kind != SAME || loop->loads == PARTS || value[rd].kind == SUM) return 0;
            if (loop->step[rd]) return 0;
            load.offset += loop->step[rs1];
            used[rs1] = 1;
            value[rd] = (Value){LOADED, (u8)loop->loads, 0};
            loop->load[loop->loads++] = load;
        } else if ((word & 0x707f) == 0x13) { /* addi */
            if (rd != rs1 || value[rd].kind != SAME) return 0;
            loop->step[rd] += immediate(word);
            used[rd] = 1;
        } else if ((word & 0xfe00707f) == 0x02000033) { /* mul */
            if (value[rs1].kind != LOADED || value[rs2].kind != LOADED) return 0;
            if (value[rd].kind == SUM || used[rd] || loop->step[rd]) return 0;
            value[rd] = (Value){PRODUCT, value[rs1].first, value[rs2].first};
        } else if ((word & 0xfe00707f) == 0x33) { /* add */
            u32 other = rs1 == rd ? rs2 : rs1;
            Value own = value[rd], what = value[other];
            if ((rs1 != rd && rs2 != rd) || rs1 == rs2 || loop->terms == PARTS) return 0;
            if (own.kind != SUM && (own.kind != SAME || used[rd])) return 0;
            if (what.kind != LOADED && what.kind != PRODUCT) return 0;
            value[rd].kind = SUM;
            loop->term[loop->terms++] = (Term){(u8)rd, what.first, what.second,
                                               what.kind == PRODUCT};
        } else {
            return 0;
        }
    }
    return 0;
}

/* How many turns the loop takes; 0 where that is not plain. */
static u64 turns(const Loop *loop, u32 left, u32 right) {
    u32 step = (u32)loop->step[loop->left] - (u32)loop->step[loop->right];
    u32 distance = right - left;
    if (loop->left == loop->right || !step || !distance) return 0;
    if (step >> 31) { step = 0u - step; distance = 0u - distance; }
    return distance % step ? 0 : distance / step;
}

/* Where `count` loads begin, if all of them lie in one memory. */
static const u8 *place(State *s, const Loop *loop, const Load *load, u32 base, u64 count) {
    long long step = loop->step[load->base];
    long long first = (long long)(u32)(base + (u32)load->offset);
    long long final = first + step * (long long)(count - 1);
    long long low = first < final ? first : final;
    long long high = (first < final ? final : first) + load->width;
    for (u32 i = 0; i < 3; i++) {
        const Memory *memory = &s->memories[i];
        if (low >= (long long)memory->base && high <= (long long)(memory->base + memory->size))
            return memory->bytes + (first - (long long)memory->base);
    }
    return 0;
}

#define FETCH(type) \
    for (u32 i = 0; i < count; i++) { \
        type one; \
        __builtin_memcpy(&one, from + (long long)i * step, sizeof one); \
        to[i] = (u32)(int)one; \
    }

static void fetch(const Load *load, const u8 *from, long long step, u32 count, u32 *to) {
    if (load->width == 1 && load->sign && step == 1) {
        for (u32 i = 0; i < count; i++) to[i] = (u32)(int)(signed char)from[i];
    } else if (load->width == 1 && load->sign) { FETCH(signed char) }
    else if (load->width == 1) { FETCH(u8) }
    else if (load->width == 2 && load->sign) { FETCH(short) }
    else if (load->width == 2) { FETCH(u16) }
    else { FETCH(u32) }
}

/* At the start of a loop's block: compute the turns before the last one. */
static void ahead(State *s, const Block *block, const Loop *loop) {
    u32 registers[32], left = loop->left, right = loop->right;
    const u8 *from[PARTS];
    u64 count, room = (s->limit - 1 - s->cycles) / block->cost;
    registers[0] = 0;
    if (left) registers[left] = value(s, s->register_x0 + left);
    if (right) registers[right] = value(s, s->register_x0 + right);
    count = turns(loop, registers[left], registers[right]);
    if (count < 24) return;
    count = count - 1 < room ? count - 1 : room;
    if (count < 16 || count >> 31) return;
    for (u32 i = 1; i < 32; i++) registers[i] = value(s, s->register_x0 + i);
    for (u32 i = 0; i < loop->loads; i++) {
        const Load *load = &loop->load[i];
        from[i] = place(s, loop, load, registers[load->base], count);
        if (!from[i]) return;
    }
    for (u64 done = 0; done < count;) {
        u32 size = count - done < CHUNK ? (u32)(count - done) : CHUNK;
        for (u32 i = 0; i < loop->loads; i++) {
            long long step = loop->step[loop->load[i].base];
            fetch(&loop->load[i], from[i], step, size, s->values[i]);
            from[i] += step * (long long)size;
        }
        for (u32 i = 0; i < loop->terms; i++) {
            const u32 *first = s->values[loop->term[i].first];
            const u32 *second = s->values[loop->term[i].second];
            u32 sum = 0;
            if (loop->term[i].pair) for (u32 j = 0; j < size; j++) sum += first[j] * second[j];
            else for (u32 j = 0; j < size; j++) sum += first[j];
            registers[loop->term[i].target] += sum;
        }
        done += size;
    }
    for (u32 i = 1; i < 32; i++)
        if (loop->step[i]) set(s, s->register_x0 + i, registers[i] + (u32)loop->step[i] * (u32)count);
    for (u32 i = 0; i < loop->terms; i++)
        set(s, s->register_x0 + loop->term[i].target, registers[loop->term[i].target]);
    s->cycles += count * block->cost;
    s->count += count * block->count;
    s->ahead += count;
}

static void learn(State *s, Block *block, u64 offset, u32 size) {
    u32 count = 0, cost = 0, flags = 0;
    for (u64 at = offset; at < offset + size && at < s->size; at += (s->code[at] & 3) == 3 ? 4 : 2) {
        count++;
        cost += s->costs[at >> 1] & 0x7f;
        flags |= s->costs[at >> 1] & LOWERS;
    }
    if (s->base + offset == s->entry || s->base + offset == 0) flags |= START;
    if (count == 1) flags |= SINGLE;
    if (s->loop_count < LOOPS && size <= 96 && is_loop(s, offset, size, &s->loops[s->loop_count]))
        flags |= ++s->loop_count << 8;
    block->size = (u16)size;
    block->count = (u16)count;
    block->cost = (u16)cost;
    block->flags = (u16)flags;
}

/* One block that runs now. */
static inline void count(State *s, const Block *block, u64 address) {
    s->cycles += block->cost;
    s->count += block->count;
    s->last = address;
}

/* The rare cases at a block's start. Not inlined: so the hook needs no registers of its own. */
__attribute__((noinline)) static void special(State *s, u64 address, u32 size) {
    Block *block = &s->blocks[(address - s->base) >> 1];
    u32 flags;
    if (s->cycles >= s->limit && attend(s, address)) return;
    if (block->size != size) learn(s, block, address - s->base, size);
    flags = block->flags;
    if (flags & START && s->count && address != s->placed) { halt(s, RESTART, address); return; }
    if (flags & SINGLE && address == s->last && !s->steps) { halt(s, LOOP, address); return; }
    if (flags & LOWERS) {
        s->check_sp = 1;
        s->limit = 0; /* see attend */
    }
    if (flags >> 8 && !s->plain && !s->steps && s->cycles < s->limit
        && (address != s->last || s->tried != s->limit)) {
        s->tried = s->limit;
        ahead(s, block, &s->loops[(flags >> 8) - 1]);
    }
    count(s, block, address);
}

/* Before each block: `size` bytes at `address`. Half of the emulator's time may be spent here. */
EXPORT void on_block(void *uc, u64 address, u32 size, void *user) {
    State *s = user;
    u64 offset = address - s->base;
    const Block *block = (const Block *)((const u8 *)s->blocks + offset * 4);
    (void)uc;
    if (__builtin_expect(offset >= s->size, 0)) { s->last = NOWHERE; return; }
    if (__builtin_expect(s->cycles >= s->limit || block->size != size || block->flags, 0)) {
        special(s, address, size);
        return;
    }
    count(s, block, address);
}

/* Before each load and store, where alignment is checked. */
EXPORT void on_access(void *uc, int type, u64 address, int size, long long data, void *user) {
    State *s = user;
    (void)uc; (void)type; (void)data;
    if (address & (u64)(size - 1) && s->reason == RUNNING) halt(s, UNALIGNED, address);
}

/* Before an access to data that a debugger watches. */
EXPORT void on_watch(void *uc, int type, u64 address, int size, long long data, void *user) {
    State *s = user;
    (void)uc; (void)type; (void)data;
    if (s->reason != RUNNING || s->steps) return;
    s->write = (u32)size;
    halt(s, WATCH, address);
}

/* Before an instruction with a breakpoint, or before each one while stepping. */
EXPORT void on_code(void *uc, u64 address, u32 size, void *user) {
    State *s = user;
    (void)uc; (void)size;
    if (s->reason != RUNNING) return;
    if (s->steps) {
        if (s->steps++ > 1) halt(s, BREAKPOINT, address);
    } else if (s->skip != address) {
        halt(s, BREAKPOINT, address);
    }
    s->skip = ~0ull;
}

/* Where the block that began last ends; 0 where none did. */
static u64 end_of_block(State *s) {
    u64 offset = s->last - s->base;
    return offset < s->size ? s->last + s->blocks[offset >> 1].size : 0;
}

/* Take back what was counted of the last block but did not run: all from `pc` on. */
EXPORT void uncount(State *s, u64 pc) {
    u64 end = end_of_block(s);
    if (s->last <= pc && pc < end && end <= s->base + s->size) {
        for (u64 at = pc; at < end; at += (s->code[at - s->base] & 3) == 3 ? 4 : 2) {
            s->count--;
            s->cycles -= s->costs[(at - s->base) >> 1] & 0x7f;
        }
        s->last = NOWHERE;
    }
}

/* In wfi, or a jump to itself: let time pass. 1 when there is something to go on with. */
static int sleep(State *s) {
    u64 next;
    int off = s->reason == LOOP && !(value(s, s->register_mstatus) & 8);
    s->changed = 1;
    if (s->halt || s->pause) { s->asleep = s->reason != LOOP; s->reason = SLICE; return 0; }
    if (wanted(s) && !off) return 1;
    next = off ? ~0ull : deadline(s);
    if (next == ~0ull) {
        /* Without any source that could end it, wfi ends when the host runs the processor again. */
        for (u32 i = 1; i < SOURCES && s->reason != LOOP; i++) s->asleep |= s->enabled[i];
        s->reason = WAIT;
        return 0;
    }
    if (next > s->slice_end) {
        if (s->slice_end > s->cycles) {
            s->idle += s->slice_end - s->cycles;
            s->cycles = s->slice_end;
        }
        s->asleep = s->reason != LOOP;
        s->reason = SLICE;
        return 0;
    }
    s->idle += next - s->cycles;
    s->cycles = next;
    return 1;
}

static int is_wfi(State *s) {
    u64 at = (u64)s->pc - 4 - s->base;
    const u8 *code = s->code + at;
    if (at > s->size - 4) return 0;
    return code[0] == 0x73 && code[1] == 0 && code[2] == 0x50 && code[3] == 0x10;
}

/* Run from pc until slice_end or a stop; Unicorn's error number, with reason saying the rest. */
EXPORT int run(State *s) {
    int error;
    if (s->asleep) {
        s->asleep = 0;
        if (!sleep(s)) return 0;
    }
    for (;;) {
        s->reason = RUNNING;
        s->limit = 0; /* look once at the first block */
        error = s->start(s->uc, s->pc, 0xffffffffull, 0, 0);
        s->pc = value(s, s->register_pc);
        s->next = end_of_block(s);
        if (error) return error;
        if (s->reason == INTERRUPT) {
            enter_interrupt(s);
        } else if (s->reason == RUNNING) {
            uncount(s, s->pc);
            if (!is_wfi(s)) return 0;
            if (!sleep(s)) return 0;
        } else if (s->reason != LOOP || !sleep(s)) {
            return 0;
        }
    }
}

/* ---- the bus: one function pair a page; user is the state */

static void bad(State *s, int write, u64 address) {
    s->write = (u32)write;
    halt(s, REGISTER, address);
}

/* A device may want an interrupt now that did not before. */
static void changed(State *s) { s->changed = 1; s->limit = 0; }

static u64 read_uart(State *s, u32 index, u64 offset) {
    Uart *u = &s->uarts[index];
    if (offset % s->uart_step || offset / s->uart_step > 7) { bad(s, 0, u->base + offset); return 0; }
    if (u->registers[1]) changed(s);
    return uart_read(s, u, index, (u32)(offset / s->uart_step));
}

static void write_uart(State *s, u32 index, u64 offset, u64 to) {
    Uart *u = &s->uarts[index];
    if (offset % s->uart_step || offset / s->uart_step > 7) { bad(s, 1, u->base + offset); return; }
    uart_write(s, u, index, (u32)(offset / s->uart_step), (u32)to);
    if (u->registers[1]) changed(s);
}

#define UART_PAGE(i) \
    EXPORT u64 uart##i##_read(void *uc, u64 offset, u32 size, void *user) { \
        (void)uc; (void)size; return read_uart(user, i, offset); } \
    EXPORT void uart##i##_write(void *uc, u64 offset, u32 size, u64 to, void *user) { \
        (void)uc; (void)size; write_uart(user, i, offset, to); }
UART_PAGE(0)
UART_PAGE(1)
UART_PAGE(2)
UART_PAGE(3)

static void busy(State *s) { for (u32 i = 0; i < s->uart_count; i++) s->uarts[i].polls = 0; }

EXPORT u64 timer_read(void *uc, u64 offset, u32 size, void *user) {
    State *s = user;
    (void)uc; (void)size;
    busy(s);
    switch (offset) {
    case 0x0: return (u32)mtime(s);
    case 0x4: return mtime(s) >> 32;
    case 0x8: return (u32)s->mtimecmp;
    case 0xc: return s->mtimecmp >> 32;
    case 0xff0: return 0;
    case 0xff8: return s->mtimectl;
    case 0xffc: return s->msip;
    default: bad(s, 0, s->timer_base + offset); return 0;
    }
}

EXPORT void timer_write(void *uc, u64 offset, u32 size, u64 to, void *user) {
    State *s = user;
    u64 now = mtime(s), low = 0xffffffffull;
    (void)uc; (void)size;
    to &= low;
    changed(s);
    switch (offset) {
    case 0x0: s->mtime_offset += ((now & ~low) | to) - now; break;
    case 0x4: s->mtime_offset += ((now & low) | to << 32) - now; break;
    case 0x8: s->mtimecmp = (s->mtimecmp & ~low) | to; break;
    case 0xc: s->mtimecmp = (s->mtimecmp & low) | to << 32; break;
    case 0xff0: if (to == 0x80000a5full) halt(s, RESET, 0); break;
    case 0xff8: s->mtimectl = (u32)to; break;
    case 0xffc: s->msip = to & 1; break;
    default: bad(s, 1, s->timer_base + offset);
    }
}

/* One byte of the interrupt controller. */
static int eclic_byte(State *s, u32 at, int write, u8 *byte) {
    u32 source, info = SOURCES | 1u << 13 | 8u << 21; /* sources, version, bits of control */
    if (at >= 0x1000) {
        source = (at - 0x1000) / 4;
        if (source >= SOURCES) return 0;
        u8 *place[4] = {&s->pending[source], &s->enabled[source], &s->attribute[source],
                        &s->control[source]};
        if (!write) *byte = *place[at & 3];
        else if ((at & 3) == 0 && !(s->attribute[source] & 2)) return 1; /* level: the line's */
        else *place[at & 3] = (at & 3) < 2 ? *byte & 1 : (at & 3) == 2 ? *byte & 0xc7 : *byte;
    } else if (at == 0) {
        if (write) s->eclic_config = *byte & 0x1e; else *byte = (u8)s->eclic_config;
    } else if (at >= 4 && at < 8) {
        if (!write) *byte = (u8)(info >> (at - 4) * 8);
    } else if (at == 11) {
        if (write) s->eclic_threshold = *byte; else *byte = (u8)s->eclic_threshold;
    } else {
        if (at > 11) return 0;
        if (!write) *byte = 0;
    }
    return 1;
}

EXPORT u64 eclic_read(void *uc, u64 offset, u32 size, void *user) {
    State *s = user;
    u64 found = 0;
    (void)uc;
    changed(s);
    (void)wanted(s); /* brings the pending bits up to date */
    for (u32 i = 0; i < size; i++) {
        u8 byte = 0;
        if (!eclic_byte(s, (u32)offset + i, 0, &byte)) { bad(s, 0, s->eclic_base + offset); return 0; }
        found |= (u64)byte << 8 * i;
    }
    return found;
}

EXPORT void eclic_write(void *uc, u64 offset, u32 size, u64 to, void *user) {
    State *s = user;
    (void)uc;
    changed(s);
    for (u32 i = 0; i < size; i++) {
        u8 byte = (u8)(to >> 8 * i);
        if (!eclic_byte(s, (u32)offset + i, 1, &byte)) { bad(s, 1, s->eclic_base + offset); return; }
    }
}

EXPORT u64 gpio_read(void *uc, u64 offset, u32 size, void *user) {
    State *s = user;
    (void)uc; (void)size;
    switch (offset) {
    case 0x00: return s->gpio_data;
    case 0x04: return s->gpio_direction;
    case 0x50: return (s->gpio_data & s->gpio_direction) | (s->gpio_input & ~s->gpio_direction);
    default: bad(s, 0, s->gpio_base + offset); return 0;
    }
}

EXPORT void gpio_write(void *uc, u64 offset, u32 size, u64 to, void *user) {
    State *s = user;
    u32 pins;
    (void)uc; (void)size;
    if (offset == 0x00) s->gpio_data = (u32)to;
    else if (offset == 0x04) s->gpio_direction = (u32)to;
    else { bad(s, 1, s->gpio_base + offset); return; }
    pins = s->gpio_data & s->gpio_direction;
    if (pins != s->gpio_pins) {
        Event *event = &s->events[s->gpio_changes++ % EVENTS];
        event->cycles = s->cycles;
        event->pins = s->gpio_pins = pins;
    }
}

/* Sizes and places of members, for a test that Python has them in the same places. */
EXPORT u64 layout(u32 what) {
    switch (what) {
    case 0: return sizeof(State);
    case 1: return sizeof(Uart);
    case 2: return __builtin_offsetof(State, uarts);
    case 3: return __builtin_offsetof(State, events);
    case 4: return __builtin_offsetof(State, memories);
    case 5: return __builtin_offsetof(State, pending);
    case 6: return __builtin_offsetof(State, register_mtvec);
    default: return __builtin_offsetof(State, line);
    }
}
