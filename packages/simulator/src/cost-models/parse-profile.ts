import { collectives } from './collectives.ts';
import {
  ascending,
  counted,
  exactly,
  fields,
  finite,
  knotted,
  listOf,
  notNegative,
  oneOf,
  optional,
  text,
  upToOne,
  wholeFrom,
} from './field-checks.ts';
import { type Profile, scatterKeys } from './profile-file.ts';

const line = fields({ nanos: notNegative, nanosPerUnit: notNegative });

const residuals = fields({
  samples: wholeFrom(0),
  biasPercent: finite,
  mapePercent: notNegative,
  p50Percent: notNegative,
  p95Percent: notNegative,
  maxPercent: notNegative,
});

const scatter = fields({
  runs: wholeFrom(0),
  betweenPercent: notNegative,
  withinPercent: notNegative,
});

const profile = fields({
  format: exactly('flover-profile'),
  version: oneOf([7, 8, 9]),
  device: text,
  model: text,
  dataType: text,
  worldSize: wholeFrom(1),
  collective: optional(oneOf(collectives)),
  ranksPerDevice: optional(wholeFrom(1)),
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
    reach: optional(fields({ knots: listOf(wholeFrom(1)), nanosPerToken: listOf(notNegative) })),
  }),
  mixed: fields({
    nanos: notNegative,
    prefillFactor: notNegative,
    attentionFactor: notNegative,
    decodeFactor: notNegative,
    nanosPerRow: optional(notNegative),
  }),
  warmth: optional(
    fields({
      constantNanos: wholeFrom(1),
      prefillSlowdown: notNegative,
      decodeSlowdown: notNegative,
      prompts: optional(oneOf(['given-alone'])),
    }),
  ),
  moves: line,
  swaps: line,
  host: fields({
    plan: line,
    launchDecode: line,
    launchPrefill: line,
    latencyDecodeNanos: notNegative,
    latencyPrefill: line,
    gapNanos: notNegative,
    noticeNanos: notNegative,
  }),
  interference: fields({
    prefillNanos: listOf(notNegative),
    decodeRows: listOf(wholeFrom(1)),
    decodeByPrefill: listOf(listOf(notNegative)),
    decodeAttentionByPrefill: listOf(listOf(notNegative)),
    prefillByDecode: listOf(listOf(notNegative)),
    prefillByDecodeAttention: listOf(listOf(notNegative)),
    givenAlone: fields({
      passNanos: notNegative,
      leastNanos: notNegative,
      prefillRelief: upToOne,
      decodeBurden: notNegative,
    }),
    decodeCrowd: optional(oneOf(['sum'])),
    decodeByDecodeRatio: notNegative,
    prefillByPrefillRatio: optional(notNegative),
    decodeByPrefillsExponent: notNegative,
    prefillByDecodesExponent: upToOne,
    sharing: optional(
      fields({
        leastExponent: notNegative,
        exponentPerShare: notNegative,
        overcommitRatio: notNegative,
        roomExponent: notNegative,
        decodeLanesExponent: upToOne,
      }),
    ),
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
  decodeCounts(checked.decode, `${from}.decode`);
  knotted(`${from}.prefill.knots`, checked.prefill.knots);
  counted(`${from}.prefill.nanos`, checked.prefill.nanos, checked.prefill.knots.length, 'knots');
  const { reach } = checked.prefill;
  if (reach !== undefined) {
    knotted(`${from}.prefill.reach.knots`, reach.knots);
    const at = `${from}.prefill.reach.nanosPerToken`;
    counted(at, reach.nanosPerToken, reach.knots.length, 'knots');
  }
  interferenceCounts(checked.interference, `${from}.interference`);
  return checked;
}

function decodeCounts(
  { knots, nanos, bends, nanosPerKvToken }: Profile['decode'],
  at: string,
): void {
  knotted(`${at}.knots`, knots);
  counted(`${at}.nanos`, nanos, knots.length, 'knots');
  ascending(`${at}.bends`, bends);
  const parts = bends.length + 1;
  counted(`${at}.nanosPerKvToken`, nanosPerKvToken, parts, 'parts that the bends make');
  for (const [part, slopes] of nanosPerKvToken.entries()) {
    counted(`${at}.nanosPerKvToken[${part}]`, slopes, knots.length, 'knots');
  }
}

const SURFACES = [
  'decodeByPrefill',
  'decodeAttentionByPrefill',
  'prefillByDecode',
  'prefillByDecodeAttention',
] as const;

function interferenceCounts(interference: Profile['interference'], at: string): void {
  const { prefillNanos, decodeRows, sharing } = interference;
  if (sharing === undefined) {
    notNegative(interference.prefillByPrefillRatio, `${at}.prefillByPrefillRatio`);
    upToOne(interference.decodeByPrefillsExponent, `${at}.decodeByPrefillsExponent`);
  }
  knotted(`${at}.prefillNanos`, prefillNanos);
  knotted(`${at}.decodeRows`, decodeRows);
  for (const name of SURFACES) {
    counted(`${at}.${name}`, interference[name], prefillNanos.length, 'prefillNanos');
    for (const [i, row] of interference[name].entries()) {
      counted(`${at}.${name}[${i}]`, row, decodeRows.length, 'decodeRows');
    }
  }
}
