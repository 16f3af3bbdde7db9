// Orthogonal polar factor by one-sided Jacobi: rotations from the right make the columns of A = M V orthogonal,
// so A = U S and Q v = sum_j (a_j / s_j) (v_j . v). Eight columns converge in about six sweeps; twelve are
// done, so the loop is bounded and lanes do not diverge.
const POLAR_SWEEPS = 12u;
const SINGULAR = 1e-6;

fn polar_apply(m: Columns, x: State) -> State {
  // Entries of size 1 at most: squares of small ones would vanish in f32. Q does not depend on the size of M.
  var size = 0.0;
  for (var i = 0u; i < N; i++) {
    for (var j = 0u; j < N; j++) {
      size = max(size, abs(m[i][j]));
    }
  }
  if (size == 0.0) {
    return fill_state(not_a_number());
  }
  var a: Columns;
  var v: Columns;
  for (var j = 0u; j < N; j++) {
    v[j] = unit(j);
    a[j] = scale(1.0 / max(size, 1e-36), m[j]);
  }
  for (var sweep = 0u; sweep < POLAR_SWEEPS; sweep++) {
    for (var i = 0u; i + 1u < N; i++) {
      for (var j = i + 1u; j < N; j++) {
        let along = dot_state(a[i], a[j]);
        let difference = dot_state(a[j], a[j]) - dot_state(a[i], a[i]);
        let t = jacobi_tangent(along, difference);
        let c = inverseSqrt(1.0 + t * t);
        let s = c * t;
        let ai = a[i];
        let vi = v[i];
        a[i] = sub(scale(c, ai), scale(s, a[j]));
        a[j] = add(scale(s, ai), scale(c, a[j]));
        v[i] = sub(scale(c, vi), scale(s, v[j]));
        v[j] = add(scale(s, vi), scale(c, v[j]));
      }
    }
  }
  var least = norm_state(a[0]);
  var largest = least;
  var result = zero_state();
  for (var j = 0u; j < N; j++) {
    let s = norm_state(a[j]);
    least = min(least, s);
    largest = max(largest, s);
    result = add(result, scale(dot_state(v[j], x) / max(s, 1e-30), a[j]));
  }
  if (least <= SINGULAR * largest) {
    return fill_state(not_a_number());
  }
  return result;
}
