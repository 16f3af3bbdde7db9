/** What plans and their costs know of a device. */

/** Time that a device takes, in units of the cost model's, for kernels in registers and for those of large networks. */
export interface DevicePace {
  readonly registers: number;
  readonly workspace: number;
}

/**
 * What a planner must know of a device: plain data, so that a plan can be made in a page for a device that another
 * process holds. Limits are in bytes under WebGPU's names; the CPU backend gives `Number.MAX_SAFE_INTEGER`.
 */
export interface DeviceProfile {
  /** One tile for everything, for fields that stay on the device; refused where it takes too long or too much. */
  readonly whole?: boolean;
  readonly kind: 'gpu' | 'cpu';
  /** A software adapter computes about as fast as the CPU it runs on. */
  readonly software: boolean;
  /** Measured on the device (`Backend.calibrate`); without it the cost model guesses. */
  readonly pace?: DevicePace | undefined;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxUniformBufferBindingSize: number;
}
