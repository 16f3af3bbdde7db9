// A constant R, prepared in f64 on the host: weights, polar, spectral, sylvester, matrix.
fn r_apply(p: Point, v: State) -> State {
  return design_apply(v);
}
