// The logistic sigmoid and its integral, from e^{-|x|} <= 1: no overflow on either side. The built-in exp will do
// here: its error of 3 + 2|x| ULP is damped by e^{-|x|} and by 1/(1 + e)^2 (logistic) or 1/(1 + e) (softplus).
// Guaranteed by the WGSL specification: absolute error 2^-22. Both share the exponential once inlined.

// e^{-|x|}; the clamp keeps x log2 e finite inside the built-in.
fn exp_minus_abs(x: f32) -> f32 {
  return exp(-min(abs(x), 100.0));
}

// 1/(1 + e^{-x}). The quotient is the smaller one of logistic(x), logistic(-x), at most 1/2, so that the division,
// which may be off by 2.5 ULP, costs half as much as in 1/(1 + e).
fn logistic(x: f32) -> f32 {
  let e = exp_minus_abs(x);
  let smaller = e / (1.0 + e);
  return select(smaller, 1.0 - smaller, x > 0.0);
}

// log(1 + e^x) = max(x, 0) + log(1 + e^{-|x|}).
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p_unit(exp_minus_abs(x));
}
