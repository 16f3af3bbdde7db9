// What exp and log leave beyond their first-order part, without cancellation near 0: the terms of energy differences are
// of second order there, and f32 has no digits to lose.

// Above this w sums have no e^w: from a neuron whose share is too small for f32, below e^-87, it would come as 0.
const FAR_OFFSET = 60.0;

// e^w - 1 - w >= 0, relative error 3 ULP. Taylor up to |w| = 1, where the first term left out is 2/13! of the result.
fn expm1_rest(w: f32) -> f32 {
  let c = min(w, FAR_OFFSET);
  let s = clamp(w, -1.0, 1.0);
  let high = 1.0 + s / 9.0 * (1.0 + s / 10.0 * (1.0 + s / 11.0 * (1.0 + s / 12.0)));
  let low = 1.0 + s / 6.0 * (1.0 + s / 7.0 * (1.0 + s / 8.0 * high));
  let series = 0.5 * s * s * (1.0 + s / 3.0 * (1.0 + s / 4.0 * (1.0 + s / 5.0 * low)));
  return select(expm1(max(c, -FAR_OFFSET)) - c, series, abs(w) <= 1.0);
}

// e^w - 1, of which `rest` is the part beyond w: their sum has lost it where w has no digits left.
fn expm1_whole(w: f32, rest: f32) -> f32 {
  return select(w + rest, expm1(clamp(w, -FAR_OFFSET, FAR_OFFSET)), abs(w) > 1.0);
}

// v - log(1 + v) >= 0 for v > -1, relative error 4 ULP. With t = v/(2 + v), log(1 + v) = 2 artanh t and
// v - 2 t = v t; the series of artanh has t^2 <= 1/9 for -1/2 <= v <= 1.
fn log1p_rest(v: f32) -> f32 {
  let t = v / (2.0 + v);
  let t2 = t * t;
  let high = 1.0 / 9.0 + t2 * (1.0 / 11.0 + t2 * (1.0 / 13.0 + t2 / 15.0));
  let series = v * t - 2.0 * t * t2 * (1.0 / 3.0 + t2 * (1.0 / 5.0 + t2 * (1.0 / 7.0 + t2 * high)));
  return select(v - log1p(v), series, v >= -0.5 && v <= 1.0);
}

// softplus(x + w) - softplus(x) - share w >= 0 where share = logistic(x) <= 1/2: near 0 the part in e^w and the one in
// the logarithm differ by a factor of two at least. (For x > 0 mirror it: softplus(x) = x + softplus(-x).)
fn softplus_rest(w: f32, share: f32, x: f32) -> f32 {
  let rest = expm1_rest(w);
  let p = share * expm1_whole(w, rest);
  let near = share * rest - log1p_rest(p);
  // Where e^w ends, the share may be too small for a number; x is not.
  let far = select(log1p(p), softplus(x + w) + log1p(-share), w > FAR_OFFSET) - share * w;
  return select(far, near, abs(w) <= 1.0);
}
