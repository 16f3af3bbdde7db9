// Condition (11): the smallest eigenvalue of sym(M^T R), N <= 8, by cyclic Jacobi rotations (bounded sweeps).
const EIGEN_SWEEPS = 12u;

fn certificate(p: Point) -> f32 {
  let m = m_matrix(p);
  var r: Columns;
  for (var j = 0u; j < N; j++) {
    r[j] = r_apply(p, unit(j));
  }
  var a: Columns;
  for (var i = 0u; i < N; i++) {
    for (var j = 0u; j < N; j++) {
      a[i][j] = 0.5 * (dot_state(m[i], r[j]) + dot_state(m[j], r[i]));
    }
  }
  for (var sweep = 0u; sweep < EIGEN_SWEEPS; sweep++) {
    for (var i = 0u; i + 1u < N; i++) {
      for (var j = i + 1u; j < N; j++) {
        let t = jacobi_tangent(a[i][j], a[j][j] - a[i][i]);
        let c = inverseSqrt(1.0 + t * t);
        let s = c * t;
        for (var k = 0u; k < N; k++) {
          let x = a[k][i];
          let y = a[k][j];
          a[k][i] = c * x - s * y;
          a[k][j] = s * x + c * y;
        }
        for (var k = 0u; k < N; k++) {
          let x = a[i][k];
          let y = a[j][k];
          a[i][k] = c * x - s * y;
          a[j][k] = s * x + c * y;
        }
      }
    }
  }
  var least = a[0][0];
  for (var i = 1u; i < N; i++) {
    least = min(least, a[i][i]);
  }
  return least;
}
