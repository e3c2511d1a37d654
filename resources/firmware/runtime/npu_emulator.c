/* Driver of the NPU that CIM Studio's emulator provides; see npu.h. */

#include "chip.h"
#include "npu.h"

#define NPU_REGISTER(offset) (*(volatile uint32_t *)(uintptr_t)(CHIP_NPU + (offset)))

/* The NPU reads and writes memory behind the compiler's back. */
#define MEMORY_BARRIER() __asm__ volatile("fence" ::: "memory")

uint32_t npu_id(void)
{
    return NPU_REGISTER(NPU_REG_ID);
}

uint32_t npu_tag(void)
{
    return NPU_REGISTER(NPU_REG_TAG);
}

uint32_t npu_run(const struct npu_op *op)
{
    uint32_t status;

    MEMORY_BARRIER();
    NPU_REGISTER(NPU_REG_STATUS) = 0u;
    NPU_REGISTER(NPU_REG_DESC) = (uint32_t)(uintptr_t)op;
    NPU_REGISTER(NPU_REG_START) = 1u;
    do {
        status = NPU_REGISTER(NPU_REG_STATUS);
    } while (status == NPU_STATUS_IDLE);
    MEMORY_BARRIER();
    return status == NPU_STATUS_DONE ? NPU_ERROR_NONE : NPU_REGISTER(NPU_REG_ERROR);
}
