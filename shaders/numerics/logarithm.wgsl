// log(1 + x) without the built-in log, which may be off by 2^-21 near 1, and exact to the last bits at 0.
// Coefficients: minimax fits of log(1 + e)/e and (log(1 + f) - f)/f^2, rounded one by one.

const LN_2 = 0.6931471805599453;
// The bits of sqrt(1/2): mantissas are taken in [sqrt(1/2), sqrt(2)).
const SQRT_HALF_BITS = 0x3f3504f3u;

// log(1 + e) for e in [0, 1]; relative error 1e-7.
fn log1p_unit(e: f32) -> f32 {
  let high = (((0.005518485 * e - 0.030675136) * e + 0.08018345) * e - 0.13835332) * e + 0.19190991;
  return e * ((((high * e - 0.24866316) * e + 0.33322388) * e - 0.4999969) * e + 1.0);
}

// log(1 + x) for x > -1, at most 3 ULP; as x -> -1 it ends at -87.3, so nothing becomes infinite.
// 1 + x = 2^k m. For k = 0 the fraction m - 1 is x itself. Elsewhere the rounding of 1 + x moves the result,
// which is beyond 0.34, by 2^-24, so no correction is needed that a compiler could cancel.
fn log1p(x: f32) -> f32 {
  let u = bitcast<u32>(max(1.0 + x, 0x1p-126));
  let k = bitcast<i32>(u - SQRT_HALF_BITS) >> 23u;
  let m = bitcast<f32>(u - (bitcast<u32>(k) << 23u));
  let f = select(m - 1.0, x, k == 0);
  let high = ((0.0898782 * f - 0.14430787) * f + 0.14881933) * f - 0.16550958;
  let q = (((high * f + 0.199636) * f - 0.25002638) * f + 0.3333393) * f - 0.49999982;
  return f32(k) * LN_2 + (f + f * f * q);
}
