// Exponentials as 2^k times a polynomial on one octave. The built-in exp may be off by 3 + 2|x| ULP, which is
// more than 4 ULP already at x = 1/2: these hold about 1 ULP (decay: plus y 2^-24 of relative error, which
// e^{-y} outweighs, so at most 2^-24 in absolute terms).
// Scaling: k + (bias + 1.5 2^23) holds k + bias in its low 9 bits, so a shift makes the float 2^k; the built-in
// conversion would add range checks.
// Coefficients: minimax fits of (2^f - 1)/f and (e^r - 1 - r)/r^2 (Lawson iteration), rounded one by one.

const POWER_BIAS = 12583039.0;
const LOG2_E = 1.4426950408889634;

// 2^k for whole k in [-126, 127]; 0 for k = -127.
fn power_of_two(k: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(k + POWER_BIAS) << 23u);
}

// 2^f for f in [0, 1].
fn exp2_unit(f: f32) -> f32 {
  let q = ((0.00021565972 * f + 0.001248229) * f + 0.009673775) * f + 0.055486184;
  return 1.0 + f * ((q * f + 0.24022909) * f + 0.69314706);
}

// 2^{-t} for t >= 0; exactly 0 beyond 126.
fn exp2_negative(t: f32) -> f32 {
  let c = min(t, 127.0);
  let k = ceil(c);
  return exp2_unit(k - c) * power_of_two(-k);
}

// e^{-y} for 0 <= y <= 2e38.
fn decay(y: f32) -> f32 {
  return exp2_negative(y * LOG2_E);
}

// e^x - 1. r = x - k log 2 is taken in two steps: 0.693359375 has 10 bits, so the first step is exact, and the
// max (which changes nothing) keeps a compiler from merging the steps, which would cost e^x up to 40 ULP.
fn expm1(x: f32) -> f32 {
  let c = clamp(x, -80.0, 88.72283);
  let k = min(round(c * LOG2_E), 127.0);
  let r = max(c - k * 0.693359375, -0.5) + k * 0.00021219444;
  let q = ((0.00023201456 * r + 0.0013838208) * r + 0.0083274525) * r + 0.041667867;
  let p = r + r * r * ((q * r + 0.16666692) * r + 0.49999997);
  let s = power_of_two(k);
  return select(s * p + (s - 1.0), 0x1.fffffep+127, x > 88.72283);
}
