// Second-order parts of the terms of eq. 14 (eqs. 4 and 5 are its second term) at an offset d of the state y; the
// first-order part of their sum is grad E.d + second.rest (src/model/difference.ts).
fn difference_argument(d: State) -> State {
  return d;
}

// d.W^-1 d / 2 - (L - L0 - g0.d)
fn difference_1(d: State, x: State, c: Change) -> Real {
  return 0.5 * dot_state(d, inverse_weights_apply(d)) - c.lagrangian;
}

// d.dg - (L - L0 - g0.d) - dg.W dg / 2
fn difference_2(d: State, x: State, c: Change) -> Real {
  return c.moment - 0.5 * weights_form(c.g);
}

// |dr|^2 / 2, dr = W dg - d
fn difference_3(d: State, x: State, c: Change) -> Real {
  let r = sub(weights_apply(c.g), d);
  return 0.5 * dot_state(r, r);
}
