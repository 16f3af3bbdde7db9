// Small square matrices (N <= 8) as arrays of columns.
alias Columns = array<State, N>;

fn unit(j: u32) -> State {
  var e = zero_state();
  e[j] = 1.0;
  return e;
}

fn m_matrix(p: Point) -> Columns {
  var m: Columns;
  for (var j = 0u; j < N; j++) {
    m[j] = m_apply(p, unit(j));
  }
  return m;
}
