// The arctangent family for every finite x: |x| > 1 goes through 1/|x|, and squares are taken of clamped values.
// Coefficients: minimax fit of atan(z)/z in z^2 on [0, 1].

const HALF_PI = 1.5707963267948966;

// |x| up to 1, 1/|x| beyond.
fn atan_argument(a: f32) -> f32 {
  return select(a, 1.0 / clamp(a, 1.0, 8e37), a > 1.0);
}

// atan(z)/z for q = z^2 in [0, 1].
fn atan_ratio(q: f32) -> f32 {
  let high = (((0.002975537 * q - 0.016585084) * q + 0.04356009) * q - 0.07581154) * q + 0.10679223;
  return (((high * q - 0.14214285) * q + 0.19994147) * q - 0.33333167) * q + 1.0;
}

// atan(x), odd to the last bit, at most 3 ULP.
fn stable_atan(x: f32) -> f32 {
  let a = abs(x);
  let z = atan_argument(a);
  let p = z * atan_ratio(z * z);
  let r = select(p, HALF_PI - p, a > 1.0);
  return select(r, -r, x < 0.0);
}

// 1/(1 + x^2); the clamp changes only values below the normal floats.
fn inverse_one_plus_square(x: f32) -> f32 {
  let a = min(abs(x), 9e18);
  return 1.0 / (1.0 + a * a);
}

// Integral of atan from 0: s atan s - log(1 + s^2)/2, where s atan s = |s| pi/2 - atan(z)/z for z = 1/|s| takes no
// error from the division. Near 0 the difference keeps half of each term, so nothing worse than 2^-24 is lost; beyond
// 1e18 the logarithm is below the last bit.
fn atan_moment(s: f32) -> f32 {
  let a = abs(s);
  let z = atan_argument(a);
  let ratio = atan_ratio(z * z);
  let c = min(a, 1e18);
  let half_log = 0.5 * log1p(c * c);
  // The clamp is the largest float over pi/2, rounded down. pi/2 - 1 apart: a - ratio cancels first.
  let b = min(a, 0x1.45f304p+127);
  let far = b * 0.5707963267948966 + ((b - ratio) - half_log);
  return select(far, z * z * ratio - half_log, a <= 1.0);
}
