// x^2/2 for every finite x: the last moments of the activations end in it. Saturates 3 ULP below the largest float.
// Both factors are clamped, each by itself: x^2 overflows before x^2/2 does, and a compiler may reorder a plain
// product, but not through min.
fn half_square(x: f32) -> f32 {
  let a = abs(x);
  return min(a, 2.608763300517144e19) * min(0.5 * a, 1.304381650258572e19);
}
