/* Start-up: stack, global pointer, trap vector, FPU, .data and .bss; then main(). */

    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack_top

    la t0, trap_entry
    csrw mtvec, t0

#ifdef __riscv_flen
    /* mstatus.FS = Initial: floating-point instructions trap while it is Off. */
    li t0, 0x2000
    csrs mstatus, t0
    csrw fcsr, zero
#endif

    /* .data lies in code memory until it is copied. */
    la t0, __data_load
    la t1, __data_start
    la t2, __data_end
1:  bgeu t1, t2, 2f
    lw t3, 0(t0)
    sw t3, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    j 1b

2:  la t1, __bss_start
    la t2, __bss_end
3:  bgeu t1, t2, 4f
    sw zero, 0(t1)
    addi t1, t1, 4
    j 3b

4:  call main
5:  wfi
    j 5b
    .size _start, . - _start

    /* mtvec: direct mode needs the low bits clear; the ECLIC of Nuclei cores wants 64 bytes. */
    .section .text.trap, "ax", @progbits
    .balign 64
    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    /* A trap is fatal and the stack may be what broke: start it afresh, report, stop. */
    la sp, __stack_top
    csrr a0, mcause
    csrr a1, mepc
    call trap_report
6:  wfi
    j 6b
    .size trap_entry, . - trap_entry
