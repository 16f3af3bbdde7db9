// e^{-x^2}, erf and the integral of t erf(t).
// Tails are 2^{-polynomial}: smooth, positive, and an error of the polynomial is damped by the tail itself.
// Coefficients: minimax fits of erf(x)/x and erf_moment(s)/s^3 in the square, of -log2 of the tails in |x|.

// Clean underflow to 0 beyond 9.35.
fn gauss(x: f32) -> f32 {
  let a = min(abs(x), 10.0);
  return decay(a * a);
}

// Odd to the last bit; absolute error 2^-23, 2 ULP below 0.9.
fn erf(x: f32) -> f32 {
  let a = min(abs(x), 4.0);
  let q = a * a;
  let high = (-0.00053074246 * q + 0.004855039) * q - 0.026669296;
  let near = a * (((high * q + 0.11279035) * q - 0.37612218) * q + 1.1283791);
  let rise = ((-0.00028447493 * a + 0.004408333) * a - 0.03213914) * a + 0.15009438;
  let far = 1.0 - exp2_negative(((rise * a + 0.91908276) * a + 1.6269988) * a + 0.00025605995);
  let r = select(far, near, a < 0.9);
  return select(r, -r, x < 0.0);
}

// Integral of t erf(t) from 0 to s = (s^2/2 - 1/4) erf s + s e^{-s^2}/(2 sqrt pi), odd to the last bit.
// Below 1 the terms cancel to s^3: a polynomial; beyond, s^2/2 - 1/4 plus a small tail.
fn erf_moment(s: f32) -> f32 {
  let a = abs(s);
  let b = min(a, 4.0);
  let q = b * b;
  let high = (-0.000041252857 * q + 0.00044262517) * q - 0.0029649427;
  let near = b * q * (((high * q + 0.016113948) * q - 0.075224675) * q + 0.37612638);
  let rise = ((0.0020679857 * b - 0.025238685) * b + 0.12995063) * b - 0.35698035;
  let tail = exp2_negative(((rise * b + 1.9233156) * b + 0.33930576) * b + 1.9432082);
  let r = select(half_square(a) - 0.25 + tail, near, a < 1.0);
  return select(r, -r, s < 0.0);
}
