// The arctangent family for every finite x: |x| > 1 goes through 1/|x|, and squares are taken of clamped values.
// Coefficients: minimax fit of atan(z)/z in z^2 on [0, 1].

const HALF_PI = 1.5707963267948966;

// atan(x), odd to the last bit, at most 4 ULP (the division alone may cost 2.5).
fn stable_atan(x: f32) -> f32 {
  let a = abs(x);
  let z = select(a, 1.0 / clamp(a, 1.0, 8e37), a > 1.0);
  let q = z * z;
  let high = (((0.002975537 * q - 0.016585084) * q + 0.04356009) * q - 0.07581154) * q + 0.10679223;
  let p = z * ((((high * q - 0.14214285) * q + 0.19994147) * q - 0.33333167) * q + 1.0);
  let r = select(p, HALF_PI - p, a > 1.0);
  return select(r, -r, x < 0.0);
}

// 1/(1 + x^2); the clamp changes only values below the normal floats.
fn inverse_one_plus_square(x: f32) -> f32 {
  let a = min(abs(x), 9e18);
  return 1.0 / (1.0 + a * a);
}

// Integral of atan from 0: s atan s - log(1 + s^2)/2. Near 0 the difference keeps half of each term, so nothing
// worse than 2^-24 is lost; beyond 1e18 the logarithm is below the last bit of s atan s.
fn atan_moment(s: f32) -> f32 {
  let a = abs(s);
  let c = min(a, 1e18);
  // 0x1.45f3p+127 = (largest float)/(pi/2) rounded down.
  return min(a, 0x1.45f3p+127) * stable_atan(a) - 0.5 * log1p(c * c);
}
