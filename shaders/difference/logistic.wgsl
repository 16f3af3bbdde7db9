// One neuron of sigmoid or tanh, from an offset x of its argument: g = amplitude logistic(k x) + constant.
//   share  min(s, 1 - s) at the reference, s the logistic function there
//   k      its gain, negative where s > 1/2 (mirrored, so that share <= 1/2)
//   slope  amplitude share (1 - share), with the sign of k
//   size   amplitude / |k|
//   logit  of the share
// With p = e^w - 1, w = k x:  dg = slope p/(1 + share p), a sum of positive numbers below.
fn logistic_change(x: f32, share: f32, k: f32, slope: f32, size: f32, logit: f32) -> NeuronChange {
  let w = min(k * x, FAR_OFFSET);
  let rest = expm1_rest(w);
  let p = expm1_whole(w, rest);
  let scaled = slope / (1.0 + share * p);
  let end = k * size * (logistic(k * x + logit) - share);
  let far = k * x > FAR_OFFSET;
  let g = select(scaled * p, end, far);
  let lagrangian = size * softplus_rest(k * x, share, logit);
  let bent = select(scaled * (rest - share * p * w), end - slope * k * x, far);
  return NeuronChange(g, bent, lagrangian, x * g - lagrangian);
}
