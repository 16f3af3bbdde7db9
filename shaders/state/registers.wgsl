// One lane, one point: what a State holds of a neuron is one number (N <= 32; the algebra is generated, unrolled).
alias Real = f32;
alias Index = u32;

// Planes of the output: [component][point of the tile].
fn put(plane: u32, at: Index, value: Real) {
  output[plane * (tile.columns * tile.rows) + at] = value;
}
