// Predicts the published tables from single-request times and prints them side by side:
//   npx tsx experiments/03-published-gpu/predict.ts [draws]
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { predictPublished } from '@flover/experiment/published';
import type { PublishedRow } from '@flover/metrics';
import { writeJson } from '@flover/trace';

const comparison = predictPublished(Number(process.argv[2] ?? 200));
for (const row of comparison.rows) console.log(line(row));

const time = comparison.createdAt.replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
const run = `${time}-${comparison.commit.id.slice(0, 8)}`;
const folder = fileURLToPath(new URL(`results/${comparison.device}/${run}/`, import.meta.url));
mkdirSync(folder, { recursive: true });
writeJson(`${folder}published-comparison.json`, comparison);
console.log(`${folder}published-comparison.json`);

function line(row: PublishedRow): string {
  const { low, high, published } = row;
  const interval =
    low === null || high === null
      ? ''
      : `  95 % of draws ${short(low)} to ${short(high)}` +
        `${low <= published && published <= high ? '' : ', published outside'}`;
  return (
    `${row.figure}  ${row.model.padEnd(9)}  ${row.quantity.padEnd(53)}  ${row.column.padEnd(31)}  ` +
    `${short(published).padStart(6)}  ${short(row.predicted).padStart(7)}  ` +
    `${row.fitted ? 'fitted' : `${row.errorPercent.toFixed(1)} %`.padStart(7)}${interval}`
  );
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
