import type { FinishAction } from '../../actions.ts';
import type { Law, Violation } from '../law.ts';
import { hasEnded, type Ledger, type RequestEntry, sequencesNamedBy } from '../ledger.ts';
import { moments } from '../moments.ts';

/** Requests in = requests out; every token that was sampled is reported; all memory comes back. */
export const conservation: Law = {
  name: 'conservation',
  statement:
    'Each request ends exactly once, refused with a reason or finished with all its tokens, ' +
    'and gives its memory back as soon as no queued work names it.',
  check(run) {
    for (const { step, ledger, ...moment } of moments(run)) {
      let message: string | undefined;
      if (moment.kind === 'action') {
        const { action } = moment;
        if (action.kind === 'finish') message = checkFinish(action, ledger);
        if (action.kind === 'refuse') message = checkRefusal(action, ledger);
        if (action.kind === 'release') {
          const sequence = ledger.sequences.get(action.sequence);
          if (sequence === undefined) message = `releases unknown sequence ${action.sequence}`;
          else if (sequence.released) message = `releases sequence ${action.sequence} twice`;
        }
      }
      if (moment.kind === 'settled') message = checkSettled(ledger);
      if (message !== undefined) return { step, message } satisfies Violation;
    }
    return undefined;
  },
};

function checkRefusal(
  action: { readonly request: number; readonly reason: string },
  ledger: Ledger,
): string | undefined {
  const request = ledger.requests.get(action.request);
  if (request === undefined) return `refuses unknown request ${action.request}`;
  if (action.reason.trim() === '') return `refuses request ${action.request} without a reason`;
  if (request.sequences.length > 0) return `refuses request ${action.request} after admitting it`;
  if (request.refused + request.finishes.length > 0) return `ends request ${action.request} twice`;
  return undefined;
}

function checkFinish(action: FinishAction, ledger: Ledger): string | undefined {
  const request = ledger.requests.get(action.request);
  const name = `request ${action.request}`;
  if (request === undefined) return `finishes unknown ${name}`;
  if (request.refused + request.finishes.length > 0) return `ends ${name} twice`;
  const sampled = Math.max(0, ...request.sequences.map((sequence) => sequence.sampled));
  if (action.outputTokens !== sampled) {
    return `finishes ${name} with ${action.outputTokens} output tokens, but ${sampled} were sampled`;
  }
  if (request.cancelled !== (action.reason === 'cancelled')) {
    const was = request.cancelled ? 'was' : 'was not';
    return `finishes ${name} as '${action.reason}', but it ${was} cancelled`;
  }
  const running = request.sequences.find((sequence) => !hasEnded(sequence));
  if (running !== undefined) {
    return `finishes ${name} while its sequence ${running.id} has not ended`;
  }
  return checkReason(action, request);
}

function checkReason(action: FinishAction, request: RequestEntry): string | undefined {
  const { maxOutputTokens } = request.view;
  const some = {
    stop: request.sequences.some((sequence) => sequence.stopped),
    length: request.sequences.some((sequence) => sequence.sampled >= maxOutputTokens),
    cancelled: true,
  };
  if (some[action.reason]) return undefined;
  return `finishes request ${action.request} as '${action.reason}', but no sequence ended so`;
}

function checkSettled(ledger: Ledger): string | undefined {
  const named = new Set(ledger.lanes.flat().flatMap((work) => [...sequencesNamedBy(work)]));
  for (const request of ledger.requests.values()) {
    const { view, sequences, finishes } = request;
    if (request.cancelled && request.refused === 0 && finishes.length === 0) {
      return `request ${view.id} was cancelled, and the scheduler does not finish it`;
    }
    if (finishes.length === 0) {
      if (sequences.length === 0 || !sequences.every(hasEnded)) continue;
      return `all sequences of request ${view.id} have ended, but it is not finished`;
    }
    if (sequences.some((sequence) => named.has(sequence.id))) continue;
    const kept = sequences.find((sequence) => !sequence.released);
    if (kept === undefined) continue;
    return `request ${view.id} is finished and in no queued work, but sequence ${kept.id} is not released`;
  }
  return undefined;
}
