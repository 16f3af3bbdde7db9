// One landscape, drawn straight from the storage buffer that the kernels of memscape wrote.
// Canvas pixels count from the upper left, rows of the field from the bottom.

struct Look {
  canvas: vec2f,
  grid: vec2f,
  // low, range, m, gain of plot/tone.ts
  tone: vec4f,
  hatch_colour: vec4f,
  edge_colour: vec4f,
  // device pixels a CSS pixel, number of isolines, hatch on, points of a plane
  ratio: f32,
  isolines: f32,
  hatch: f32,
  points: f32,
}

@group(0) @binding(0) var<uniform> look: Look;
// Storage, not uniform: SwiftShader copies a uniform array that is indexed, 4 KB for every pixel.
@group(0) @binding(1) var<storage, read> ramp: array<vec4f>;
@group(0) @binding(2) var<storage, read> field: array<f32>;

const INK = vec3f(0.055, 0.055, 0.055);
const BLIND_GAP = 9.0;
const DEAD_GAP = 13.0;

@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  // One triangle that covers the canvas.
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn cell(at: vec2f) -> u32 {
  let inside = clamp(at, vec2f(0.0), look.grid - 1.0);
  return u32(inside.y) * u32(look.grid.x) + u32(inside.x);
}

// Place of a pixel among the points of the field; whole numbers where every pixel has a point of its own.
fn place(pixel: vec2f) -> vec2f {
  return vec2f(pixel.x, look.canvas.y - pixel.y) / look.canvas * look.grid - 0.5;
}

fn energy(pixel: vec2f) -> f32 {
  let at = place(pixel);
  if all(look.canvas == look.grid) {
    return field[cell(round(at))];
  }
  let low = floor(at);
  let share = at - low;
  let bottom = mix(field[cell(low)], field[cell(low + vec2f(1.0, 0.0))], share.x);
  let top = mix(field[cell(low + vec2f(0.0, 1.0))], field[cell(low + vec2f(1.0, 1.0))], share.x);
  return mix(bottom, top, share.y);
}

fn blind(pixel: vec2f) -> bool {
  return field[u32(look.points) + cell(round(place(pixel)))] > 0.5;
}

fn dead(pixel: vec2f) -> f32 {
  return field[2u * u32(look.points) + cell(round(place(pixel)))];
}

// Ink of 45 degree lines from upper left to lower right, `gap` apart, `half_width` wide to each side.
fn lines(pixel: vec2f, gap: f32, half_width: f32) -> f32 {
  let period = gap * look.ratio * 1.41421356;
  let phase = (pixel.x - pixel.y) - period * floor((pixel.x - pixel.y) / period);
  let distance = abs(phase - period / 2.0) / 1.41421356;
  return saturate(half_width * look.ratio - distance + 0.5);
}

// The lowest and the highest level are points, not lines.
fn is_line(level: f32) -> f32 {
  return select(0.0, 1.0, level > 0.5 && level < look.isolines - 0.5);
}

@fragment
fn paint(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let pixel = position.xy;
  let low = look.tone.x;
  let m = look.tone.z;
  let x = clamp(energy(pixel) - low, 0.0, look.tone.y);
  let t = pow(look.tone.w * x / (x + m), 0.9);

  // dt = 0.9 t m / (x (x + m)) dE: the gradient of t in device pixels, y downwards.
  let slope = 0.9 * t * m / (max(x, 1e-6 * look.tone.y) * (x + m)) / 2.0;
  let next = vec2f(1.0, 0.0);
  let gradient = slope * vec2f(
    energy(pixel + next.xy) - energy(pixel - next.xy),
    energy(pixel + next.yx) - energy(pixel - next.yx),
  );

  let along = t * 255.0;
  let index = u32(along);
  var colour = mix(ramp[index], ramp[min(index + 1u, 255u)], fract(along)).rgb;
  // Relief: light from the upper left, at most 7.5 %, so that flat looks flat.
  colour *= 1.0 + 0.075 * tanh(clamp(dot(gradient, vec2f(0.8, 0.9)) * look.canvas.x * 0.5, -4.0, 4.0));

  let steepness = length(gradient);
  // No line without a slope: a plateau that lies on a level would fill with ink.
  if look.isolines > 0.0 && steepness > 2e-6 {
    let level = round(t * look.isolines);
    let distance = abs(t * look.isolines - level) / look.isolines / steepness / look.ratio;
    let strength = select(0.30, 0.52, level % 4.0 == 0.0);
    let ink = select(vec3f(1.0), INK, t > 0.5);
    let drawn = saturate(1.15 - distance) * strength * is_line(level);
    colour = mix(colour, ink, drawn);
  }

  if look.hatch > 0.0 {
    let here = blind(pixel);
    if here {
      colour = mix(colour, look.hatch_colour.rgb, 0.62 * lines(pixel, BLIND_GAP, 0.8));
    } else if dead(pixel) > 0.5 {
      colour = mix(colour, vec3f(1.0), 0.2 * lines(pixel, DEAD_GAP, 0.45));
    }
    let reach = vec2f(2.0 * look.ratio, 0.0);
    let whole = blind(pixel + reach.xy) && blind(pixel - reach.xy) && blind(pixel + reach.yx) && blind(pixel - reach.yx);
    if here && !whole {
      colour = look.edge_colour.rgb;
    }
  }
  return vec4f(colour, 1.0);
}
