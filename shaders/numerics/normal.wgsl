// The standard normal distribution and the Lagrange function of gelu. Both tails are e^{-a^2/2} times a smooth
// function of 1/(a + const): positive, with a small relative error (1e-6 + a^2 2^-24) down to the underflow at 13.2.
// Coefficients: minimax fits in 1/(a + 3) and 1/(a + 5/2) - 7/32.

// e^{-a^2/2} for a >= 0.
fn normal_decay(a: f32) -> f32 {
  let c = min(a, 14.0);
  return decay(0.5 * c * c);
}

fn normal_pdf(x: f32) -> f32 {
  return 0.3989422804014327 * normal_decay(abs(x));
}

// Phi(x). Near 0 as 1/2 + x P(x^2), so that the tail, at most 0.23 then, may be off by several ULP.
fn normal_cdf(x: f32) -> f32 {
  let a = min(abs(x), 14.0);
  let t = 1.0 / (a + 3.0);
  let high = ((266.8604 * t - 270.90335) * t + 61.139862) * t + 5.1703987;
  let tail = normal_decay(a) * t * ((((high * t + 7.655238) * t + 3.175416) * t + 1.1969482) * t + 0.3989464);
  let q = a * a;
  let slope = (((0.00011709257 * q - 0.0011974191) * q + 0.009978127) * q - 0.06649096) * q + 0.3989423;
  let far = select(1.0 - tail, tail, x < 0.0);
  return select(far, 0.5 + clamp(x, -1.0, 1.0) * slope, a < 0.75);
}

// ((x^2 - 1) Phi(x) + x phi(x))/2 = -T(|x|) for x < 0 and x^2/2 - 1/2 + T(x) for x > 0, with a positive tail
// T(a) = (a phi(a) - (a^2 - 1) Phi(-a))/2 that never sees the cancellation of the closed form.
fn gelu_moment(x: f32) -> f32 {
  let a = abs(x);
  let r = 1.0 / (min(a, 14.0) + 2.5);
  let t = r - 0.21875;
  let high = (((599.44305 * t - 278.14944) * t - 74.92332) * t + 72.71309) * t + 6.576915;
  let p = (((high * t - 15.057707) * t - 3.9758306) * t + 0.93990916) * t + 0.6573368;
  let tail = normal_decay(a) * r * p;
  return select(-tail, half_square(a) + (tail - 0.5), x > 0.0);
}
