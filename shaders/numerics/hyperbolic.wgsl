// tanh and log cosh from d = e^{-2|x|} - 1 in (-1, 0], which keeps small x to the last bits (the built-in tanh may
// be off by 1e-5 there, and is NaN beyond 88 on some drivers): tanh |x| = -d/(2 + d), log cosh x = |x| + log(1 + d/2).
// Coefficients: minimax fits of (2^f - 1)/f on [-1/2, 1/2] and of log((1 + e)/2)/(e - 1) on [0, 1].

// e^{-2a} - 1 for a >= 0, relative error 1.5 ULP. One multiplication reduces the argument: its rounding is relative
// to a, and e^{-2a} outweighs it.
fn decay_less_one(a: f32) -> f32 {
  let t = -2.8853900817779268 * min(a, 40.0);
  let k = round(t);
  let f = t - k;
  let high = (0.00015461385 * f + 0.0013387563) * f + 0.009618066;
  let p = f * (((high * f + 0.05550367) * f + 0.2402265) * f + 0.6931472);
  let s = power_of_two(k);
  return s * p + (s - 1.0);
}

// Odd to the last bit; at most 4 ULP below 1/2 (2^-24), 2^-23 beyond.
fn stable_tanh(x: f32) -> f32 {
  let d = decay_less_one(abs(x));
  let t = d / (2.0 + d);
  return select(t, -t, x > 0.0);
}

// Even; absolute error 2^-24 max(1, |x|).
fn log_cosh(x: f32) -> f32 {
  let a = abs(x);
  let d = decay_less_one(a);
  let e = 1.0 + d;
  let high = (((0.0038966755 * e - 0.019835705) * e + 0.048077215) * e - 0.078724414) * e + 0.106955715;
  return a + d * ((((high * e - 0.1397839) * e + 0.19312012) * e - 0.30685225) * e + 0.6931472);
}
