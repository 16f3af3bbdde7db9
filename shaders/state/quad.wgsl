// Four neurons at four points as a matrix: column k holds neuron i + k. With W cut into tiles of 4 x 4 (tile[row][column],
// padded with zeros), the sum over j of W_ij x_j is x * tile, and that of W_ji x_j is x * transpose(tile).
alias Quad = mat4x4f;

// Neurons i to i + 3; past `last` the last one again, which the padding of a tile multiplies by 0.
fn load_quad(s: State, i: u32, last: u32) -> Quad {
  return Quad(load(s, i), load(s, min(i + 1u, last)), load(s, min(i + 2u, last)), load(s, min(i + 3u, last)));
}

// Drops what lies past `last`.
fn store_quad(s: State, i: u32, last: u32, q: Quad) {
  if (i <= last) {
    store(s, i, q[0]);
  }
  if (i + 1u <= last) {
    store(s, i + 1u, q[1]);
  }
  if (i + 2u <= last) {
    store(s, i + 2u, q[2]);
  }
  if (i + 3u <= last) {
    store(s, i + 3u, q[3]);
  }
}

fn add_quad(s: State, i: u32, last: u32, q: Quad) {
  if (i <= last) {
    store(s, i, load(s, i) + q[0]);
  }
  if (i + 1u <= last) {
    store(s, i + 1u, load(s, i + 1u) + q[1]);
  }
  if (i + 2u <= last) {
    store(s, i + 2u, load(s, i + 2u) + q[2]);
  }
  if (i + 3u <= last) {
    store(s, i + 3u, load(s, i + 3u) + q[3]);
  }
}

// Sum over the four neurons of a b.
fn dot_quad(a: Quad, b: Quad) -> Real {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}
