/**
 * Jobs that the DRM scheduler gives to the hardware before the first of them is done. Source: amdgpu_drv.c,
 * amdgpu_sched_hw_submission 2, which is also the least that it allows.
 */
export const DRM_RING = 2;
