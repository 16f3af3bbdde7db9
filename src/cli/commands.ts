/** Every command, in the order of `memscape --help`. */
import { basins } from './basins.js';
import { capacity } from './capacity.js';
import type { CliCommand } from './command.js';
import { compare } from './compare.js';
import { doctor } from './doctor.js';
import { evaluatePoints } from './eval.js';
import { experiments } from './experiments.js';
import { field } from './field.js';
import { figure } from './figure.js';
import { fixedPoints } from './fixed-points.js';
import { report } from './report.js';
import { retrieve } from './retrieve.js';
import { trajectories } from './trajectories.js';

export const COMMANDS: readonly CliCommand[] = [
  figure,
  field,
  evaluatePoints,
  trajectories,
  fixedPoints,
  retrieve,
  capacity,
  basins,
  compare,
  report,
  experiments,
  doctor,
];
