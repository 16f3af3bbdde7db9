/** docs/activations.md is written from the table: a row that is added or changed shows there (`vitest -u`). */
import { expect, test } from 'vitest';
import { activationNames, activationRow } from '../../src/model/activation.js';

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'unbounded';
}

function row(name: string): string {
  const activation = activationRow(name);
  const parameters = Object.entries(activation.parameters);
  const values = Object.fromEntries(parameters.map(([key, p]) => [key, p.default]));
  const wgsl = activation.wgsl.activation.replaceAll('|', '\\|');
  return [
    `\`${name}\``,
    activation.kind,
    parameters.map(([key, p]) => `${key} = ${String(p.default)} (${p.domain})`).join(', ') || 'none',
    `\`${wgsl}\``,
    number(activation.supHessian(values)),
    activation.convex(values) ? 'yes' : 'no',
    activation.dead.replaceAll('|', '\\|'),
    activation.source,
  ].join(' | ');
}

test('the page of activations is the table', async () => {
  const names = activationNames();
  const page = `# Activations

Written from the table in \`src/model/activation.ts\`; sup H and H >= 0 are for the default parameters. \`size\`, \`centre\`, \`drift\`, \`sd\`, \`norm\`, \`top\` and \`total\` are taken over the neurons of a layer.

| name | kind | parameters | g in WGSL | sup H | H >= 0 | dead | source |
| --- | --- | --- | --- | --- | --- | --- | --- |
${names.map((name) => `| ${row(name)} |`).join('\n')}
`;
  expect(names.length).toBe(19);
  await expect(page).toMatchFileSnapshot('../../docs/activations.md');
});
