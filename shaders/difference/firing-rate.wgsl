// Second-order parts of the terms of eq. 10 at an offset d of the state u, which moves z = W u + b by x = W d; the
// first-order part of their sum is grad E.d + second.rest (src/model/difference.ts).
fn difference_argument(d: State) -> State {
  return weights_apply(d);
}

// d.W d / 2 - (L - L0 - g0.x)
fn difference_1(d: State, x: State, c: Change) -> Real {
  return 0.5 * dot_state(d, x) - c.lagrangian;
}

// x.dg - (L - L0 - g0.x) - dg.W dg / 2
fn difference_2(d: State, x: State, c: Change) -> Real {
  return c.moment - 0.5 * weights_form(c.g);
}

// |dr|^2 / 2, dr = dg - d
fn difference_3(d: State, x: State, c: Change) -> Real {
  let r = sub(c.g, d);
  return 0.5 * dot_state(r, r);
}
