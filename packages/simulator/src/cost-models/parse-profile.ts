import { FloverError } from '@flover/policy';
import { type Profile, scatterKeys } from './profile-file.ts';

type Check = (value: unknown, path: string) => void;

const HINT = 'make the profile again with `flover profile`';

function fail(path: string, value: unknown, allowed: string): never {
  const seen = JSON.stringify(value) ?? 'missing';
  const shown = seen.length > 60 ? `${seen.slice(0, 60)}...` : seen;
  throw new FloverError('profile-invalid', `${path} is ${shown}; allowed: ${allowed}`, HINT);
}

const text: Check = (value, path) => {
  if (typeof value !== 'string') fail(path, value, 'a text');
};

const finite: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(path, value, 'a finite number');
};

const notNegative: Check = (value, path) => {
  finite(value, path);
  if ((value as number) < 0) fail(path, value, 'a number of at least 0');
};

function exactly(expected: string | number): Check {
  return (value, path) => {
    if (value !== expected) fail(path, value, JSON.stringify(expected));
  };
}

function wholeFrom(least: number): Check {
  return (value, path) => {
    if (Number.isInteger(value) && (value as number) >= least) return;
    fail(path, value, `a whole number from ${least}`);
  };
}

function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) fail(path, value, 'a list');
    value.forEach((entry, i) => {
      check(entry, `${path}[${i}]`);
    });
  };
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) fail(path, value, 'an object');
    for (const [name, check] of Object.entries(checks)) {
      check((value as Record<string, unknown>)[name], `${path}.${name}`);
    }
  };
}

const line = fields({ nanos: finite, nanosPerUnit: finite });

const residuals = fields({
  samples: wholeFrom(0),
  biasPercent: finite,
  mapePercent: notNegative,
  p50Percent: notNegative,
  p95Percent: notNegative,
  maxPercent: notNegative,
});

function curve(
  path: string,
  knots: readonly number[],
  ...values: readonly (readonly unknown[])[]
): void {
  if (knots.length === 0) fail(`${path}.knots`, knots, 'at least one knot');
  if (knots.some((knot, i) => i > 0 && knot <= knots[i - 1])) {
    fail(`${path}.knots`, knots, 'ascending knots');
  }
  for (const list of values) {
    if (list.length !== knots.length)
      fail(path, list, `one value for each of ${knots.length} knots`);
  }
}

const scatter = fields({
  runs: wholeFrom(0),
  betweenPercent: notNegative,
  withinPercent: notNegative,
});

const profile = fields({
  format: exactly('flover-profile'),
  version: exactly(4),
  device: text,
  model: text,
  dataType: text,
  worldSize: wholeFrom(1),
  runs: listOf(text),
  kvBytesPerToken: wholeFrom(1),
  decode: fields({
    knots: listOf(wholeFrom(1)),
    nanos: listOf(finite),
    bends: listOf(notNegative),
    nanosPerKvToken: listOf(listOf(notNegative)),
  }),
  prefill: fields({
    knots: listOf(wholeFrom(1)),
    nanos: listOf(finite),
    nanosPerPair: notNegative,
  }),
  mixed: fields({
    nanos: finite,
    prefillFactor: notNegative,
    attentionFactor: notNegative,
    decodeFactor: notNegative,
  }),
  moves: line,
  swaps: line,
  host: fields({
    plan: line,
    launchDecode: line,
    launchPrefill: line,
    latencyDecodeNanos: notNegative,
    latencyPrefillNanos: notNegative,
    gapNanos: notNegative,
    noticeNanos: notNegative,
  }),
  interference: fields({
    prefillNanos: listOf(notNegative),
    decodeRows: listOf(wholeFrom(1)),
    decodeByPrefill: listOf(listOf(notNegative)),
    decodeAttentionByPrefill: notNegative,
    prefillByDecode: listOf(listOf(notNegative)),
    prefillByDecodeAttention: notNegative,
    decodeByDecodeRatio: notNegative,
    prefillByPrefillRatio: notNegative,
    decodeByPrefillsExponent: notNegative,
    prefillByDecodesExponent: notNegative,
  }),
  residuals: fields({
    decode: residuals,
    prefill: residuals,
    mixed: residuals,
    moves: residuals,
    decodeBeside: residuals,
    prefillBeside: residuals,
    decodeCrowded: residuals,
    prefillCrowded: residuals,
  }),
  scatter: fields(Object.fromEntries(scatterKeys.map((key) => [key, scatter]))),
});

/**
 * Checks what was read from a profile file; `from` names the file in errors.
 *
 * Throws `profile-invalid` with the place, the value seen and what is allowed.
 */
export function parseProfile(value: unknown, from: string): Profile {
  profile(value, from);
  const checked = value as Profile;
  const { decode, prefill, interference } = checked;
  curve(`${from}.decode`, decode.knots, decode.nanos, ...decode.nanosPerKvToken);
  curve(`${from}.decode`, [0, ...decode.bends], decode.nanosPerKvToken);
  curve(`${from}.prefill`, prefill.knots, prefill.nanos);
  const { prefillNanos, decodeRows, decodeByPrefill, prefillByDecode } = interference;
  const at = `${from}.interference`;
  for (const surface of [decodeByPrefill, prefillByDecode]) {
    curve(at, prefillNanos, surface);
    curve(at, decodeRows, ...surface);
  }
  return checked;
}
