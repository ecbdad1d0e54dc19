import {
  decodeOrPreempt,
  definePolicy,
  FloverError,
  type LaneView,
  type Plan,
  type RequestView,
  type SequenceView,
} from '@flover/policy';
import { normalDraw } from './normal-draw.ts';
import { decodeLeast, ranked } from './pausing.ts';

/** What is believed and remembered of a request. */
interface Belief {
  /** Output tokens that it is predicted to have, above 0. */
  readonly outputTokens: number;
  /** Prompt, weighted, and output: the order of admission. */
  readonly work: number;
  /** How many requests that arrived later were admitted before it. */
  overtaken: number;
}

const parameters = {
  predictor: 'oracle',
  errorSigma: 0,
  errorSeed: 1,
  promptWeight: 1,
  maxOvertakes: 100,
  maxPrefillTokens: 512,
  rows: 0,
  pausing: false,
};

/**
 * Temporal fusion that admits by least predicted work: the prompt, times `promptWeight`, and the
 * output, all in tokens. `predictor` is `oracle`, the true output length times e^(errorSigma z) with
 * a standard normal z a request, or `limit`, what the client asked for at most, likewise.
 *
 * A request is overtaken at most `maxOvertakes` times by requests that arrived after it.
 *
 * At most `rows` sequences are decoded together, 0: all. Without `pausing` no more are held; with it
 * a request also enters that is shorter than what remains of the longest that is decoded. Rows are
 * then those of least predicted remaining output and, so that none is paused for ever, the oldest.
 */
export default definePolicy({
  name: 'shortest-first',
  parameters,
  create(parameters) {
    check(parameters);
    const { maxOvertakes, maxPrefillTokens, pausing } = parameters;
    const believe = beliefs(parameters);
    const mostRows = parameters.rows || Number.MAX_SAFE_INTEGER;
    const remaining = ({ request, plannedOutputTokens }: SequenceView) =>
      Math.max(believe(request).outputTokens - plannedOutputTokens, 0);

    /** The least predicted work, the oldest of equals; the oldest of all where its turn has come. */
    function nextOf(plan: Plan): RequestView | undefined {
      const oldest = plan.waiting.first;
      let next = oldest;
      // Nobody has been overtaken as often as the oldest. Everyone is looked at: see `beliefs`.
      for (const request of plan.waiting) {
        if (believe(request).work < believe(next!).work) next = request;
      }
      return oldest && believe(oldest).overtaken >= maxOvertakes ? oldest : next;
    }

    function mayEnter(lane: LaneView, plan: Plan, next: RequestView): boolean {
      const held = plan.sequences.length;
      if (held + next.width <= mostRows || held === 0) return true;
      if (!pausing) return false;
      const last = ranked(lane, plan, remaining)[mostRows - 1];
      return last !== undefined && believe(next).outputTokens < remaining(last);
    }

    /** Admits what one prefill can take, as temporal fusion does. */
    function admit(lane: LaneView, plan: Plan): void {
      let tokens = 0;
      for (;;) {
        const next = plan.preempted > 0 ? undefined : nextOf(plan);
        if (next === undefined || !mayEnter(lane, plan, next)) return;
        if (tokens > 0 && tokens + next.promptTokens > maxPrefillTokens) return;
        const older = olderThan(plan, next);
        if (plan.admit(next).length === 0) return;
        for (const request of older) believe(request).overtaken++;
        tokens += next.promptTokens;
      }
    }

    return {
      name: 'shortest-first',
      lanes: ['decode', 'prefill'],
      oracle: parameters.predictor === 'oracle',
      claims: { maxOvertakes, workConserving: true },
      plan(lane, plan) {
        const prefillIsIdle = plan.lanes[1]!.queued === 0;
        if (plan.prefilling === 0 && (lane.index === 1 || prefillIsIdle))
          admit(plan.lanes[0]!, plan);
        if (lane.index === 1) prefill(plan, maxPrefillTokens);
        else if (pausing) decodeLeast(lane, plan, mostRows, remaining);
        else decodeOrPreempt(lane, plan, 'recompute');
      },
    };
  },
});

/**
 * What is believed of a request, made when it is first asked for. Errors are drawn by the order of
 * asking, which is that of arrival, and by lengths: neither names nor times change them.
 */
function beliefs({ errorSigma, errorSeed, promptWeight }: typeof parameters) {
  const known = new WeakMap<RequestView, Belief>();
  let arrived = 0;
  return (request: RequestView): Belief => {
    let belief = known.get(request);
    if (belief === undefined) {
      const { promptTokens, maxOutputTokens, oracleOutputTokens } = request;
      const tokens = oracleOutputTokens ?? maxOutputTokens;
      const z = normalDraw(errorSeed, arrived++, promptTokens, tokens);
      const outputTokens = tokens * Math.exp(errorSigma * z);
      belief = { outputTokens, work: promptWeight * promptTokens + outputTokens, overtaken: 0 };
      known.set(request, belief);
    }
    return belief;
  };
}

/** Those that wait and arrived before `next`. */
function olderThan(plan: Plan, next: RequestView): readonly RequestView[] {
  const waiting = [...plan.waiting];
  return waiting.slice(0, waiting.indexOf(next));
}

/** Adds the oldest admitted prompts that no lane computes. */
function prefill(plan: Plan, maxPrefillTokens: number): void {
  for (const sequence of plan.prefilling > 0 ? plan.sequences : []) {
    if (sequence.state !== 'prefill' || sequence.busyLane !== -1) continue;
    const { promptTokens } = sequence.request;
    if (plan.rows > 0 && plan.newTokens + promptTokens > maxPrefillTokens) return;
    plan.prefill(sequence, promptTokens);
  }
}

function check(values: typeof parameters): void {
  const wrong = (name: keyof typeof parameters, allowed: string) =>
    new FloverError(
      'bad-parameter',
      `shortest-first: ${name} is ${JSON.stringify(values[name])}; allowed: ${allowed}`,
      "set it in the policy's parameters",
    );
  const { predictor } = values;
  if (predictor !== 'oracle' && predictor !== 'limit') {
    throw wrong('predictor', "'oracle' or 'limit'");
  }
  for (const name of ['errorSigma', 'promptWeight'] as const) {
    if (!(values[name] >= 0)) throw wrong(name, 'numbers from 0');
  }
  for (const name of ['maxOvertakes', 'rows'] as const) {
    const whole = Number.isSafeInteger(values[name]) && values[name] >= 0;
    if (!whole) throw wrong(name, 'whole numbers from 0');
  }
}
