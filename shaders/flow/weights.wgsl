// Weights of an exponential step whose length is known in the kernel only (f64 twin: src/flow/exponential.ts). They are
// those of increments: what a step adds to y is made of differences from y, so that near a point of rest nothing cancels.
struct Weights {
  gain: f32,      // 1 - e^-h
  half_gain: f32, // 1 - e^(-h/2)
  second: f32,    // of N_a - N_0, order 2
  last: vec3f,    // of N_0 - y, of N_a + N_b - 2y and of N_c - y, order 4
}

// phi_k(-h) for k = 1, 2, 3 and h >= 0. Below 1 from the series of phi_3 downwards, else from e^-h upwards: each way
// errors get smaller, or lose two bits at most.
fn phi(h: f32) -> vec3f {
  if (h < 1.0) {
    let high = (1.0 / 40320.0 - h * (1.0 / 362880.0 - h * (1.0 / 3628800.0 - h / 39916800.0)));
    let three = 1.0 / 6.0 - h * (1.0 / 24.0 - h * (1.0 / 120.0 - h * (1.0 / 720.0 - h * (1.0 / 5040.0 - h * high))));
    let two = 0.5 - h * three;
    return vec3f(1.0 - h * two, two, three);
  }
  let one = -expm1(-h) / h;
  let two = (1.0 - one) / h;
  return vec3f(one, two, (0.5 - two) / h);
}

fn weights_of(h: f32) -> Weights {
  let p = phi(h);
  let gain = h * p.x;
  let middle = 2.0 * h * (p.y - 2.0 * p.z);
  let end = h * (4.0 * p.z - p.y);
  // The first is h (phi_1 - 3 phi_2 + 4 phi_3), written so that the weights sum to the gain whatever was rounded.
  return Weights(gain, -expm1(-0.5 * h), h * p.y, vec3f(gain - 2.0 * middle - end, middle, end));
}
