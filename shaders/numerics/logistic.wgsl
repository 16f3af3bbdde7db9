// The logistic sigmoid of fields, which share its exponential with softplus.wgsl. Flows have their own (flow/logistic).

// 1/(1 + e^{-x}). The quotient is the smaller one of logistic(x), logistic(-x), at most 1/2, so that the division,
// which may be off by 2.5 ULP, costs half as much as in 1/(1 + e).
fn logistic(x: f32) -> f32 {
  let e = exp_minus_abs(x);
  let smaller = e / (1.0 + e);
  return select(smaller, 1.0 - smaller, x > 0.0);
}
