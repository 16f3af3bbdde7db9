// a + b and what rounding took from it (D. Knuth, "The Art of Computer Programming" 2, 4.2.2). Compilers may simplify it
// to a + b and 0, as if numbers were real: `opaque` hides from them that a number stays what it is.
fn two_sum(a: f32, b: f32) -> vec2f {
  let sum = opaque(a + b);
  let of_b = opaque(sum - a);
  return vec2f(sum, (a - opaque(sum - of_b)) + (b - of_b));
}

fn opaque(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ (tile.nan_bits ^ 0x7fc00000u));
}
