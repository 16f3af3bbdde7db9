// One start a lane, step after step until a stop set is entered or the steps of this dispatch are used up. Lanes side by
// side start side by side and mostly take as many steps: little is lost by waiting for the slowest.
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * FOLD;
  if (index >= tile.columns * tile.rows) {
    return;
  }
  var y = flow_start(index);
  var end = flow_end(y);
  var steps = 0u;
  while (end == RUNNING && steps < tile.steps) {
    y = flow_step(y);
    end = flow_end(y);
    steps++;
  }
  output[index] = f32(end);
  put(1u, index, f32(steps));
}
