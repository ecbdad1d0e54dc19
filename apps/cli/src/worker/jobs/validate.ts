import { renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { holds, type Validation, validateEngine, validationShapes } from '@flover/engine';
import { sourceCommit } from '@flover/experiment';
import { makeFolder } from '@flover/trace';
import type { ValidateJob, ValidationDocument } from '../job.ts';
import type { JobContext } from '../worker.ts';

/** Validates an engine; the document is written after every check, so that a kill loses at most one. */
export function validateJob(job: ValidateJob, { signal, send }: JobContext): ValidationDocument {
  const { out, shapes, path, checks, references, backend, cases, seed, requests, dataTypes } = job;
  const { tensorParallel: size, collective, devices } = job;
  const head = {
    format: 'flover-validation' as const,
    version: 1 as const,
    createdAt: new Date().toISOString(),
    commit: sourceCommit(),
    node: process.version,
    host: hostname(),
    options: { backend, cases, seed, requests, dataTypes },
  };
  const document = (validation: Validation): ValidationDocument => ({
    ...head,
    holds: holds(validation),
    ...validation,
  });
  const write = (validation: Validation) => {
    if (out !== undefined) writeDocument(out, document(validation));
  };
  const validation = validateEngine({
    ...{ backend, cases, seed, requests, dataTypes, signal },
    ...(path === undefined ? {} : { path }),
    ...(checks === undefined ? {} : { checks }),
    ...(references === undefined ? {} : { references }),
    ...(size === 1 && devices === undefined
      ? {}
      : { world: { size, ...(collective && { collective }), ...(devices && { devices }) } }),
    ...(shapes === undefined ? {} : { shapes: validationShapes(shapes) }),
    onStart: (check, subject) => send({ kind: 'line', text: `${check}: ${subject}` }),
    onResult: write,
  });
  write(validation);
  return document(validation);
}

function writeDocument(folder: string, document: ValidationDocument): void {
  makeFolder(folder);
  const path = join(folder, 'validation.json');
  writeFileSync(`${path}.partial`, `${JSON.stringify(document, null, 1)}\n`);
  renameSync(`${path}.partial`, path);
}
