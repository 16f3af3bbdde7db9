// x^p for x >= 0 and real p >= 0, 0^0 = 1. Whole p up to 4 by multiplication (free where p is a literal: the rest
// folds away; SwiftShader runs every branch of a p from a buffer). Other p as 2^{p log2 x}, where 4 ULP at 2^127 take
// 31 bits of p log2 x: each number is held as a high part of 12 bits, whose products are exact, and a low rest.
// Every exact step ends in a bit mask, or in a min or max beyond its value: a compiler cannot reassociate through
// either, so the bound does not hang on the order of operations.
// Overflow saturates at the largest float (up to 3 ULP below it for p = 2, 3, 4).

const TWELVE_BITS = 0xfffff000u;

// The leading 12 bits of a float.
fn leading(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) & TWELVE_BITS);
}

// log2(x) of a normal x as (high, low), high of 12 bits, together to 2^-31 relative. x = 2^k m with m in
// [sqrt(1/2), sqrt(2)), s = (m - 1)/(m + 1) with its own residual, log2 m = (2/log 2)(s + s^3/3 + ...).
fn log2_pair(x: f32) -> vec2f {
  let u = bitcast<u32>(x);
  let k = bitcast<i32>(u - SQRT_HALF_BITS) >> 23u;
  let m = bitcast<f32>(u - (bitcast<u32>(k) << 23u));
  let f = m - 1.0;
  let d = m + 1.0;
  let s = leading(f / d);
  let dh = leading(d);
  // f + 2 - dh in two exact steps: m + 1 itself may round.
  let dl = max(2.0 - dh, -1.0) + f;
  let sl = (min(f - s * dh, 0.001) - s * dl) / d;
  let whole = s + sl;
  let q = whole * whole;
  let series = whole * q * (((0.20909864 * q + 0.28659323) * q + 0.39998895) * q + 0.6666667);
  let rest = 2.0 * sl + series;
  // 2/log 2 = 2.8847656 (12 bits) + 0.0006244567.
  let main = s * 2.884765625;
  let low = s * 0.0006244567779268 + rest * 1.4426950408889634;
  let e = f32(k);
  let high = leading(e + (main + low));
  let gap = min(max(e - high, -1.0) + main, 0.125);
  return vec2f(high, gap + low);
}

fn real_power(x: f32, p: f32) -> f32 {
  if (p == 0.0) {
    return 1.0;
  }
  if (p == 1.0) {
    return x;
  }
  if (p == 2.0) {
    let c = min(x, 1.8446742974197924e19);
    return c * c;
  }
  if (p == 3.0) {
    let c = min(x, 6981463048192.0);
    return c * c * c;
  }
  if (p == 4.0) {
    let c = min(x, 4294967040.0);
    return (c * c) * (c * c);
  }
  let l = log2_pair(max(x, 0x1p-126));
  let c = min(p, 1e9);
  let ph = leading(c);
  let main = ph * l.x;
  // 2^-11 of each factor is in its low part: at most 1/8 in all, except where k is clamped.
  let rest = clamp(ph * l.y + (c - ph) * (l.x + l.y), -0.25, 0.25);
  let k = clamp(floor(main + rest), -127.0, 127.0);
  // Below 0 by at most 2^-18, where main + rest was rounded up to a whole number.
  let f = clamp(min(main - k, 2.0) + rest, -0.001, 1.0);
  // f = 1 happens on overflow only.
  let y = min(exp2_unit(f), select(2.0, 0x1.fffffep+0, k > 126.0)) * power_of_two(k);
  return select(y, 0.0, x < 0x1p-126);
}
