import type { NativeSequence } from '../addon-types.ts';
import type { Engine } from '../engine.ts';
import type { EngineLimits } from '../limits.ts';
import { completionFor } from '../run/completion.ts';
import type { World } from '../world.ts';
import { serve } from './serve.ts';
import { probeConfig, sourceOf, type TestModel, type ValidationTarget } from './target.ts';

interface Scene {
  readonly target: ValidationTarget;
  readonly subject: TestModel;
  /** Without sequences; the case leaves it so. */
  readonly engine: Engine;
}

interface ErrorCase {
  readonly name: string;
  /** Codes that say it right. */
  readonly codes: readonly string[];
  /** Only ranks in company can make it. */
  readonly company?: true;
  provoke(scene: Scene): void;
}

/**
 * KV that is beyond any machine's memory, terabytes at least, though not beyond the places that a
 * backend can count in a layer.
 */
const HUGE = { layers: 1024, blocks: 256, blockTokens: 2 ** 17 };

/** What people and programs do wrong, and what they are to be told. */
export const errorCases: readonly ErrorCase[] = [
  {
    name: 'more KV memory than there is',
    codes: ['out-of-memory'],
    provoke({ target, subject, engine }) {
      const { layers, ...change } = HUGE;
      const deep = { ...subject, shape: { ...subject.shape, layers } };
      reopen({ target, subject: deep, engine }, change);
    },
  },
  {
    name: 'sequences longer than the model',
    codes: ['limits-invalid', 'config-invalid'],
    provoke: (scene) => reopen(scene, { maxSequenceTokens: scene.subject.shape.maxPositions + 1 }),
  },
  {
    name: 'a device that is not there',
    codes: ['device-unavailable'],
    provoke: (scene) => reopen(scene, {}, { size: 1, devices: [4096] }),
  },
  {
    name: 'a world size that heads cannot be split by',
    codes: ['world-invalid'],
    provoke: (scene) => reopen(scene, {}, { size: 7 }),
  },
  {
    name: 'a rank that fails while the others count on it',
    codes: ['rank-failed'],
    company: true,
    provoke: runWithFailure,
  },
  {
    name: 'a work with an unknown sequence',
    codes: ['sequence-unknown', 'work-invalid'],
    provoke: ({ engine }) => launch(engine, 3, 0),
  },
  {
    name: 'a work on a lane that is not there',
    codes: ['work-invalid'],
    provoke: ({ engine }) => withSequence(engine, sequence(0), () => launch(engine, 0, 99)),
  },
  {
    name: 'a row without memory',
    codes: ['work-invalid'],
    provoke: ({ engine }) => withSequence(engine, sequence(0), () => launch(engine, 0, 0)),
  },
  {
    name: 'releasing an unknown sequence',
    codes: ['sequence-unknown'],
    provoke: ({ engine }) => engine.native.release(3),
  },
  {
    name: 'the same sequence twice',
    codes: ['sequence-invalid'],
    provoke: ({ engine }) =>
      withSequence(engine, sequence(0), () => engine.native.add(sequence(0))),
  },
  {
    name: 'a prompt token outside the vocabulary',
    codes: ['sequence-invalid'],
    provoke: ({ engine, subject }) =>
      engine.native.add({ ...sequence(0), prompt: Int32Array.of(subject.shape.vocabulary) }),
  },
  {
    name: 'an empty prompt',
    codes: ['sequence-invalid'],
    provoke: ({ engine }) => engine.native.add({ ...sequence(0), prompt: new Int32Array(0) }),
  },
  {
    name: 'waiting for nothing for ever',
    codes: ['nothing-to-wait-for'],
    provoke: ({ engine }) => void engine.native.wait(-1, completionFor(engine.limits.maxSequences)),
  },
  {
    name: 'logits that nobody kept',
    codes: ['logits-unknown', 'sequence-unknown'],
    provoke: ({ engine }) => void engine.native.logits(0),
  },
  {
    name: 'a tensor that the model does not have',
    codes: ['tensor-unexpected'],
    provoke: ({ engine }) => engine.native.loadTensor('nobody', 0, [1], new Float32Array(1)),
  },
  {
    name: 'an engine that is closed',
    codes: ['engine-closed'],
    provoke({ target, subject, engine }) {
      const model = sourceOf(subject);
      const other = target.open({ model, backend: target.backend, limits: engine.limits });
      other.close();
      other.native.add(sequence(0));
    },
  },
];

function reopen({ target, subject, engine }: Scene, change: Partial<EngineLimits>, world?: World) {
  const limits = { ...engine.limits, ...change };
  const model = sourceOf(subject);
  const opened = target.open({
    model,
    backend: target.backend,
    limits,
    ...(world ? { world } : {}),
  });
  opened.close();
}

/** Two requests on an engine whose last rank fails at the third work. */
function runWithFailure({ target, subject, engine: { limits } }: Scene) {
  const ranks = target.world?.size ?? 1;
  const world = { ...target.world, size: ranks, failure: { rank: ranks - 1, work: 2 } };
  const model = sourceOf(subject);
  const engine = target.open({ model, backend: target.backend, limits, world });
  try {
    const prompt = { promptTokens: 3, promptTokenIds: [1, 2, 3], maxOutputTokens: 8 };
    const request = { arrivalNanos: 0, group: 'single' as const, width: 1, ...prompt };
    serve(engine, probeConfig, [
      { id: 0, ...request },
      { id: 1, ...request },
    ]);
  } finally {
    engine.close();
  }
}

function sequence(id: number): NativeSequence {
  const group = { groupFirst: id, groupIndex: 0, groupWidth: 1, group: 'single' as const };
  return { id, ...group, prompt: Int32Array.of(1, 2, 3), maxOutputTokens: 2 };
}

function withSequence({ native }: Engine, added: NativeSequence, use: () => void): void {
  native.add(added);
  try {
    use();
  } finally {
    native.release(added.id);
  }
}

/** A prefill of three tokens without a placement. */
function launch({ native }: Engine, id: number, lane: number): void {
  const row = (value: number) => Int32Array.of(value);
  native.launch(0, lane, 1, row(id), row(0), row(3), row(2), 0, new Int32Array(0), 0);
}
