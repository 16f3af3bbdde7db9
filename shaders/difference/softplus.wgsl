// One neuron of softplus, from an offset x of its argument: dg = slope x + rest with slope = logistic at the reference.
//   share, sign   min(slope, 1 - slope), and -1 where that is the second
//   c3 .. c9      cumulants of a coin that falls on `slope`, k! below: the Taylor series of the integral of rest
//   value, at     L and the argument at the reference, for offsets beyond 1, where nothing cancels any more
fn softplus_change(
  x: f32, slope: f32, share: f32, sign: f32, low: vec4f, high: vec3f, value: f32, at: f32,
) -> NeuronChange {
  let rest = softplus_rest(sign * x, share, -abs(at));
  let linear = 0.5 * slope * x * x;
  let s = clamp(x, -1.0, 1.0);
  let tail = low.w + s * (high.x + s * (high.y + s * high.z));
  let series = s * s * s * (low.x + s * (low.y + s * (low.z + s * tail)));
  // g = softplus(at) at the reference.
  let far = -dilog_neg_exp(at + x) - value - softplus(at) * x - linear;
  let third = select(far, series, abs(x) <= 1.0);
  return NeuronChange(slope * x + rest, rest, linear + third, linear + x * rest - third);
}
