// The integral of the logistic sigmoid, from e^{-|x|} <= 1: no overflow on either side. The built-in exp will do
// here: its error of 3 + 2|x| ULP is damped by e^{-|x|} and by 1/(1 + e)^2 (logistic) or 1/(1 + e) (softplus).
// Guaranteed by the WGSL specification: absolute error 2^-22. Both share the exponential once inlined.

// e^{-|x|}; the clamp keeps x log2 e finite inside the built-in.
fn exp_minus_abs(x: f32) -> f32 {
  return exp(-min(abs(x), 100.0));
}

// log(1 + e^x) = max(x, 0) + log(1 + e^{-|x|}).
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p_unit(exp_minus_abs(x));
}
