/* Analog noise: the inner loops of studio/simulate/noise.py.

   Built at first use by studio/base/native.py and called through ctypes. No library is used,
   nothing is allocated; EXPORT comes from native.py. numpy does the same, bit for bit, where
   nothing can be compiled: so no multiplication and addition may be fused.

   Normal numbers are taken from a table of 65536 by 16 random bits each, four of every 64 bits
   of an SFC64 generator (Chris Doty-Humphrey), the one numpy has. */

#pragma STDC FP_CONTRACT OFF

typedef int i32; typedef short i16; typedef long long i64; typedef unsigned long long u64;

enum { CHUNK = 256 };

static inline u64 next(u64 *s)
{
    u64 sum = s[0] + s[1] + s[3]++;
    s[0] = s[1] ^ (s[1] >> 11);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 24) | (s[2] >> 40)) + sum;
    return sum;
}

/* n normal numbers; a last, partly used 64 bits are dropped. */
static void normals(float *z, i64 n, const float *table, u64 *state)
{
    u64 s[4] = {state[0], state[1], state[2], state[3]};
    i64 i = 0;
    for (; i + 4 <= n; i += 4) {
        u64 bits = next(s);
        z[i] = table[bits & 0xFFFF];
        z[i + 1] = table[bits >> 16 & 0xFFFF];
        z[i + 2] = table[bits >> 32 & 0xFFFF];
        z[i + 3] = table[bits >> 48];
    }
    if (i < n)
        for (u64 bits = next(s); i < n; i++, bits >>= 16)
            z[i] = table[bits & 0xFFFF];
    for (int k = 0; k < 4; k++) state[k] = s[k];
}

/* out = base + grid * rint(sigma * z), or base + sigma * z where grid is 0 */
EXPORT void noisy(float *restrict out, const float *restrict base, const float *restrict sigma,
                  i64 n, float grid, const float *table, u64 *state)
{
    const float whole = 12582912.0f;  /* 1.5 * 2**23: added and taken away, it rounds to even */
    float z[CHUNK];
    for (i64 at = 0; at < n; at += CHUNK) {
        i64 some = n - at < CHUNK ? n - at : CHUNK;
        normals(z, some, table, state);
        if (grid == 0.0f)
            for (i64 i = 0; i < some; i++) {
                float error = sigma[at + i] * z[i];
                out[at + i] = base[at + i] + error;
            }
        else
            for (i64 i = 0; i < some; i++) {
                float error = sigma[at + i] * z[i], steps = error + whole;
                steps = grid * (steps - whole);
                out[at + i] = base[at + i] + steps;
            }
    }
}

/* One row of the chip's rounding, in quarters of an output LSB, with bias and noise before it:
   out = clip((trunc(sum * scale + bias + sigma * z) + 2) >> 2, low, 127). Without a table there
   is no noise. A row takes whole 64 bits of the generator. */
static inline __attribute__((always_inline)) void
rounded_row(i16 *restrict out, const float *restrict sums, const float *restrict scale,
            const float *restrict bias, const float *restrict sigma, i64 columns, i32 low,
            const float *table, u64 *state)
{
    const float least = 4.0f * (float)low - 2.0f;
    float z[CHUNK];
    for (i64 at = 0; at < columns; at += CHUNK) {
        i64 some = columns - at < CHUNK ? columns - at : CHUNK;
        const float *a = sums + at, *f = scale + at, *b = bias + at, *s = sigma + at;
        i16 *y = out + at;
        if (table) {
            normals(z, some, table, state);
            for (i64 i = 0; i < some; i++) {
                float error = s[i] * z[i], value = a[i] * f[i];
                value = value + b[i];
                z[i] = value + error;
            }
        } else
            for (i64 i = 0; i < some; i++) {
                float value = a[i] * f[i];
                z[i] = value + b[i];
            }
        /* Clipped before rounding: the ends are the values that still round to low and 127. */
        for (i64 i = 0; i < some; i++) {
            float v = z[i] < least ? least : z[i];
            v = v > 509.0f ? 509.0f : v;
            y[i] = (i16)(((i32)v + 2) >> 2);
        }
    }
}

/* Rows by columns; sigma is one row (step 0) or one for each (step columns). */
EXPORT void rounded(i16 *restrict out, const float *restrict sums, const float *restrict scale,
                    const float *restrict bias, const float *restrict sigma, i64 step, i64 rows,
                    i64 columns, i32 low, const float *table, u64 *state)
{
    for (i64 r = 0; r < rows; r++, sums += columns, out += columns, sigma += step)
        rounded_row(out, sums, scale, bias, sigma, columns, low, table, state);
}
