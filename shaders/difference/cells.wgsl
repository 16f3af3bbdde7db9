// One neuron of a piecewise linear activation, from an offset x of its argument. A kink is (side, distance, jump): side is
// 1 where it lies to the right of the reference and -1 to the left, distance how far, jump the slope to the right of it
// less the slope to the left. Where x is `beyond` a kink, dg = slope x + jump beyond.
const NO_KINK = vec3f(1.0, 0x1p+126, 0.0);

fn cells_change(x: f32, slope: f32, first: vec3f, second: vec3f) -> NeuronChange {
  let beyond_first = max(first.x * x - first.y, 0.0);
  let beyond_second = max(second.x * x - second.y, 0.0);
  let rest = first.z * beyond_first + second.z * beyond_second;
  let linear = 0.5 * slope * x * x;
  let bent = 0.5 * (first.x * first.z * beyond_first * beyond_first + second.x * second.z * beyond_second * beyond_second);
  return NeuronChange(slope * x + rest, rest, linear + bent, linear + x * rest - bent);
}
