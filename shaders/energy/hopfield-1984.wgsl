// Eq. 5, Hopfield's energy of 1984 at x = g(y), for invertible g:
//   sum_i integral_0^{x_i} g_i^-1(s) ds - x.W x / 2 - b.x,  M = H in the variable y.
// By Legendre's identity the integral is y_i g_i - l_i(y_i) + l_i(g_i^-1(0)), and the last term is 0 for every
// row of the table; so nothing is inverted near saturation, where g^-1 is ill-conditioned.
fn energy_2(p: Point) -> Real {
  return dot_state(p.y, p.g) - lagrangian(p.x) - 0.5 * interaction(p) - bias_dot(p.g);
}

fn m_2(p: Point, v: State) -> State {
  return hessian_apply(p, v);
}
