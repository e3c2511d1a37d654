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
main_returned: /* a name for where a program is that has nothing more to do */
    wfi
    j main_returned
    .size _start, . - _start

    /* mtvec: direct mode needs the low bits clear; the ECLIC of Nuclei cores wants 64 bytes. */
    .section .text.trap, "ax", @progbits
    .balign 64
    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    csrw mscratch, t0
    csrr t0, mcause
    bltz t0, interrupt_entry

    /* An exception is fatal and the stack may be what broke: start it afresh, report, stop. */
    la sp, __stack_top
    csrr a0, mcause
    csrr a1, mepc
    call trap_report
6:  wfi
    j 6b

    /* An interrupt: keep what a C function may change, call the handler, go on. */
    .weak interrupt_dispatch
interrupt_entry:
#ifdef __riscv_flen
#define FRAME 160
#else
#define FRAME 80
#endif
    addi sp, sp, -FRAME
    csrr t0, mscratch
    sw ra, 0(sp)
    sw t0, 4(sp)
    sw t1, 8(sp)
    sw t2, 12(sp)
    sw a0, 16(sp)
    sw a1, 20(sp)
    sw a2, 24(sp)
    sw a3, 28(sp)
    sw a4, 32(sp)
    sw a5, 36(sp)
    sw a6, 40(sp)
    sw a7, 44(sp)
    sw t3, 48(sp)
    sw t4, 52(sp)
    sw t5, 56(sp)
    sw t6, 60(sp)
    csrr t0, mepc
    csrr t1, mstatus
    sw t0, 64(sp)
    sw t1, 68(sp)
#ifdef __riscv_flen
    fsw ft0, 80(sp)
    fsw ft1, 84(sp)
    fsw ft2, 88(sp)
    fsw ft3, 92(sp)
    fsw ft4, 96(sp)
    fsw ft5, 100(sp)
    fsw ft6, 104(sp)
    fsw ft7, 108(sp)
    fsw ft8, 112(sp)
    fsw ft9, 116(sp)
    fsw ft10, 120(sp)
    fsw ft11, 124(sp)
    fsw fa0, 128(sp)
    fsw fa1, 132(sp)
    fsw fa2, 136(sp)
    fsw fa3, 140(sp)
    fsw fa4, 144(sp)
    fsw fa5, 148(sp)
    fsw fa6, 152(sp)
    fsw fa7, 156(sp)
    csrr t0, fcsr
    sw t0, 72(sp)
#endif
    csrr a0, mcause
    slli a0, a0, 20 /* the source's number is in the low 12 bits */
    srli a0, a0, 20
    call interrupt_dispatch
#ifdef __riscv_flen
    lw t0, 72(sp)
    csrw fcsr, t0
    flw ft0, 80(sp)
    flw ft1, 84(sp)
    flw ft2, 88(sp)
    flw ft3, 92(sp)
    flw ft4, 96(sp)
    flw ft5, 100(sp)
    flw ft6, 104(sp)
    flw ft7, 108(sp)
    flw ft8, 112(sp)
    flw ft9, 116(sp)
    flw ft10, 120(sp)
    flw ft11, 124(sp)
    flw fa0, 128(sp)
    flw fa1, 132(sp)
    flw fa2, 136(sp)
    flw fa3, 140(sp)
    flw fa4, 144(sp)
    flw fa5, 148(sp)
    flw fa6, 152(sp)
    flw fa7, 156(sp)
#endif
    /* A handler may have let other interrupts in. */
    csrci mstatus, 8
    lw t0, 64(sp)
    lw t1, 68(sp)
    csrw mepc, t0
    csrw mstatus, t1
    lw ra, 0(sp)
    lw t0, 4(sp)
    lw t1, 8(sp)
    lw t2, 12(sp)
    lw a0, 16(sp)
    lw a1, 20(sp)
    lw a2, 24(sp)
    lw a3, 28(sp)
    lw a4, 32(sp)
    lw a5, 36(sp)
    lw a6, 40(sp)
    lw a7, 44(sp)
    lw t3, 48(sp)
    lw t4, 52(sp)
    lw t5, 56(sp)
    lw t6, 60(sp)
    addi sp, sp, FRAME
    mret
    .size trap_entry, . - trap_entry
