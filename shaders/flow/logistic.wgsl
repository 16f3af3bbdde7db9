// As numerics/logistic.wgsl, for flows, whose time it is: one quotient, of which only the numerator is chosen, so that the
// division costs its 2.5 ULP also near 1 (absolute error 2^-21 by the WGSL specification). No clamp: a flow ends long
// before x log2 e overflows.
fn logistic(x: f32) -> f32 {
  let e = exp2(-LOG2_E * abs(x));
  return select(e, 1.0, x > 0.0) / (1.0 + e);
}
