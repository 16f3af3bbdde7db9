// tan of the Jacobi angle that removes an off-diagonal entry: the smaller root of t^2 + 2 tau t - 1 = 0 with
// tau = difference / (2 along). For tiny angles t = along / difference, which cannot overflow.
fn jacobi_tangent(along: f32, difference: f32) -> f32 {
  if (along == 0.0) {
    return 0.0;
  }
  if (abs(along) <= 1e-6 * abs(difference)) {
    return along / difference;
  }
  let tau = 0.5 * difference / along;
  return select(-1.0, 1.0, tau >= 0.0) / (abs(tau) + sqrt(1.0 + tau * tau));
}
