import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lookupPolicy } from '../policies/index.ts';
import type { PolicyDefinition } from '../policy.ts';
import type { LawCase } from './case.ts';
import { runCase, transcript } from './harness.ts';

interface Task {
  readonly policy: string;
  readonly worlds: readonly LawCase[];
}

const { policy, worlds } = JSON.parse(readFileSync(0, 'utf8')) as Task;
const definition: PolicyDefinition = isAbsolute(policy)
  ? (await import(pathToFileURL(policy).href)).default
  : lookupPolicy(policy);
process.stdout.write(
  JSON.stringify(worlds.map((world) => transcript(runCase({ definition }, world)))),
);
