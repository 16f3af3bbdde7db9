/** max |v| of many numbers. A loop: a call takes some 120,000 arguments, and matrices hold more. */
export const largestMagnitude = (values: Float64Array): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
